"""How an index grows: the same index at several sizes, each the one before with more texts.

    python -m evals.bench.scale BENCH [--sizes 10000 100000] [--index FOLDER] [--out FILE.jsonl] [--url URL]

Each ingest and each round of questions is a process of its own. A line of JSON
is written for each size when it is done, and a size that is done is passed over:
what was cut off goes on there (its rate is then that of the rest). `cold` is a question with none of the index in the
page cache, each in a process of its own; `warm` are questions after a round of others.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from assistant.retrieve import Retriever
from evals.bench.many import many_texts
from evals.bench.memory import memory
from evals.bench.reading import questions
from ingest.catalog import Catalog
from ingest.index import CATALOG
from ingest.settings import load_settings

ARTICLES, AT_FIRST = 6000, 10_000
"""News articles at the start, and their passages, about."""
WARM, COLD = 300, 5
EACH = 1000
"""Texts to a folder."""
PER_TEXT = 16
"""Passages of a text that is put together, about."""
TOLD_EACH = 2000
"""Files of an ingest after which it is told how far it is."""


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description="Measure how an index grows.")
    parser.add_argument("bench", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--index", type=Path, default=Path("build/scale/index"))
    parser.add_argument("--out", type=Path, default=Path("build/scale/figures.jsonl"))
    parser.add_argument("--url", default="")
    parser.add_argument("--run", choices=["ingest", "cold", "warm"], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        print(json.dumps(RUNS[given.run](given.bench, given.index, given.url)))
        return
    given.out.parent.mkdir(parents=True, exist_ok=True)
    done = read(given.out)
    for size in given.sizes:
        if size not in {d["size"] for d in done}:
            figures = measured(given.bench, given.index, given.url, size)
            done.append(figures)
            with given.out.open("a", encoding="utf-8") as out:
                out.write(json.dumps(figures) + "\n")
    print("\n".join(table(done)))


def read(file: Path) -> list[dict[str, float]]:
    """The figures that were written before."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def measured(bench: Path, index: Path, url: str, size: int) -> dict[str, float]:
    """Grow the index to a size and measure it there. `load` is that of the machine meanwhile."""
    folder = index.with_name(f"{index.name}-texts")
    before = passages_of(index)
    grow(bench, folder, size)
    figures = child("ingest", bench, index, url)
    added = passages_of(index) - before
    figures |= {"size": size, "passages": passages_of(index), "added": added}
    figures["added_per_second"] = added / max(figures["seconds"], 0.001)
    figures |= {f"{name}_mb": round(total / 1e6, 1) for name, total in disk(index).items()}
    cold = [child("cold", bench, index, url) for _ in range(COLD)]
    figures["cold_open_ms"] = float(np.median([c["open_ms"] for c in cold]))
    figures["cold_ms"] = float(np.median([c["first_ms"] for c in cold]))
    figures |= child("warm", bench, index, url)
    figures["load"] = os.getloadavg()[1]
    return {name: round(value, 3) for name, value in figures.items()}


def passages_of(index: Path) -> int:
    """How many passages an index has; none where there is none."""
    if not (index / CATALOG).is_file():
        return 0
    catalog = Catalog(index / CATALOG)
    try:
        return catalog.counts()[1]
    finally:
        catalog.close()


def grow(bench: Path, folder: Path, size: int) -> None:
    """Write texts into folders until there are as many as have about so many passages."""
    there = sum(1 for _ in folder.glob("*/*.txt"))
    wanted = ARTICLES + max(0, size - AT_FIRST) // PER_TEXT
    for number, (_, text) in enumerate(islice(many_texts(bench, ARTICLES), there, wanted), there):
        place = folder / f"{number // EACH:04d}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:07d}.txt").write_text(text, "utf-8")


def disk(index: Path) -> dict[str, int]:
    """Bytes on the disk of each part of an index."""
    parts = {"catalog": "catalog.sqlite*", "lexical": "lexical-*/**/*", "vectors": "vectors-*/**/*"}
    return {name: sum(f.stat().st_size for f in index.glob(p) if f.is_file()) for name, p in parts.items()}


def child(run: str, bench: Path, index: Path, url: str) -> dict[str, float]:
    """What a run in a process of its own measured."""
    command = [sys.executable, "-m", "evals.bench.scale", str(bench), "--index", str(index), "--url", url, "--run", run]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return dict(json.loads(done.stdout.splitlines()[-1]))


