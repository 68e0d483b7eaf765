"""Excel workbooks, through openpyxl: each sheet a page, its rows as they are shown."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import openpyxl

from ingest.document import Document
from ingest.read.compose import Composition, dense
from ingest.read.package import opened
from ingest.read.properties import office_properties

UNNAMED = re.compile(r"^(?:sheet|工作表|表|chart)\s*\d*$", re.IGNORECASE)
"""Names that Excel gives to sheets by itself: they head nothing."""
CHINESE_DATE = re.compile(r"年|月")
LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
"""What of a number format is no pattern: quoted text, colours, currencies and fillers."""


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
            _add_rows(text, [[shown(c) for c in row] for row in _filled(sheet.iter_rows())])
        known = office_properties(data, book.properties.title)
    told = (f"hidden sheets were read too: {', '.join(hidden)}",) if hidden else ()
    return text.document(path, "xlsx", warnings=told, **known)


def _filled(rows: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Rows up to the last filled one; of many empty ones in a row, one."""
    empty = False
    for row in rows:
        if any(cell.value is not None for cell in row):
            if empty:
                yield ()
            yield row
        empty = not any(cell.value is not None for cell in row)


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
        return _number(value, pattern)
    if isinstance(value, datetime | date | time | timedelta):
        return _moment(value, pattern)
    return str(value)


def _number(value: float, pattern: str) -> str:
    pattern = pattern.split(";", maxsplit=1)[0]
    bare = LITERAL.sub("", pattern)
    if bare in {"General", "@", ""} or "E" in bare or "/" in bare or "?" in bare or not re.search("[0#]", bare):
        return str(value) if isinstance(value, int) else format(Decimal(format(value, ".15g")), "f")
    before, after = _affixes(pattern)
    exact = Decimal(repr(value)) * (100 if "%" in bare else 1)
    exact /= 1000 ** len(m[0]) if (m := re.search(r"(?<=[0#]),+(?=[^0#.,]*$)", bare)) else 1
    fraction = m[1] if (m := re.search(r"\.([0#]+)", bare)) else ""
    number = exact.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP)
    digits = format(number, ",f" if re.search(r"[0#],[0#]", bare) else "f")
    if fraction:
        whole, _, decimals = digits.partition(".")
        least = fraction.rfind("0") + 1
        decimals = decimals[:least] + decimals[least:].rstrip("0")
        digits = whole + ("." + decimals if decimals else "")
    else:
        digits = digits.split(".")[0]
    return f"{before}{digits}{'%' if '%' in bare else ''}{after}"


def _affixes(pattern: str) -> tuple[str, str]:
    """Text of a format that stands before and behind the number: a currency, a unit."""
    pattern = re.sub(r"\[\$([^\]-]*)[^\]]*\]", r'"\1"', pattern)
    places = [m.start() for m in re.finditer("[0#]", re.sub(LITERAL, lambda m: " " * len(m[0]), pattern))]
    said = [(m.start(), m[0].strip('"')) for m in re.finditer(r'"[^"]*"|[¥￥$€£元万亿]', pattern)]
    before = "".join(t for at, t in said if at < places[0])
    return before, "".join(t for at, t in said if at > places[-1])


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
