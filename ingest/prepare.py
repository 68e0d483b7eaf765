"""Make passages of one file: read, describe, clean, split, and note what an index will find them by.

All that costs time is done here, for this can be done in many processes at once; nothing here knows of an index.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from ingest.clean.learned import NOTHING, Boilerplate, Ends, ends
from ingest.clean.stages import clean
from ingest.discover import Found
from ingest.document import Chunk, Document, Passages
from ingest.duplicates import sketch
from ingest.embed import token_table
from ingest.errors import UnreadableFile
from ingest.read.formats import PLAIN, ReadOptions, check_size, digest, read
from ingest.read.metadata import describe
from ingest.split import split
from ingest.terms import indexed_text, tokens, written_otherwise


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file. `seconds` is the time to prepare it.

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
    found: Found,
    known: str | None,
    size: int,
    options: ReadOptions = PLAIN,
    learned: Boilerplate = NOTHING,
    static: Path | None = None,
) -> Prepared:
    """Read, clean and split one file; None for one that cannot be read.

    `known` is its hash in the index, if it has one, `learned` what the corpus
    repeats, and `static` the folder of a static model: see `indexed`.
    """
    began = time.monotonic()
    stamp = found.stamp()  # before it is read: what changes meanwhile is read again next time
    try:
        document, chunks = _cut(found, size, options, learned)
        passages = replace(indexed(document, chunks, static), stamp=stamp)
    except UNREADABLE as exc:
        return None, _failed(found, exc)
    report = FileReport(
        path=found.path,
        status="replaced" if known else "added",
        format=document.format,
        pages=len(document.pages),
        characters=len(document.raw),
        cleaned=dict(document.cleaned),
        chunks=len(passages.chunks),
        seconds=time.monotonic() - began,
        warnings=document.warnings,
    )
    return passages, report


def _cut(found: Found, size: int, options: ReadOptions, learned: Boilerplate) -> tuple[Document, tuple[Chunk, ...]]:
    document, data, sidecar = _read(found, options)
    document = describe(clean(document, learned), sidecar)
    document = replace(document, sha256=digest(data, sidecar))
    return document, split(document, size)


def cut(
    found: Found,
    known: str | None,  # noqa: ARG001  # called as `prepare` is
    size: int,
    options: ReadOptions = PLAIN,
    learned: Boilerplate = NOTHING,
) -> tuple[tuple[Document, tuple[Chunk, ...]] | None, FileReport]:
    """Read, clean and split one file, and no more: what it costs to make passages, without what an index needs of them."""
    try:
        document, chunks = _cut(found, size, options, learned)
    except UNREADABLE as exc:
        return None, _failed(found, exc)
    return (document, chunks), FileReport(found.path, "seen", chunks=len(chunks))


def indexed(document: Document, chunks: tuple[Chunk, ...], static: Path | None = None) -> Passages:
    """The passages of a document with what an index is given of them.

    Their vectors are made too where `static` is the folder of a static model
    over tokens: that takes less time than to send the tokens to another process.
    Raises ModelProblem when that folder holds no model.
    """
    terms, tokens_of_each = [], []
    for chunk in chunks:
        text = indexed_text(chunk.heading, chunk.text)
        own = tokens(text)
        terms.append(" ".join(chain(own, written_otherwise(text, own))))
        tokens_of_each.append(own)
    vectors = token_table(static).means(tokens_of_each) if static else None
    return Passages(document, chunks, tuple(terms), sketch(document.view.text), vectors)


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