def run_ingest(bench: Path, index: Path, url: str) -> dict[str, float]:  # noqa: ARG001  # called as the others are
    """Ingest what is new."""
    from ingest.embed import SentenceTransformersEmbedder
    from ingest.pipeline import FileReport, Tally, ingest

    settings = load_settings(index_url=url)
    embedder = SentenceTransformersEmbedder.of(settings)
    began = time.monotonic()

    def tell(report: FileReport, tally: Tally) -> None:  # noqa: ARG001  # called as any progress is
        if tally.files % TOLD_EACH == 0:
            told = f"{tally.files} of {tally.all_files} files after {time.monotonic() - began:.0f} s"
            print(f"{told}, {memory().get('resident_mb', 0):.0f} MB", file=sys.stderr, flush=True)

    ingest([index.with_name(f"{index.name}-texts")], index, settings, embedder, progress=tell)
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": time.monotonic() - began,
        "cpu_seconds": own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime,
        "storing_cpu_seconds": own.ru_utime + own.ru_stime,
        "ingest_mb": memory().get("peak_mb", 0.0),
        "ingest_own_mb": memory().get("own_mb", 0.0),
        "worker_mb": others.ru_maxrss / 1024,
    }


def run_cold(bench: Path, index: Path, url: str) -> dict[str, float]:
    """The first question of a process, with nothing of the index in the page cache."""
    forget(index)
    began = time.perf_counter()
    retriever = opened(index, url)
    ready = time.perf_counter()
    retriever.retrieve(questions(bench)[os.getpid() % 1000].question, 10)
    return {"open_ms": 1000 * (ready - began), "first_ms": 1000 * (time.perf_counter() - ready)}


def run_warm(bench: Path, index: Path, url: str) -> dict[str, float]:
    """Questions one after the other, after a round of others."""
    asked = [a.question for a in questions(bench)[: 2 * WARM]]
    retriever = opened(index, url)
    for question in asked[:WARM]:
        retriever.retrieve(question, 10)
    times, worked = [], time.process_time()
    for question in asked[WARM:]:
        began = time.perf_counter()
        retriever.retrieve(question, 10)
        times.append(1000 * (time.perf_counter() - began))
    p50, p95 = np.percentile(times, [50, 95])
    return {
        "warm_p50_ms": float(p50),
        "warm_p95_ms": float(p95),
        "warm_cpu_ms": 1000 * (time.process_time() - worked) / len(times),
        "retrieve_mb": memory().get("peak_mb", 0.0),
        "retrieve_own_mb": memory().get("own_mb", 0.0),
    }


def opened(index: Path, url: str) -> Retriever:
    """The index as a script opens it."""
    return Retriever.open(index, load_settings(index_url=url))


def forget(index: Path) -> None:
    """Have the system keep nothing of the index in memory."""
    for file in (f for f in index.rglob("*") if f.is_file()):
        with file.open("rb") as opened_file:
            os.fsync(opened_file.fileno())  # what is not on the disk yet is not forgotten
            os.posix_fadvise(opened_file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


RUNS = {"ingest": run_ingest, "cold": run_cold, "warm": run_warm}
ROWS = {
    "passages": "passages",
    "added_per_second": "passages added a second",
    "cpu_seconds": "CPU seconds of that ingest",
    "storing_cpu_seconds": "of these, of the process that stores",
    "ingest_mb": "memory of that process at its highest, MB",
    "ingest_own_mb": "of it, at the end, other than files of the index, MB",
    "catalog_mb": "catalog on the disk, MB",
    "lexical_mb": "terms on the disk, MB",
    "vectors_mb": "vectors on the disk, MB",
    "cold_open_ms": "opening, cold, ms",
    "cold_ms": "first question, cold, ms",
    "warm_p50_ms": "retrieve, warm, median, ms",
    "warm_p95_ms": "retrieve, warm, p95, ms",
    "warm_cpu_ms": "CPU of one, ms",
    "retrieve_mb": "memory of who retrieves at its highest, MB",
    "retrieve_own_mb": "of it other than files of the index, MB",
    "load": "load of the machine",
}


def table(figures: list[dict[str, float]]) -> Iterator[str]:
    """The figures as a table of Markdown, a column a size."""
    yield "| | " + " | ".join(f"{int(f['size']):,}" for f in figures) + " |"
    yield "|---" * (len(figures) + 1) + "|"
    for name, told in ROWS.items():
        yield f"| {told} | " + " | ".join(_shown(f.get(name, 0.0)) for f in figures) + " |"


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"


if __name__ == "__main__":
    main()
