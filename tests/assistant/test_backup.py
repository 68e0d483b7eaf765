"""A backup gives back what it was made of, or says why it cannot."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from assistant import Retriever
from assistant.app.conversations import Conversations
from assistant.backup import back_up, restore
from ingest.errors import BadBackup, IndexMissing
from ingest.index import open_index
from ingest.settings import Settings

QUESTION = "DeepSeek-R1 的训练成本是多少？"
SETTINGS = Settings(_env_file=None)  # type: ignore[call-arg]


@pytest.fixture
def conversations(tmp_path: Path) -> Path:
    """The folder of a chat with one conversation."""
    with closing(Conversations(tmp_path / "talks")) as kept:
        kept.begin("小王", QUESTION)
    return tmp_path / "talks"


@pytest.fixture
def file(tmp_path: Path, corpus_index: Path, conversations: Path) -> Path:
    """A backup of the sample reports."""
    back_up(corpus_index, conversations, tmp_path / "wenju.backup")
    return tmp_path / "wenju.backup"


def test_what_is_restored_answers_as_before(file: Path, corpus_index: Path, tmp_path: Path) -> None:
    """All documents, passages, vectors and conversations are there again, and the same question finds the same."""
    restore(file, tmp_path / "new/index", tmp_path / "new/talks")
    with closing(open_index(corpus_index)) as before, closing(open_index(tmp_path / "new/index")) as after:
        assert after.catalog.listing.digests() == before.catalog.listing.digests()
        assert list(after.catalog.texts()) == list(before.catalog.texts())
        for (ours, these), (theirs, those) in zip(before.catalog.vectors(50), after.catalog.vectors(50), strict=True):
            assert ours == theirs
            assert (these == those).all()
        assert after.repairs == ()
        path = before.catalog.listing.documents()[0].path
        assert after.catalog.document(path).raw == before.catalog.document(path).raw
    hits = [Retriever.open(folder, SETTINGS).retrieve(QUESTION) for folder in (corpus_index, tmp_path / "new/index")]
    assert [(h.document, h.span) for h in hits[0]] == [(h.document, h.span) for h in hits[1]]
    # Chroma was first given the vectors before they were rounded for the catalog.
    assert [h.score for h in hits[0]] == pytest.approx([h.score for h in hits[1]], abs=0.01)
    with closing(Conversations(tmp_path / "new/talks")) as kept:
        assert [c.title for c in kept.listed("小王")] == [QUESTION]


def test_a_backup_is_for_its_owner_alone(file: Path) -> None:
    """It holds the reports and what was asked of them."""
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(p.name for p in file.parent.iterdir() if p.name.startswith((".", "wenju"))) == ["wenju.backup"]


def test_it_is_of_one_moment_while_others_write(tmp_path: Path, corpus_index: Path) -> None:
    """What another process has begun to write and not committed is not in it, and does not hold it up."""
    shutil.copytree(corpus_index, tmp_path / "index")
    with closing(sqlite3.connect(tmp_path / "index/catalog.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM documents")
        made = back_up(tmp_path / "index", tmp_path / "no-talks", tmp_path / "wenju.backup")
        other.execute("ROLLBACK")
    with closing(open_index(corpus_index)) as whole:
        assert (made.documents, made.passages) == whole.catalog.counts()
    assert set(made.sha256) == {"manifest.json", "catalog.sqlite"}


@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.9, 0.999])
def test_a_file_that_was_cut_short_is_refused(file: Path, tmp_path: Path, share: float) -> None:
    """Nothing is made of it, and a whole one can be restored to the same place."""
    cut = tmp_path / "cut.backup"
    cut.write_bytes(file.read_bytes()[: int(share * file.stat().st_size)])
    with pytest.raises(BadBackup):
        restore(cut, tmp_path / "new", tmp_path / "new-talks")
    assert not (tmp_path / "new/manifest.json").exists()
    assert restore(file, tmp_path / "new", tmp_path / "new-talks").documents


def test_a_changed_byte_is_noticed(file: Path, tmp_path: Path) -> None:
    """A file that lay on a bad disk is not restored as if it were whole, wherever in it the disk is bad."""
    whole = file.read_bytes()
    for place in range(100, len(whole) - 400, len(whole) // 25):
        data = bytearray(whole)
        data[place] ^= 0xFF
        file.write_bytes(data)
        with pytest.raises(BadBackup, match="damaged"):
            restore(file, tmp_path / "new", tmp_path / "new-talks")
        assert not (tmp_path / "new/manifest.json").exists()


@pytest.mark.parametrize("members", [{}, {"../manifest.json": "{}"}, {"contents.json": "[]"}])
def test_another_archive_is_refused(tmp_path: Path, members: dict[str, str]) -> None:
    """An archive of something else is told from a backup, and writes nothing anywhere."""
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as packed:
        for name, text in members.items():
            packed.writestr(name, text)
    with pytest.raises(BadBackup):
        restore(tmp_path / "other.zip", tmp_path / "new", tmp_path / "new-talks")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["other.zip"]


def test_members_go_nowhere_else(file: Path, tmp_path: Path) -> None:
    """A backup that names a file outside of its folder is refused."""
    with zipfile.ZipFile(file) as packed:
        contents = json.loads(packed.read("contents.json"))
        texts = {name: packed.read(name) for name in packed.namelist()}
    contents["sha256"]["../evil"] = "0" * 64
    texts |= {"contents.json": json.dumps(contents).encode(), "../evil": b""}
    with zipfile.ZipFile(tmp_path / "evil.backup", "w") as packed:
        for name, data in texts.items():
            packed.writestr(name, data)
    with pytest.raises(BadBackup, match="does not hold what it says"):
        restore(tmp_path / "evil.backup", tmp_path / "deep/new", tmp_path / "new-talks")
    assert not (tmp_path / "evil").exists()


def test_nothing_else_is_written_over(tmp_path: Path, corpus_index: Path) -> None:
    """A report that was named by mistake is left as it is; an older backup makes room."""
    report = tmp_path / "report.pdf"
    report.write_text("a report", "utf-8")
    with pytest.raises(BadBackup):
        back_up(corpus_index, tmp_path / "no-talks", report)
    assert report.read_text("utf-8") == "a report"
    for _ in range(2):
        back_up(corpus_index, tmp_path / "no-talks", tmp_path / "wenju.backup")


def test_a_folder_that_is_not_there(file: Path, corpus_index: Path, tmp_path: Path) -> None:
    """None is made for a backup, which may be meant for a disk that is not mounted; one is for an index, as by an ingest."""
    with pytest.raises(BadBackup, match="no folder"):
        back_up(corpus_index, tmp_path / "no-talks", tmp_path / "disk" / "wenju.backup")
    assert not (tmp_path / "disk").exists()
    told = restore(file, tmp_path / "new" / "index", tmp_path / "new-talks")
    assert told.documents > 0
    assert (tmp_path / "new" / "index" / "catalog.sqlite").is_file()


def test_what_is_there_is_not_replaced(file: Path, corpus_index: Path, conversations: Path, tmp_path: Path) -> None:
    """Neither an index nor conversations are written over, and what has to be done is told."""
    with pytest.raises(BadBackup, match="an index already") as refused:
        restore(file, corpus_index, tmp_path / "new-talks")
    assert "--index" in refused.value.advice
    with pytest.raises(BadBackup, match="conversations already"):
        restore(file, tmp_path / "new", conversations)
    assert not (tmp_path / "new").exists()


def test_a_damaged_catalog_is_not_kept_as_a_backup(file: Path, corpus_index: Path, tmp_path: Path) -> None:
    """The older backup stays when the catalog is damaged by now."""
    before = file.read_bytes()
    shutil.copytree(corpus_index, tmp_path / "index")
    catalog = tmp_path / "index/catalog.sqlite"
    data = bytearray(catalog.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 40_000] = b"\xff" * 40_000
    catalog.write_bytes(data)
    with pytest.raises(BadBackup, match="damaged"):
        back_up(tmp_path / "index", tmp_path / "no-talks", file)
    assert file.read_bytes() == before


def test_without_an_index_there_is_no_backup(tmp_path: Path) -> None:
    """What is missing is told."""
    with pytest.raises(IndexMissing):
        back_up(tmp_path / "index", tmp_path / "no-talks", tmp_path / "wenju.backup")
    with pytest.raises(BadBackup, match="no such file"):
        restore(tmp_path / "wenju.backup", tmp_path / "index", tmp_path / "no-talks")
