"""Make passages of one file: read, describe, clean, split. Nothing here knows of an index."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ingest.clean.learned import NOTHING, Boilerplate, Ends, ends
from ingest.clean.stages import clean
from ingest.discover import Found
from ingest.document import Document, Passages
from ingest.errors import UnreadableFile
from ingest.read.formats import PLAIN, ReadOptions, check_size, digest, read
from ingest.read.metadata import describe
from ingest.split import split


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file. `seconds` is the time to read, clean and split it.

    `moved_from` is the path that a moved file had; `same_as` the path of another document that is the same report.
    """

    path: str
    status: str  # "added", "replaced", "moved", "unchanged", "removed", "failed", or "unread": of no kind that is read
    format: str = ""
    pages: int = 0
    characters: int = 0
    cleaned: dict[str, int] = field(default_factory=dict)
    chunks: int = 0
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()
    error: str = ""
    advice: str = ""
    moved_from: str = ""
    same_as: str = ""


Prepared = tuple[Passages | None, FileReport]


class Job(NamedTuple):
    """A file to prepare. `known` is its hash in the index, if it has one."""

    found: Found
    known: str | None


def prepare(
    found: Found, known: str | None, size: int, options: ReadOptions = PLAIN, learned: Boilerplate = NOTHING
) -> Prepared:
    """Read, clean and split one file; None for one that cannot be read.

    `known` is its hash in the index, if it has one, and `learned` what the corpus repeats.
    """
    began = time.monotonic()
    try:
        document, data, sidecar = _read(found, options)
        document = describe(clean(document, learned), sidecar)
        document = replace(document, sha256=digest(data, sidecar))
        chunks = split(document, size)
    except UNREADABLE as exc:
        return None, _failed(found, exc)
    report = FileReport(
        path=found.path,
        status="replaced" if known else "added",
        format=document.format,
        pages=len(document.pages),
        characters=len(document.raw),
        cleaned=dict(document.cleaned),
        chunks=len(chunks),
        seconds=time.monotonic() - began,
        warnings=document.warnings,
    )
    return Passages(document, chunks), report


def look_at_ends(
    found: Found,
    known: str | None,  # noqa: ARG001  # called as `prepare` is
    options: ReadOptions = PLAIN,
) -> tuple[Ends | None, FileReport]:
    """What a file teaches about the corpus: see `ingest.clean.learned`."""
    try:
        return ends(_read(found, options)[0]), FileReport(found.path, "seen")
    except UNREADABLE as exc:
        return None, _failed(found, exc)


UNREADABLE = (UnreadableFile, OSError, MemoryError, RecursionError)


def _read(found: Found, options: ReadOptions) -> tuple[Document, bytes, bytes]:
    check_size(found.path, found.size())
    data = found.read_bytes()
    return read(data, found.path, options), data, found.read_sidecar()


def _failed(found: Found, problem: BaseException) -> FileReport:
    path = found.path
    match problem:
        case UnreadableFile():
            report = failure(found, str(problem), problem.advice)
            return replace(report, status="unread") if found.unread else report
        case OSError():
            return failure(found, f"{path}: {problem.strerror}", "check that the file is there and may be read")
        case MemoryError():
            return failure(found, f"{path}: takes more memory than there is", "split it into smaller files")
        case _:
            return failure(found, f"{path}: nested too deeply", "save it anew, or as plain text")


def failure(found: Found, error: str, advice: str) -> FileReport:
    """The report of a file that could not be read."""
    return FileReport(found.path, "failed", error=error, advice=advice)
