"""What a file is in truth, by how its bytes begin, whatever its name says."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from ingest.errors import UnreadableFile
from ingest.read.package import DAMAGE

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The container of Office before 2007, and of documents with a password since."""
PARTS = {"word/document.xml": ".docx", "xl/workbook.xml": ".xlsx", "ppt/presentation.xml": ".pptx"}
START = 512
"""Bytes by which a kind is told."""
PAGE_STARTS = (b"<!doctype html", b"<html")
OFFICE = frozenset({".docx", ".xlsx", ".xlsm", ".pptx"})

OLDER: Mapping[str, str] = {
    **dict.fromkeys((".doc", ".dot", ".docm", ".rtf", ".odt", ".wps", ".pages"), "save it as .docx"),
    **dict.fromkeys((".xls", ".xlsb", ".ods", ".et", ".numbers"), "save it as .xlsx"),
    **dict.fromkeys((".ppt", ".pps", ".ppsx", ".pptm", ".odp", ".dps"), "save it as .pptx"),
    **dict.fromkeys((".caj", ".ofd", ".xps", ".djvu", ".epub", ".mobi", ".azw3"), "save or print it as .pdf"),
    **dict.fromkeys((".mht", ".mhtml", ".chm", ".xml"), "save it as .html"),
    **dict.fromkeys((".tex", ".rst", ".adoc", ".org", ".eml"), "save it as .txt or .md"),
    **dict.fromkeys((".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"), "unpack it"),
}  # fmt: skip
"""Suffixes of documents and archives that no reader takes, and what to do with them."""


def is_text_by_its_start(start: bytes) -> bool:
    """Whether the first START bytes of a file do not say that it is something else than text."""
    return not start.startswith((b"PK\x03\x04", OLE)) and b"%PDF-" not in start


def kind_of(data: bytes, path: str, suffix: str) -> str:
    """The suffix of the reader that the bytes are for: that of the name, unless they say that they are something else.

    Raises UnreadableFile for what no reader takes and no reader could say so well of.
    """
    start = data[:START].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"%PDF-"):
        return ".pdf"
    if data.startswith(b"PK\x03\x04"):
        return _package(data, path, suffix)
    if data.startswith(OLE):
        raise UnreadableFile(*_of_container(data, path))
    if start.startswith(b"{\\rtf"):
        raise UnreadableFile(f"{path}: a rich-text file (RTF), whatever its name says", "save it as .docx")
    if suffix in OFFICE | {".pdf"} and start[:14].lower().startswith(PAGE_STARTS):
        return ".html"
    return suffix


def _package(data: bytes, path: str, suffix: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
    except DAMAGE as exc:
        if suffix in OFFICE:
            # Its reader says what kind of document it should have been.
            return suffix
        raise UnreadableFile(f"{path}: a damaged zip archive, whatever its name says", "get it anew") from exc
    found = next((kind for part, kind in PARTS.items() if part in names), "")
    if found:
        return suffix if (suffix, found) == (".xlsm", ".xlsx") else found
    if suffix in OFFICE:
        return suffix
    raise UnreadableFile(
        f"{path}: a zip archive, whatever its name says", "give it a name that ends in .zip, or unpack it"
    )


def _of_container(data: bytes, path: str) -> tuple[str, str]:
    """What is wrong with a file in the old container, and what to do."""
    # Its directory has the names of the streams in UTF-16.
    if "EncryptedPackage".encode("utf-16-le") in data:
        return f"{path}: encrypted with a password", "open it in Office and save it without a password"
    streams = {"WordDocument": ".docx", "Workbook": ".xlsx", "Book": ".xlsx", "PowerPoint Document": ".pptx"}
    for name, suffix in streams.items():
        if name.encode("utf-16-le") in data:
            return f"{path}: in a format of Office before 2007, whatever its name says", f"save it as {suffix}"
    return f"{path}: in the container of Office before 2007, or encrypted", "save it as .docx, .xlsx or .pptx"
