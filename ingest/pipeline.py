"""From paths to an index: discover, learn, prepare (read, clean, split), embed, store.

An index learns what its corpus repeats once, before its first document is cleaned, and
keeps it (see `ingest.clean.learned`): that takes a first, quick look at all files of text.
Learning again at each run would clean documents that did not change into other ones,
and in another way the older they are. `--rebuild` learns anew; the report says when the
corpus has grown so much that this is worth while.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import os
import signal
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from threading import current_thread, main_thread
from typing import NamedTuple, TypeVar

from ingest.catalog import Catalog
from ingest.changes import changes
from ingest.clean.learned import ENOUGH, NOTHING, Boilerplate, learn
from ingest.discover import Found, discover, roots_of
from ingest.document import Passages
from ingest.embed import Embedder, Recipe, TokenTable, embedded
from ingest.errors import BadSettings
from ingest.index import Index, added_folder, begin_catalog, clear, completed, looks_whole, writing
from ingest.moves import moved, resettled
from ingest.prepare import FileReport, Job, Prepared, look_at_ends, prepare
from ingest.read.contents import START, is_text_by_its_start
from ingest.read.formats import READERS, RUNNING_TEXT, ReadOptions
from ingest.settings import Settings
from ingest.workers import SMALL, Crew, Each, Outcome, Work

__all__ = ["FileReport", "IngestReport", "Progress", "Tally", "ingest", "prepare"]

T = TypeVar("T")
STORED_AT_ONCE = 500_000
"""Characters of clean text that one commit takes in: few commits, little lost when one is cut off, little held in memory."""
WORTH_WORKERS = 32
"""Fewer files are prepared in this process: starting others takes longer."""
HARMLESS_SIZE = 64 * 1024
"""Bytes up to which a text is prepared in this process; larger and other files always in one that can be killed."""
M_MMAP_THRESHOLD, LARGE_BLOCK = -3, 256 * 1024
_TEACHING = tuple(RUNNING_TEXT)
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
    rehash: bool = False,
    again: Collection[str] = (),
    progress: Progress = lambda report, tally: None,
) -> IngestReport:
    """Bring an index up to date with the files under `paths`.

    Files that have not changed are passed over (`rehash` compares the bytes of
    those too that show no sign of a change), and those that were moved go by
    their new paths; changed ones replace their older selves; those that cannot be read are reported and leave what the
    index had of them. Where `again` names documents, only these are looked at, and they are
    read anew though their files did not change; else the files of `added_folder` are looked at too. Raises IndexProblem, IndexMismatch, IndexBusy, IndexUnreachable and
    ClusterProblem.
    """
    began = time.monotonic()
    _return_large_blocks()
    paths = paths if again else [*paths, *_added(folder, paths)]
    found = [f for f in discover(paths, READERS) if not again or f.path in again]
    with writing(folder, patience=10):
        if rebuild:
            clear(folder, settings.index_url)
        with closing(begin_catalog(folder, settings.fingerprint(), embedder.identity, settings.index_url)) as catalog:
            moves, roots = _move(catalog, found)
            todo = changes(found, catalog.known(), rehash=rehash, again=again)
            missing = [] if again else _missing(roots, paths, found)
            removed = missing if prune else []
            tell = _Teller(found, progress)
            reports = [report for _, report in tell((None, r) for r in todo.reports)]
            repairs: tuple[str, ...] = ()
            if todo.jobs or removed or not looks_whole(catalog):
                new, repairs = _bring_in(catalog, found, todo.jobs, removed, settings, embedder, tell)
                reports += new
            if todo.stamps:
                with catalog.transaction():
                    catalog.set_stamps(todo.stamps)
            documents, passages = catalog.counts()
            reports = _related(reports, moves, catalog)
            notes = (*_read_too(folder, found), *_to_learn(catalog))
    missing = [path for path in missing if path not in removed]
    seconds = time.monotonic() - began
    return IngestReport(str(folder), tuple(reports), documents, passages, seconds, tuple(missing), repairs, notes)


def _added(folder: Path, paths: Sequence[Path]) -> list[Path]:
    """The folder of files that were taken into an index by itself, where there is one that `paths` do not lead to."""
    added = added_folder(folder)
    led_to = any(added.resolve().is_relative_to(path.resolve()) for path in paths)
    return [added] if added.is_dir() and not led_to else []


def _read_too(folder: Path, found: Sequence[Found]) -> tuple[str, ...]:
    """What to tell of the files that nobody named, and that were looked at."""
    added = added_folder(folder)
    files = sum(f.root == added for f in found)
    return (f"files that were taken in from the chat were looked at too: {files} in {added}",) if files else ()


def _move(catalog: Catalog, found: Sequence[Found]) -> tuple[dict[str, str], dict[str, str]]:
    """Let documents go by the paths that their files have now: the old path by the new one, and the folder of each document."""
    roots = catalog.listing.roots()
    moves = moved(found, catalog.listing.digests, roots)
    if renamed := resettled(found, roots) | moves:
        with catalog.transaction():
            catalog.listing.move(renamed, roots_of(found))
        roots = catalog.listing.roots()
    return moves, roots


def _bring_in(
    catalog: Catalog,
    found: Sequence[Found],
    jobs: Sequence[Job],
    removed: Sequence[str],
    settings: Settings,
    embedder: Embedder,
    tell: _Teller,
) -> tuple[list[FileReport], tuple[str, ...]]:
    """Prepare and store what has changed and take out what is gone; the reports, and what of the index had to be repaired."""
    if jobs and embedder.static is not None:
        TokenTable(embedder.static)  # a model that cannot be read is told here, and not by every process
    with _hands(jobs, settings, embedder) as hands:
        # The processes start while what is derived is opened.
        index = completed(catalog, settings.index_url)
        with closing(index.engine):
            prepared = _prepare_all(catalog, jobs, hands, settings, embedder.static) if jobs else iter(())
            reports = list(_store_all(index, tell(prepared), found, embedder))
            if removed:
                index.store([], removed=removed)
                reports += [FileReport(path, "removed") for path in removed]
    return reports, index.repairs


def _related(reports: Sequence[FileReport], moves: Mapping[str, str], catalog: Catalog) -> list[FileReport]:
    """The same reports, that tell what each file was before and what it is the same as."""
    moved = [
        replace(r, status="moved", moved_from=moves[r.path]) if r.status == "unchanged" and r.path in moves else r
        for r in reports
    ]
    if all(r.status == "unchanged" for r in moved):
        return moved
    first = {m.path: family[m == family[0]].path for family in catalog.families.all() for m in family}
    return [
        replace(r, same_as=first[r.path]) if r.status in {"added", "replaced", "moved"} and r.path in first else r
        for r in moved
    ]


def _store_all(
    index: Index, done: Iterator[Prepared], found: Sequence[Found], embedder: Embedder
) -> Iterator[FileReport]:
    """Store what was prepared, in commits of some size; the report of each file when it is safe."""
    roots = roots_of(found)
    batch: list[tuple[Passages, FileReport]] = []
    waiting = 0
    for prepared, report in done:
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


class _Teller:
    """Tells the files of an ingest, one after another, to whoever wants to know how far it has come."""

    def __init__(self, found: Sequence[Found], progress: Progress) -> None:
        self._progress = progress
        self._sizes = {f.path: f.size() for f in found}
        self._tally = Tally(0, len(found), 0, sum(self._sizes.values()))

    def __call__(self, done: Iterable[Prepared]) -> Iterator[Prepared]:
        """The same, each told as it passes."""
        for prepared, report in done:
            before = self._tally
            size = before.size + self._sizes.get(report.path, 0)
            self._tally = Tally(before.files + 1, before.all_files, size, before.whole_size)
            self._progress(report, self._tally)
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


def _prepare_all(
    catalog: Catalog, jobs: Sequence[Job], hands: Hands, settings: Settings, static: Path | None
) -> Iterator[Prepared]:
    """Prepare files, in their order; an index that is only begun learns from them first."""
    options = ReadOptions(settings.pdf_password, settings.file_seconds)
    learned = _learned(catalog, jobs, hands.look, options)
    work = partial(prepare, size=settings.passage_size, options=options, learned=learned, static=static)
    yield from hands.prepare(work, jobs)


class Hands(NamedTuple):
    """What does work on each file: it looks at it, or makes passages of it, with their vectors where others embed."""

    look: Each
    prepare: Callable[[Work[Passages], Iterable[Job]], Iterator[Prepared]]


@contextmanager
def _hands(jobs: Sequence[Job], settings: Settings, embedder: Embedder) -> Iterator[Hands]:
    """What does the work: the machines of a cluster, or processes that can be killed; for a few small and harmless files, this one."""
    if settings.scheduler and jobs:
        with clustered(settings.scheduler, settings.file_seconds, embedder.recipe) as hands:
            yield hands
        return
    workers = settings.workers or os.cpu_count() or 1
    if (workers == 1 or len(jobs) < WORTH_WORKERS) and all(_harmless(job.found) for job in jobs):
        yield Hands(_here, _here)
        return
    with Crew(min(workers, len(jobs)), settings.file_seconds) as crew:
        yield Hands(crew.each, crew.each)


def _here(work: Work[T], jobs: Iterable[Job]) -> Iterator[Outcome[T]]:
    return (work(*job) for job in jobs)


@contextmanager
def clustered(scheduler: str, seconds: float, recipe: Recipe | None = None) -> Iterator[Hands]:
    """The machines behind a scheduler, which embed by a `recipe` if there is one. Raises ClusterProblem, and BadSettings without the extra."""
    if importlib.util.find_spec("distributed") is None:
        raise BadSettings("a cluster needs a library that is not installed", "pip install -e '.[cluster]'")
    from ingest.cluster import Cluster

    with Cluster(scheduler, seconds, recipe=recipe) as cluster:
        yield Hands(cluster.each, cluster.prepare)


def _learned(catalog: Catalog, jobs: Sequence[Job], each: Each, options: ReadOptions) -> Boilerplate:
    """What the index has learned; if it is only begun now, what these files teach it."""
    if (kept := catalog.fact(LEARNED)) is not None:
        return _unpacked(kept)
    if catalog.counts()[0]:
        return NOTHING
    texts = [job for job in jobs if _teaches(job.found.path)]
    looks = each(partial(look_at_ends, options=options), texts)
    learned = learn(seen for seen, _ in looks if seen is not None)
    with catalog.transaction():
        catalog.set_fact(LEARNED, json.dumps({"lines": sorted(learned.lines), "documents": learned.documents}))
    return learned


def _unpacked(fact: str) -> Boilerplate:
    told = json.loads(fact)
    return Boilerplate(frozenset(told["lines"]), told["documents"])


def _to_learn(catalog: Catalog) -> tuple[str, ...]:
    """What to tell of a corpus that has outgrown what was learned from it."""
    taught = _unpacked(kept).documents if (kept := catalog.fact(LEARNED)) is not None else 0
    texts = sum(_teaches(path) for path in catalog.listing.paths())
    if texts < max(ENOUGH, GROWN * taught):
        return ()
    return (f"what sites repeat was learned from {taught} texts, and there are {texts} now; --rebuild learns anew",)


def _teaches(path: str) -> bool:
    return path.lower().endswith(_TEACHING)


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
