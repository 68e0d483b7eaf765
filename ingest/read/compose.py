"""Compose the raw text of a file that holds no running text: lines, headings, tables and pages, one after another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ingest.document import BREAK, Block, Document, Edit, Page, Span, View

CELL = " | "
"""Stands between the cells of a row."""


class Composition:
    """A text that grows line by line and remembers what its lines are.

    No line is empty. The line ends around a table and between two pages become
    a BREAK in the view, which no passage crosses; the rest of the view is raw.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._length = 0  # of the lines so far, each with its line end
        self._blocks: list[Block] = []
        self._pages: list[Page] = []
        self._breaks: set[int] = set()
        self._page: tuple[str, int] | None = None

    def line(self, text: str) -> Span | None:
        """Add a line, its white space made single spaces; None when there is nothing in it."""
        return self._add(" ".join(text.split()))

    def _add(self, text: str) -> Span | None:
        if not text.strip():
            return None
        text = _storable(text)
        start = self._length
        self._lines.append(text)
        self._length += len(text) + 1
        return Span(start, self._length - 1)

    def heading(self, text: str, level: int) -> None:
        """Add a heading; level 1 is the title."""
        if (span := self.line(text)) is not None:
            self._blocks.append(Block("heading", span, level))

    def table(self, rows: Iterable[Sequence[str]]) -> None:
        """Add a table, a line for each row; the first is its head."""
        start = self._length
        for row in rows:
            if any(cell.strip() for cell in row):
                self._add(CELL.join(" ".join(cell.split()) for cell in row))
        if self._length > start:
            self._blocks.append(Block("table", Span(start, self._length - 1)))
            self._breaks |= {start, self._length}

    def part(self) -> None:
        """Let no passage run over this place."""
        self._breaks.add(self._length)

    def page(self, label: str) -> None:
        """Begin a page, slide or sheet."""
        self._end_page()
        self.part()
        self._page = (label, self._length)

    def _end_page(self) -> None:
        if self._page is not None:
            label, start = self._page
            # An empty page holds the line end before it, or nothing.
            self._pages.append(Page(label, Span(start, max(start, self._length - 1))))
        self._page = None

    def document(self, path: str, kind: str, **known: Any) -> Document:
        """The document of this format; `known` are further fields of it. Without a title the first heading of level 1 is it."""
        self._end_page()
        raw = "\n".join(self._lines)
        edits = [Edit(at - 1, at, BREAK) for at in self._breaks if 0 < at < len(raw)]
        first = next((b.span.of(raw) for b in self._blocks if b.level == 1), "")
        known["title"] = " ".join(str(known.get("title") or first).split())
        pages = tuple(p for p in self._pages if p.span.end <= len(raw))
        view = View.of(raw).edit(edits)
        return Document(path, kind, raw, view, pages=pages, blocks=tuple(self._blocks), **known)


def dense(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    """A grid of cells without its empty rows and columns. Cells inside keep their columns; empty ones at a row's end go."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    columns = sorted({i for row in filled for i, cell in enumerate(row) if cell.strip()})
    kept = [[row[i] if i < len(row) else "" for i in columns] for row in filled]
    return [row[: max(i for i, cell in enumerate(row) if cell.strip()) + 1] for row in kept]


def _storable(text: str) -> str:
    """Without lone surrogates, which no encoding can hold."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
