"""Simplified and Traditional: tell which one a text is in, and convert for display."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from opencc import OpenCC

from ingest.fold import is_han

Script = Literal["zh-Hans", "zh-Hant"]

WRITTEN = re.compile("[原名巨论编专译土昭卓显遗合拙](?=著)")
"""What stands before a 著 that is a work or fame: 名著, 编著, 显著, 土著."""


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


@cache
def _leaning(char: str) -> int:
    """1 for a character of Traditional text only, -1 of Simplified only, else 0."""
    traditional = _converter("t2s").convert(char) != char
    # 台, 占, 里 and 后 convert, and are written in Traditional text all the same: Big5 has them.
    simplified = _converter("s2t").convert(char) != char and not _in_big5(char)
    return int(traditional) - int(simplified)


def _in_big5(char: str) -> bool:
    try:
        char.encode("big5")
    except UnicodeEncodeError:
        return False
    return True


def script_of(text: str, default: Script = "zh-Hans") -> Script:
    """The script most of a text's telling characters belong to; `default` when there are none."""
    leaning = sum(_leaning(c) for c in text if is_han(c))
    if leaning == 0:
        return default
    return "zh-Hant" if leaning > 0 else "zh-Hans"


def in_script(text: str, script: Script) -> str:
    """A text as its readers write it; text that is in that script already stays as it is.

    Only characters are converted, by Taiwan's standard for Traditional: words stay the source's.
    """
    return text if script_of(text, script) == script else converted(text, script)


def converted(text: str, script: Script) -> str:
    """A text with every character in a script, whatever most of it is in."""
    return _simplified(text) if script == "zh-Hans" else str(_converter("s2tw").convert(text))


def _simplified(text: str) -> str:
    """A text in Simplified characters; 著 is written 着 but where it means to write or to be known.

    For one word to be told from the other Taiwan's table is asked, which knows some
    words of the first meaning, and nothing else of that table is taken: it errs elsewhere.
    """
    plain = str(_converter("t2s").convert(text))
    if "著" not in plain:
        return plain
    of_taiwan = str(_converter("tw2s").convert(text))
    if len(of_taiwan) != len(plain):
        return plain
    kept = {m.end() for m in WRITTEN.finditer(plain)}
    return "".join(
        t if (p, t) == ("著", "着") and i not in kept else p
        for i, (p, t) in enumerate(zip(plain, of_taiwan, strict=True))
    )
