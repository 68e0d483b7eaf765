"""From paths to an index: discover, read, clean, split, embed, store."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path

from ingest.clean.stages import clean
from ingest.discover import Found, discover
from ingest.document import Passages
from ingest.embed import Embedder
from ingest.errors import UnreadableFile
from ingest.index import Index, begin, clear, indexed_text, writing
from ingest.read.formats import READERS, digest, read
from ingest.settings import Settings
from ingest.split import split

STORED_AT_ONCE = 2_000_000
"""Characters of clean text that one commit takes in: few commits, and little lost when one is cut off."""
WORTH_WORKERS = 32
"""Fewer files are prepared in this process: starting others takes longer."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file. `seconds` is the time to read, clean and split it."""

    path: str
    status: str  # "added", "replaced", "unchanged", "removed" or "failed"
    format: str = ""
    pages: int = 0
    characters: int = 0
    cleaned: dict[str, int] = field(default_factory=dict)
    chunks: int = 0
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()
    error: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did. `missing` are documents in the index whose files are gone; `--prune` removes them."""

    index: str
    files: tuple[FileReport, ...]
    documents: int
    passages: int
    seconds: float
    missing: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[FileReport, ...]:
        """The files that could not be read."""
        return tuple(f for f in self.files if f.status == "failed")

    def to_dict(self) -> dict[str, object]:
        """What `wenju ingest --json` prints."""
        return asdict(self)


Progress = Callable[[FileReport, int, int], None]
"""Told after each file: its report, how many are done, how many there are."""


def ingest(
    paths: Sequence[Path],
    folder: Path,
    settings: Settings,
    embedder: Embedder,
    *,
    rebuild: bool = False,
    prune: bool = False,
    progress: Progress = lambda report, done, total: None,
) -> IngestReport:
    """Bring an index up to date with the files under `paths`.

    Files whose bytes are known are passed over; changed ones replace their
    older selves; those that cannot be read are reported and leave what the
    index had of them. Raises IndexMismatch and IndexBusy.
    """
    began = time.monotonic()
    found = list(discover(paths, READERS))
    with writing(folder, patience=10):
        if rebuild:
            clear(folder)
        index = begin(folder, settings.fingerprint(), embedder.identity)
        try:
            reports = list(_ingest_into(index, found, settings, embedder, progress))
            missing = sorted(set(index.catalog.digests()) - {f.path for f in found})
            if prune and missing:
                index.store([], removed=missing)
                reports += [FileReport(path, "removed") for path in missing]
                missing = []
            documents, passages = index.catalog.counts()
        finally:
            index.close()
    return IngestReport(
        str(folder), tuple(reports), documents, passages, time.monotonic() - began, tuple(missing), index.repairs
    )


def _ingest_into(
    index: Index, found: Sequence[Found], settings: Settings, embedder: Embedder, progress: Progress
) -> Iterator[FileReport]:
    known = index.catalog.digests()
    batch: list[tuple[Passages, FileReport]] = []
    waiting = 0
    done = 0
    for prepared, report in _prepare_all(found, known, settings):
        done += 1
        progress(report, done, len(found))
        if prepared is None:
            yield report
            continue
        batch.append((prepared, report))
        waiting += len(prepared.document.view)
        if waiting >= STORED_AT_ONCE:
            yield from _store(index, batch, embedder)
            batch, waiting = [], 0
    yield from _store(index, batch, embedder)


def _store(index: Index, batch: Sequence[tuple[Passages, FileReport]], embedder: Embedder) -> Iterator[FileReport]:
    if batch:
        index.store(_embedded([p for p, _ in batch], embedder))
        yield from (report for _, report in batch)


def _embedded(batch: Sequence[Passages], embedder: Embedder) -> list[Passages]:
    vectors = embedder.passages([indexed_text(c.heading, c.text) for p in batch for c in p.chunks])
    done, start = [], 0
    for passages in batch:
        end = start + len(passages.chunks)
        done.append(replace(passages, vectors=vectors[start:end]))
        start = end
    return done


Prepared = tuple[Passages | None, FileReport]


def _prepare_all(found: Sequence[Found], known: dict[str, str], settings: Settings) -> Iterator[Prepared]:
    """Prepare files in their order, over several processes where there are many."""
    seen: set[str] = set()
    jobs: list[Found] = []
    for file in found:
        if file.path in seen:
            reason = "another file of this run already goes by this path"
            yield None, FileReport(file.path, "failed", error=reason, advice="ingest the folder above both")
            continue
        seen.add(file.path)
        if file.path in known and (same := _unchanged(file, known[file.path])):
            yield None, same
        else:
            jobs.append(file)
    workers = settings.workers or os.cpu_count() or 1
    if workers == 1 or len(jobs) < WORTH_WORKERS:
        yield from (prepare(f, known.get(f.path), settings.passage_size) for f in jobs)
        return
    with _pool(workers) as pool:
        pending: deque[Future[list[Prepared]]] = deque()
        for some in _some(jobs, 16):
            pending.append(pool.submit(_prepare_some, some, [known.get(f.path) for f in some], settings.passage_size))
            if len(pending) > 4 * workers:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()


def _unchanged(found: Found, known: str) -> FileReport | None:
    """The report of a file whose bytes are known; None for any other, unreadable ones too."""
    began = time.monotonic()
    try:
        same = digest(found.file.read_bytes()) == known
    except OSError:
        return None
    return FileReport(found.path, "unchanged", seconds=time.monotonic() - began) if same else None


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    # Spawned, not forked: this process has threads of tokenizers and of Chroma.
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _some(jobs: Sequence[Found], size: int) -> Iterable[list[Found]]:
    return (list(jobs[at : at + size]) for at in range(0, len(jobs), size))


def _prepare_some(jobs: Sequence[Found], known: Sequence[str | None], size: int) -> list[Prepared]:
    return [prepare(job, sha256, size) for job, sha256 in zip(jobs, known, strict=True)]


def prepare(found: Found, known: str | None, size: int) -> Prepared:
    """Read, clean and split one file; None for one that cannot be read. `known` is its hash in the index, if it has one."""
    began = time.monotonic()
    try:
        document = clean(read(found.file.read_bytes(), found.path))
    except UnreadableFile as exc:
        return None, FileReport(found.path, "failed", error=str(exc), advice=exc.advice)
    except OSError as exc:
        return None, FileReport(found.path, "failed", error=f"{found.path}: {exc.strerror}", advice="check the file")
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
