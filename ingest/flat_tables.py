"""Tables whose cells ran together without a mark between them: which rows and cells can be told for certain.

A converter that flattens a table leaves 年份2021202220232024（預測）規模（億元）2000350050007500.
Cells are told apart here by what the text says of them, never by guessing: as many
numbers as the head has years, or shares that come to a hundred, of names that stand elsewhere too. What could be
read in two ways is no table. Only places are given, the text stays as it is: a
quotation of a row is a stretch of the source like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from ingest.document import Span
from ingest.fold import HAN, fold_in_place

Cells = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class FlatTable:
    """A table in running text: its head and its rows, each from left to right, as places in the text.

    The first cell of each names the row. An empty cell has an empty place. A head
    that cannot be told from what stands before it has no cells.
    """

    head: Cells
    rows: tuple[Cells, ...]

    @property
    def place(self) -> Span:
        """From the first cell of the table to its last."""
        first = self.head or self.rows[0]
        return Span(first[0].start, self.rows[-1][-1].end)


BAR = r"(?: \| )?"
"""Between years that touch, cleaning has put bars (`ingest.clean.tables`)."""
YEARS = re.compile(
    rf"(?P<label>年份|年度|年|时间)?(?P<years>{BAR}(?:19|20)\d\d(?:{BAR}(?:19|20)\d\d){{2,}})(?!\d)(?P<note>[(（][^()（）\d]{{1,6}}[)）]|[ea])?"
)
YEAR = re.compile(r"(?:19|20)\d\d")
LABEL = re.compile(rf"(?P<name>[{HAN}a-z/]{{2,14}}(?:[(（][{HAN}a-z%/]{{1,6}}[)）])?){BAR}(?=[-—]?\d|[-—])")
SHARES = re.compile(rf"(?P<empty>[-—](?=\d+(?:\.\d+)?%))?(?P<cells>(?:{BAR}-?\d{{1,4}}(?:\.\d{{1,2}})?%)+)(?![\d.])")
SHARE = re.compile(r"-?\d{1,4}(?:\.\d{1,2})?%")
DIGITS = re.compile(r"\d+(?![\d.,%])")

ONE_SHARE = re.compile(r"(?<![\d.%-])\d{1,2}(?:\.\d{1,2})?%(?![\d.])")
PARTING = frozenset(",、")
"""What a sentence parts its items by, and a table that ran together does not."""
STOP = re.compile("[。!?;:\n\u2029]")
REST = re.compile("(?:其他|其它|其余)$")
SHORT_NAME = re.compile(rf"[{HAN}a-z]{{2,4}}")
OF_SHARES = re.compile(r"(?:市场)?(?:份额|占比|比例|比重)(?:\([^()]{1,8}\))?")
LONGEST_REMARK, LONGEST_NAME, LONGEST_HEAD = 40, 8, 8
FEWEST = 3
"""Rows of a table of shares."""
WHOLE, ABOUT = Decimal(100), Decimal("0.5")
"""What shares of a whole come to, and by how much they may miss it by being rounded."""


def flat_tables(text: str) -> list[FlatTable]:
    """The tables of a text whose cells ran together, in order, as far as their rows are certain. In either script."""
    folded = fold_in_place(text)
    found = [*_by_years(folded), *_of_shares(folded)]
    return sorted(found, key=lambda table: table.place)


def row(text: str, cells: Cells) -> str:
    """A row, or a head, of a text's table in one line, with bars between its cells."""
    return " | ".join(cell.of(text) for cell in cells)


def _by_years(folded: str) -> Iterator[FlatTable]:
    """Tables with a column for each of several years: in each row as many values as there are years."""
    for m in YEARS.finditer(folded):
        years = [Span(m.start("years") + y.start(), m.start("years") + y.end()) for y in YEAR.finditer(m["years"])]
        if any(int(b.of(folded)) - int(a.of(folded)) != 1 for a, b in pairwise(years)):
            continue
        years[-1] = Span(years[-1].start, m.end())
        name = Span(m.start("label"), m.end("label")) if m["label"] else Span(m.start(), m.start())
        rows, at = [], m.end()
        while (values := _values(folded, at, len(years))) is not None:
            rows.append(values)
            at = values[-1].end
        if rows:
            yield FlatTable((name, *years), tuple(rows))


