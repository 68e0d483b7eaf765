"""Zip archives of reports: what is in them, by what names, and how to read it."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from ingest.errors import UnreadableFile
from ingest.read.encoding import chinese_score
from ingest.read.package import reason_too_dense, reason_too_large

UTF8_NAMES = 0x800
"""The flag of a member whose name is in UTF-8."""
ENCRYPTED = 0x1
UNICODE_PATH = 0x7075
"""The extra field in which Info-ZIP and WinRAR keep a name in UTF-8 beside the one of the system."""
NAME_ENCODINGS = ("gb18030", "big5hkscs", "shift_jis")


class Member(NamedTuple):
    """A file in an archive: its place in the list of members, its path within, and why it cannot be read, if so."""

    place: int
    path: str
    problem: str = ""


def members(file: Path) -> list[Member]:
    """The files in an archive, in the order of their paths; folders and what hidden folders hold are left out.

    Raises UnreadableFile when it is damaged or unpacks to more than is read.
    """
    archive = _opened(file)
    infos = archive.infolist()
    if too_much := reason_too_large([i for i in infos if not reason_too_dense(i)]):
        raise UnreadableFile(f"{file}: {too_much}", "unpack it and ingest the folder, if you trust it")
    found = [
        Member(place, path, _problem(info))
        for place, (info, path) in enumerate(zip(infos, names(infos), strict=True))
        if not info.is_dir() and path and not path.endswith("/")
    ]
    return sorted(found, key=lambda m: m.path.split("/"))


def read_member(file: Path, place: int) -> bytes:
    """The bytes of a member. Raises UnreadableFile when they are damaged."""
    archive = _opened(file)
    info = archive.infolist()[place]
    try:
        return archive.read(info)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        struct.error,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as exc:
        raise UnreadableFile(f"{file}: damaged at {info.filename} ({exc})", "get the archive anew") from exc


def _problem(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & ENCRYPTED:
        return "encrypted in its archive"
    return reason_too_dense(info)


def _opened(file: Path) -> zipfile.ZipFile:
    state = file.stat()
    return _kept_open(file, state.st_mtime_ns, state.st_size)


# To list an archive costs more than to read a member: it stays open while its members are read.
@lru_cache(maxsize=2)
def _kept_open(file: Path, _changed: int, _size: int) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, struct.error, ValueError, EOFError, NotImplementedError) as exc:
        raise UnreadableFile(
            f"{file}: no zip archive, or damaged ({exc})", "get it anew, or unpack it by hand"
        ) from exc


def names(infos: Sequence[zipfile.ZipInfo]) -> list[str]:
    """The paths of members. Names that do not say their encoding are decoded together, by what reads most like Chinese."""
    stored = [None if i.flag_bits & UTF8_NAMES else i.orig_filename.encode("cp437", "replace") for i in infos]
    encoding = name_encoding(b"\n".join(sorted({name for name in stored if name is not None})))
    return [
        _within(_stated(info) or (info.orig_filename if name is None else name.decode(encoding, "replace")))
        for info, name in zip(infos, stored, strict=True)
    ]


def name_encoding(data: bytes) -> str:
    """The encoding of names that were stored without saying it."""
    for encoding in ("ascii", "utf-8"):
        if _decodes(data, encoding):
            return encoding
    fitting = [e for e in NAME_ENCODINGS if _decodes(data, e)]
    return max(fitting, key=lambda e: chinese_score(data.decode(e)), default="gb18030")


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _stated(info: zipfile.ZipInfo) -> str:
    """The name in UTF-8 that an extra field holds; empty without one."""
    for kind, field in _extra_fields(info.extra):
        if kind == UNICODE_PATH and len(field) > 5:
            return field[5:].decode("utf-8", "replace")
    return ""


def _extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        yield kind, extra[at + 4 : at + 4 + length]
        at += 4 + length


def _within(name: str) -> str:
    """A member's name as a path that leads nowhere else."""
    parts = name.split("\0", maxsplit=1)[0].replace("\\", "/").split("/")
    kept = [p for p in parts if p not in {"", ".", ".."}]
    return "/".join(kept) + ("/" if parts[-1] == "" and kept else "")
