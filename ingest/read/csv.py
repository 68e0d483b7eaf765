"""Tables of separated values: raw is the file as it is; the view has a line a row, cells set apart by `` | ``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ingest.document import Block, Document, Edit, Span, View
from ingest.read.compose import CELL
from ingest.read.encoding import decode

DELIMITERS = ",;\t|，"
SAMPLE = 20_000
"""Characters by which the delimiter is told."""
SEP_LINE = re.compile(r"\A\ufeff?sep=(.)\r?\n", re.IGNORECASE)
"""Excel's own way to say which delimiter follows."""
LINE_END = re.compile(r"\r\n|\r|\n")


def read_csv(data: bytes, path: str) -> Document:
    """Read separated values in any encoding; the delimiter is a comma, semicolon, tab, bar or Chinese comma.

    Empty rows and empty columns leave the view, and so do quotes around cells.
    """
    decoded = decode(data, path)
    text = decoded.text
    stated = SEP_LINE.match(text)
    start = stated.end() if stated else int(text.startswith("\ufeff"))
    rows = list(_rows(text, start, stated[1] if stated else delimiter_of(text[start : start + SAMPLE])))
    used = {i for row in rows for i, cell in enumerate(row) if cell.of(text).strip('" \t\r\n')}
    edits, table = _edits(text, rows, used)
    return Document(
        path=path,
        format="csv",
        raw=text,
        view=View.of(text).edit(edits),
        encoding=decoded.encoding,
        blocks=(Block("table", table),) if table and len(used) > 1 else (),
        warnings=decoded.warnings,
    )


def delimiter_of(sample: str) -> str:
    """The delimiter by which the most lines have the same number of cells, more than one; a comma when none does."""

    def agreement(delimiter: str) -> tuple[int, int]:
        counts = Counter(len(row) for row in _rows(sample, 0, delimiter) if len(row) > 1)
        return max(((lines, cells) for cells, lines in counts.items()), default=(0, 0))

    best = max(DELIMITERS, key=agreement)
    return best if agreement(best) > (0, 0) else ","


def _rows(text: str, start: int, delimiter: str) -> Iterator[list[Span]]:
    """The cells of each row, quotes included."""
    # A quoted cell may hold delimiters, line ends and doubled quotes; a quote that never closes is a character.
    cell = re.compile(rf'[ ]*"(?:[^"]|"")*"[ ]*(?=[{re.escape(delimiter)}\r\n]|\Z)|[^{re.escape(delimiter)}\r\n]*')
    row: list[Span] = []
    at = start
    while at <= len(text):
        m = cell.match(text, at)
        end = m.end() if m else at
        row.append(Span(at, end))
        if text[end : end + 1] == delimiter:
            at = end + 1
            continue
        if any(len(c) for c in row):
            yield row
        row = []
        line_end = LINE_END.match(text, end)
        at = line_end.end() if line_end else len(text) + 1


def _edits(text: str, rows: Sequence[Sequence[Span]], used: set[int]) -> tuple[list[Edit], Span | None]:
    """What makes the file a table to read, and the raw range of the table."""
    edits: list[Edit] = []
    done, first = 0, None
    for row in rows:
        cells = [_bare(text, c) for i, c in enumerate(row) if i in used]
        while cells and not len(cells[-1]):
            cells.pop()
        for column, cell in enumerate(cells):
            gap = CELL if column else "\n" if first is not None else ""
            if done < cell.start or gap:
                edits.append(Edit(done, cell.start, gap))
            edits += _inside(text, cell)
            first = cell.start if first is None else first
            done = cell.end
    if done < len(text):
        edits.append(Edit(done, len(text)))
    return edits, None if first is None else Span(first, done)


def _bare(text: str, cell: Span) -> Span:
    """A cell without the white space and the quotes around it."""
    stripped = cell.of(text).strip()
    if not stripped:
        return Span(cell.start, cell.start)
    start = cell.start + cell.of(text).index(stripped)
    quoted = len(stripped) > 1 and stripped[0] == stripped[-1] == '"'
    if not quoted:
        return Span(start, start + len(stripped))
    inner = stripped[1:-1]
    lead = len(inner) - len(inner.lstrip())
    return Span(start + 1 + lead, start + 1 + max(lead, len(inner.rstrip())))


def _inside(text: str, cell: Span) -> Iterator[Edit]:
    """Within a quoted cell a doubled quote is one, and a line end shows as a space."""
    if text[cell.start - 1 : cell.start] == '"' or '"' in cell.of(text):
        for m in re.finditer(r'""|[ \t]*[\r\n]+[ \t]*', cell.of(text)):
            yield Edit(cell.start + m.start(), cell.start + m.end(), '"' if m[0] == '""' else " ")
