"""What a Dask cluster brings to an ingest: workers on this machine, each a process, beside the processes without it.

    python -m evals.bench.cluster BENCH [--articles 2000] [--workers 1 2 4]

Each ingest is of the same files into an index of its own, in a process of its own;
the workers are there before the time is taken, as those of a cluster are.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from evals.bench.reading import news
from ingest.settings import load_settings


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description="Measure an ingest by a cluster.")
    parser.add_argument("bench", type=Path)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--run", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run is not None:
        print(json.dumps(run(given.folder, given.run)))
        return
    with tempfile.TemporaryDirectory() as place:
        texts = Path(place, "texts")
        texts.mkdir()
        for number, (_, text) in enumerate(news(given.bench, given.articles)):
            (texts / f"{number:06d}.txt").write_text(text, "utf-8")
        for workers in [0, *given.workers]:
            name = f"{workers} workers" if workers else "no cluster"
            print(name, json.dumps(measured(given.bench, Path(place), workers)), flush=True)


def measured(bench: Path, place: Path, workers: int) -> dict[str, float]:
    """What a run in a process of its own took."""
    command = [sys.executable, "-m", "evals.bench.cluster", str(bench), "--folder", str(place), "--run", str(workers)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return dict(json.loads(done.stdout.splitlines()[-1]))


def run(place: Path, workers: int) -> dict[str, float]:
    """Ingest with so many workers of a cluster; 0: with one process and no cluster."""
    if not workers:
        return timed(place, 0, "")
    from distributed import LocalCluster

    with LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        return timed(place, workers, cluster.scheduler_address)


def timed(place: Path, workers: int, scheduler: str) -> dict[str, float]:
    """Passages a second of one ingest; `cpu_seconds` are those of the process that stores."""
    from ingest.embed import SentenceTransformersEmbedder
    from ingest.pipeline import ingest

    settings = load_settings(workers=1, scheduler=scheduler)
    embedder = SentenceTransformersEmbedder.of(settings)
    began, worked = time.monotonic(), time.process_time()
    report = ingest([place / "texts"], place / f"index-{workers}", settings, embedder)
    seconds = time.monotonic() - began
    return {
        "passages": report.passages,
        "seconds": round(seconds, 1),
        "passages_per_second": round(report.passages / seconds, 1),
        "cpu_seconds": round(time.process_time() - worked, 1),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "load": round(os.getloadavg()[0], 1),
    }


if __name__ == "__main__":
    main()