def _values(folded: str, at: int, columns: int) -> Cells | None:
    """The name and the values of a row that begins at a place, if its values can be told apart in one way only."""
    label = LABEL.match(folded, at)
    if label is None:
        return None
    name, start = Span(at, label.end("name")), label.end()
    if (m := SHARES.match(folded, start)) is not None:
        cells = [Span(m.start("cells") + s.start(), m.start("cells") + s.end()) for s in SHARE.finditer(m["cells"])]
        if m["empty"] and len(cells) == columns - 1:
            return (name, Span(start, start + 1), *cells)
        return (name, *cells) if len(cells) == columns and not m["empty"] else None
    if (m := DIGITS.match(folded, start)) is not None:
        widths = [len(m[0]) // columns] if len(m[0]) % columns == 0 else []
        cells = [Span(i, i + w) for w in widths for i in range(start, m.end(), w)]
        return (name, *cells) if cells and _alike([cell.of(folded) for cell in cells]) else None
    return None


SPREAD = 10
"""Values of one row that were cut at the right places are of one size: the largest is less than so many times the least."""


def _alike(values: list[str]) -> bool:
    numbers = [int(v) for v in values]
    return len(values[0]) > 1 and all(v[0] != "0" for v in values) and max(numbers) < SPREAD * min(numbers)


def _of_shares(folded: str) -> Iterator[FlatTable]:
    """Rows of a name, a share and maybe a remark, whose shares come to a hundred: 美团45%配送能力强饿了么40%地推能力强其他15%."""
    run: list[re.Match[str]] = []
    for m in [*ONE_SHARE.finditer(folded), None]:
        if m is not None and run and _goes_on(folded[run[-1].end() : m.start()]):
            run.append(m)
            continue
        if len(run) >= FEWEST and _whole(run) and (table := _named(folded, run)) is not None:
            yield table
        run = [m] if m is not None else []


def _goes_on(between: str) -> bool:
    """Whether the next share may stand in the next row: behind a remark and a name, which in a sentence a comma would part."""
    return len(between) <= LONGEST_REMARK and between[:1].isalnum() and not STOP.search(between)


def _named(folded: str, run: list[re.Match[str]]) -> FlatTable | None:
    """The table of some shares, if the name before each can be told from the remark that it ran into."""
    above = folded[max(0, run[0].start() - LONGEST_REMARK) : run[0].start()]
    begin = run[0].start() - len(STOP.split(above)[-1])
    edges = [begin, *(m.end() for m in run)]
    names = [_name(folded, edge, m.start()) for edge, m in zip(edges, run, strict=False)]
    known = [name for name in names if name is not None]
    if len(known) < len(names) or any(folded[name.start - 1] in PARTING for name in known[1:]):
        return None
    shares = [Span(*m.span()) for m in run]
    # Where the last remark ends nobody can tell.
    remarks = [Span(a.end, b.start) for a, b in zip(shares, known[1:], strict=False)] + [
        Span(shares[-1].end, shares[-1].end)
    ]
    wide = any(map(len, remarks))
    rows = tuple((n, s, r) if wide else (n, s) for n, s, r in zip(known, shares, remarks, strict=True))
    return FlatTable(_head(folded, Span(begin, known[0].start), wide=wide), rows)


def _name(folded: str, start: int, end: int) -> Span | None:
    """The name that a stretch ends with: all of a short one, what stands for the rest, or what is named elsewhere.

    Elsewhere it must begin behind a mark, or 買菜 would be taken for 多多買菜.
    """
    words = folded[start:end]
    if rest := REST.search(words):
        return Span(start + rest.start(), end)
    for length in range(min(LONGEST_NAME, len(words)), 1, -1):
        name = words[-length:]
        if name.isalnum() and re.search(rf"(?<![^\W_]){re.escape(name)}", folded[:start] + "\n" + folded[end:]):
            return Span(end - length, end)
    return Span(start, end) if start and not folded[start - 1].isalnum() and SHORT_NAME.fullmatch(words) else None


def _head(folded: str, place: Span, *, wide: bool) -> Cells:
    """The head of a table of shares, where one of its words is what a column of shares is called; else no cells."""
    m = OF_SHARES.search(folded, place.start, place.end)
    if m is None or not place.start < m.start() or (wide != (m.end() < place.end)):
        return ()
    cells = (Span(place.start, m.start()), Span(*m.span()), *([Span(m.end(), place.end)] if wide else []))
    return cells if all(len(c) <= LONGEST_HEAD for c in (cells[0], cells[-1])) else ()


def _whole(run: list[re.Match[str]]) -> bool:
    return abs(sum(Decimal(m[0].rstrip("%")) for m in run) - WHOLE) <= ABOUT
