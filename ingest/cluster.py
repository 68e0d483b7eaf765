"""Preparing files on many machines, over the scheduler of a Dask cluster. The only file that knows Dask.

The machines see the files, and Wenju, under the same paths: a shared folder and
one image do. A batch of files is a task; on the machine a process of its own
does the work, as it does without a cluster, so that a file that hangs or breaks
it takes nobody along. A machine that is lost loses no file: its tasks are done
elsewhere. What is stored is stored here, by one process, each file once.

A model that is no table of tokens the machines load themselves, once in each
process of theirs, and what was made of a batch is embedded together.
"""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from distributed import Client, Future, KilledWorker, get_worker
from distributed.comm import CommClosedError

from ingest.document import Passages
from ingest.embed import Recipe, SentenceTransformersEmbedder, embedded
from ingest.errors import ClusterProblem, ModelProblem
from ingest.prepare import Job, failure
from ingest.workers import AHEAD, Crew, Outcome, Work, batches

T = TypeVar("T")
REACHED_IN = 10.0
"""Seconds in which a scheduler has to answer, and to have a machine at work."""
LOOKED_EVERY = 1.0
"""Seconds after which it is looked whether the scheduler is still there."""
Task = Callable[[list[Job], float], list[Outcome[Any]]]
LOST = (CommClosedError, TimeoutError, OSError)

SAME_MODEL = "give every machine the same folder, at the same path"

_own = threading.local()
_embedders: dict[Recipe, SentenceTransformersEmbedder] = {}
_loading = threading.Lock()


class Cluster:
    """The machines behind a scheduler."""

    def __init__(
        self, scheduler: str, seconds: float, patience: float = REACHED_IN, recipe: Recipe | None = None
    ) -> None:
        """Connect. `recipe` tells of the model that `prepare` embeds with; without one it does not.

        Raises ClusterProblem when nobody answers, nobody works there, or one has another version of Wenju or of the model.
        """
        self._recipe = recipe
        self._scheduler, self._seconds = scheduler, seconds
        try:
            self._client = Client(scheduler, timeout=patience, set_as_default=False)
        except (*LOST, ValueError) as exc:
            raise ClusterProblem(f"{scheduler}: no scheduler is reached there ({exc})", "dask scheduler") from exc
        try:
            self._client.wait_for_workers(1, timeout=patience)
            versions = self._client.run(version)
            models = self._client.run(model_of, recipe.name) if recipe else {}
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
        others = sorted(worker for worker, has in models.items() if recipe and has != recipe.identity)
        if recipe and others:
            self.close()
            raise ClusterProblem(f"{others[0]}: has another model at {recipe.name}, or none", SAME_MODEL)

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
        return self._all(partial(do, work), jobs)

    def prepare(self, work: Work[Passages], jobs: Iterable[Job]) -> Iterator[Outcome[Passages]]:
        """The same of work that makes passages, with their vectors. Raises ModelProblem where a machine cannot load the model."""
        return self._all(partial(do_and_embed, work, self._recipe) if self._recipe else partial(do, work), jobs)

    def _all(self, task: Task, jobs: Iterable[Job]) -> Iterator[Outcome[Any]]:
        waiting: deque[tuple[list[Job], Future]] = deque()
        for batch, _ in batches(jobs, self._threads()):
            while len(waiting) >= AHEAD * self._threads():
                yield from self._done(*waiting.popleft())
            waiting.append((batch, self._begin(task, batch)))
        while waiting:
            yield from self._done(*waiting.popleft())

    def _begin(self, task: Task, batch: Sequence[Job]) -> Future:
        try:
            return self._client.submit(task, list(batch), self._seconds, pure=False)
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


def model_of(name: str) -> str:
    """The identity of the model that a machine has by this name."""
    return SentenceTransformersEmbedder(name).identity


def do(work: Work[Any], batch: list[Job], seconds: float) -> list[Outcome[Any]]:
    """Do a batch on a machine, in a process that may be killed and is kept for the next batch of this thread."""
    crew = getattr(_own, "crew", None)
    if crew is None:
        crew = _own.crew = Crew(1, seconds)
    return list(crew.each(work, batch))


def do_and_embed(work: Work[Passages], recipe: Recipe, batch: list[Job], seconds: float) -> list[Outcome[Passages]]:
    """The same for work that makes passages, which are embedded here and not in that process: a model stays loaded.

    Raises ModelProblem, which tells the machine.
    """
    done = do(work, batch, seconds)
    try:
        whole = iter(embedded([passages for passages, _ in done if passages is not None], embedder_by(recipe)))
    except ModelProblem as exc:
        raise ModelProblem(f"{get_worker().address}: {exc}", exc.advice) from exc
    return [(None if passages is None else next(whole), report) for passages, report in done]


def embedder_by(recipe: Recipe) -> SentenceTransformersEmbedder:
    """The embedder that a recipe tells of, made once in a process. Raises ModelProblem where another model is there, or none."""
    with _loading:
        if recipe not in _embedders:
            made = SentenceTransformersEmbedder(recipe.name, recipe.device)
            if made.identity != recipe.identity:  # a machine that came later
                raise ModelProblem(f"{recipe.name}: another model than the index is made with, or none", SAME_MODEL)
            made.load()
            _embedders[recipe] = made
        return _embedders[recipe]
