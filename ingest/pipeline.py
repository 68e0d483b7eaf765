"""From paths to an index: discover, learn, prepare (read, clean, split), embed, store.

An index learns what its corpus repeats once, before its first document is cleaned, and
keeps it (see `ingest.clean.learned`): that takes a first, quick look at all files of text.
Learning again at each run would clean documents that did not change into other ones,
and in another way the older they are. `--rebuild` learns anew; the report says when the
corpus has grown so much that this is worth while.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from threading import current_thread, main_thread

from ingest.clean.learned import ENOUGH, NOTHING, Boilerplate, learn
from ingest.discover import Found, discover
from ingest.document import Passages
from ingest.embed import Embedder, TokenTable, embedded
from ingest.errors import UnreadableFile
from ingest.index import Index, begin, clear, writing
from ingest.moves import moved, resettled
from ingest.prepare import FileReport, Job, Prepared, look_at_ends, prepare
from ingest.read.contents import START, is_text_by_its_start
from ingest.read.formats import READERS, RUNNING_TEXT, ReadOptions, digest
from ingest.settings import Settings
from ingest.workers import SMALL, Crew, Each

__all__ = ["FileReport", "IngestReport", "Progress", "Tally", "ingest", "prepare"]

STORED_AT_ONCE = 500_000
"""Characters of clean text that one commit takes in: few commits, little lost when one is cut off, little held in memory."""
WORTH_WORKERS = 32
"""Fewer files are prepared in this process: starting others takes longer."""
HARMLESS_SIZE = 64 * 1024
"""Bytes up to which a text is prepared in this process; larger and other files always in one that can be killed."""
M_MMAP_THRESHOLD, LARGE_BLOCK = -3, 256 * 1024
LEARNED = "learned"
"""The name of the catalog's fact that keeps what was learned."""
GROWN = 2
"""A corpus so many times as large as what was learned from has more to teach."""


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
    notes: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[FileReport, ...]:
        """The files that could not be read."""
        return tuple(f for f in self.files if f.status == "failed")

    @property
    def unread(self) -> tuple[FileReport, ...]:
        """The files that were come across and are of no kind that is read: no failure, but nothing is known of them."""
        return tuple(f for f in self.files if f.status == "unread")

    def to_dict(self) -> dict[str, object]:
        """What `wenju ingest --json` prints."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Tally:
    """How far an ingest has come: files and their bytes on disk, done and in all."""

    files: int
    all_files: int
    size: int
    whole_size: int


Progress = Callable[[FileReport, Tally], None]
"""Told after each file: its report, and how far the ingest is."""


def ingest(
    paths: Sequence[Path],
    folder: Path,
    settings: Settings,
    embedder: Embedder,
    *,
    rebuild: bool = False,
    prune: bool = False,
    progress: Progress = lambda report, tally: None,
) -> IngestReport:
    """Bring an index up to date with the files under `paths`.

    Files whose bytes are known are passed over, and those that were moved go by
    their new paths; changed ones replace their older selves; those that cannot be read are reported and leave what the
    index had of them. Raises IndexMismatch and IndexBusy.
    """
    began = time.monotonic()
    _return_large_blocks()
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
            notes = _to_learn(index)
        finally:
            index.close()
    seconds = time.monotonic() - began
    return IngestReport(str(folder), tuple(reports), documents, passages, seconds, tuple(missing), index.repairs, notes)


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
    roots = {f.path: str(f.root.resolve()) for f in found if f.root}
    batch: list[tuple[Passages, FileReport]] = []
    waiting = 0
    for prepared, report in _told(_prepare_all(index, found, settings, embedder.static), found, progress):
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


def _told(done: Iterator[Prepared], found: Sequence[Found], progress: Progress) -> Iterator[Prepared]:
    """The same, with each file told to `progress`."""
    sizes = {f.path: f.size() for f in found}
    whole, size = sum(sizes.values()), 0
    for files, (prepared, report) in enumerate(done, 1):
        size += sizes.get(report.path, 0)
        progress(report, Tally(files, len(found), size, whole))
        yield prepared, report


def _store(index: Index, batch: Sequence[tuple[Passages, FileReport]], embedder: Embedder) -> Iterator[FileReport]:
    if batch:
        whole = embedded([p for p, _ in batch], embedder)
        with _interrupted_after():
            index.store(whole)
        yield from (report for _, report in batch)


@contextmanager
def _interrupted_after() -> Iterator[None]:
    """Put Ctrl-C off until a commit has reached all parts of the index: cut off between them, they are made anew later."""
    if current_thread() is not main_thread() or (before := signal.getsignal(signal.SIGINT)) is None:
        yield
        return
    asked: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: asked.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if asked:
        raise KeyboardInterrupt


def _return_large_blocks() -> None:
    """Have the C library give large blocks back at once; else its heap grows by 20 MB with each commit, for nothing."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if os.name == "posix" else None  # glibc has it
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)


