"""The wordings of the mainland, of Taiwan and of Hong Kong: 软件 and 軟體, 信息 and 資訊, 网络 and 網路."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from opencc import OpenCC

from ingest.fold import fold_case_kept

# Words that the converters' dictionaries leave out, folded; some because they also mean something else.
TO_MAINLAND: Mapping[str, str] = {
    "品质": "质量", "智能型手机": "智能手机", "捷运": "地铁", "计程车": "出租车", "行动支付": "移动支付", "行动电话": "移动电话", "机车": "摩托车",
    "外送": "外卖", "通路": "渠道", "营收": "营业收入", "年增": "同比增长", "月增": "环比增长", "店家": "商家", "物联网路": "物联网",
    "市占率": "市场份额", "市占": "市场份额",
}  # fmt: skip
FROM_MAINLAND: Mapping[str, str] = {
    there: here for here, there in TO_MAINLAND.items() if there not in {"营业收入", "同比增长", "环比增长"}
}


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


@lru_cache(maxsize=1024)
def wordings(text: str) -> tuple[str, ...]:
    """A text as the mainland, Taiwan and Hong Kong would say it, folded with its capitals: only what differs from it.

    Some words of one region mean something else in another (影片 is a film and
    a video), so a wording is one more thing to look for and replaces nothing.
    """
    text = text.replace("\0", " ")  # where a converter ends
    simplified = _converter("t2s").convert(text)
    mainland = fold_case_kept(_converter("tw2sp").convert(_converter("s2tw").convert(simplified)))
    taiwan = fold_case_kept(_converter("s2twp").convert(simplified))
    found = (
        fold_case_kept(simplified),
        _exchanged(mainland, TO_MAINLAND),
        _exchanged(taiwan, FROM_MAINLAND),
        fold_case_kept(_converter("hk2sp").convert(_converter("s2hk").convert(simplified))),
        fold_case_kept(_converter("s2hkp").convert(simplified)),
    )
    return tuple(w for w in dict.fromkeys(found) if w != fold_case_kept(text))


def _exchanged(text: str, words: Mapping[str, str]) -> str:
    for here, there in words.items():
        text = text.replace(here, there)
    return text
