"""Which reader takes which file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import NamedTuple

from ingest.document import Document
from ingest.errors import UnreadableFile, UnsupportedFormat
from ingest.read.contents import OLDER, kind_of
from ingest.read.csv import read_csv
from ingest.read.html import read_html
from ingest.read.markdown import read_markdown
from ingest.read.text import read_text

Reader = Callable[[bytes, str], Document]


def _read_docx(data: bytes, path: str) -> Document:
    from ingest.read.docx import read_docx

    return read_docx(data, path)


def _read_pdf(data: bytes, path: str, password: str = "", seconds: float = 120) -> Document:
    from ingest.read.pdf import read_pdf

    return read_pdf(data, path, password=password, seconds=seconds)


def _read_pptx(data: bytes, path: str) -> Document:
    from ingest.read.pptx import read_pptx

    return read_pptx(data, path)


def _read_xlsx(data: bytes, path: str) -> Document:
    from ingest.read.xlsx import read_xlsx

    return read_xlsx(data, path)


# The libraries of these formats are imported when there is such a file: each process that reads would hold them all.

READERS: Mapping[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".pdf": _read_pdf,
    ".docx": _read_docx,
    ".pptx": _read_pptx,
    ".xlsx": _read_xlsx,
    ".xlsm": _read_xlsx,
    ".csv": read_csv,
    ".tsv": read_csv,
}


RUNNING_TEXT = frozenset({".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml"})
"""Formats that scrapers write, and that are read in no time: a corpus is learned from them."""
LARGEST_TEXT = 64 * 1024 * 1024
"""Bytes of a text file. Cleaning weighs a document as a whole and takes forty times its bytes of memory."""


class ReadOptions(NamedTuple):
    """What a user may tell the readers. `pdf_password` opens encrypted PDF files; `seconds` is what one file may take."""

    pdf_password: str = ""
    seconds: float = 120


PLAIN = ReadOptions()


def read(data: bytes, path: str, options: ReadOptions = PLAIN) -> Document:
    """Read the bytes of a file; `path` is its path in the index, whose suffix names the format unless its bytes gainsay it.

    Raises UnreadableFile when it is empty, of no known format or damaged.
    """
    suffix = PurePath(path).suffix.lower()
    if suffix not in READERS:
        raise UnsupportedFormat(
            f"{path}: no reader for {suffix or 'files without a suffix'}",
            OLDER.get(suffix) or f"readable are {', '.join(sorted(READERS))}",
        )
    if not data.strip():
        raise UnreadableFile(f"{path}: empty", "nothing to ingest")
    kind = kind_of(data, path, suffix)
    reader = READERS[kind]
    if reader is _read_pdf:
        reader = partial(_read_pdf, password=options.pdf_password, seconds=options.seconds)
    document = replace(reader(data, path), sha256=digest(data))
    if READERS[suffix] is not READERS[kind]:
        told = f"it is a {kind.removeprefix('.')} file in truth, and was read as one"
        document = replace(document, warnings=(*document.warnings, told))
    if not document.view.text.strip():
        raise UnreadableFile(f"{path}: no text in it", "nothing to ingest")
    return document


def check_size(path: str, size: int) -> None:
    """Raises UnreadableFile for a text of more bytes than can be held in memory with all that is made of it."""
    if size > LARGEST_TEXT and PurePath(path).suffix.lower() in RUNNING_TEXT | {".csv", ".tsv"}:
        told = f"{path}: {size / 2**20:.0f} MB of text in one file, more than the {LARGEST_TEXT >> 20} MB that one may have"
        raise UnreadableFile(told, "split it into smaller files")


def digest(data: bytes, sidecar: bytes = b"") -> str:
    """The SHA-256 of a file's bytes, by which the index knows it again; with those of what describes it, if that is there."""
    if not sidecar:
        return hashlib.sha256(data).hexdigest()
    return hashlib.sha256(data + b"\0" + sidecar).hexdigest()
