"""The rows of tables in a text, as a grid: each cell as wide as its column, and no character changed.

A cited passage is one `<mark>` that may begin and end anywhere in a table, which
no element of a table can hold. So cells are stretches of text with the share of
the line that their column takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from assistant.offered import ROW
from ingest.document import BREAK, Span
from ingest.fold import is_han

LINE = 62
"""About so many half characters have room beside each other, with the space between columns."""
NEEDS, BESIDE = 10, 2
"""A column that asks for so much or less gets it, and the space behind it."""
MOST = 48
"""And none asks for more: the rest is set on further lines."""
WHOLE = 98
"""Percents of the line that all columns take together."""
COLUMNS = 8
"""With more columns than that cells are not set apart: each would be too narrow to read."""


def cells_of(text: str) -> list[tuple[Span, str]]:
    """The cells of the rows of tables, and what stands between them, with their styles.

    Rows are lines with as many cells as a line beside them; the first of a table
    is its head. Styles: `bar`, `cell` or `cell head`; in a grid `bar thin`, and
    the width of a cell in percents of the line (`cell w24`).
    """
    lines = [Span(m.start(), m.end()) for m in re.finditer(rf"[^\n{BREAK}]+", text)]
    width = {line.start: 1 + line.of(text).count(ROW) for line in lines}
    table: list[Span] = []
    found: list[tuple[Span, str]] = []
    for line in lines:
        if table and not _one_table(table[-1], line, width):
            found += _of_table(text, table)
            table = []
        table.append(line)
    return found + _of_table(text, table)


def _one_table(line: Span, following: Span, width: Mapping[int, int]) -> bool:
    return 1 < width[line.start] == width[following.start] and following.start == line.end + 1


def _of_table(text: str, rows: Sequence[Span]) -> list[tuple[Span, str]]:
    if len(rows) < 2:  # one line alone is text
        return []
    cut = [list(_cells(text, row)) for row in rows]
    widths = percents([max(_width(row[n].of(text)) for row in cut) for n in range(len(cut[0]))])
    bar = "bar thin" if any(widths) else "bar"
    found = []
    for row, cells in enumerate(cut):
        kind = "cell" if row else "cell head"
        found += [(cell, f"{kind} w{w}" if w else kind) for cell, w in zip(cells, widths, strict=True) if cell]
        found += [(Span(a.end, b.start), bar) for a, b in pairwise(cells)]
    return found


def _cells(text: str, row: Span) -> Iterator[Span]:
    """The cells of a row, empty ones too."""
    start = row.start
    for bar in re.finditer(re.escape(ROW), row.of(text)):
        yield Span(start, row.start + bar.start())
        start = row.start + bar.end()
    yield Span(start, row.end)


def _width(cell: str) -> int:
    return sum(2 if is_han(c) or c > "\u2e7f" else 1 for c in cell)


def percents(wanted: Sequence[int]) -> list[int]:
    """The percents of a line that columns take which would be so wide, all even; zeros where there are too many columns."""
    if len(wanted) > COLUMNS:
        return [0] * len(wanted)
    needed = [min(w, NEEDS) + BESIDE for w in wanted]
    more = [max(0, min(w, MOST) - NEEDS) for w in wanted]
    left = max(0, LINE - sum(needed))
    line = max(LINE, sum(needed))
    shares = [n + (left * m / sum(more) if any(more) else 0) for n, m in zip(needed, more, strict=True)]
    # A little is left over: the last column never wraps for a fraction of a point.
    return [2 * int(WHOLE * share / line / 2) for share in shares]


def without_width(style: str) -> str:
    """The style of a part of a cell: the width is that of the whole."""
    return style.partition(" w")[0]
