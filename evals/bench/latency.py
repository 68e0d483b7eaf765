"""How long a question takes, at two sizes of an index, and what it costs before the first one.

    wenju bench latency BENCH [--index FOLDER]

Over the reading passages among news, and over the same grown to 100,000
passages by texts put together from news: opening, `retrieve`, `ask`, the memory
that is resident after the questions, and the first `wenju ask` of a shell.
Whatever is measured is a process of its own. Times are of the clock and of the
CPU, all threads together; the second say more where other work runs meanwhile.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import cache, partial
from itertools import islice
from pathlib import Path

import numpy as np

from assistant import Assistant, Retriever
from evals.bench.benchmarks import Figures, Given, Part
from evals.bench.many import many_texts
from evals.bench.memory import memory
from evals.bench.reading import build, for_training, questions, retriever
from evals.bench.scale import passages_of
from ingest.catalog import Catalog
from ingest.embed import SentenceTransformersEmbedder
from ingest.index import CATALOG
from ingest.settings import load_settings

LARGER = 100_000
"""Passages of the larger index."""
PER_TEXT = 24
"""Passages of a text that is put together, about."""
ASKED, WARM = 200, 20
"""Questions that are timed, and how many go before them."""
STARTS = 5
"""Processes that are started for a time of which each gives one."""
ALONE = [sys.executable, "-c", "pass"]
"""The least that a process can do: what no command is quicker than."""
SHELL = [sys.executable, "-m", "evals.cli", "ask"]


def parts(given: Given) -> Mapping[str, Part]:
    """What is measured, one after the other, in rows of `reading` and of `larger`."""
    held_out = [q.question for q in questions(given.bench) if not for_training(q.passage)]
    asked = spread(held_out, given.questions or (20 if given.quick else ASKED))
    warm = spread(held_out[1:], len(asked) * WARM // ASKED + 1)
    starts = 1 if given.quick else STARTS

    @cache  # so that it is opened here once
    def reading() -> Path:
        retriever(given.index_folder(), given.bench, given.among())
        return given.index_folder()

    def larger() -> Path:
        size = LARGER // 10 if given.quick else LARGER
        return grown(reading(), given.bench, size)

    measured: dict[str, Part] = {"python alone": lambda: {"python alone": started(ALONE, starts)}}
    for name, index in (("reading", reading), ("larger", larger)):
        measured |= {
            f"{name}, data": partial(_row, f"data, {name}", index, held),
            f"{name}, opening": partial(_row, f"opening, {name}", index, partial(opening, times=starts)),
            f"{name}, retrieve": partial(_row, f"retrieve, {name}", index, partial(child, "retrieve", warm, asked)),
            f"{name}, ask": partial(_row, f"ask, {name}", index, partial(child, "ask", warm, asked)),
            f"{name}, shell": partial(_row, f"first ask of a shell, {name}", index, partial(from_shell, asked, starts)),
        }
    return measured


def _row(name: str, index: Callable[[], Path], of: Callable[[Path], Mapping[str, float]]) -> Figures:
    return {name: of(index())}


def spread(given: Sequence[str], count: int) -> list[str]:
    """So many of the questions, from all over; all where there are no more."""
    return list(given[:: max(1, len(given) // count)][:count])


def grown(folder: Path, bench: Path, size: int) -> Path:
    """The folder, beside that of an index, of the same with so many passages; it is made where there is none yet.

    It is made beside that folder and moved there whole.
    """
    wanted = folder.with_name(f"{folder.name}-{size}")
    if not (wanted / "manifest.json").is_file():
        settings = load_settings()
        embedder = SentenceTransformersEmbedder(settings.model_path(), settings.embedding_device)
        beside = folder.with_name(f"{wanted.name}.unfinished")
        shutil.rmtree(beside, ignore_errors=True)
        shutil.copytree(folder, beside)
        texts = many_texts(bench, 0)
        while (missing := size - passages_of(beside)) > 0:
            build(beside, islice(texts, -(-missing // PER_TEXT)), embedder)
        beside.replace(wanted)
    return wanted


def held(index: Path) -> dict[str, float]:
    """How much an index has."""
    catalog = Catalog(index / CATALOG)
    with closing(catalog):
        documents, passages = catalog.counts()
    return {"documents": documents, "passages": passages}


def child(run: str, warm: Sequence[str], asked: Sequence[str], index: Path) -> dict[str, float]:
    """What a run of RUNS gives in a process of its own."""
    command = [sys.executable, "-m", "evals.bench.latency", run, str(index)]
    given = json.dumps({"warm": list(warm), "asked": list(asked)})
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return dict(json.loads(done.stdout.splitlines()[-1]))


def opening(index: Path, times: int) -> dict[str, float]:
    """What opening an index takes a process that has just begun: the median of several."""
    return _medians([child("open", (), (), index) for _ in range(times)])


def from_shell(asked: Sequence[str], times: int, index: Path) -> dict[str, float]:
    """What the first question takes from the shell, start and end of the process included."""
    return started([*SHELL, asked[0], "--index", str(index)], times)


def started(command: Sequence[str], times: int) -> dict[str, float]:
    """What a command takes from its start to its end: the median of several, after one that is not counted."""
    taken = []
    for _ in range(times + 1):
        began, worked = time.perf_counter(), _of_children()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # noqa: S603
        taken.append({"seconds": time.perf_counter() - began, "cpu_seconds": _of_children() - worked})
    return _medians(taken[1:])


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _medians(taken: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: float(np.median([t[name] for t in taken])) for name in taken[0]}


def run_open(index: Path, warm: Sequence[str], asked: Sequence[str]) -> dict[str, float]:  # noqa: ARG001  # called as the others are
    """Open an index, the libraries that are only needed then included."""
    began, worked = time.perf_counter(), time.process_time()
    Retriever.open(index)
    return {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - worked}


def run_retrieve(index: Path, warm: Sequence[str], asked: Sequence[str]) -> dict[str, float]:
    """Retrieve ten passages for each question."""
    reader = Retriever.open(index)
    return timed(lambda question: reader.retrieve(question, 10), warm, asked)


def run_ask(index: Path, warm: Sequence[str], asked: Sequence[str]) -> dict[str, float]:
    """Answer each question with sentences of the sources, whatever language model is set."""
    assistant = Assistant(Retriever.open(index))
    return timed(assistant.ask, warm, asked)


RUNS = {"open": run_open, "retrieve": run_retrieve, "ask": run_ask}


def timed(of: Callable[[str], object], warm: Sequence[str], asked: Sequence[str]) -> dict[str, float]:
    """Milliseconds of each question, after others that warm up, and the memory of the process then."""
    for question in warm:
        of(question)
    taken, worked = [], []
    for question in asked:
        began, cpu = time.perf_counter(), time.process_time()
        of(question)
        taken.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - cpu))
    p50, p95 = np.percentile(taken, [50, 95])
    cpu_p50, cpu_p95 = np.percentile(worked, [50, 95])
    return {
        "questions": len(asked),
        "p50_ms": float(p50),
        "p95_ms": float(p95),
        "cpu_p50_ms": float(cpu_p50),
        "cpu_p95_ms": float(cpu_p95),
        **memory(),
    }


def main() -> None:
    """One run in this process, its questions from stdin."""
    parser = argparse.ArgumentParser(description="One run of `wenju bench latency`.")
    parser.add_argument("run", choices=sorted(RUNS))
    parser.add_argument("index", type=Path)
    given = parser.parse_args()
    told = json.load(sys.stdin)
    print(json.dumps(RUNS[given.run](given.index, told["warm"], told["asked"])))


if __name__ == "__main__":
    main()
