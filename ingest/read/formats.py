"""Which reader takes which file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePath

from ingest.document import Document
from ingest.errors import UnreadableFile, UnsupportedFormat
from ingest.read.docx import read_docx
from ingest.read.html import read_html
from ingest.read.markdown import read_markdown
from ingest.read.pdf import read_pdf
from ingest.read.text import read_text

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
}


def read(data: bytes, path: str) -> Document:
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
    document = replace(reader(data, path), sha256=digest(data))
    if not document.view.text.strip():
        raise UnreadableFile(f"{path}: no text in it", "nothing to ingest")
    return document


def digest(data: bytes) -> str:
    """The SHA-256 of a file's bytes, by which the index knows it again."""
    return hashlib.sha256(data).hexdigest()
