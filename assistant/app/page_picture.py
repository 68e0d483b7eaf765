"""A page of a PDF as a picture, and where on it a cited passage stands. The index keeps no files: the file is read again."""

from __future__ import annotations

import ctypes
import io
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.discover import find
from ingest.document import Document, Span
from ingest.errors import UnreadableFile
from ingest.read.formats import READERS, digest

WIDTH = 1400
"""Dots across a page: sharp on a screen of twice the usual density."""
LARGEST = 4000
"""Dots to the longer side at most."""
LEAST = 5
"""Characters that a stretch of the passage must share with the page to be marked, where the page does not hold it whole."""
KEPT = 24
GRID = 10_000
"""Device units to either side of a page when places on it are asked for."""

_pdfium = threading.Lock()
"""PDFium does one thing at a time."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked line on a page, in shares of its width and height from the upper left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its number from 0, how many there are, its size in points, and the lines of it that are marked."""

    number: int
    pages: int
    width: float
    height: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A character of a page that is no white space, in one form, and its box in shares of the page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


class PagePictures:
    """Draws pages, and keeps the last ones drawn. Safe to use from several threads."""

    def __init__(self, password: str = "") -> None:
        """`password` opens encrypted files."""
        self._password = password
        self._drawn: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    def sheet(self, document: Document, cited: Span, number: int | None = None) -> Sheet | None:
        """The page that a passage begins on, or another one; None where the file is gone, has changed, or is no PDF."""
        data = file_of(document)
        if data is None:
            return None
        number = page_number(document, cited) if number is None else number
        try:
            with _pdfium, pypdfium2.PdfDocument(data, password=self._password or None) as pdf:
                number = max(0, min(number, len(pdf) - 1))
                page = pdf[number]
                width, height = page.get_size()
                wanted = _wanted(document, cited, number)
                marks = lines_of(matched(letters_of(page), wanted)) if wanted else ()
                return Sheet(number, len(pdf), width, height, marks)
        except pypdfium2.PdfiumError:
            return None

    def png(self, document: Document, number: int) -> bytes | None:
        """The picture of a page; None as above, and for a page that there is not."""
        data = file_of(document)
        if data is None:
            return None
        key = (document.sha256, number)
        with _pdfium:
            if key in self._drawn:
                self._drawn.move_to_end(key)
                return self._drawn[key]
            try:
                with pypdfium2.PdfDocument(data, password=self._password or None) as pdf:
                    if not 0 <= number < len(pdf):
                        return None
                    page = pdf[number]
                    width, height = page.get_size()
                    scale = min(WIDTH / width, LARGEST / max(width, height))
                    out = io.BytesIO()
                    page.render(scale=scale).to_pil().save(out, "PNG")
            except (pypdfium2.PdfiumError, ValueError, ZeroDivisionError):
                return None
            self._drawn[key] = out.getvalue()
            if len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
            return self._drawn[key]


def file_of(document: Document) -> bytes | None:
    """The bytes of the PDF that a document was read from; None where they are not there any more, or are others."""
    if document.format != "pdf" or not document.root:
        return None
    try:
        found = find(Path(document.root, document.path), READERS)
        data = found.read_bytes()
        return data if digest(data, found.read_sidecar()) == document.sha256 else None
    except (OSError, UnreadableFile):
        return None


def page_number(document: Document, cited: Span) -> int:
    """The number, from 0, of the page that a raw range begins on."""
    return next((n for n, p in enumerate(document.pages) if p.span.start <= cited.start < p.span.end), 0)


def _wanted(document: Document, cited: Span, number: int) -> str:
    """What of a passage stands on a page, in one form and without white space."""
    if number >= len(document.pages):
        return ""
    page = document.pages[number].span
    start, end = max(page.start, cited.start), min(page.end, cited.end)
    return plain(document.raw[start:end]) if start < end else ""


def plain(text: str) -> str:
    """A text in one form, without white space and what cannot be seen."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if not c.isspace() and c.isprintable())


def letters_of(page: pypdfium2.PdfPage) -> list[Letter]:
    """The characters of a page in the order of its text."""
    letters = []
    text = page.get_textpage()
    for i in range(text.count_chars()):
        shown = plain(chr(pdfium.FPDFText_GetUnicode(text, i)))
        if not shown:
            continue
        left, bottom, right, top = text.get_charbox(i, loose=True)
        x0, y0 = _on_device(page, left, top)
        x1, y1 = _on_device(page, right, bottom)
        box = min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
        letters += [Letter(c, *box) for c in shown]
    return letters


def _on_device(page: pypdfium2.PdfPage, x: float, y: float) -> tuple[float, float]:
    """A point of a page, which may be turned and cropped, in shares of what is shown of it."""
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, GRID, GRID, 0, x, y, ctypes.byref(across), ctypes.byref(down))
    return across.value / GRID, down.value / GRID


def matched(letters: Sequence[Letter], wanted: str) -> list[Letter]:
    """The letters of a page that a passage is made of: in one stretch, or else in as few as there are."""
    text = "".join(n.text for n in letters)
    at = text.find(wanted)
    if at >= 0:
        return list(letters[at : at + len(wanted)])
    blocks = SequenceMatcher(None, text, wanted, autojunk=False).get_matching_blocks()
    return [letters[b.a + i] for b in blocks if b.size >= min(LEAST, len(wanted)) for i in range(b.size)]


def lines_of(letters: Iterable[Letter]) -> tuple[Mark, ...]:
    """One mark for each stretch of letters on a line."""
    runs: list[list[Letter]] = []
    for letter in letters:
        if runs and _goes_on(runs[-1][-1], letter):
            runs[-1].append(letter)
        else:
            runs.append([letter])
    return tuple(_mark(run) for run in runs)


def _goes_on(one: Letter, following: Letter) -> bool:
    height = max(one.bottom - one.top, following.bottom - following.top)
    level = abs((one.top + one.bottom) - (following.top + following.bottom)) < height
    return level and -height < following.left - one.right < 4 * height


def _mark(run: Sequence[Letter]) -> Mark:
    left, top = min(n.left for n in run), min(n.top for n in run)
    return Mark(left, top, max(n.right for n in run) - left, max(n.bottom for n in run) - top)
