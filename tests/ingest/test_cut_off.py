"""An ingest may be killed at any moment; what it had stored must be there afterwards, in every part alike."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import HashEmbedder, fill, mark

from ingest.errors import IndexMissing
from ingest.index import Index, open_index
from ingest.pipeline import ingest
from ingest.settings import Settings

ROUNDS = 20
REPORTS, PASSAGES = 24, 8
SMALL_PASSAGES = Settings(_env_file=None, workers=1, passage_size=50)  # type: ignore[call-arg]
GRAPH_WRITTEN = 60
"""Passages after which Chroma writes its graph to the disk: few here, so that it is written several times in each run."""

# For each folder it is given it begins an ingest in a process of its own, kills that when told to, and says whether it
# came too late. The ingest commits every few files and writes down what each commit took in.
INGESTS = """
import os, signal, sys
from pathlib import Path

sys.path.append(sys.argv[1])
from fakes import HashEmbedder
from ingest import pipeline, vectors
from ingest.index import Index
from ingest.settings import Settings

pipeline.STORED_AT_ONCE = 1500
vectors.HNSW["hnsw"] |= {"batch_size": int(sys.argv[3]) // 2, "sync_threshold": int(sys.argv[3])}
settings = Settings(_env_file=None, workers=1, passage_size=50)
store = Index.store


def store_and_tell(self, added, removed=()):
    store(self, added, removed)
    with open(f"{self.folder}.stored", "a") as told:
        print(*(p.document.path for p in added), sep="\\n", file=told)


Index.store = store_and_tell
print("ready", flush=True)
for line in iter(sys.stdin.readline, ""):
    if (child := os.fork()) == 0:
        status = 1
        try:
            pipeline.ingest([Path(sys.argv[2])], Path(line.strip()), settings, HashEmbedder())
            status = 0
        finally:
            os._exit(status)
    print("begun", flush=True)
    if sys.stdin.readline() == "kill\\n":
        os.kill(child, signal.SIGKILL)
    print(os.waitpid(child, 0)[1], flush=True)
"""


class Ingests:
    """Ingests in processes of their own, one at a time, that may be killed."""

    def __init__(self, reports: Path) -> None:
        given = (str(Path(__file__).parent), str(reports), str(GRAPH_WRITTEN))
        command = [sys.executable, "-c", INGESTS, *given]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._heard() == "ready"

    def run(self, folder: Path, seconds: float | None = None) -> bool:
        """Ingest into a folder; kill the process after some seconds, and say whether it was still at work."""
        self._tell(str(folder))
        assert self._heard() == "begun"
        if seconds is not None:
            time.sleep(seconds)
        self._tell("wait" if seconds is None else "kill")
        status = int(self._heard())
        assert status in {0, signal.SIGKILL}
        return status == signal.SIGKILL

    def end(self) -> None:
        """End the process that starts them."""
        self._process.communicate(timeout=10)

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _heard(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def stored(folder: Path) -> set[str]:
    """The paths of the documents whose commit was acknowledged."""
    told = folder.with_name(f"{folder.name}.stored")
    return {*told.read_text("utf-8").split()} if told.exists() else set()


@pytest.fixture
def ingests(tmp_path: Path) -> Iterator[Ingests]:
    """Ingests of a folder of reports."""
    fill(tmp_path / "reports", REPORTS, PASSAGES)
    started = Ingests(tmp_path / "reports")
    yield started
    started.end()


def assert_whole(index: Index) -> None:
    """Every document of the catalog is whole, and every passage is found by its words and by its vector."""
    documents = index.catalog.listing.documents()
    passages = {p.number: p for d in documents for p in index.catalog.passages_of(d.path)}
    assert len(passages) == len(index.lexical) == len(index.vectors) == index.catalog.counts()[1]
    for listed in documents:
        number = int(listed.path.removesuffix(".txt"))
        for part in range(PASSAGES):
            (found,) = index.lexical.search([mark(number, part)], 5)
            assert passages[found[0]].document == listed.path
        document = index.catalog.document(listed.path)
        assert all(document.view.within(p.chunk.span) == p.chunk.text for p in index.catalog.passages_of(listed.path))
    for numbers, vectors in index.catalog.vectors(10_000):
        for number, vector in list(zip(numbers, vectors, strict=True))[::7]:
            nearest = index.vectors.search(vector, 3)
            assert nearest[0][1] > 0.999
            assert number in {n for n, cosine in nearest if cosine > 0.999}


@pytest.mark.slow
def test_a_killed_ingest_loses_nothing_it_had_stored(tmp_path: Path, ingests: Ingests) -> None:
    """Killed at twenty moments, some in the run after as well, an ingest leaves an index of whole documents in all parts."""
    model = HashEmbedder()
    began = time.monotonic()
    ingests.run(tmp_path / "whole")
    duration = time.monotonic() - began
    whole = open_index(tmp_path / "whole", model.identity)
    assert_whole(whole)
    expected = whole.catalog.counts()
    assert expected[0] == REPORTS == len(stored(tmp_path / "whole"))
    assert expected[1] > 5 * GRAPH_WRITTEN
    assert any(tmp_path.glob("whole/vectors-*/*/index_metadata.pickle"))
    whole.close()

    killed = 0
    for n in range(ROUNDS):
        folder = tmp_path / f"index{n}"
        began = time.monotonic()
        cut = ingests.run(folder, duration * (n + 0.5) / ROUNDS)
        killed += cut
        if not cut:
            # The machine was busier when the whole run was timed.
            duration = min(duration, time.monotonic() - began)
        if n % 4 == 1:
            ingests.run(folder, duration / 4)
        try:
            index = open_index(folder, model.identity)
        except IndexMissing:
            assert not stored(folder)
            continue
        assert stored(folder) <= {d.path for d in index.catalog.listing.documents()}
        assert_whole(index)
        index.close()
        if n % 5 == 0:
            done = ingest([tmp_path / "reports"], folder, SMALL_PASSAGES, model)
            assert (done.documents, done.passages) == expected
            completed = open_index(folder, model.identity)
            assert_whole(completed)
            completed.close()
    assert killed >= ROUNDS / 2
