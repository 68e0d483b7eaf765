"""Hold a sentence against what it cites: its figures must stand there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from ingest.fold import fold

FIGURE = re.compile(r"(\d+(?:[.,]\d+)*)\s*(千|百)?\s*(万亿|万|亿|兆)?\s*(%|％|个百分点)?")
SCALES = {"千": 3, "百": 2, "万": 4, "亿": 8, "万亿": 12, "兆": 12}
LABEL = re.compile(r"[a-z][a-z-]*\d+(?:\.\d+)*[a-z]*|\d+[a-z]+", re.IGNORECASE)
"""Names that hold digits: R1, H800, Qwen2, 7B."""


def figures(text: str) -> frozenset[str]:
    """The figures of a text in one form: 29.4 万, 294,000 and 29.4万 are the same, 8% and 8 are not."""
    folded = fold(text)
    names = {m[0] for m in LABEL.finditer(folded)}
    found = {_normal(m) for m in FIGURE.finditer(LABEL.sub(" ", folded))}
    return frozenset(names | found)


def _normal(match: re.Match[str]) -> str:
    number, hundreds, scale, percent = match.groups()
    digits = number.replace(",", "")
    if digits.count(".") > 1:
        return digits
    power = SCALES.get(hundreds or "", 0) + SCALES.get(scale or "", 0)
    value = (Decimal(digits) * Decimal(10) ** power).normalize()
    return f"{value:f}" + ("%" if percent else "")


def unsupported(sentence: str, quotes: Iterable[str]) -> frozenset[str]:
    """The figures of a sentence that stand in none of the quotations."""
    return figures(sentence) - figures("\n".join(quotes))
