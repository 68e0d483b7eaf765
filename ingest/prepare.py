"""Make passages of one file: read, describe, clean, split. Nothing here knows of an index."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ingest.clean.stages import clean
from ingest.discover import Found
from ingest.document import Passages
from ingest.errors import UnreadableFile
from ingest.read.formats import PLAIN, ReadOptions, digest, read
from ingest.read.metadata import describe
from ingest.split import split


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file. `seconds` is the time to read, clean and split it.

    `moved_from` is the path that a moved file had; `same_as` the path of another document that is the same report.
    """

    path: str
    status: str  # "added", "replaced", "moved", "unchanged", "removed" or "failed"
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
    """A file to prepare. `known` is its hash in the index, if it has one; `size` that of a passage, in characters."""

    found: Found
    known: str | None
    size: int
    options: ReadOptions = PLAIN


def prepare(found: Found, known: str | None, size: int, options: ReadOptions = PLAIN) -> Prepared:
    """Read, clean and split one file; None for one that cannot be read. `known` is its hash in the index, if it has one."""
    began = time.monotonic()
    try:
        data, sidecar = found.read_bytes(), found.read_sidecar()
        document = describe(clean(read(data, found.path, options)), sidecar)
    except UnreadableFile as exc:
        return None, failure(found, str(exc), exc.advice)
    except OSError as exc:
        return None, failure(found, f"{found.path}: {exc.strerror}", "check that the file is there and may be read")
    except MemoryError:
        return None, failure(found, f"{found.path}: takes more memory than there is", "split it into smaller files")
    except RecursionError:
        return None, failure(found, f"{found.path}: nested too deeply", "save it anew, or as plain text")
    document = replace(document, sha256=digest(data, sidecar))
    chunks = split(document, size)
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


def failure(found: Found, error: str, advice: str) -> FileReport:
    """The report of a file that could not be read."""
    return FileReport(found.path, "failed", error=error, advice=advice)
