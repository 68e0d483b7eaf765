"""Prepare files in processes of their own, so that none can hang or break an ingest.

Jobs go out in batches: a file is prepared in less time than a round trip takes.
Results come back one by one, so that of a batch it is always known which file is
at hand. A process that takes longer over a file than it may is killed; one that
dies is replaced; either way that file is reported, what was left of its batch is
begun anew and the rest goes on. The processes are started as programs, not
forked: the ingesting process has threads of Chroma, and a script that ingests
need not be importable.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from queue import SimpleQueue
from threading import Event, Lock, Thread
from types import TracebackType
from typing import IO, Any, Protocol, Self, TypeVar

from ingest.discover import Found
from ingest.prepare import FileReport, Job, failure

T = TypeVar("T")
Outcome = tuple[T | None, FileReport]
Work = Callable[[Found, str | None], Outcome[T]]
"""A function of a module, maybe with arguments bound: it goes to the processes by its name."""

PROGRAM = "from ingest.workers import serve; serve()"
GRACE = 10.0
"""Seconds after its limit at which a process ends itself, should nobody be left to kill it."""
WATCHED_EVERY = 0.1
MEMORY = 6 * 2**30
"""Bytes of address space that one process may take: a file that asks for more fails alone, before the machine does."""
BATCH, BATCH_SIZE = 64, 512 * 1024
"""The most files, and bytes, that go out together. A round trip costs as much as preparing a few dozen KB of text."""
SMALL = frozenset({".txt", ".text", ".md", ".markdown", ".csv", ".tsv"})
"""Formats that only code of our own reads, in time that grows with their length. Files of others go out one by one."""
AHEAD, AHEAD_SIZE = 4, 64 * 1024 * 1024
"""The most batches for each process, and bytes in all, that are under way or wait to be taken: they are held in memory."""


class Each(Protocol):
    """Does work on each job, and gives what comes of it in the order of the jobs."""

    def __call__(self, work: Work[T], jobs: Iterable[Job], /) -> Iterator[Outcome[T]]:
        """What comes of each."""


class Crew:
    """Up to `size` processes that prepare files, each file at most `seconds` long."""

    def __init__(self, size: int, seconds: float) -> None:
        self._size = size
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="prepare")
        self._workers = [_Worker() for _ in range(size)]
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._closed = Event()
        self._watch: Thread | None = None

    def __enter__(self) -> Self:
        """Start the processes; each is waited for when it is first given something to do."""
        for worker in self._workers:
            worker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all processes, at once when something went wrong."""
        self._closed.set()
        for worker in self._workers:
            worker.end()
        self._threads.shutdown(cancel_futures=True)

    def each(self, work: Work[T], jobs: Iterable[Job]) -> Iterator[Outcome[T]]:
        """What comes of each job, in the order of the jobs; a file that hangs or breaks its process has a report alone."""
        if self._watch is None:
            self._watch = Thread(target=self._watch_over, name="watch", daemon=True)
            self._watch.start()
        pending: deque[tuple[Future[list[Outcome[T]]], int]] = deque()
        held = 0
        for batch, size in batches(jobs, self._size):
            while pending and (len(pending) >= AHEAD * self._size or held + size > AHEAD_SIZE):
                done, freed = pending.popleft()
                yield from done.result()
                held -= freed
            pending.append((self._threads.submit(self._do, work, batch), size))
            held += size
        while pending:
            yield from pending.popleft()[0].result()

    def _do(self, work: Work[T], batch: Sequence[Job]) -> list[Outcome[T]]:
        worker = self._idle.get()
        try:
            return worker.do(work, batch, self._seconds)
        finally:
            self._idle.put(worker)

    def _watch_over(self) -> None:
        while not self._closed.wait(WATCHED_EVERY):
            for worker in self._workers:
                worker.kill_if_late()


