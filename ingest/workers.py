"""Prepare files in processes of their own, so that none can hang or break an ingest.

A process that takes longer over a file than it may is killed; one that dies is
replaced; either way the file is reported and the rest goes on. The processes
are started as programs, not forked: the ingesting process has threads of
tokenizers and of Chroma, and a script that ingests need not be importable.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock, Thread
from types import TracebackType
from typing import IO, Self

from ingest.prepare import FileReport, Job, Prepared, failure, prepare

PROGRAM = "from ingest.workers import serve; serve()"
GRACE = 10.0
"""Seconds after its limit at which a process ends itself, should nobody be left to kill it."""
WATCHED_EVERY = 0.1
MEMORY = 6 * 2**30
"""Bytes of address space that one process may take: a file that asks for more fails alone, before the machine does."""


class Crew:
    """Up to `size` processes that prepare files, each at most `seconds` long. They are started when first needed."""

    def __init__(self, size: int, seconds: float) -> None:
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="prepare")
        self._workers = [_Worker() for _ in range(size)]
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._closed = Event()
        self._watch: Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all processes, at once when something went wrong."""
        self._closed.set()
        for worker in self._workers:
            worker.end()
        self._threads.shutdown(cancel_futures=True)

    def begin(self, job: Job) -> Callable[[], Prepared]:
        """Have a file prepared; the call that is returned waits for what comes of it."""
        if self._watch is None:
            self._watch = Thread(target=self._watch_over, name="watch", daemon=True)
            self._watch.start()
        return self._threads.submit(self._do, job).result

    def _do(self, job: Job) -> Prepared:
        worker = self._idle.get()
        try:
            return worker.prepare(job, self._seconds)
        finally:
            self._idle.put(worker)

    def _watch_over(self) -> None:
        while not self._closed.wait(WATCHED_EVERY):
            for worker in self._workers:
                worker.kill_if_late()


class _Worker:
    """One process, started anew when it is gone. A thread at a time may ask it; another may kill it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._deadline: float | None = None
        self._late = False
        self._ended = False
        self._lock = Lock()

    def prepare(self, job: Job, seconds: float) -> Prepared:
        process = self._running()
        with self._lock:
            self._late = False
            self._deadline = time.monotonic() + seconds
        try:
            pickle.dump((job, seconds + GRACE), _pipe(process.stdin))
            _pipe(process.stdin).flush()
            done: Prepared = pickle.load(_pipe(process.stdout))  # noqa: S301  # from our own process
        except (OSError, EOFError, pickle.UnpicklingError):
            return None, self._blame(job, process, seconds)
        finally:
            with self._lock:
                self._deadline = None
        return done

    def _running(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._ended:
                raise RuntimeError("the crew has ended")
            if self._process is None:
                self._process = _started()
        return self._process

    def _blame(self, job: Job, process: subprocess.Popen[bytes], seconds: float) -> FileReport:
        self._kill()
        status = process.wait()
        with self._lock:
            self._process = None
            late = self._late
        path = job.found.path
        if late:
            return failure(
                job.found, f"{path}: not read within {seconds:g} seconds", "set WENJU_FILE_SECONDS higher, or split it"
            )
        how = signal.Signals(-status).name if status < 0 else f"status {status}"
        return failure(
            job.found, f"{path}: the process that read it died ({how})", "it may be damaged or too large: save it anew"
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
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([root, inherited] if inherited else [root])}
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    if _pipe(process.stdout).read(1) != b"+":
        raise RuntimeError(f"{sys.executable} cannot import ingest: see the error above")
    return process


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
    while True:
        try:
            job, seconds = pickle.load(jobs)  # noqa: S301  # from the process that started this one
        except EOFError:
            return
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, seconds)
        pickle.dump(prepare(*job), answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()


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
