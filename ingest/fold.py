"""One form for matching: Simplified, half-width, lower case.

Folding maps each character by itself, with no context, so it is fast, the same
everywhere, and its offsets are exact. Context-dependent conversion (著/着,
乾/干) is left out on purpose: the characters that conversion tables disagree
about are merged into one class instead (`ingest.fold_table`).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from ingest.document import Edit, View

TABLE = Path(__file__).parent / "fold_table.json"
"""What each character folds to, case kept; made by `ingest.fold_table`."""

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""The inside of a regular-expression class that matches Han characters."""

# Begun with the comma, which is searched for much faster than any digit.
WIDE_COMMA = re.compile(r"，(?<=\d，)(?=\d)")
WIDE_THOUSANDS = re.compile("，(?<=[０-９]，)(?=[０-９]{3}(?![０-９]))")


def is_han(char: str) -> bool:
    """Whether a character is a Han ideograph."""
    return (
        "\u4e00" <= char <= "\u9fff"
        or "\u3400" <= char <= "\u4dbf"
        or "\uf900" <= char <= "\ufaff"
        or "\U00020000" <= char <= "\U0003ffff"
    )


class _Mapping:
    """Characters and what each becomes, for whole texts: some hundred at once cost less by an array than each by itself."""

    def __init__(self, table: Mapping[str, str]) -> None:
        """`table` tells of single characters; what it gives must not be changed by it again."""
        self.table = table
        self._each = str.maketrans(dict(table))
        codes = np.arange(max(map(ord, table)) + 1, dtype=np.uint32)
        for c, to in table.items():
            codes[ord(c)] = ord(to) if len(to) == 1 else ord(c) | _SEVERAL
        self._codes = codes

    def __call__(self, text: str) -> str:
        if len(text) < _WORTH_AN_ARRAY:
            return text.translate(self._each)
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        if codes.max() >= len(self._codes):
            return text.translate(self._each)
        mapped = self._codes[codes]
        several: tuple[str, ...] = ()
        if mapped.max() >= _SEVERAL:
            several = tuple(map(chr, np.unique(mapped[mapped >= _SEVERAL] ^ _SEVERAL).tolist()))
            mapped &= ~_SEVERAL
        made = mapped.tobytes().decode("utf-32-le", "surrogatepass")
        for c in several:
            made = made.replace(c, self.table[c])
        return made


_SEVERAL = np.uint32(1 << 31)
"""Marks in an array of codes a character that becomes none or several."""
_WORTH_AN_ARRAY = 96
"""Characters from which an array is faster, as measured."""


@cache
def _case_kept() -> _Mapping:
    return _Mapping(json.loads(TABLE.read_text("utf-8")))


@cache
def _lowered() -> _Mapping:
    table = {c: s.lower() for c, s in _case_kept().table.items()}
    return _Mapping(table | {c: c.lower() for c in map(chr, range(0x0250)) if c.lower() != c and c not in table})


@cache
def _of_other_length() -> re.Pattern[str]:
    """Matches a character that folds to none or to several."""
    return re.compile(f"[{re.escape(''.join(c for c, to in _lowered().table.items() if len(to) != 1))}]")


def fold_case_kept(text: str) -> str:
    """Fold script and width but not case, for what reads meaning from capitals."""
    return _case_kept()(text)


def fold(text: str) -> str:
    """The form of `text` that is matched: Simplified, half-width, lower case."""
    return _lowered()(text)


@cache
def _in_place() -> _Mapping:
    """What keeps its length and its meaning: ², ① and a comma of full width say what 2, 1 and a half-width one do not."""
    marked = ("<circle>", "<super>", "<sub>")
    return _Mapping(
        {
            c: s
            for c, s in _lowered().table.items()
            if len(s) == 1 and s != "," and not unicodedata.decomposition(c).startswith(marked)
        }
    )


def commas_apart(text: str) -> str:
    """`text` with commas of full width between digits as 、: folded they would mark thousands.

    Only among digits of their own width they do mark thousands.
    """
    return WIDE_COMMA.sub("、", WIDE_THOUSANDS.sub(",", text))


def fold_in_place(text: str) -> str:
    """`text` folded as far as each character stays one: what numbers and their places are read from.

    A comma of full width between numbers parts them.
    """
    return _in_place()(commas_apart(text))


def fold_view(view: View) -> View:
    """Fold a view; each folded character keeps the raw range of the one it came from."""
    folded = fold(view.text)
    if len(folded) == len(view.text):
        return View(folded, view.starts, view.ends)
    table = _lowered().table
    spread = view.edit(Edit(m.start(), m.end(), table[m[0]]) for m in _of_other_length().finditer(view.text))
    return View(folded, spread.starts, spread.ends)


def squeeze(text: str) -> str:
    """Fold and drop white space: how evidence, facts and quotations are compared."""
    return "".join(fold(text).split())
