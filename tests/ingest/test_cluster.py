"""An ingest by the machines of a cluster: here three processes, one of which is killed."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from distributed import LocalCluster
from fakes import HashEmbedder, fill, mark
from tiny_models import CHARACTERS, bi_encoder

from ingest.cluster import Cluster, version
from ingest.discover import find
from ingest.embed import SentenceTransformersEmbedder
from ingest.errors import BadSettings, ClusterProblem, ModelProblem
from ingest.index import open_index
from ingest.pipeline import Tally, clustered, ingest
from ingest.prepare import FileReport, Job, prepare
from ingest.read.formats import READERS
from ingest.settings import Settings

pytestmark = pytest.mark.server

REPORTS = 240
MODEL = HashEmbedder()


@pytest.fixture
def machines() -> Iterator[LocalCluster]:
    """A scheduler with three workers, each a process of its own."""
    with LocalCluster(
        n_workers=3, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs="CRITICAL"
    ) as cluster:
        yield cluster


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A folder of reports, among them one that cannot be read."""
    fill(tmp_path / "reports", REPORTS)
    (tmp_path / "reports/broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    return tmp_path / "reports"


def settings_of(cluster: LocalCluster) -> Settings:
    return Settings(_env_file=None, scheduler=cluster.scheduler_address)  # type: ignore[call-arg]


def test_a_machine_is_killed_and_no_document_is_lost_or_doubled(
    tmp_path: Path, reports: Path, machines: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every report is there once with all its passages, as an ingest without a cluster makes it."""
    monkeypatch.setattr("ingest.workers.BATCH", 8)
    killed: list[int] = []

    def kill_one(done: FileReport, tally: Tally) -> None:
        if tally.files == 30:
            victim = next(iter(machines.workers.values())).pid
            killed.append(victim)
            os.kill(victim, signal.SIGKILL)

    done = ingest([reports], tmp_path / "index", settings_of(machines), MODEL, progress=kill_one)
    assert killed
    assert [f.path for f in done.failed] == ["broken.pdf"]
    alone = ingest([reports], tmp_path / "alone", Settings(_env_file=None, workers=1), MODEL)  # type: ignore[call-arg]
    assert (done.documents, done.passages) == (alone.documents, alone.passages)
    with closing(open_index(tmp_path / "index")) as ours, closing(open_index(tmp_path / "alone")) as theirs:
        assert ours.catalog.listing.digests() == theirs.catalog.listing.digests()
        assert [t[1:] for t in ours.catalog.texts()] == [t[1:] for t in theirs.catalog.texts()]
        for number in range(REPORTS):
            (found,) = ours.lexical.search([mark(number, 1)], 5)
            assert ours.catalog.passages([found[0]])[found[0]].document == f"{number:03d}.txt"
        assert len(ours.lexical) == len(ours.vectors) == done.passages
    again = ingest([reports], tmp_path / "index", settings_of(machines), MODEL)
    assert {f.status for f in again.files} == {"unchanged", "failed"}


def test_an_ingest_that_was_cut_off_goes_on(tmp_path: Path, reports: Path, machines: LocalCluster) -> None:
    """What was stored is passed over by the next ingest, with a cluster or without."""

    def stop(done: FileReport, tally: Tally) -> None:
        if tally.files == 100:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("ingest.pipeline.STORED_AT_ONCE", 5000)
        with pytest.raises(KeyboardInterrupt):
            ingest([reports], tmp_path / "index", settings_of(machines), MODEL, progress=stop)
    done = ingest([reports], tmp_path / "index", settings_of(machines), MODEL)
    assert done.documents == REPORTS
    assert 0 < sum(f.status == "unchanged" for f in done.files) < REPORTS
    with closing(open_index(tmp_path / "index")) as index:
        assert len(index.lexical) == len(index.vectors) == index.catalog.counts()[1]


def test_a_scheduler_that_goes_is_told(tmp_path: Path, reports: Path) -> None:
    """The ingest ends with what to do, keeps what it has, and goes on without it."""
    cluster = LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs="CRITICAL"
    )

    def end(done: FileReport, tally: Tally) -> None:
        if tally.files == 40:
            cluster.close()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("ingest.workers.BATCH", 8)
        patched.setattr("ingest.pipeline.STORED_AT_ONCE", 3000)
        with pytest.raises(ClusterProblem, match="the scheduler is lost") as lost:
            ingest([reports], tmp_path / "index", settings_of(cluster), MODEL, progress=end)
    assert "goes on from there" in lost.value.advice
    done = ingest([reports], tmp_path / "index", Settings(_env_file=None, workers=1), MODEL)  # type: ignore[call-arg]
    assert done.documents == REPORTS
    assert any(f.status == "unchanged" for f in done.files)


def test_machines_embed_with_any_model(tmp_path: Path, reports: Path, machines: LocalCluster) -> None:
    """The vectors are those that one process makes, one machine is killed meanwhile, and this process loads no model."""
    for n in range(20):  # the others are all alike to a model of so few weights
        (reports / f"own-{n:02d}.txt").write_text(CHARACTERS[6 * n : 6 * n + 12] * 4 + "。\n", "utf-8")
    model = str(bi_encoder(tmp_path / "model"))
    ours = SentenceTransformersEmbedder(model)
    killed: list[int] = []

    def kill_one(done: FileReport, tally: Tally) -> None:
        if tally.files == 30:
            killed.append(next(iter(machines.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("ingest.workers.BATCH", 8)
        done = ingest([reports], tmp_path / "index", settings_of(machines), ours, progress=kill_one)
    assert killed
    assert done.documents == REPORTS + 20
    assert "_model" not in vars(ours), "the machines have it"
    alone = SentenceTransformersEmbedder(model)
    ingest([reports], tmp_path / "alone", Settings(_env_file=None, workers=1), alone)  # type: ignore[call-arg]
    with (
        closing(open_index(tmp_path / "index", ours.identity)) as far,
        closing(open_index(tmp_path / "alone", alone.identity)) as near,
    ):
        (numbers, theirs), (same, wanted) = (next(i.catalog.vectors(10_000)) for i in (far, near))
        assert numbers == same
        assert len(theirs) == len(far.vectors) == done.passages
        # Vectors are kept in 16 bits, and a batch of another size rounds in another way.
        assert np.abs(theirs - wanted).max() < 0.002
        assert wanted.std(axis=0).max() > 0.01, "or it would not matter whose vector is whose"


def test_a_machine_with_another_model_is_refused(tmp_path: Path, reports: Path, machines: LocalCluster) -> None:
    """What is not the model that the index is made with is told before a file is read, and what is none with the machine."""
    folder = bi_encoder(tmp_path / "model")
    ours = SentenceTransformersEmbedder(str(folder))
    assert ours.identity
    (folder / "config.json").write_text((folder / "config.json").read_text("utf-8") + "\n", "utf-8")
    with pytest.raises(ClusterProblem, match="another model") as other:
        ingest([reports], tmp_path / "index", settings_of(machines), ours)
    assert "same folder" in other.value.advice
    none = SentenceTransformersEmbedder("nobody/has-such-a-model")
    with pytest.raises(ModelProblem, match=r"tcp://.*: nobody/has-such-a-model: not on this machine") as missing:
        ingest([reports], tmp_path / "none", settings_of(machines), none)
    assert "WENJU_DOWNLOAD" in missing.value.advice


def test_files_come_back_in_their_order(tmp_path: Path, machines: LocalCluster) -> None:
    """Whichever machine is done first."""
    fill(tmp_path / "r", 40)
    jobs = [Job(find(tmp_path / "r" / f"{n:03d}.txt", READERS), None) for n in range(40)]
    with Cluster(machines.scheduler_address, 60) as cluster:
        outcomes = list(cluster.each(partial(prepare, size=120), jobs))
    assert [told.path for _, told in outcomes] == [f"{n:03d}.txt" for n in range(40)]


def test_nobody_there_is_told(tmp_path: Path) -> None:
    """A scheduler that does not answer, one without machines, and an address of nothing are told as what they are."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    for address in (nobody, "nonsense://x"):
        with pytest.raises(ClusterProblem, match="no scheduler is reached") as away:
            Cluster(address, 60, patience=0.5)
        assert away.value.advice
    empty = LocalCluster(n_workers=0, dashboard_address=None, silence_logs="CRITICAL")
    with empty, pytest.raises(ClusterProblem, match="no machine is at work"):
        Cluster(empty.scheduler_address, 60, patience=0.5)


def test_another_version_is_refused(machines: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that would clean otherwise is named before anything is done."""
    there = machines.get_client().run(version)
    monkeypatch.setattr("ingest.cluster.own_version", lambda: "another")
    assert set(there.values()) == {version()}
    with pytest.raises(ClusterProblem, match="another version of Wenju"):
        Cluster(machines.scheduler_address, 60)


def test_without_its_library_there_is_no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has to be installed is told."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(BadSettings) as missing, clustered("tcp://x", 60):
        pass
    assert "[cluster]" in missing.value.advice
