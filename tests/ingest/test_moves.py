"""Files that were moved or renamed keep their documents."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from fakes import HashEmbedder, mark, report

from ingest.index import open_index
from ingest.pipeline import FileReport, IngestReport, ingest
from ingest.settings import Settings


class Run:
    """Ingests of folders into one index."""

    def __init__(self, reports: Path, index: Path, settings: Settings, embedder: HashEmbedder) -> None:
        self.reports, self.index, self.settings, self.embedder = reports, index, settings, embedder

    def __call__(self, *paths: Path, prune: bool = False) -> IngestReport:
        """Ingest these paths, or else the folder."""
        return ingest(paths or (self.reports,), self.index, self.settings, self.embedder, prune=prune)


@pytest.fixture
def run(reports: Path, tmp_path: Path, settings: Settings, embedder: HashEmbedder) -> Run:
    """Ingest the folder of five reports, once already."""
    run = Run(reports, tmp_path / "index", settings, embedder)
    run()
    return run


def of(done: IngestReport, path: str) -> FileReport:
    return next(f for f in done.files if f.path == path)


def test_a_renamed_file_keeps_its_passages(run: Run) -> None:
    """It is told where the file was; nothing is embedded, the passages keep their numbers and go by the new path."""
    index = open_index(run.index)
    before = [(p.number, p.chunk) for p in index.catalog.passages_of("001.txt")]
    index.close()
    embedded = run.embedder.embedded
    (run.reports / "甲").mkdir()
    (run.reports / "001.txt").rename(run.reports / "甲" / "乙.txt")
    done = run()
    assert (of(done, "甲/乙.txt").status, of(done, "甲/乙.txt").moved_from) == ("moved", "001.txt")
    assert (done.documents, done.missing, run.embedder.embedded) == (5, (), embedded)
    index = open_index(run.index)
    assert index.repairs == ()
    assert [(p.number, p.chunk) for p in index.catalog.passages_of("甲/乙.txt")] == before
    assert index.catalog.document("甲/乙.txt").raw == report(1)
    ((number, _),) = index.lexical.search([mark(1, 0)], 5)
    assert index.catalog.passages([number])[number].document == "甲/乙.txt"
    with pytest.raises(KeyError):
        index.catalog.document("001.txt")
    assert {f.status for f in run().files} == {"unchanged"}


def test_a_copy_has_not_moved(run: Run) -> None:
    """While the old file is there the new one is a document of its own."""
    shutil.copy(run.reports / "001.txt", run.reports / "copy.txt")
    done = run()
    assert (of(done, "copy.txt").status, of(done, "001.txt").status) == ("added", "unchanged")
    assert done.documents == 6


def test_a_copy_of_a_file_that_is_left_out_now_has_not_moved(run: Run) -> None:
    """A file that is only ignored is not gone."""
    shutil.copy(run.reports / "001.txt", run.reports / "copy.txt")
    (run.reports / ".wenjuignore").write_text("001.txt\n", "utf-8")
    done = run()
    assert of(done, "copy.txt").status == "added"
    assert done.missing == ("001.txt",)


def test_moving_and_pruning_go_together(run: Run) -> None:
    """Of a moved and a deleted file in one run with --prune one is kept and one removed."""
    (run.reports / "001.txt").rename(run.reports / "moved.txt")
    (run.reports / "002.txt").unlink()
    done = run(prune=True)
    assert of(done, "moved.txt").status == "moved"
    assert of(done, "002.txt").status == "removed"
    assert [f.path for f in done.files if f.status == "removed"] == ["002.txt"]
    assert (done.documents, done.missing) == (4, ())


def test_a_moved_and_changed_file_is_new(run: Run) -> None:
    """A file of other bytes, or with another sidecar, is not the one that is gone."""
    (run.reports / "001.txt").rename(run.reports / "moved.txt")
    (run.reports / "moved.txt").write_text(report(77), "utf-8")
    (run.reports / "002.txt").rename(run.reports / "stated.txt")
    (run.reports / "stated.txt.meta.yaml").write_text("title: 新题\n", "utf-8")
    done = run()
    assert {of(done, p).status for p in ("moved.txt", "stated.txt")} == {"added"}
    assert done.missing == ("001.txt", "002.txt")


def test_a_file_of_another_format_is_read_anew(run: Run) -> None:
    """The suffix tells how bytes are read, so a file with another one has not merely moved."""
    (run.reports / "001.txt").rename(run.reports / "001.md")
    done = run()
    assert (of(done, "001.md").status, of(done, "001.md").format) == ("added", "md")


def test_those_that_kept_their_names_are_matched_first(run: Run) -> None:
    """Of two moved files of the same bytes each is known by its name, whatever the order of the folders."""
    shutil.copy(run.reports / "001.txt", run.reports / "009.txt")
    run()
    (run.reports / "z").mkdir()
    (run.reports / "001.txt").rename(run.reports / "z" / "001.txt")
    (run.reports / "009.txt").rename(run.reports / "a.txt")
    done = run()
    assert of(done, "z/001.txt").moved_from == "001.txt"
    assert of(done, "a.txt").moved_from == "009.txt"


def test_members_of_a_renamed_archive_have_moved(run: Run) -> None:
    """What is in an archive goes along with it, and a file that is packed into one has moved there."""
    with zipfile.ZipFile(run.reports / "old.zip", "w") as archive:
        archive.writestr("x.txt", report(70))
        archive.writestr("y.txt", report(71))
    run()
    embedded = run.embedder.embedded
    (run.reports / "old.zip").rename(run.reports / "new.zip")
    done = run()
    assert [of(done, f"new.zip/{n}.txt").moved_from for n in "xy"] == ["old.zip/x.txt", "old.zip/y.txt"]
    with zipfile.ZipFile(run.reports / "new.zip", "w") as archive:
        archive.writestr("z.txt", report(70))
        archive.write(run.reports / "003.txt", "packed.txt")
    (run.reports / "003.txt").unlink()
    done = run(prune=True)
    assert of(done, "new.zip/z.txt").moved_from == "new.zip/x.txt"
    assert of(done, "new.zip/packed.txt").moved_from == "003.txt"
    assert of(done, "new.zip/y.txt").status == "removed"
    assert run.embedder.embedded == embedded


def test_a_renamed_folder_is_followed(run: Run, tmp_path: Path) -> None:
    """Documents of a folder that was renamed belong to it by its new name: what is deleted there is missed."""
    renamed = run.reports.rename(tmp_path / "renamed")
    assert {f.status for f in run(renamed).files} == {"unchanged"}
    (renamed / "004.txt").unlink()
    assert run(renamed).missing == ("004.txt",)


def test_a_folder_that_went_into_another_is_followed(run: Run, tmp_path: Path) -> None:
    """Files whose folder was put into another one that is ingested now have moved."""
    (tmp_path / "all").mkdir()
    run.reports.rename(tmp_path / "all" / "reports")
    done = run(tmp_path / "all")
    assert {f.status for f in done.files} == {"moved"}
    assert of(done, "reports/000.txt").moved_from == "000.txt"
    assert done.documents == 5


def test_another_folder_with_the_same_file_is_no_move(run: Run, tmp_path: Path) -> None:
    """A copy in another folder by another path is a document of its own while the first is there."""
    (tmp_path / "more").mkdir()
    shutil.copy(run.reports / "001.txt", tmp_path / "more" / "copy.txt")
    assert of(run(tmp_path / "more"), "copy.txt").status == "added"
