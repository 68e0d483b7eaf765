"""One form for matching: Simplified, half-width, lower case.

Folding maps each character by itself, with no context, so it is fast, the same
everywhere, and its offsets are exact. Context-dependent conversion (著/着,
乾/干) is left out on purpose: the characters that conversion tables disagree
about are merged into one class instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import chain

import numpy as np
import numpy.typing as npt
from opencc import OpenCC

from ingest.document import Edit, View

# The first of each class is Simplified: all others fold to it.
# Classes whose members regional spellings and converters use for one another.
MERGED = (
    "着著", "么麽麼幺", "了瞭", "借藉", "只衹祇隻秖", "复覆複復", "具俱", "余馀餘", "征徵",
    "里裡裏", "后後", "台臺檯颱", "于於", "干乾幹榦", "采採寀", "云雲", "系係繫", "岳嶽",
    "布佈", "志誌", "向嚮曏", "周週賙赒", "占佔", "游遊", "注註", "唇脣", "群羣", "峰峯",
    "线線缐綫", "沈沉", "吃喫", "踪蹤", "栗慄", "升昇陞", "欲慾", "汇匯彙", "搜蒐", "托託",
    "赞讚贊", "雇僱", "伙夥", "杰傑", "核覈", "挂掛", "炼煉鍊", "哄鬨閧", "咨諮", "它牠", "你妳", "裸臝",
    "妆妝粧", "卫衛衞", "痹痺", "台枱", "叙敘敍", "粽糉糭",
    "昵暱", "檐簷", "睾睪", "潨潀", "鲇鲶鮎鯰", "颚腭顎齶", "钟鐘鍾锺", "径徑迳逕", "巨鉅钜", "曲麯麴麹", "面麵麪麺",
    "仿彷", "背揹", "夫伕", "熏薰", "宁寧甯", "苏蘇甦", "枪槍鎗", "穗繐𰬸", "戚鏚𬭭", "仇讎雠", "浚濬", "拿拏", "焰燄", "豆荳",
    "檗蘗", "澄澂", "斤觔", "藤籐", "琅瑯", "筱篠筿", "锄耡", "吣唚", "耇耈", "堤隄", "斫斲", "果菓", "柏栢", "鳌鰲鼇", "矿礦鑛", "颖穎頴颕", "彝彜", "妍姸", "碱鹼硷礆",
)  # fmt: skip

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""The inside of a regular-expression class that matches Han characters."""

FOLDABLE = (
    range(0xD800), range(0xE000, 0x10000), range(0x1D400, 0x1D800), range(0x1F100, 0x1F300),
    range(0x20000, 0x323B0),
)  # fmt: skip
"""Where characters stand that have a Simplified, compatible or lower-case form."""
AS_ARRAY = 40
"""Characters from which on a text is folded faster as an array."""
SEVERAL = np.uint32(0xFFFFFFFF)
"""No code point: stands for none or several."""


WIDE_COMMA = re.compile(r"(?<=\d)，(?=\d)")
WIDE_THOUSANDS = re.compile("(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")


def is_han(char: str) -> bool:
    """Whether a character is a Han ideograph."""
    return (
        "\u4e00" <= char <= "\u9fff"
        or "\u3400" <= char <= "\u4dbf"
        or "\uf900" <= char <= "\ufaff"
        or "\U00020000" <= char <= "\U0003ffff"
    )


@cache
def _table() -> dict[int, str]:
    """Every character that folds to something else, with what it folds to (lower-cased last)."""
    chars = [chr(c) for c in chain(*FOLDABLE)]
    widths = {c: unicodedata.normalize("NFKC", c) for c in chars if not unicodedata.is_normalized("NFKC", c)}
    han = [c for c in chars if is_han(c)]
    simplified = dict(zip(han, OpenCC("t2s").convert("\n".join(han)).split("\n"), strict=True))
    # Simplified characters that go by a Traditional one into another: 锺 and 鍾 are 钟.
    traditional = zip(han, OpenCC("s2t").convert("\n".join(han)).split("\n"), strict=True)
    simplified |= {c: simplified[t] for c, t in traditional if simplified[c] == c}
    table = {ord(c): s for c, s in simplified.items() if c != s}
    for c, wide in widths.items():
        table[ord(c)] = "".join(simplified.get(w, w) for w in wide)
    for group in MERGED:
        table |= {ord(c): group[0] for c in group[1:]}
        table.pop(ord(group[0]), None)
    # A class's head must fold to itself, and so must all that folded to a member of a class.
    return {c: table.get(ord(s), s) if len(s) == 1 else s for c, s in table.items() if chr(c) != s}


@cache
def _lower_table() -> dict[int, str]:
    lowered = {c: s.lower() for c, s in _table().items()}
    lowered |= {ord(c): c.lower() for c in map(chr, range(0x0250)) if c.lower() != c and ord(c) not in lowered}
    return lowered


@cache
def _of_other_length() -> re.Pattern[str]:
    """Matches a character that folds to none or to several."""
    return re.compile(f"[{re.escape(''.join(chr(c) for c, to in _lower_table().items() if len(to) != 1))}]")


def fold_case_kept(text: str) -> str:
    """Fold script and width but not case, for what reads meaning from capitals."""
    return _translated(text, _table)


def fold(text: str) -> str:
    """The form of `text` that is matched: Simplified, half-width, lower case."""
    return _translated(text, _lower_table)


def _translated(text: str, table: Callable[[], dict[int, str]]) -> str:
    """`text` by a table: a long one as an array, several times faster, unless some character folds to none or several."""
    if len(text) >= AS_ARRAY:
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        folded = _codes(table).take(codes, mode="clip")
        if not (folded == SEVERAL).any():
            return folded.tobytes().decode("utf-32-le", "surrogatepass")
    return text.translate(table())


@cache
def _codes(table: Callable[[], dict[int, str]]) -> npt.NDArray[np.uint32]:
    """A table by code point; beyond its end, and where a character folds to none or several, it says so."""
    codes = np.arange(FOLDABLE[-1].stop + 1, dtype=np.uint32)
    codes[-1] = SEVERAL
    for code, to in table().items():
        codes[code] = ord(to) if len(to) == 1 else SEVERAL
    return codes


@cache
def _in_place_table() -> dict[int, str]:
    """What keeps its length and its meaning: ², ① and a comma of full width say what 2, 1 and a half-width one do not."""
    marked = ("<circle>", "<super>", "<sub>")
    return {
        c: s
        for c, s in _lower_table().items()
        if len(s) == 1 and s != "," and not unicodedata.decomposition(chr(c)).startswith(marked)
    }


def commas_apart(text: str) -> str:
    """`text` with commas of full width between digits as 、: folded they would mark thousands.

    Only among digits of their own width they do mark thousands.
    """
    return WIDE_COMMA.sub("、", WIDE_THOUSANDS.sub(",", text))


def fold_in_place(text: str) -> str:
    """`text` folded as far as each character stays one: what numbers and their places are read from.

    A comma of full width between numbers parts them.
    """
    return commas_apart(text).translate(_in_place_table())


def fold_view(view: View) -> View:
    """Fold a view; each folded character keeps the raw range of the one it came from."""
    folded = fold(view.text)
    if len(folded) == len(view.text):
        return View(folded, view.starts, view.ends)
    table = _lower_table()
    spread = view.edit(Edit(m.start(), m.end(), table[ord(m[0])]) for m in _of_other_length().finditer(view.text))
    return View(folded, spread.starts, spread.ends)


def squeeze(text: str) -> str:
    """Fold and drop white space: how evidence, facts and quotations are compared."""
    return "".join(fold(text).split())
