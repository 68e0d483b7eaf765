"""Word documents, through python-docx: paragraphs, headings and tables in their order."""

from __future__ import annotations

import io
import re
import zipfile

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from ingest.document import BREAK, Block, Document, Edit, Span, View
from ingest.errors import UnreadableFile

LEVEL = re.compile(r"^(?:Title|Heading (\d))$")


def read_docx(data: bytes, path: str) -> Document:
    """Read a Word document. Raw has a line for each paragraph and each row, whose cells `` | `` sets apart.

    Raises UnreadableFile when it is no Word document.
    """
    try:
        source = docx.Document(io.BytesIO(data))
        items = list(source.iter_inner_content())
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as exc:
        raise UnreadableFile(f"{path}: not a Word document ({exc})", "save it again as .docx") from exc
    lines: list[str] = []
    blocks: list[Block] = []
    breaks: list[Edit] = []
    length = 0
    for item in items:
        start = length
        added = [item.text.replace("\n", " ")] if isinstance(item, Paragraph) else _rows(item)
        added = [line for line in added if line.strip()]
        length += sum(len(line) + 1 for line in added)
        lines += added
        if not added:
            continue
        if isinstance(item, Table):
            blocks.append(Block("table", Span(start, length - 1)))
            breaks += [Edit(place - 1, place, BREAK) for place in {start, length} if place]
        elif (level := LEVEL.match(str(item.style.name) if item.style else "")) is not None:
            blocks.append(Block("heading", Span(start, length - 1), int(level[1] or 1)))
    raw = "\n".join(lines)
    title = source.core_properties.title or next((b.span.of(raw) for b in blocks if b.level == 1), "")
    edits = {e.start: e for e in breaks if e.start < len(raw)}
    return Document(
        path=path,
        format="docx",
        raw=raw,
        view=View.of(raw).edit(edits.values()),
        title=title.strip(),
        blocks=tuple(blocks),
    )


def _rows(table: Table) -> list[str]:
    rows = []
    for row in table.rows:
        cells: list[str] = []
        previous = None
        for cell in row.cells:
            # A merged cell is listed once for each column it covers.
            if cell._tc is not previous:
                cells.append(" ".join(cell.text.split()))
            previous = cell._tc
        rows.append(" | ".join(cells))
    return rows