def _missing(roots: Mapping[str, str], paths: Sequence[Path], found: Sequence[Found]) -> list[str]:
    """Documents whose files are gone: `roots` tells the folder that each was ingested from.

    What came from a folder that is not looked at now, or lies in a folder or an
    archive that could not be opened, is not known to be gone.
    """
    looked_at = {str(p.resolve()) for p in paths if p.is_dir()}
    there = {f.path for f in found}
    locked = tuple(f"{f.path}/" for f in found if f.problem)
    return sorted(p for p, root in roots.items() if root in looked_at and p not in there and not p.startswith(locked))


def _prepare_all(index: Index, found: Sequence[Found], settings: Settings, static: Path | None) -> Iterator[Prepared]:
    """Prepare the files that are new or have changed, in their order, after the reports of the others."""
    known = index.catalog.digests()
    jobs: list[Job] = []
    for file in _once(found):
        if isinstance(file, FileReport):
            yield None, file
        elif file.path in known and (same := _unchanged(file, known[file.path])):
            yield None, same
        else:
            jobs.append(Job(file, known.get(file.path)))
    if not jobs:
        return
    if static is not None:
        TokenTable(static)  # a model that cannot be read is told here, and not by every process
    options = ReadOptions(settings.pdf_password, settings.file_seconds)
    with _hands(jobs, settings) as each:
        learned = _learned(index, jobs, each, options)
        work = partial(prepare, size=settings.passage_size, options=options, learned=learned, static=static)
        yield from each(work, jobs)


@contextmanager
def _hands(jobs: Sequence[Job], settings: Settings) -> Iterator[Each]:
    """What does the work: processes that can be killed; for a few small and harmless files, this one."""
    workers = settings.workers or os.cpu_count() or 1
    if (workers == 1 or len(jobs) < WORTH_WORKERS) and all(_harmless(job.found) for job in jobs):
        yield lambda work, jobs: (work(*job) for job in jobs)
        return
    with Crew(workers, settings.file_seconds) as crew:
        yield crew.each


def _learned(index: Index, jobs: Sequence[Job], each: Each, options: ReadOptions) -> Boilerplate:
    """What the index has learned; if it is only begun now, what these files teach it."""
    if (kept := index.catalog.fact(LEARNED)) is not None:
        return _unpacked(kept)
    if index.catalog.counts()[0]:
        return NOTHING
    texts = [job for job in jobs if _teaches(job.found.path)]
    looks = each(partial(look_at_ends, options=options), texts)
    learned = learn(seen for seen, _ in looks if seen is not None)
    with index.catalog.transaction():
        index.catalog.set_fact(LEARNED, json.dumps({"lines": sorted(learned.lines), "documents": learned.documents}))
    return learned


def _unpacked(fact: str) -> Boilerplate:
    told = json.loads(fact)
    return Boilerplate(frozenset(told["lines"]), told["documents"])


def _to_learn(index: Index) -> tuple[str, ...]:
    """What to tell of a corpus that has outgrown what was learned from it."""
    taught = _unpacked(kept).documents if (kept := index.catalog.fact(LEARNED)) is not None else 0
    texts = sum(_teaches(path) for path in index.catalog.digests())
    if texts < max(ENOUGH, GROWN * taught):
        return ()
    return (f"what sites repeat was learned from {taught} texts, and there are {texts} now; --rebuild learns anew",)


def _teaches(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in RUNNING_TEXT


def _once(found: Sequence[Found]) -> Iterator[Found | FileReport]:
    """Each file once; for another one that would go by the same path a report."""
    seen: dict[str, tuple[Path, int | None]] = {}
    for file in found:
        itself = (Path(os.path.realpath(file.file)), file.member)
        if seen.setdefault(file.path, itself) == itself:
            if seen[file.path] is itself:
                yield file
            continue
        reason = f"{file.path}: another file of this run already goes by this path"
        yield FileReport(file.path, "failed", error=reason, advice="rename one, or ingest the folder above both")


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
    if file.member is not None or PurePosixPath(file.path).suffix.lower() not in SMALL or file.size() > HARMLESS_SIZE:
        return False
    try:
        with file.file.open("rb") as opened:
            return is_text_by_its_start(opened.read(START))
    except OSError:
        return True
