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
from ingest.read.csv import read_csv
from ingest.read.docx import read_docx
from ingest.read.html import read_html
from ingest.read.markdown import read_markdown
from ingest.read.pdf import read_pdf
from ingest.read.pptx import read_pptx
from ingest.read.text import read_text
from ingest.read.xlsx import read_xlsx

Reader = Callable[[bytes, str], Document]

READERS: Mapping[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".pptx": read_pptx,
    ".xlsx": read_xlsx,
    ".xlsm": read_xlsx,
    ".csv": read_csv,
    ".tsv": read_csv,
}


class ReadOptions(NamedTuple):
    """What a user may tell the readers. `pdf_password` opens encrypted PDF files; `seconds` is what one file may take."""

    pdf_password: str = ""
    seconds: float = 120


PLAIN = ReadOptions()


def read(data: bytes, path: str, options: ReadOptions = PLAIN) -> Document:
    """Read the bytes of a file; `path` is its path in the index, whose suffix names the format.

    Raises UnreadableFile when it is empty, of no known format or damaged.
    """
    suffix = PurePath(path).suffix.lower()
    reader = READERS.get(suffix)
    if reader is None:
        raise UnsupportedFormat(
            f"{path}: no reader for {suffix or 'files without a suffix'}", f"readable are {', '.join(sorted(READERS))}"
        )
    if not data.strip():
        raise UnreadableFile(f"{path}: empty", "nothing to ingest")
    if reader is read_pdf:
        reader = partial(read_pdf, password=options.pdf_password, seconds=options.seconds)
    document = replace(reader(data, path), sha256=digest(data))
    if not document.view.text.strip():
        raise UnreadableFile(f"{path}: no text in it", "nothing to ingest")
    return document


def digest(data: bytes, sidecar: bytes = b"") -> str:
    """The SHA-256 of a file's bytes, by which the index knows it again; with those of what describes it, if that is there."""
    if not sidecar:
        return hashlib.sha256(data).hexdigest()
    return hashlib.sha256(data + b"\0" + sidecar).hexdigest()
