"""Preparing files on many machines, over the scheduler of a Dask cluster. The only file that knows Dask.

The machines see the files, and Wenju, under the same paths: a shared folder and
one image do. A batch of files is a task; on the machine a process of its own
does the work, as it does without a cluster, so that a file that hangs or breaks
it takes nobody along. A machine that is lost loses no file: its tasks are done
elsewhere. What is stored is stored here, by one process, each file once.
"""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from distributed import Client, Future, KilledWorker
from distributed.comm import CommClosedError

from ingest.errors import ClusterProblem
from ingest.prepare import Job, failure
from ingest.workers import AHEAD, Crew, Outcome, Work, batches

T = TypeVar("T")
REACHED_IN = 10.0
"""Seconds in which a scheduler has to answer, and to have a machine at work."""
LOOKED_EVERY = 1.0
"""Seconds after which it is looked whether the scheduler is still there."""
LOST = (CommClosedError, TimeoutError, OSError)

_own = threading.local()


class Cluster:
    """The machines behind a scheduler."""

    def __init__(self, scheduler: str, seconds: float, patience: float = REACHED_IN) -> None:
        """Connect. Raises ClusterProblem when nobody answers, nobody works there, or one has another version of Wenju."""
        self._scheduler, self._seconds = scheduler, seconds
        try:
            self._client = Client(scheduler, timeout=patience, set_as_default=False)
        except (*LOST, ValueError) as exc:
            raise ClusterProblem(f"{scheduler}: no scheduler is reached there ({exc})", "dask scheduler") from exc
        try:
            self._client.wait_for_workers(1, timeout=patience)
            versions = self._client.run(version)
        except LOST as exc:
            self.close()
            raise ClusterProblem(f"{scheduler}: no machine is at work", f"dask worker {scheduler}") from exc
        except ImportError as exc:
            self.close()
            raise ClusterProblem(f"{scheduler}: a machine has no Wenju ({exc})", "install this version there") from exc
        own = own_version()
        others = sorted(worker for worker, has in versions.items() if has != own)
        if others:
            self.close()
            raise ClusterProblem(f"{others[0]}: has another version of Wenju", "install this version there")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the cluster; what was not begun is not begun any more."""
        self.close()

    def close(self) -> None:
        """Let go of the cluster."""
        with suppress(*LOST):
            self._client.close()

    def each(self, work: Work[T], jobs: Iterable[Job]) -> Iterator[Outcome[T]]:
        """What comes of each job, in the order of the jobs. Raises ClusterProblem when the scheduler is lost."""
        waiting: deque[tuple[list[Job], Future]] = deque()
        for batch, _ in batches(jobs, self._threads()):
            while len(waiting) >= AHEAD * self._threads():
                yield from self._done(*waiting.popleft())
            waiting.append((batch, self._begin(work, batch)))
        while waiting:
            yield from self._done(*waiting.popleft())

    def _begin(self, work: Work[Any], batch: Sequence[Job]) -> Future:
        try:
            return self._client.submit(do, work, list(batch), self._seconds, pure=False)
        except LOST as exc:
            raise self._gone(exc) from exc

    def _done(self, batch: list[Job], future: Future) -> list[Outcome[Any]]:
        try:
            while not future.done():
                with suppress(TimeoutError):
                    future.result(timeout=LOOKED_EVERY)
                if self._client.status != "running":
                    raise CommClosedError("the connection was closed")
            done: list[Outcome[Any]] = future.result(timeout=REACHED_IN)
        except KilledWorker as exc:
            reason = (
                f"{exc.last_worker.address} died of it, and others before" if exc.last_worker else "machines died of it"
            )
            return [
                (None, failure(j.found, f"{j.found.path}: {reason}", "it may take more memory than there is"))
                for j in batch
            ]
        except LOST as exc:
            raise self._gone(exc) from exc
        return done

    def _gone(self, exc: Exception) -> ClusterProblem:
        return ClusterProblem(
            f"{self._scheduler}: the scheduler is lost ({exc})",
            "start it again: what was stored is kept, and the same command goes on from there",
        )

    def _threads(self) -> int:
        """How many batches the machines work on at a time; it changes as they come and go."""
        try:
            at_once: int = sum(self._client.nthreads().values())
        except LOST as exc:
            raise self._gone(exc) from exc
        return max(1, at_once)


def version() -> str:
    """A hash of what reads, cleans and splits, which has to be the same everywhere."""
    source = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        source.update(file.read_bytes())
    return source.hexdigest()[:12]


own_version = version


def do(work: Work[Any], batch: list[Job], seconds: float) -> list[Outcome[Any]]:
    """Do a batch on a machine, in a process that may be killed and is kept for the next batch of this thread."""
    crew = getattr(_own, "crew", None)
    if crew is None:
        crew = _own.crew = Crew(1, seconds)
    return list(crew.each(work, batch))
