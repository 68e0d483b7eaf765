"""The reading order of a page set in two columns."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

LEAST_LINES = 6
"""A column has at least this many lines."""
LEAST_WIDTH = 10
"""A column of text is at least this wide, in ems; narrower ones are cells of a table."""
FULL_SHARE = 0.6
"""In a column of text this share of the lines is nearly full; cells are not."""
NEARLY = 0.8


class Set(NamedTuple):
    """A line as it is set on a page: where it begins, the size of its type, its column (0 is the whole width)."""

    x: float
    y: float
    size: float
    text: str
    column: int = 0

    @property
    def end(self) -> float:
        """Where the line ends, about."""
        return self.x + width(self.text) * self.size


def width(text: str) -> float:
    """The width of a line in ems, a Latin letter counted as half of one."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text.rstrip())


def in_reading_order(lines: Sequence[Set]) -> list[Set]:
    """The lines of a page, the left column before the right one where there clearly are two; else as they came.

    Lines over the whole width part a page into bands, each read by itself.
    """
    for gutter in _gutters(lines):
        left = [n for n in lines if n.end <= gutter + 0.5 * n.size]
        right = [n for n in lines if n.x >= gutter - 1]
        if _is_text(left) and _is_text(right) and _beside(left, right):
            return list(_by_bands(lines, gutter))
    return list(lines)


def _gutters(lines: Sequence[Set]) -> list[float]:
    """Where a right column may begin: places at which many lines do."""
    begun = Counter(round(n.x) for n in lines)
    often = [float(x) for x, count in begun.items() if count >= LEAST_LINES - 1]
    return sorted(often)[1:]


def _is_text(lines: Sequence[Set]) -> bool:
    if len(lines) < LEAST_LINES:
        return False
    widths = [width(n.text) for n in lines]
    full = sum(w >= NEARLY * max(widths) for w in widths)
    return max(widths) >= LEAST_WIDTH and full >= FULL_SHARE * len(lines)


def _beside(left: Sequence[Set], right: Sequence[Set]) -> bool:
    """Whether most of the shorter column stands beside the other."""
    low = max(min(n.y for n in left), min(n.y for n in right))
    high = min(max(n.y for n in left), max(n.y for n in right))
    return all(2 * sum(low <= n.y <= high for n in side) >= len(side) for side in (min(left, right, key=len),))


def _by_bands(lines: Sequence[Set], gutter: float) -> Iterator[Set]:
    left: list[Set] = []
    right: list[Set] = []
    # Stable: lines at one height stay as they came.
    for line in sorted(lines, key=lambda n: -n.y):
        if line.x >= gutter - 1:
            right.append(line._replace(column=2))
        elif line.end <= gutter + 0.5 * line.size:
            left.append(line._replace(column=1))
        else:
            yield from [*left, *right]
            yield line
            left, right = [], []
    yield from [*left, *right]
