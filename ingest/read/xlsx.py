"""Excel workbooks, through openpyxl: each sheet a page, its rows as they are shown."""

from __future__ import annotations

import re
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import openpyxl
from openpyxl.utils import column_index_from_string

from ingest.document import Document
from ingest.read.compose import Composition, dense
from ingest.read.numbers import number_shown
from ingest.read.package import opened
from ingest.read.properties import office_properties

UNNAMED = re.compile(r"^(?:sheet|工作表|表|chart)\s*\d*$", re.IGNORECASE)
"""Names that Excel gives to sheets by itself: they head nothing."""
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]{0,40}ref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"')
CHINESE_DATE = re.compile(r"年|月")


def read_xlsx(data: bytes, path: str) -> Document:
    """Read a workbook. Raw has a line for each row, whose cells `` | `` sets apart.

    Formulas show the value that was last computed. Raises UnreadableFile when it is no workbook.
    """
    text = Composition()
    with opened(data, path, "an Excel workbook", ".xlsx") as package, warnings.catch_warnings():
        # openpyxl tells of every style and extension that it does not keep.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(package, read_only=True, data_only=True, keep_links=False)
        hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
        for sheet in book.worksheets:
            text.page(sheet.title)
            if not UNNAMED.match(sheet.title.strip()):
                text.heading(sheet.title, 2)
            # What a file declares as its size is often wrong.
            sheet.reset_dimensions()
            _add_rows(text, list(_filled(sheet.iter_rows(), _tall_cells(book, sheet))))
        known = office_properties(data, book.properties.title)
    told = (f"hidden sheets were read too: {', '.join(hidden)}",) if hidden else ()
    return text.document(path, "xlsx", warnings=told, **known)


class _Tall(NamedTuple):
    """A cell that covers several rows: the first and the last of them, and its column, counted from 1."""

    first: int
    last: int
    column: int


def _tall_cells(book: Any, sheet: Any) -> list[_Tall]:
    """The cells of a sheet that are merged over rows, in the order of their rows.

    The library forgets merged cells where it reads sheets of any size, so they
    are looked for in the sheet's own part, behind its rows.
    """
    found: set[tuple[bytes, int, int]] = set()
    with book._archive.open(sheet._worksheet_path) as part:
        rest = b""
        while data := part.read(1 << 20):
            data = rest + data
            found |= {(m[1], int(m[2]), int(m[3])) for m in MERGED.finditer(data)}
            # A reference that the end of the stretch cuts is whole in the next one.
            rest = data[max(data.rfind(b"<"), len(data) - 200) :]
    return sorted(
        _Tall(first, last, column_index_from_string(column.decode())) for column, first, last in found if last > first
    )


def _filled(rows: Iterator[Sequence[Any]], tall: Sequence[_Tall]) -> Iterator[list[str]]:
    """Rows as they are shown, up to the last filled one; of many empty ones in a row, one.

    A cell over several rows is said in each that holds something else.
    """
    empty = False
    waiting = deque(tall)
    reaching: list[tuple[_Tall, str]] = []
    for number, row in enumerate(rows, 1):
        cells = [shown(c) for c in row]
        is_filled = any(cell.value is not None for cell in row)
        reaching = [(t, words) for t, words in reaching if t.last >= number]
        for cell, words in reaching if is_filled else ():
            if cell.column <= len(cells) and not cells[cell.column - 1]:
                cells[cell.column - 1] = words
        while waiting and waiting[0].first <= number:
            cell = waiting.popleft()
            words = cells[cell.column - 1] if cell.column <= len(cells) else ""
            reaching.append((cell, words))
        if is_filled:
            if empty:
                yield []
            yield cells
        empty = not is_filled


def _add_rows(text: Composition, rows: Sequence[Sequence[str]]) -> None:
    """Tables begin at the first row of several cells; single cells before them and behind an empty row are lines."""
    table: list[Sequence[str]] = []
    behind_empty = True
    for row in rows:
        filled = [cell for cell in row if cell.strip()]
        if len(filled) == 1 and behind_empty:
            _add_table(text, table)
            table = []
            text.line(filled[0])
        elif filled:
            table.append(row)
        behind_empty = not filled or (behind_empty and len(filled) == 1)
    _add_table(text, table)


def _add_table(text: Composition, rows: Sequence[Sequence[str]]) -> None:
    cells = dense(rows)
    if max((len(row) for row in cells), default=0) > 1:
        text.table(cells)
    else:
        for row in cells:
            text.line(row[0])


def shown(cell: Any) -> str:
    """What a cell shows: numbers by their format (12.5%, 1,234), dates as 2023-03-20 or 2023年3月20日."""
    value = cell.value
    if value is None:
        return ""
    pattern = str(getattr(cell, "number_format", None) or "General")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number_shown(value, pattern)
    if isinstance(value, datetime | date | time | timedelta):
        return _moment(value, pattern)
    return str(value)


def _moment(value: datetime | date | time | timedelta, pattern: str) -> str:
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, time):
        return value.isoformat("seconds" if "s" in pattern.lower() else "minutes")
    bare = pattern.lower()
    day = f"{value.year}-{value.month:02d}-{value.day:02d}"
    if CHINESE_DATE.search(pattern):
        parts = [
            (c in bare, s) for c, s in (("y", f"{value.year}年"), ("m", f"{value.month}月"), ("d", f"{value.day}日"))
        ]
        day = "".join(s for used, s in parts if used)
    elif "d" not in bare and "y" in bare:
        day = f"{value.year}-{value.month:02d}" if "m" in bare else str(value.year)
    clock = value.strftime("%H:%M") if isinstance(value, datetime) and "h" in bare and value.time() != time() else ""
    return f"{day} {clock}".strip()
