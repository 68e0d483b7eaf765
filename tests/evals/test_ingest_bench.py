"""The benchmark of ingests runs real processes and counts what it says it counts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from fakes import report

from evals.bench.ingest import Cost, cost, resident, table, write_out


def test_texts_become_files_of_their_own(tmp_path: Path) -> None:
    """Each text is a file, in order, and the bytes of all are counted."""
    size = write_out(tmp_path / "texts", [("a", "一"), ("b", "two")])
    assert [f.read_text("utf-8") for f in sorted((tmp_path / "texts").iterdir())] == ["一", "two"]
    assert size == 6


def test_memory_counts_children_too() -> None:
    """The memory of a process is that of all it has started, and of one that has ended nothing."""
    code = "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'x = bytearray(80 << 20); print(1, flush=True); input()'], stdout=subprocess.PIPE); p.stdout.readline(); print(1, flush=True); input()"
    parent = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    parent.stdout.readline()
    assert 80 < resident(parent.pid) < 400
    parent.communicate("\n\n")
    assert resident(parent.pid) == 0


def test_a_run_is_an_ingest(tmp_path: Path) -> None:
    """What is measured is an ingest in a process of its own; the second finds nothing to do."""
    size = write_out(tmp_path / "texts", [(str(n), report(n)) for n in range(8)])
    first, second = (cost("wenju", tmp_path / "texts", tmp_path / "index", size, files=8) for _ in range(2))
    assert first.told["files"] == second.told["files"] == 8
    assert first.told["passages"] == second.told["passages"] >= 8
    assert first.seconds > first.told["seconds"] > second.told["seconds"]
    assert first.peak_mb > 50
    assert first.cpu_seconds > 0


def test_a_run_that_fails_is_no_figure(tmp_path: Path) -> None:
    """A process that breaks gives no numbers."""
    with pytest.raises(subprocess.CalledProcessError):
        cost("wenju", tmp_path / "nowhere", tmp_path / "index", 1)


def test_the_table_tells_the_ratios() -> None:
    """Throughput is compared by time, memory by its highest, the second run by the time inside the process."""
    told = {"files": 8, "passages": 9}
    costs = {
        "wenju": Cost(2, 3, 1.5, 200, {**told, "seconds": 1.0}),
        "wenju, unchanged": Cost(1, 1, 3, 100, {**told, "seconds": 0.1}),
        "llama-index": Cost(8, 9, 0.4, 800, {**told, "seconds": 7}),
    }
    lines = list(table(costs))
    assert lines[-2:] == [
        "throughput 4.0 x, memory 0.25 x that of llama-index",
        "an unchanged run takes 1/10 of the first's time, start-up aside",
    ]
