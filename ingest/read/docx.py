"""Word documents, through python-docx: paragraphs, headings and tables in their order."""

from __future__ import annotations

import re
from typing import Any

import docx
from docx.opc.exceptions import OpcError
from docx.table import Table
from docx.text.paragraph import Paragraph

from ingest.document import Document
from ingest.read.compose import Composition
from ingest.read.package import opened
from ingest.read.properties import office_properties

LEVEL = re.compile(r"^(?:Title|Heading (\d))$")
DEEPEST = 10
"""Tables within tables are followed this far."""


def read_docx(data: bytes, path: str) -> Document:
    """Read a Word document. Raw has a line for each paragraph and each row, whose cells `` | `` sets apart.

    Raises UnreadableFile when it is no Word document.
    """
    text = Composition()
    with opened(data, path, "a Word document", ".docx") as package:
        try:
            source = docx.Document(package)
        except OpcError as exc:
            raise ValueError(str(exc)) from exc
        for item in source.iter_inner_content():
            if isinstance(item, Table):
                text.table(_rows(item))
            elif level := LEVEL.match(str(item.style.name) if item.style else ""):
                text.heading(item.text, int(level[1] or 1))
            else:
                text.line(item.text)
        known = office_properties(data, source.core_properties.title)
    return text.document(path, "docx", **known)


def _rows(table: Table) -> list[list[str]]:
    rows = []
    for row in table.rows:
        cells: list[str] = []
        previous = None
        for cell in row.cells:
            # A merged cell is listed once for each column it covers.
            if cell._tc is not previous:
                cells.append(_words(cell))
            previous = cell._tc
        rows.append(cells)
    return rows


def _words(cell: Any, depth: int = 0) -> str:
    """The text of a cell, that of tables within it included."""
    words: list[str] = []
    for item in cell.iter_inner_content():
        if isinstance(item, Paragraph):
            words.append(item.text)
        elif depth < DEEPEST:
            words += [_words(inner, depth + 1) for row in item.rows for inner in row.cells]
    return " ".join(words)
