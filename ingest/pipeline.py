"""From paths to an index: discover, prepare (read, clean, split), embed, store."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from ingest.discover import Found, discover
from ingest.document import Passages
from ingest.embed import Embedder
from ingest.errors import UnreadableFile
from ingest.index import Index, begin, clear, indexed_text, writing
from ingest.moves import moved, resettled
from ingest.prepare import FileReport, Job, Prepared, prepare
from ingest.read.formats import READERS, ReadOptions, digest
from ingest.settings import Settings
from ingest.workers import Crew

__all__ = ["FileReport", "IngestReport", "Progress", "ingest", "prepare"]

STORED_AT_ONCE = 2_000_000
"""Characters of clean text that one commit takes in: few commits, and little lost when one is cut off."""
WORTH_WORKERS = 32
"""Fewer files are prepared in this process: starting others takes longer."""


HARMLESS = frozenset({".txt", ".text", ".md", ".markdown", ".csv", ".tsv"})
"""Formats that only code of our own reads, in time that grows with their length."""
HARMLESS_SIZE = 64 * 1024
"""Bytes up to which a harmless file is prepared in this process; larger and other files always in one that can be killed."""


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

    Files whose bytes are known are passed over, and those that were moved go by
    their new paths; changed ones replace their older selves; those that cannot be read are reported and leave what the
    index had of them. Raises IndexMismatch and IndexBusy.
    """
    began = time.monotonic()
    found = list(discover(paths, READERS))
    with writing(folder, patience=10):
        if rebuild:
            clear(folder)
        index = begin(folder, settings.fingerprint(), embedder.identity)
        try:
            moves = _move(index, found)
            reports = list(_ingest_into(index, found, settings, embedder, progress))
            missing = _missing(index.catalog.roots(), paths, found)
            if prune and missing:
                index.store([], removed=missing)
                reports += [FileReport(path, "removed") for path in missing]
                missing = []
            documents, passages = index.catalog.counts()
            others = _others(index)
            reports = [_related(report, moves, others) for report in reports]
        finally:
            index.close()
    return IngestReport(
        str(folder), tuple(reports), documents, passages, time.monotonic() - began, tuple(missing), index.repairs
    )


def _move(index: Index, found: Sequence[Found]) -> dict[str, str]:
    """Let documents go by the paths that their files have now; the old path by the new one."""
    roots = index.catalog.roots()
    moves = moved(found, index.catalog.digests(), roots)
    if changes := resettled(found, roots) | moves:
        index.move(changes, {f.path: str(f.root.resolve()) for f in reversed(found) if f.root})
    return moves


def _others(index: Index) -> dict[str, str]:
    """For each document that is the same report as others, the first of these."""
    return {m.path: family[m == family[0]].path for family in index.catalog.families() for m in family}


def _related(report: FileReport, moves: Mapping[str, str], others: Mapping[str, str]) -> FileReport:
    """A report that tells what the file was before, and what it is the same as."""
    if report.status == "unchanged" and report.path in moves:
        report = replace(report, status="moved", moved_from=moves[report.path])
    if report.status in {"added", "replaced", "moved"} and report.path in others:
        report = replace(report, same_as=others[report.path])
    return report


def _ingest_into(
    index: Index, found: Sequence[Found], settings: Settings, embedder: Embedder, progress: Progress
) -> Iterator[FileReport]:
    known = index.catalog.digests()
    roots = {f.path: str(f.root.resolve()) for f in found if f.root}
    batch: list[tuple[Passages, FileReport]] = []
    waiting = 0
    done = 0
    for prepared, report in _prepare_all(found, known, settings):
        done += 1
        progress(report, done, len(found))
        if prepared is None:
            yield report
            continue
        document = replace(prepared.document, root=roots.get(report.path, ""))
        batch.append((replace(prepared, document=document), report))
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


def _missing(roots: Mapping[str, str], paths: Sequence[Path], found: Sequence[Found]) -> list[str]:
    """Documents whose files are gone: `roots` tells the folder that each was ingested from.

    What came from a folder that is not looked at now, or lies in a folder or an
    archive that could not be opened, is not known to be gone.
    """
    looked_at = {str(p.resolve()) for p in paths if p.is_dir()}
    there = {f.path for f in found}
    locked = tuple(f"{f.path}/" for f in found if f.problem)
    return sorted(p for p, root in roots.items() if root in looked_at and p not in there and not p.startswith(locked))


def _prepare_all(found: Sequence[Found], known: dict[str, str], settings: Settings) -> Iterator[Prepared]:
    """Prepare files in their order, in processes that can be killed; a few small and harmless ones in this one."""
    jobs: list[Found] = []
    for file in _once(found):
        if isinstance(file, FileReport):
            yield None, file
        elif file.path in known and (same := _unchanged(file, known[file.path])):
            yield None, same
        else:
            jobs.append(file)
    workers = settings.workers or os.cpu_count() or 1
    here = workers == 1 or len(jobs) < WORTH_WORKERS
    options = ReadOptions(settings.pdf_password, settings.file_seconds)
    with Crew(workers, settings.file_seconds) as crew:
        pending: deque[Callable[[], Prepared]] = deque()
        for file in jobs:
            job = Job(file, known.get(file.path), settings.passage_size, options)
            pending.append(partial(prepare, *job) if here and _harmless(file) else crew.begin(job))
            if len(pending) > 4 * workers:
                yield pending.popleft()()
        while pending:
            yield pending.popleft()()


def _once(found: Sequence[Found]) -> Iterator[Found | FileReport]:
    """Each file once; for another one that would go by the same path a report."""
    seen: dict[str, tuple[Path, int | None]] = {}
    for file in found:
        itself = (Path(os.path.realpath(file.file)), file.member)
        if seen.setdefault(file.path, itself) == itself:
            if seen[file.path] is itself:
                yield file
            continue
        reason = "another file of this run already goes by this path"
        yield FileReport(file.path, "failed", error=reason, advice="ingest the folder above both")


def _unchanged(found: Found, known: str) -> FileReport | None:
    """The report of a file whose bytes are known; None for any other, unreadable ones too."""
    began = time.monotonic()
    try:
        same = digest(found.read_bytes(), found.read_sidecar()) == known
    except (OSError, UnreadableFile):
        return None
    return FileReport(found.path, "unchanged", seconds=time.monotonic() - began) if same else None


def _harmless(file: Found) -> bool:
    if file.problem:
        return True
    if file.member is not None or PurePosixPath(file.path).suffix.lower() not in HARMLESS:
        return False
    try:
        return file.file.stat().st_size <= HARMLESS_SIZE
    except OSError:
        return True