def batches(jobs: Iterable[Job], processes: int) -> Iterator[tuple[list[Job], int]]:
    """Jobs in their order, those of small files together, with the bytes of each batch. The first batches are small."""
    batch: list[Job] = []
    size, begun = 0, 0
    for job in jobs:
        small, more = _size(job.found)
        # At first all processes get something to do soon.
        full = len(batch) >= (BATCH if begun >= processes else BATCH // 8) or size + more > BATCH_SIZE
        if batch and (full or not small):
            yield batch, size
            batch, size, begun = [], 0, begun + 1
        batch.append(job)
        size += more
        if not small:
            yield batch, size
            batch, size, begun = [], 0, begun + 1
    if batch:
        yield batch, size


def _size(found: Found) -> tuple[bool, int]:
    """Whether a file may go out with others, and its bytes where they are known."""
    size = found.size()
    small = found.member is None and PurePosixPath(found.path).suffix.lower() in SMALL and size < BATCH_SIZE
    return small or bool(found.problem), size


class _Worker:
    """One process, started anew when it is gone. A thread at a time may ask it; another may kill it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._work: Work[Any] | None = None
        self._deadline: float | None = None
        self._late = False
        self._ended = False
        self._ready = False
        self._lock = Lock()

    def do(self, work: Work[T], batch: Sequence[Job], seconds: float) -> list[Outcome[T]]:
        """What comes of each job of a batch; the process is started anew after each that breaks it."""
        done: list[Outcome[T]] = []
        while len(done) < len(batch):
            process = self._running()
            try:
                for outcome in self._answers(process, work, batch[len(done) :], seconds):
                    done.append(outcome)  # noqa: PERF402  # what came before an error counts
            except (OSError, EOFError, pickle.UnpicklingError):
                done.append((None, self._blame(batch[len(done)].found, process, seconds)))
        return done

    def _answers(
        self, process: subprocess.Popen[bytes], work: Work[T], batch: Sequence[Job], seconds: float
    ) -> Iterator[Outcome[T]]:
        try:
            self._begin_file(seconds)
            pickle.dump((None if work is self._work else work, batch, seconds + GRACE), _pipe(process.stdin))
            _pipe(process.stdin).flush()
            self._work = work
            for _ in batch:
                answer: Outcome[T] = pickle.load(_pipe(process.stdout))  # noqa: S301  # from our own process
                killed = self._begin_file(seconds)
                yield answer
                if killed:
                    # At the very last moment: nobody is to blame, and the rest begins anew.
                    self._bury(process)
                    return
        finally:
            with self._lock:
                self._deadline = None

    def _begin_file(self, seconds: float) -> bool:
        """Set the limit anew; whether the process was killed for being late before."""
        with self._lock:
            late, self._late = self._late, False
            self._deadline = time.monotonic() + seconds
        return late

    def _bury(self, process: subprocess.Popen[bytes]) -> int:
        """End a process that is of no use any more; its exit status."""
        self._kill()
        status = process.wait()
        with self._lock:
            self._process = None
        return status

    def start(self) -> None:
        """Start the process if there is none."""
        with self._lock:
            if self._ended:
                raise RuntimeError("the crew has ended")
            if self._process is None:
                self._process, self._ready = _started(), False
                self._work = None

    def _running(self) -> subprocess.Popen[bytes]:
        self.start()
        with self._lock:
            process = self._process
            if process is None:
                raise RuntimeError("the crew has ended")
            if not self._ready:
                _wait_for(process)
                self._ready = True
        return process

    def _blame(self, found: Found, process: subprocess.Popen[bytes], seconds: float) -> FileReport:
        status = self._bury(process)
        with self._lock:
            late, self._late = self._late, False
        path = found.path
        if late:
            return failure(
                found, f"{path}: not read within {seconds:g} seconds", "set WENJU_FILE_SECONDS higher, or split it"
            )
        how = signal.Signals(-status).name if status < 0 else f"status {status}"
        return failure(
            found, f"{path}: the process that read it died ({how})", "it may be damaged or too large: save it anew"
        )

    def kill_if_late(self) -> None:
        with self._lock:
            if self._deadline is None or time.monotonic() < self._deadline:
                return
            self._late = True
        self._kill()

    def end(self) -> None:
        with self._lock:
            self._ended = True
        self._kill()
        if self._process is not None:
            self._process.wait()

    def _kill(self) -> None:
        """Kill the process and what it has started."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _started() -> subprocess.Popen[bytes]:
    """A process at work on `serve`, in a session of its own, which Ctrl-C does not reach."""
    root = str(Path(__file__).parents[1])
    inherited = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([root, inherited] if inherited else [root])
    # The readings of characters are all that is wanted of pypinyin; those of its phrases fill 20 MB.
    environment = {**os.environ, "PYTHONPATH": path, "PYPINYIN_NO_PHRASES": "1"}
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )


def _wait_for(process: subprocess.Popen[bytes]) -> None:
    """Wait until a process is ready for work. Raises RuntimeError when it cannot be."""
    if _pipe(process.stdout).read(1) != b"+":
        raise RuntimeError(f"{sys.executable} cannot import ingest: see the error above")


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("started without a pipe")
    return stream


def serve() -> None:
    """Prepare the files that come in over the standard input, until it ends."""
    jobs, answers = sys.stdin.buffer, _taken(sys.stdout)
    _limit_memory()
    answers.write(b"+")
    answers.flush()
    work: Work[Any] | None = None
    while True:
        try:
            changed, batch, seconds = pickle.load(jobs)  # noqa: S301  # from the process that started this one
        except EOFError:
            return
        work = changed or work
        if work is None:
            raise ValueError("jobs came without what to do")
        for job in batch:
            _end_after(seconds)
            done = work(*job)
            _end_after(0)
            pickle.dump(done, answers, protocol=pickle.HIGHEST_PROTOCOL)
            answers.flush()


def _end_after(seconds: float) -> None:
    """Let this process end itself, unless it is told otherwise before; 0 lets it live."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _taken(out: IO[str]) -> IO[bytes]:
    """The standard output for answers alone; whatever else is printed goes where errors go."""
    own = os.fdopen(os.dup(out.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), out.fileno())
    return own


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))
