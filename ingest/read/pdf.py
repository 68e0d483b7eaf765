"""PDF, through pypdf: the text of the pages, wrapped lines joined, page numbers out."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from ingest.document import Block, Document, Edit, Page, Span, View
from ingest.errors import UnreadableFile

SENTENCE_END = "。！？!?；;：:…”」』"
FOLIO = re.compile(r"^\W*(?:第|page|p\.)?\s*\d{1,4}\s*(?:页|頁)?(?:\s*(?:/|共|of)\s*\d{1,4}\s*(?:页|頁)?)?\W*$", re.IGNORECASE)
LIST_MARK = re.compile(r"^\s*(?:[•·●○■◆▪◇*\-–—]\s*|[（(]?\d{1,2}[)）.、．]|[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十\d]+[章节節步条條])")
RUNNING_ON = 3
"""A line that stands first or last on this many pages, numbers aside, is a running head or foot."""


def read_pdf(data: bytes, path: str) -> Document:
    """Read a PDF. Raw is the text of all pages, a line feed between them.

    Raises UnreadableFile when it is damaged or encrypted, or holds no text.
    """
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile(f"{path}: encrypted", "save it without a password")
        texts = [page.extract_text() for page in reader.pages]
        labels = list(reader.page_labels)
        title = str((reader.metadata or {}).get("/Title") or "")
    except UnreadableFile:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as exc:
        # pypdf lets all of these through on damaged files.
        raise UnreadableFile(f"{path}: damaged PDF ({exc})", "open it in a viewer and print it to a new PDF") from exc
    texts = [_storable(t) for t in texts]
    if not any(t.strip() for t in texts):
        raise UnreadableFile(f"{path}: no text on its {len(texts)} pages", "it may be scanned: recognise its text first")
    raw = "\n".join(texts)
    pages, start = [], 0
    for label, text in zip(labels, texts, strict=True):
        pages.append(Page(label, Span(start, start + len(text))))
        start += len(text) + 1
    empty = [p.label for p in pages if not p.span.of(raw).strip()]
    return Document(
        path=path,
        format="pdf",
        raw=raw,
        view=View.of(raw).edit(_layout_edits(raw, pages)),
        title=title.strip(),
        pages=tuple(pages),
        blocks=_headings(raw, pages),
        warnings=(f"no text on pages {', '.join(empty)}",) if empty else (),
    )


def _storable(text: str) -> str:
    """Without lone surrogates, which broken fonts yield and no encoding can hold."""
    return text.encode("utf-16-le", "replace").decode("utf-16-le", "replace")


def _lines(raw: str, page: Page) -> list[Span]:
    lines, start = [], page.span.start
    for line in page.span.of(raw).split("\n"):
        lines.append(Span(start, start + len(line)))
        start += len(line) + 1
    return [line for line in lines if line.of(raw).strip()]


def _layout_edits(raw: str, pages: Sequence[Page]) -> list[Edit]:
    """Cut running heads, feet and page numbers; join the lines that only the width of the page broke."""
    body = [_body(raw, _lines(raw, page), _running(raw, pages)) for page in pages]
    lines = [line for page in body for line in page]
    width = max((len(line) for line in lines), default=0)
    edits, done = [], 0
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        if done < line.start:
            edits.append(Edit(done, line.start, "" if not edits and not done else _gap(raw, done, line, lines, width)))
        done = line.end
        if following is None and done < len(raw):
            edits.append(Edit(done, len(raw)))
    return edits


def _gap(raw: str, done: int, line: Span, lines: Sequence[Span], width: int) -> str:
    """What stands between a line and the one before it, which ends at `done`."""
    before = next(p for p in reversed(lines) if p.end == done).of(raw)
    after = line.of(raw)
    wrapped = (
        len(before) >= 0.8 * width
        and before.rstrip()[-1:] not in SENTENCE_END
        and not LIST_MARK.match(after)
    )
    if not wrapped:
        return "\n"
    both_latin = before[-1:].isascii() and after[:1].isascii() and before[-1:].isalnum() and after[:1].isalnum()
    return " " if both_latin else ""


def _bare(line: str) -> str:
    return re.sub(r"\d+", "#", "".join(line.split()))


def _running(raw: str, pages: Sequence[Page]) -> frozenset[str]:
    edges: Counter[str] = Counter()
    for page in pages:
        lines = _lines(raw, page)
        edges.update({_bare(line.of(raw)) for line in lines[:1] + lines[-1:]})
    return frozenset(line for line, count in edges.items() if count >= RUNNING_ON)


def _body(raw: str, lines: list[Span], running: frozenset[str]) -> list[Span]:
    def furniture(line: Span) -> bool:
        text = line.of(raw)
        return _bare(text) in running or FOLIO.match(text) is not None

    while lines and furniture(lines[0]):
        lines = lines[1:]
    while lines and furniture(lines[-1]):
        lines = lines[:-1]
    return lines


NUMBERED = re.compile(r"^\s*(?:第[一二三四五六七八九十\d]+[章节節部]|[一二三四五六七八九十]{1,3}、|\d{1,2}(?:\.\d{1,2}){0,2}[ 、.])\s*\S")


def _headings(raw: str, pages: Sequence[Page]) -> tuple[Block, ...]:
    """Short numbered lines that end no sentence, which is all that the text of a page tells of headings."""
    found = []
    for page in pages:
        for line in _lines(raw, page):
            text = line.of(raw).strip()
            if len(text) <= 30 and NUMBERED.match(text) and text[-1] not in SENTENCE_END + "，,、":
                found.append(Block("heading", line, 2))
    return tuple(found)
