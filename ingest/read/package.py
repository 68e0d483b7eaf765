"""Open the files of Office safely: they are zip archives of XML, and may be damaged or made to exhaust the reader."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.errors import UnreadableFile

LARGEST_PART = 512 * 1024 * 1024
"""Bytes that one part may have once unpacked."""
LARGEST = 1024 * 1024 * 1024
"""Bytes that all parts may have once unpacked."""
DENSEST = 200
"""A part may be this many times its packed size; written text packs to a tenth, repeated markup to a hundredth."""
SMALL = 4 * 1024 * 1024
"""Smaller parts may be packed as densely as they like."""
ENCRYPTED = b"\xd0\xcf\x11\xe0"
"""How the old container begins that Office keeps encrypted documents in, and all documents before 2007."""

DAMAGE: tuple[type[Exception], ...] = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, SyntaxError,
    KeyError, ValueError, TypeError, AttributeError, IndexError, LookupError, NotImplementedError, RecursionError,
    RuntimeError, AssertionError,
)  # fmt: skip
"""What the libraries let through on damaged packages. XML errors of lxml are SyntaxErrors."""


@contextmanager
def opened(data: bytes, path: str, kind: str, suffix: str) -> Iterator[io.BytesIO]:
    """The bytes of a package of Office, once its sizes were found to be sane.

    Raises UnreadableFile for what is none, is encrypted or would unpack to too
    much, and for what a library raises within on a damaged one. `kind` is what
    the error calls it ("a Word document").
    """
    if data.startswith(ENCRYPTED):
        raise UnreadableFile(
            f"{path}: not {kind} but an encrypted or an old one",
            f"open it in Office and save it as {suffix}, without a password",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            too_much = reason_too_large(package.infolist())
        if too_much:
            raise UnreadableFile(f"{path}: {too_much}", "leave it out, or save it anew if you trust it")
        yield io.BytesIO(data)
    except DAMAGE as exc:
        reason = str(exc) or type(exc).__name__
        raise UnreadableFile(f"{path}: not {kind}, or damaged ({reason})", f"save it again as {suffix}") from exc


def reason_too_large(parts: list[zipfile.ZipInfo]) -> str:
    """Why an archive is not to be unpacked; empty when it is.

    The sizes that the archive declares are enough: no more than these are ever read from it.
    """
    if (total := sum(p.file_size for p in parts)) > LARGEST:
        return f"unpacks to {total / 2**20:.0f} MB, more than the {LARGEST >> 20} MB that are read"
    return next((reason for p in parts if (reason := reason_too_dense(p))), "")


def reason_too_dense(part: zipfile.ZipInfo) -> str:
    """Why a part of an archive is not to be unpacked; empty when it is."""
    if part.file_size > LARGEST_PART:
        return f"unpacks to {part.file_size / 2**20:.0f} MB, more than the {LARGEST_PART >> 20} MB that are read"
    if part.file_size > SMALL and part.file_size > DENSEST * max(1, part.compress_size):
        return f"unpacks to {part.file_size // max(1, part.compress_size)} times its size, as a zip bomb does"
    return ""
