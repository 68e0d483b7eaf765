"""The files that readers bring."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.app.own import collection_of, is_own, shown_path
from assistant.app.uploads import FORGOTTEN, OWNER, Limits, TooMuch, Uploads, storable
from ingest.embed import SentenceTransformersEmbedder
from ingest.settings import Settings

SETTINGS = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]
EMBEDDER = SentenceTransformersEmbedder(SETTINGS.model_path())
TEXT = "# 火星咖啡调研\n\n2031年火星咖啡的市场规模为47亿元。\n"
ANNA, BEN = "user:安娜", "browser:本"


def opened(folder: Path, limits: Limits | None = None) -> Uploads:
    return Uploads(folder, SETTINGS, lambda: EMBEDDER, limits)


@pytest.fixture
def uploads(tmp_path: Path) -> Iterator[Uploads]:
    kept = opened(tmp_path)
    yield kept
    kept.close()


def bring(uploads: Uploads, owner: str, name: str, text: str = TEXT) -> str:
    """Bring a file, and wait until it has been read."""
    uploads.folder.mkdir(exist_ok=True)
    coming = uploads.folder / "coming-x"
    coming.write_text(text, "utf-8")
    stored = uploads.take(owner, name, coming)
    uploads.wait()
    return stored


def found(uploads: Uploads, owner: str, question: str = "火星咖啡") -> list[str]:
    """The paths of what an owner finds in their own files."""
    own = uploads.retriever(owner)
    return [h.document for h in own.retrieve(question)] if own else []


def test_a_file_is_read_and_can_be_asked_about(uploads: Uploads) -> None:
    """It is listed with its line of the index, and found by its own path."""
    assert bring(uploads, ANNA, "火星.md") == "火星.md"
    (one,) = uploads.files(ANNA)
    assert (one.name, one.state, one.problem) == ("火星.md", "ready", "")
    assert one.listed is not None
    assert one.listed.title == "火星咖啡调研"
    (path,) = found(uploads, ANNA)
    assert is_own(path)
    assert shown_path(path) == "火星.md"
    assert "安娜" not in path


def test_nobody_sees_the_files_of_another(uploads: Uploads) -> None:
    """Two owners with files of one name each find their own; who brought none finds none."""
    bring(uploads, ANNA, "a.md", TEXT)
    bring(uploads, BEN, "a.md", TEXT.replace("47亿元", "48亿元"))
    for owner, figure in ((ANNA, "47亿元"), (BEN, "48亿元")):
        own = uploads.retriever(owner)
        assert own is not None
        (hit,) = own.retrieve("火星咖啡的市场规模")
        assert figure in hit.text
        assert collection_of(owner) in hit.document
    assert uploads.files("user:别人") == []
    assert uploads.retriever("user:别人") is None
    assert uploads.retriever("") is None
    assert uploads.file(BEN, "b.md") is None


def test_a_file_of_the_same_name_takes_the_place_of_the_first(uploads: Uploads) -> None:
    """There is one of each name, the last that came."""
    bring(uploads, ANNA, "a.md", TEXT)
    bring(uploads, ANNA, "a.md", TEXT.replace("47", "52"))
    assert len(uploads.files(ANNA)) == 1
    own = uploads.retriever(ANNA)
    assert own is not None
    assert "52亿元" in own.retrieve("火星咖啡")[0].text


def test_what_is_removed_is_found_no_more(uploads: Uploads) -> None:
    """File and index forget it; another's removal of the same name does nothing."""
    bring(uploads, ANNA, "a.md")
    assert not uploads.remove(BEN, "a.md")
    assert found(uploads, ANNA)
    assert uploads.remove(ANNA, "a.md")
    uploads.wait()
    assert uploads.files(ANNA) == []
    assert uploads.retriever(ANNA) is None
    assert not uploads.remove(ANNA, "a.md")


def test_a_file_that_cannot_be_read_is_told_with_what_to_do(uploads: Uploads) -> None:
    """It stays in the list with its problem, and the others can be asked about."""
    bring(uploads, ANNA, "坏的.pdf", "not a pdf at all \x00\x01")
    bring(uploads, ANNA, "a.md")
    states = {f.name: (f.state, bool(f.problem)) for f in uploads.files(ANNA)}
    assert states == {"坏的.pdf": ("failed", True), "a.md": ("ready", False)}
    assert found(uploads, ANNA)


@pytest.mark.parametrize(
    ("owner", "name", "kind"),
    [
        ("", "a.md", "nobody"),
        (ANNA, "a.exe", "type"),
        (ANNA, "a.zip", "type"),
        (ANNA, "a.md.meta.yaml", "type"),
        (ANNA, ".wenjuignore", "name"),
        (ANNA, "…/", "name"),
        (ANNA, "", "name"),
    ],
)
def test_what_is_not_taken_is_told_why(uploads: Uploads, owner: str, name: str, kind: str) -> None:
    """Kinds that are not read, names that are none, and files of nobody."""
    with pytest.raises(TooMuch) as caught:
        bring(uploads, owner, name)
    assert caught.value.kind == kind
    assert uploads.files(ANNA) == []


