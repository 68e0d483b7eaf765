"""Which files of a run have to be read."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from fakes import HashEmbedder, report

from ingest.changes import changes
from ingest.discover import Found, discover
from ingest.index import open_index
from ingest.pipeline import IngestReport, ingest
from ingest.read.formats import READERS
from ingest.settings import Settings


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that were written just now are trusted as if some time had passed."""
    monkeypatch.setattr("ingest.discover.SETTLED", -3_600_000_000_000)


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose bytes were read to compare them."""
    read: list[str] = []
    read_bytes = Found.read_bytes

    def noted(self: Found) -> bytes:
        read.append(self.path)
        return read_bytes(self)

    monkeypatch.setattr(Found, "read_bytes", noted)
    return read


class Run:
    """Ingests of one folder into one index."""

    def __init__(self, reports: Path, index: Path, settings: Settings) -> None:
        self.reports, self.index, self.settings = reports, index, settings

    def __call__(self, *, rehash: bool = False) -> dict[str, str]:
        """The status of each file of the folder."""
        done: IngestReport = ingest((self.reports,), self.index, self.settings, HashEmbedder(), rehash=rehash)
        return {f.path: f.status for f in done.files}


@pytest.fixture
def run(reports: Path, tmp_path: Path, settings: Settings) -> Run:
    """Ingest the folder of five reports."""
    return Run(reports, tmp_path / "index", settings)


@pytest.mark.usefixtures("settled")
def test_an_unchanged_file_is_not_read(run: Run, unread: list[str]) -> None:
    """What has the size, times and inode that it had is not opened again, unless that is asked for."""
    run()
    unread.clear()
    assert set(run().values()) == {"unchanged"}
    assert unread == []
    assert set(run(rehash=True).values()) == {"unchanged"}
    assert len(unread) == 5


@pytest.mark.usefixtures("settled")
def test_a_touched_file_is_read_once(run: Run, unread: list[str]) -> None:
    """New times over the same bytes are looked into, and then known."""
    run()
    os.utime(run.reports / "001.txt", (1, 1))
    unread.clear()
    assert set(run().values()) == {"unchanged"}
    assert unread == ["001.txt"]
    assert set(run().values()) == {"unchanged"}
    assert unread == ["001.txt"]


@pytest.mark.usefixtures("settled")
def test_a_file_of_the_same_size_and_time_is_noticed(run: Run) -> None:
    """Other bytes are found though their length and the time of the last change were made the same."""
    run()
    file = run.reports / "001.txt"
    seen = file.stat()
    file.write_text(report(1).replace("经营", "营业"), "utf-8")
    os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert file.stat().st_size == seen.st_size
    assert run()["001.txt"] == "replaced"


def test_a_file_that_changed_just_now_is_read_again(run: Run, unread: list[str]) -> None:
    """It could change once more in the same tick of the clock, so its stamp says nothing."""
    assert next(discover([run.reports], READERS)).stamp() == ""
    run()
    unread.clear()
    assert set(run().values()) == {"unchanged"}
    assert len(unread) == 5


def test_a_file_from_the_future_has_no_stamp(tmp_path: Path) -> None:
    """A time that is still to come will look like now when it has come."""
    (tmp_path / "a.txt").write_text("文", "utf-8")
    later = time.time() + 10_000
    os.utime(tmp_path / "a.txt", (later, later))
    assert Found(tmp_path / "a.txt", "a.txt").stamp() == ""


@pytest.mark.usefixtures("settled")
def test_a_stamp_covers_what_describes_the_file(run: Run) -> None:
    """A sidecar that comes, changes or goes makes the file a changed one."""
    run()
    sidecar = run.reports / "001.txt.meta.yaml"
    for title in ("甲", "乙"):
        sidecar.write_text(f"title: {title}\n", "utf-8")
        assert run()["001.txt"] == "replaced"
    sidecar.unlink()
    assert run()["001.txt"] == "replaced"


@pytest.mark.usefixtures("settled")
def test_stamps_go_with_their_documents(run: Run) -> None:
    """The catalog knows the stamp of each file, and nothing of one that it no longer has."""
    run()
    index = open_index(run.index)
    known = index.catalog.known()
    assert {path: k.stamp for path, k in known.items()} == {f.path: f.stamp() for f in discover([run.reports], READERS)}
    with index.catalog.transaction():
        index.catalog.remove("001.txt")
    assert index.catalog.known().keys() == known.keys() - {"001.txt"}
    index.close()


def test_one_path_is_one_file(tmp_path: Path) -> None:
    """A file that is found twice is done once; another one of its path is reported."""
    (tmp_path / "a").mkdir()
    for file in (tmp_path / "a.txt", tmp_path / "a" / "a.txt"):
        file.write_text("文", "utf-8")
    one, link, other = (
        Found(tmp_path / "a.txt", "a.txt"),
        Found(tmp_path / "l.txt", "a.txt"),
        Found(tmp_path / "a" / "a.txt", "a.txt"),
    )
    (tmp_path / "l.txt").symlink_to(tmp_path / "a.txt")
    todo = changes([one, link, other], {})
    assert [job.found for job in todo.jobs] == [one]
    assert [(r.status, "already goes by this path" in r.error) for r in todo.reports] == [("failed", True)]


@pytest.mark.usefixtures("settled")
def test_nothing_is_opened_for_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that finds no change leaves the vectors alone; one after damage puts it right all the same."""

    def refuse(folder: Path) -> None:
        raise AssertionError(f"{folder} was opened")

    run()
    with monkeypatch.context() as patched:
        patched.setattr("ingest.embedded.VectorIndex.__init__", refuse)
        assert set(run().values()) == {"unchanged"}
    (meta,) = run.index.glob("lexical-*/meta.json")
    meta.write_text("garbage", "utf-8")
    done = ingest((run.reports,), run.index, run.settings, HashEmbedder())
    assert [r.split(" ")[0] for r in done.repairs] == ["lexical"]
