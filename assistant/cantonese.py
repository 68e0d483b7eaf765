"""Questions in written Cantonese, as Hong Kong asks them, in the words of written Chinese: 喺邊度 is 在哪里."""

from __future__ import annotations

import re

from ingest.fold import fold_case_kept

OWN = re.compile(
    r"[嘅喺嗰𠮶啲唔佢哋冇咁乜嘢攞咗睇噉嚟嗌揾咩嚿]|几耐|几多|点[样解算]|(?<![街旁身路手一两])边[个间度位类架]|系咪|同埋|而家|屋企"
)
"""What is written in Cantonese alone, folded."""
WORDS = {
    "有冇": "有没有", "系咪": "是不是", "乜嘢": "什么", "咩嘢": "什么", "点解": "为什么", "点样": "怎样", "点算": "怎么办",
    "几耐": "多久", "几多": "多少", "几时": "什么时候", "几钱": "多少钱", "而家": "现在", "屋企": "家里", "嗰啲": "那些", "𠮶啲": "那些", "呢啲": "这些",
    "同埋": "和", "佢哋": "他们", "边度": "哪里", "边间": "哪家", "边几": "哪几", "间铺": "家店", "执药": "买药",
    "嗰": "那", "𠮶": "那", "啲": "些", "喺": "在", "嘅": "的", "唔": "不", "冇": "没有", "佢": "他", "哋": "们", "咗": "了", "攞": "拿",
    "畀": "给", "俾": "给", "睇": "看", "揾": "找", "嚟": "来", "咁": "这么", "噉": "这样", "乜": "什么",
}  # fmt: skip
PATTERNS = (
    (re.compile(r"(?<![街旁身路手一两])边(?=[个位类架年份款二三四五六两])"), "哪"),
    (re.compile(r"几(?=[大高长远](?:\W|$))"), "多"),
    (re.compile("咩"), "什么"),
    (re.compile(r"呢(?=[个间位份次款])"), "这"),
    (re.compile(r"(?<![关联体维])系(?![统列数])"), "是"),
    (re.compile(r"(?<![共相不如])同(?![样一时比类期城步质行学事意])"), "和"),
)
"""Characters that mean something else elsewhere."""


def written(text: str) -> str:
    """A text folded with its capitals; what is Cantonese in it in the words of written Chinese."""
    folded = fold_case_kept(text)
    if not OWN.search(folded):
        return folded
    for spoken, word in WORDS.items():
        folded = folded.replace(spoken, word)
    for pattern, word in PATTERNS:
        folded = pattern.sub(word, folded)
    return folded
