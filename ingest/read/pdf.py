"""PDF, through pypdf: the text of the pages, wrapped lines joined, rows of tables and page numbers told apart."""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError

from ingest.document import Block, Document, Edit, Page, Span, View
from ingest.errors import UnreadableFile

SENTENCE_END = "。！？!?；;：:…”」』"
FOLIO = re.compile(
    r"^\W*(?:第|page|p\.)?\s*\d{1,4}\s*(?:页|頁)?(?:\s*(?:/|共|of)\s*\d{1,4}\s*(?:页|頁)?)?\W*$", re.IGNORECASE
)
LIST_MARK = re.compile(
    r"^\s*(?:[•·●○■◆▪◇*\-–—]\s*|[（(]?\d{1,2}[)）.、．]|[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十\d]+[章节節步条條])"
)
NUMBERED = re.compile(
    r"^\s*(?:第[一二三四五六七八九十\d]+[章节節部]|[一二三四五六七八九十]{1,3}、|\d{1,2}(?:\.\d{1,2}){0,2}[ 、.])\s*[^\W\d]"
)
RUNNING_ON = 3
"""A line that stands first or last on this many pages, numbers aside, is a running head or foot."""
FULL = 0.88
"""A line of this share of the widest one was broken by the page's width."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: its raw range, where its first character stands on the page, and the size of its type."""

    span: Span
    x: float
    y: float
    size: float


def read_pdf(data: bytes, path: str) -> Document:
    """Read a PDF. Raw is the text of all pages, a line feed between them.

    Raises UnreadableFile when it is damaged or encrypted, or holds no text.
    """
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile(f"{path}: encrypted", "save it without a password")
        read = [_page_lines(page) for page in reader.pages]
        labels = list(reader.page_labels)
        title = str((reader.metadata.title if reader.metadata else "") or "")
    except UnreadableFile:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as exc:
        # pypdf lets all of these through on damaged files.
        raise UnreadableFile(f"{path}: damaged PDF ({exc})", "open it in a viewer and print it to a new PDF") from exc
    if not any(read):
        raise UnreadableFile(f"{path}: no text on its {len(read)} pages", "it may be scanned: recognise its text first")
    pages, lines, texts, start = [], [], [], 0
    for label, page in zip(labels, read, strict=True):
        lines.append([Line(Span(start + n.span.start, start + n.span.end), n.x, n.y, n.size) for n, _ in page])
        texts.append("\n".join(text for _, text in page))
        pages.append(Page(label, Span(start, start + len(texts[-1]))))
        start += len(texts[-1]) + 1
    raw = "\n".join(texts)
    empty = [p.label for p in pages if not p.span.of(raw).strip()]
    return Document(
        path=path,
        format="pdf",
        raw=raw,
        view=View.of(raw).edit(_layout_edits(raw, lines)),
        title=title.strip(),
        pages=tuple(pages),
        blocks=_headings(raw, lines),
        warnings=(f"no text on pages {', '.join(empty)}",) if empty else (),
    )


def _page_lines(page: PageObject) -> list[tuple[Line, str]]:
    """The lines of a page in reading order; ranges count from the page's start, a line feed between lines."""
    pieces: list[tuple[str, float, float, float]] = []

    def visit(text: str, cm: list[float], tm: list[float], _font: Any, size: float) -> None:
        pieces.append((text, *_place(cm, tm), size))

    page.extract_text(visitor_text=visit)
    lines: list[tuple[Line, str]] = []
    begun: list[tuple[str, float, float, float]] = []
    start = 0
    for text, x, y, size in [*pieces, ("\n", 0.0, 0.0, 0.0)]:
        *whole, rest = text.split("\n")
        for part in whole:
            line = _storable("".join(t for t, *_ in begun) + part)
            if line.strip():
                first = next((b for b in begun if b[0].strip()), ("", x, y, size))
                lines.append((Line(Span(start, start + len(line)), *first[1:]), line))
                start += len(line) + 1
            begun = []
        begun.append((rest, x, y, size))
    return lines


def _place(cm: Sequence[float], tm: Sequence[float]) -> tuple[float, float]:
    """Where text begins on the page: the text matrix, then the transformation of the page."""
    return tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]


def _storable(text: str) -> str:
    """Without lone surrogates, which broken fonts yield and no encoding can hold."""
    return text.encode("utf-16-le", "replace").decode("utf-16-le", "replace")


def _layout_edits(raw: str, pages: Sequence[Sequence[Line]]) -> list[Edit]:
    """Cut running heads, feet and page numbers; join the lines that only the width of the page broke."""
    running = _running(raw, pages)
    lines = [line for page in pages for line in _body(raw, page, running)]
    widest = max((_width(line.span.of(raw)) * line.size for line in lines), default=0.0)
    edits, done = [], 0
    before: Line | None = None
    for line in lines:
        if done < line.span.start:
            gap = "" if before is None else _gap(raw, before, line, widest)
            edits.append(Edit(done, line.span.start, gap))
        done = line.span.end
        before = line
    if done < len(raw):
        edits.append(Edit(done, len(raw)))
    return edits


def _gap(raw: str, before: Line, line: Line, widest: float) -> str:
    """What stands between two lines that follow each other."""
    if abs(before.y - line.y) < 0.5 * line.size and line.x > before.x:
        return " | "
    above, below = before.span.of(raw), line.span.of(raw)
    wrapped = (
        _width(above) * before.size >= FULL * widest
        and abs(before.size - line.size) < 0.1
        and above.rstrip()[-1:] not in SENTENCE_END
        and not LIST_MARK.match(below)
    )
    if not wrapped:
        return "\n"
    words = (above[-1:] + below[:1]).isascii() and above[-1:].isalnum() and below[:1].isalnum()
    return " " if words else ""


def _width(text: str) -> float:
    """The width of a line in ems, a Latin letter counted as half of one."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text.rstrip())


def _bare(line: str) -> str:
    return re.sub(r"\d+", "#", "".join(line.split()))


def _running(raw: str, pages: Sequence[Sequence[Line]]) -> frozenset[str]:
    edges: Counter[str] = Counter()
    for lines in pages:
        edges.update({_bare(line.span.of(raw)) for line in [*lines[:1], *lines[-1:]]})
    return frozenset(line for line, count in edges.items() if count >= RUNNING_ON)


def _body(raw: str, lines: Sequence[Line], running: frozenset[str]) -> Sequence[Line]:
    def furniture(line: Line) -> bool:
        text = line.span.of(raw)
        return _bare(text) in running or FOLIO.match(text) is not None

    while lines and furniture(lines[0]):
        lines = lines[1:]
    while lines and furniture(lines[-1]):
        lines = lines[:-1]
    return lines


def _headings(raw: str, pages: Sequence[Sequence[Line]]) -> tuple[Block, ...]:
    """Lines set larger than the body, and short numbered ones that end no sentence."""
    lines = [line for page in pages for line in page]
    sizes = Counter(round(line.size, 1) for line in lines for _ in range(len(line.span)))
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    found = []
    for line in lines:
        text = line.span.of(raw).strip()
        ends = text[-1] in SENTENCE_END + "，,、"
        if len(text) <= 40 and not ends and (line.size > 1.15 * body or (len(text) <= 30 and NUMBERED.match(text))):
            found.append(Block("heading", line.span, 1 if line.size > 1.5 * body else 2))
    return tuple(found)
