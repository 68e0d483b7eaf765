"""PDF, through pypdf: the text of the pages, wrapped lines joined, rows of tables and page numbers told apart."""

from __future__ import annotations

import io
import re
import struct
import time
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError

from ingest.document import Block, Document, Edit, Page, Span, View
from ingest.errors import UnreadableFile
from ingest.fold import is_han
from ingest.read.columns import Set, in_reading_order, width
from ingest.read.encoding import chinese_score
from ingest.read.metadata import ORGANISATION, iso_date
from ingest.read.ocr import Recognised, recognise
from ingest.read.properties import TEMPLATES

SENTENCE_END = "。！？!?；;：:…”」』"
FOLIO = re.compile(
    r"^[^\w%％‰]*(?:第|page|p\.)?\s*\d{1,4}\s*(?:页|頁)?(?:\s*(?:/|共|of)\s*\d{1,4}\s*(?:页|頁)?)?[^\w%％‰]*$",
    re.IGNORECASE,
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
STRANGE = 0.2
"""A page with more than this share of characters of no language is garbled."""
ENOUGH = 30
LANGUAGE = 0.2
"""The mean of at least 30 Chinese characters (see `chinese_score`) below which they are no language; text has 0.4 to 0.6."""
FEW = 10
"""Characters that a scanned page may have beside its picture: a number, a stamp."""
STROKES = 20_000
"""Bytes of drawing on a page without text above which it may hold letters drawn as outlines."""
SHARE_OF_TIME = 0.8
"""Of the time that a file may take, what recognising may: the rest is for what follows."""
DAMAGE = (
    PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError, NotImplementedError,
    AssertionError, OverflowError, ArithmeticError, zlib.error, struct.error,
)  # fmt: skip
"""What pypdf lets through on damaged files."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: its raw range, where its first character stands on the page, the size of its type, its column."""

    span: Span
    x: float
    y: float
    size: float
    column: int = 0


def read_pdf(data: bytes, path: str, password: str = "", seconds: float = 120) -> Document:
    """Read a PDF. Raw is the text of all pages, a line feed between them.

    Pages without text, or whose text layer is garbled, are recognised from
    their pictures where that can be done in `seconds`; otherwise they are
    named in the warnings, and garbled text stays in raw but leaves the view.
    Raises UnreadableFile when it is damaged or encrypted, or holds no text.
    """
    until = time.monotonic() + SHARE_OF_TIME * seconds
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not (reader.decrypt("") or (password and reader.decrypt(password))):
            tried = "encrypted, and the password of WENJU_PDF_PASSWORD does not open it" if password else "encrypted"
            raise UnreadableFile(f"{path}: {tried}", "set WENJU_PDF_PASSWORD, or save it without a password")
        found = [_read(page) for page in reader.pages]
        labels = list(reader.page_labels)
        known = _properties(reader)
    except UnreadableFile:
        raise
    except DAMAGE as exc:
        raise UnreadableFile(f"{path}: damaged PDF ({exc})", "open it in a viewer and print it to a new PDF") from exc
    unread = [n for n, page in enumerate(found) if page.pictured and page.state != "text"]
    recognised = recognise(data, unread, password, until - time.monotonic()) if unread else Recognised({})
    read = [recognised.pages.get(n, page.lines) for n, page in enumerate(found)]
    states = ["recognised" if n in recognised.pages else page.state for n, page in enumerate(found)]
    warnings = _warnings(labels, states, recognised)
    if not any(s in {"text", "recognised"} for s in states):
        garbled = "garbled" in states
        reason = f"{'only garbled' if garbled else 'no'} text on its {len(read)} pages"
        why = f" ({recognised.missing})" if recognised.missing else ""
        raise UnreadableFile(f"{path}: {reason}", f"it may be scanned: recognise its text first{why}")
    pages, lines, texts, start = [], [], [], 0
    for label, page, state in zip(labels, read, states, strict=True):
        placed = list(_placed(in_reading_order(page), start))
        lines.append(placed if state != "garbled" else [])
        texts.append("\n".join(n.text for n in in_reading_order(page)))
        pages.append(Page(label, Span(start, start + len(texts[-1]))))
        start += len(texts[-1]) + 1
    raw = "\n".join(texts)
    return Document(
        path=path,
        format="pdf",
        raw=raw,
        view=View.of(raw).edit(_layout_edits(raw, lines)),
        pages=tuple(pages),
        blocks=_headings(raw, lines),
        warnings=warnings,
        title=known.get("title", ""),
        publisher=known.get("publisher", ""),
        date=known.get("date", ""),
    )


class _Found(NamedTuple):
    """What a page holds: its lines, "text", "garbled", "damaged" or "empty", and whether there is something to recognise."""

    lines: list[Set]
    state: str
    pictured: bool


def _read(page: PageObject) -> _Found:
    try:
        lines = _page_lines(page)
    except DAMAGE:
        return _Found([], "damaged", False)
    text = "".join(n.text for n in lines)
    if len("".join(text.split())) < FEW and _pictured(page):
        return _Found(lines, "empty", True)
    if not text.strip():
        return _Found([], "empty", False)
    return _Found(lines, "garbled", True) if is_garbled(text) else _Found(lines, "text", False)


def _pictured(page: PageObject) -> bool:
    """Whether a page shows a picture, or is drawn with so many strokes that they may be letters."""
    try:
        resources = page.get("/Resources")
        drawn = resources.get_object().get("/XObject") if resources else None
        if any(x.get_object().get("/Subtype") == "/Image" for x in (drawn.get_object() if drawn else {}).values()):
            return True
        contents = page.get_contents()
        return contents is not None and len(contents.get_data()) > STROKES
    except DAMAGE:
        return False


def is_garbled(text: str) -> bool:
    """Whether the text layer of a page says something else than the page shows.

    Fonts without a map to Unicode yield private, unassigned or control
    characters; those with a wrong one rare Chinese characters at random.
    """
    seen = [c for c in text if not c.isspace()]
    strange = sum(c == "\ufffd" or unicodedata.category(c) in {"Co", "Cn", "Cc", "Cs"} for c in seen)
    strange += sum(len(m[0]) for m in re.finditer(r"\(cid:\d+\)", text))
    if strange > STRANGE * len(seen):
        return True
    han = "".join(c for c in seen if is_han(c))
    return len(han) >= ENOUGH and chinese_score(han) < LANGUAGE


def _warnings(labels: Sequence[str], states: Sequence[str], recognised: Recognised) -> tuple[str, ...]:
    told = {
        "no text on pages {}": "empty",
        "pages {} are damaged and were not read": "damaged",
        "garbled text on pages {} was left out": "garbled",
        "read from pictures, perhaps with errors: pages {}": "recognised",
    }
    listed = {text: [n for n, s in zip(labels, states, strict=True) if s == state] for text, state in told.items()}
    warnings = [text.format(", ".join(some)) for text, some in listed.items() if some]
    if recognised.doubtful:
        warnings.append(f"hardly legible: pages {', '.join(labels[n] for n in recognised.doubtful)}")
    if recognised.missing:
        warnings.append(f"pictures of text were not read: {recognised.missing}")
    return tuple(warnings)


def _properties(reader: PdfReader) -> dict[str, str]:
    """Title, publisher and date as the file states them; its author counts as publisher when it is an organisation."""
    stated = reader.metadata
    if not stated:
        return {}
    author, written = str(stated.author or ""), str(stated.get("/ModDate") or stated.get("/CreationDate") or "")
    m = re.match(r"D:(\d{4})(\d\d)(\d\d)", written)
    return {
        "title": _storable(" ".join(str(stated.title or "").split())),
        "publisher": author if ORGANISATION.fullmatch(author) else "",
        "date": "" if not m or "-".join(m.groups()) in TEMPLATES else iso_date("-".join(m.groups())),
    }


def _page_lines(page: PageObject) -> list[Set]:
    """The lines of a page in the order of the file."""
    pieces: list[tuple[str, float, float, float]] = []

    def visit(text: str, cm: list[float], tm: list[float], _font: Any, size: float) -> None:
        pieces.append((text, *_place(cm, tm), size))

    page.extract_text(visitor_text=visit)
    lines: list[Set] = []
    begun: list[tuple[str, float, float, float]] = []
    for text, x, y, size in [*pieces, ("\n", 0.0, 0.0, 0.0)]:
        *whole, rest = text.split("\n")
        for part in whole:
            line = _storable("".join(t for t, *_ in begun) + part).strip()
            if line:
                first = next((b for b in begun if b[0].strip()), ("", x, y, size))
                lines.append(Set(*first[1:], line))
            begun = []
        begun.append((rest, x, y, size))
    return lines


def _placed(lines: Sequence[Set], start: int) -> Iterator[Line]:
    """Lines with their raw ranges from `start` on, a line feed between them."""
    for x, y, size, text, column in lines:
        yield Line(Span(start, start + len(text)), x, y, size, column)
        start += len(text) + 1


def _place(cm: Sequence[float], tm: Sequence[float]) -> tuple[float, float]:
    """Where text begins, counted along its own direction and upwards from it, so that turned pages read like others."""
    x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
    across, up = tm[0] * cm[0] + tm[1] * cm[2], tm[0] * cm[1] + tm[1] * cm[3]
    if abs(up) > abs(across):
        return (y, -x) if up > 0 else (-y, x)
    return (x, y) if across >= 0 else (-x, -y)


def _storable(text: str) -> str:
    """Without lone surrogates, which broken fonts yield and no encoding can hold."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _layout_edits(raw: str, pages: Sequence[Sequence[Line]]) -> list[Edit]:
    """Cut running heads, feet and page numbers; join the lines that only the width of the page broke."""
    running = _running(raw, pages)
    lines = [line for page in pages for line in _body(raw, page, running)]
    widest: dict[int, float] = {}
    for line in lines:
        widest[line.column] = max(widest.get(line.column, 0.0), width(line.span.of(raw)) * line.size)
    edits, done = [], 0
    before: Line | None = None
    for line in lines:
        if done < line.span.start:
            gap = "" if before is None else _gap(raw, before, line, widest[before.column])
            edits.append(Edit(done, line.span.start, gap))
        done = line.span.end
        before = line
    if done < len(raw):
        edits.append(Edit(done, len(raw)))
    return edits


def _gap(raw: str, before: Line, line: Line, widest: float) -> str:
    """What stands between two lines that follow each other."""
    if _same_row(before, line):
        return " | "
    above, below = before.span.of(raw), line.span.of(raw)
    wrapped = (
        width(above) * before.size >= FULL * widest
        and abs(before.size - line.size) < 0.1
        and above.rstrip()[-1:] not in SENTENCE_END
        and not LIST_MARK.match(below)
    )
    if not wrapped:
        return "\n"
    words = (above[-1:] + below[:1]).isascii() and above[-1:].isalnum() and below[:1].isalnum()
    return " " if words else ""


def _same_row(before: Line, line: Line) -> bool:
    return before.column == line.column and abs(before.y - line.y) < 0.5 * line.size and line.x > before.x


def _bare(line: str) -> str:
    return re.sub(r"\d+", "#", "".join(line.split()))


def _running(raw: str, pages: Sequence[Sequence[Line]]) -> frozenset[str]:
    edges: Counter[str] = Counter()
    for lines in pages:
        edges.update({_bare(line.span.of(raw)) for line in [*lines[:1], *lines[-1:]]})
    return frozenset(line for line, count in edges.items() if count >= RUNNING_ON)


def _body(raw: str, lines: Sequence[Line], running: frozenset[str]) -> Sequence[Line]:
    def furniture(line: Line, *, in_row: bool) -> bool:
        text = line.span.of(raw)
        return _bare(text) in running or (not in_row and FOLIO.match(text) is not None)

    while lines and furniture(lines[0], in_row=len(lines) > 1 and _same_row(lines[0], lines[1])):
        lines = lines[1:]
    while lines and furniture(lines[-1], in_row=len(lines) > 1 and _same_row(lines[-2], lines[-1])):
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