def test_there_is_an_end_to_what_one_reader_may_bring(tmp_path: Path) -> None:
    """Bytes of a file, files, and bytes in all; another reader has room of their own."""
    uploads = opened(tmp_path, Limits(file=200, files=2, all=300))
    with pytest.raises(TooMuch) as caught:
        bring(uploads, ANNA, "a.md", "x" * 201)
    assert caught.value.kind == "size"
    bring(uploads, ANNA, "a.md", "x" * 190)
    with pytest.raises(TooMuch) as caught:
        bring(uploads, ANNA, "b.md", "x" * 190)
    assert caught.value.kind == "all"
    bring(uploads, ANNA, "b.md", "x" * 10)
    with pytest.raises(TooMuch) as caught:
        bring(uploads, ANNA, "c.md", "x")
    assert caught.value.kind == "files"
    bring(uploads, ANNA, "b.md", "y" * 10)
    bring(uploads, BEN, "c.md", "x" * 190)
    uploads.close()


def test_files_are_there_after_a_restart(tmp_path: Path) -> None:
    """Another process finds them ready, without reading them again."""
    first = opened(tmp_path)
    bring(first, ANNA, "a.md")
    ingested = first.files(ANNA)[0].listed
    first.close()
    second = opened(tmp_path)
    (one,) = second.files(ANNA)
    assert one.state == "ready"
    assert one.listed == ingested
    assert found(second, ANNA)
    second.close()


def test_a_file_that_was_not_read_before_the_end_is_read_after_a_restart(tmp_path: Path) -> None:
    """The process may end at any moment: what lies in the folder is the truth."""
    first = opened(tmp_path)
    bring(first, ANNA, "a.md")
    first.close()
    home = tmp_path / collection_of(ANNA) / "files" / f"own-{collection_of(ANNA)}"
    (home / "b.md").write_text(TEXT.replace("火星", "金星"), "utf-8")
    (home / "a.md").unlink()
    second = opened(tmp_path)
    assert [f.name for f in second.files(ANNA)] == ["b.md"]
    second.wait()
    assert [f.state for f in second.files(ANNA)] == ["ready"]
    assert [shown_path(p) for p in found(second, ANNA, "金星咖啡")] == ["b.md"]
    second.close()


def test_an_index_that_does_not_open_is_made_anew(tmp_path: Path) -> None:
    """The files are there to make it of, as after a change of the embedding model."""
    first = opened(tmp_path)
    bring(first, ANNA, "a.md")
    first.close()
    manifest = tmp_path / collection_of(ANNA) / "index" / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace("static_model@", "another@"), "utf-8")
    second = opened(tmp_path)
    second.files(ANNA)
    second.wait()
    assert [f.state for f in second.files(ANNA)] == ["ready"]
    assert found(second, ANNA)
    second.close()


def test_what_nobody_comes_back_for_is_removed(uploads: Uploads) -> None:
    """The files of a browser after a while, those of a user when the user is gone; half a file at once."""
    now = time.time()
    bring(uploads, ANNA, "a.md")
    bring(uploads, BEN, "b.md")
    half = uploads.folder / "coming-half"
    half.write_text("x", "utf-8")
    os.utime(half, (now - 7200, now - 7200))
    uploads.tidy([ANNA], now)
    assert not half.exists()
    assert uploads.files(ANNA)
    assert uploads.files(BEN)
    uploads.tidy(None, now + FORGOTTEN + 60)
    assert uploads.files(ANNA)
    assert uploads.files(BEN) == []
    uploads.tidy([], now)
    assert uploads.files(ANNA) == []
    assert not list(uploads.folder.glob(f"*/{OWNER}"))


def test_a_strange_folder_is_left_alone(uploads: Uploads) -> None:
    """What is no collection of ours is not removed."""
    strange = uploads.folder / "strange"
    strange.mkdir(parents=True)
    (strange / OWNER).write_text("[]", "utf-8")
    uploads.tidy([], time.time() + 10 * FORGOTTEN)
    assert (strange / OWNER).exists()
    (strange / OWNER).write_text(json.dumps({"other": 1}), "utf-8")
    uploads.tidy([], time.time() + 10 * FORGOTTEN)
    assert (strange / OWNER).exists()


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("年报 2024.pdf", "年报 2024.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\x\\表.xlsx", "表.xlsx"),
        ("..hidden.md", "hidden.md"),
        ("a\u202efdp.exe.txt", "afdp.exe.txt"),
        ("<img src=x>.md", "<img src=x>.md"),
        ("a\nb\tc.md", "a b c.md"),
        ("长" * 200 + ".md", "长" * 80 + ".md"),
        (".md", ""),
        ("没有后缀", ""),
    ],
)
def test_a_name_is_stored_without_what_could_do_harm(name: str, stored: str) -> None:
    """No folder, nothing hidden, no marks of direction; an ending stays an ending."""
    assert storable(name) == stored


@given(st.text(max_size=200), st.sampled_from([".md", ".pdf", ""]))
def test_any_name_is_stored_as_one_file_or_not_at_all(name: str, ending: str) -> None:
    """What is stored is a plain name of a file, and storing it again changes nothing."""
    stored = storable(name + ending)
    assert "/" not in stored
    assert "\x00" not in stored
    assert not stored.startswith(".")
    assert storable(stored) == stored
