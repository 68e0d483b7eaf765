"""Processes that prepare files, and hang or die over them."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Thread

import pytest
from fakes import HashEmbedder, fill

from ingest.discover import Found
from ingest.pipeline import ingest
from ingest.prepare import Job, prepare
from ingest.settings import Settings
from ingest.workers import Crew

WORK = partial(prepare, size=400)


def jobs(folder: Path, *names: str) -> list[Job]:
    return [Job(Found(folder / name, name), None) for name in names]


def hang(file: Path) -> None:
    """Make a file that takes for ever to read: a named pipe that nobody writes to."""
    os.mkfifo(file)


def opened(pipe: Path) -> int:
    """Wait until a process reads a named pipe, and hold it open for writing."""
    while True:
        with suppress(OSError):
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        time.sleep(0.02)


def broken_off(crew: Crew, given: list[Job]) -> None:
    """Wait for what comes of jobs whose processes are ended."""
    with suppress(RuntimeError):
        list(crew.each(WORK, given))


def test_a_file_that_hangs_is_given_up(tmp_path: Path) -> None:
    """A file that takes longer than it may is reported with advice, and the files around it are prepared."""
    fill(tmp_path, 3)
    hang(tmp_path / "pipe.txt")
    began = time.monotonic()
    with Crew(1, 4.0) as crew:
        reports = [r for _, r in crew.each(WORK, jobs(tmp_path, "000.txt", "pipe.txt", "001.txt", "002.txt"))]
    assert [r.status for r in reports] == ["added", "failed", "added", "added"]
    assert "not read within 4 seconds" in reports[1].error
    assert "WENJU_FILE_SECONDS" in reports[1].advice
    assert time.monotonic() - began < 60


def test_a_process_that_dies_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a process dies its file alone is blamed, and the next one is prepared."""
    fill(tmp_path, 2)
    hang(tmp_path / "pipe.txt")
    with Crew(1, 60) as crew, ThreadPoolExecutor(1) as aside:
        assert [r.status for _, r in crew.each(WORK, jobs(tmp_path, "000.txt"))] == ["added"]
        process = crew._workers[0]._process
        assert process is not None
        batch = jobs(tmp_path, "000.txt", "pipe.txt", "001.txt")
        rest = aside.submit(lambda: [r for _, r in crew.each(WORK, batch)])
        pipe = opened(tmp_path / "pipe.txt")
        os.kill(process.pid, signal.SIGKILL)
        first, died, last = rest.result()
        os.close(pipe)
    assert first.status == last.status == "added"
    assert "pipe.txt: the process that read it died (SIGKILL)" in died.error
    assert died.advice


def test_leaving_ends_all_processes(tmp_path: Path) -> None:
    """An ingest that is broken off leaves no process behind, even one that hangs."""
    hang(tmp_path / "pipe.txt")
    with pytest.raises(KeyboardInterrupt), Crew(2, 60) as crew:  # noqa: PT012
        Thread(target=broken_off, args=(crew, jobs(tmp_path, "pipe.txt")), daemon=True).start()
        while not (processes := [w._process for w in crew._workers if w._process]):
            time.sleep(0.05)
        raise KeyboardInterrupt
    assert processes
    assert all(p.poll() is not None for p in processes)


def test_what_comes_back_is_what_was_made(tmp_path: Path) -> None:
    """A document that came from another process is the one this process would have made."""
    fill(tmp_path, 1)
    with Crew(1, 60) as crew:
        ((theirs, told),) = crew.each(WORK, jobs(tmp_path, "000.txt"))
    ours, _ = WORK(*jobs(tmp_path, "000.txt")[0])
    assert theirs == ours
    assert told.chunks == len(theirs.chunks if theirs else ())


def test_few_small_texts_start_no_process(
    tmp_path: Path, embedder: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small ingest of plain texts is done in this process, at once."""
    monkeypatch.setattr("ingest.workers._started", lambda: pytest.fail("a process was started"))
    fill(tmp_path / "r", 5)
    (tmp_path / "r" / "t.csv").write_text("名,值\n甲,1\n", "utf-8")
    done = ingest([tmp_path / "r"], tmp_path / "index", Settings(_env_file=None), embedder)  # type: ignore[call-arg]
    assert done.documents == 6


def test_a_file_that_hangs_never_stops_an_ingest(tmp_path: Path, embedder: HashEmbedder) -> None:
    """Within an ingest a file that hangs is one failure among the documents of all others, in their order."""
    fill(tmp_path / "r", 40)
    settings = Settings(_env_file=None, workers=2, file_seconds=1)  # type: ignore[call-arg]
    hang(tmp_path / "r" / "005.md")
    done = ingest([*sorted((tmp_path / "r").iterdir())], tmp_path / "index", settings, embedder)
    assert [f.path for f in done.failed] == ["005.md"]
    assert [f.path for f in done.files if not f.error] == [f"{n:03d}.txt" for n in range(40)]
