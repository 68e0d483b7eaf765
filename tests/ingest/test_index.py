"""An index that is whole, or is made whole, or says what to do."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import HashEmbedder, mark, report

from ingest.being_written import TERMS_ALONE
from ingest.clean.stages import clean
from ingest.document import Passages
from ingest.errors import IndexBusy, IndexMismatch, IndexMissing, IndexProblem
from ingest.index import Index, begin, is_written, open_index, opening, read_manifest, writing
from ingest.pipeline import ingest
from ingest.prepare import indexed
from ingest.read.text import read_text
from ingest.settings import FORMAT_VERSION, Settings
from ingest.split import split
from ingest.terms import indexed_text, tokens
from ingest.vectors import VectorIndex, Vectors

MODEL = HashEmbedder().identity


@pytest.fixture
def folder(built_index: Path, tmp_path: Path) -> Path:
    """A copy of an index of five reports, free to be broken."""
    shutil.copytree(built_index, tmp_path / "index")
    return tmp_path / "index"


def derived(folder: Path, name: str) -> Path:
    (found,) = folder.glob(f"{name}-*")
    return found


def assert_answers(index: Index, reports: int = 5) -> None:
    """Every passage of every report is found by its own word and by its own vector."""
    assert index.catalog.counts()[0] == reports
    assert len(index.lexical) == len(index.vectors) == index.catalog.counts()[1]
    for number in range(reports):
        (found,) = index.lexical.search([mark(number, 1)], 5)
        passage = index.catalog.passages([found[0]])[found[0]]
        assert passage.document == f"{number:03d}.txt"
    for numbers, vectors in index.catalog.vectors(100):
        assert [index.vectors.search(v, 1)[0][0] for v in vectors] == numbers


def passages(path: str, text: str) -> Passages:
    document = clean(read_text(text.encode(), path))
    chunks = split(document, 400)
    return replace(indexed(document, chunks), vectors=HashEmbedder().passages([c.text for c in chunks]))


def test_an_index_answers_after_it_was_closed(folder: Path) -> None:
    """What was stored is found when the index is opened again, and nothing had to be repaired."""
    index = open_index(folder, MODEL)
    assert index.repairs == ()
    assert_answers(index)


def test_the_manifest_tells_what_made_it(folder: Path, settings: Settings) -> None:
    """The manifest holds the format, the settings' fingerprint and the model's identity."""
    manifest = read_manifest(folder)
    assert manifest is not None
    assert (manifest.format, manifest.settings, manifest.embedding) == (FORMAT_VERSION, settings.fingerprint(), MODEL)


def test_a_folder_without_index_is_missing(tmp_path: Path) -> None:
    """Opening what was never ingested says how to ingest."""
    with pytest.raises(IndexMissing, match="no index here") as caught:
        open_index(tmp_path / "none")
    assert "wenju ingest" in caught.value.advice
    assert not (tmp_path / "none").exists()


def test_another_model_is_a_mismatch(folder: Path, settings: Settings) -> None:
    """An index made with another model is refused by readers and writers, with both names and the way out."""
    with pytest.raises(IndexMismatch, match="embedding model hash-32, now other") as caught:
        open_index(folder, "other")
    assert "--rebuild" in caught.value.advice
    with pytest.raises(IndexMismatch), writing(folder):
        begin(folder, settings.fingerprint(), "other")
    assert_answers(open_index(folder))


def test_other_settings_are_a_mismatch(folder: Path) -> None:
    """An index made with other settings is refused by writers, with the way out."""
    with pytest.raises(IndexMismatch, match="settings") as caught, writing(folder):
        begin(folder, Settings(_env_file=None, passage_size=99).fingerprint(), MODEL)  # type: ignore[call-arg]
    assert "--rebuild" in caught.value.advice


def test_an_index_of_another_format_is_a_mismatch(folder: Path) -> None:
    """An index that a later version made is refused."""
    content = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").write_text(json.dumps(content | {"format": FORMAT_VERSION + 1}), "utf-8")
    with pytest.raises(IndexMismatch, match=f"format {FORMAT_VERSION + 1}"):
        open_index(folder)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 1}', "null", '"x"'])
def test_a_manifest_that_cannot_be_read_is_a_problem(folder: Path, content: str) -> None:
    """A damaged manifest is reported with advice, never with a traceback."""
    (folder / "manifest.json").write_text(content, "utf-8")
    with pytest.raises(IndexProblem, match="cannot be read") as caught:
        open_index(folder)
    assert "--rebuild" in caught.value.advice


@pytest.mark.parametrize("name", ["lexical", "vectors"])
def test_a_deleted_folder_is_made_again(folder: Path, name: str) -> None:
    """What is derived and gone is made again from the catalog when the index is opened, and that is told."""
    shutil.rmtree(derived(folder, name))
    index = open_index(folder, MODEL)
    assert [r.split(" ")[0] for r in index.repairs] == [name]
    assert_answers(index)
    assert open_index(folder, MODEL).repairs == ()


@pytest.mark.parametrize("how", ["garbage", "half", "empty"])
@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("lexical", "meta.json"),
        ("lexical", "*.term"),
        ("lexical", "*.idx"),
        ("lexical", "*.store"),
        ("lexical", "*.fast"),
        ("vectors", "chroma.sqlite3"),
    ],
)
def test_a_damaged_file_is_made_again(folder: Path, name: str, file: str, how: str) -> None:
    """A damaged part is rebuilt beside the old one, taken into use and told of."""
    (broken,) = derived(folder, name).glob(file)
    content = broken.read_bytes()
    broken.write_bytes({"garbage": b"\x5a" * len(content), "half": content[: len(content) // 2], "empty": b""}[how])
    index = open_index(folder, MODEL)
    assert len(index.repairs) == 1
    assert index.repairs[0].startswith(f"{name} rebuilt from the catalog: ")
    assert_answers(index)
    assert derived(folder, name).name != f"{name}-1"


def test_a_lost_file_that_only_a_search_needs_is_made_again(folder: Path) -> None:
    """A file that is only read when a question is asked is missed at opening already."""
    (lost,) = derived(folder, "lexical").glob("*.pos")
    lost.unlink()
    assert_answers(open_index(folder, MODEL))


def test_both_parts_can_be_made_again_at_once(folder: Path) -> None:
    """With nothing left but the catalog and the manifest, all is made again."""
    for name in ("lexical", "vectors"):
        shutil.rmtree(derived(folder, name))
    index = open_index(folder, MODEL)
    assert len(index.repairs) == 2
    assert_answers(index)


def test_what_does_not_match_the_catalog_is_made_again(folder: Path) -> None:
    """Passages that the catalog has and a derived part has not are missed at opening."""
    index = open_index(folder, MODEL)
    numbers = [n for n, *_ in index.catalog.texts()]
    index.lexical.write([], removed=numbers[:1])
    index.vectors.write([], np.zeros((0, 1), np.float32), removed=numbers[:2])
    index.close()
    again = open_index(folder, MODEL)
    count = len(numbers)
    assert [r.rsplit(": ", 1)[1] for r in again.repairs] == [
        f"holds {count - 1} passages, the catalog {count}",
        f"holds {count - 2} passages, the catalog {count}",
    ]
    assert_answers(again)


def test_a_lost_catalog_is_a_problem(folder: Path) -> None:
    """An index whose catalog is gone does not pass for an empty one."""
    for file in folder.glob("catalog.sqlite*"):
        file.unlink()
    with pytest.raises(IndexProblem):
        open_index(folder, MODEL)


def test_a_damaged_catalog_is_a_problem(folder: Path) -> None:
    """An index whose catalog is damaged is refused with advice: there is nothing to make it again from."""
    for file in folder.glob("catalog.sqlite*"):
        file.write_bytes(b"garbage" * 500)
    with pytest.raises(IndexProblem, match="not a catalog") as caught:
        open_index(folder, MODEL)
    assert caught.value.advice


def test_storing_replaces_and_removes_at_once(folder: Path) -> None:
    """A document takes the place of its older self, and others leave, in all parts alike."""
    index = open_index(folder, MODEL)
    with writing(folder):
        index.store([passages("000.txt", report(77)), passages("new.txt", report(78))], removed=["001.txt"])
    assert {d.path for d in index.catalog.listing.documents()} == {
        "000.txt",
        "002.txt",
        "003.txt",
        "004.txt",
        "new.txt",
    }
    for gone in (mark(0, 0), mark(1, 0)):
        assert index.lexical.search([gone], 5) == []
    for there in (mark(77, 0), mark(78, 1), mark(2, 0)):
        assert len(index.lexical.search([there], 5)) == 1
    assert len(index.vectors) == len(index.lexical) == index.catalog.counts()[1]
    index.close()
    assert open_index(folder, MODEL).repairs == ()


def test_a_store_that_fails_is_made_good_at_the_next_opening(folder: Path) -> None:
    """When a derived part cannot be written the catalog keeps the document, and the part is made again."""

    class Full:
        def write(self, numbers: list[int], vectors: Vectors, removed: list[int]) -> None:
            raise IndexProblem("no space left on the disk")

        def close(self) -> None:
            """There is nothing to let go of."""

    index = open_index(folder, MODEL)
    index.engine.vectors = Full()  # type: ignore[misc]
    with pytest.raises(IndexProblem, match="no space"), writing(folder):
        index.store([passages("005.txt", report(5))])
    index.close()
    again = open_index(folder, MODEL)
    assert all("cut off" in r for r in again.repairs)
    assert len(again.repairs) == 2
    assert_answers(again, 6)


def test_a_store_that_is_refused_changes_nothing(folder: Path) -> None:
    """When one document cannot be taken in, none of the batch is, and all parts answer as before."""
    index = open_index(folder, MODEL)
    bare = passages("bad.txt", report(6))
    with pytest.raises(ValueError, match="without vectors"), writing(folder):
        index.store([passages("005.txt", report(5)), replace(bare, vectors=None)], removed=["000.txt"])
    assert_answers(index)
    index.close()
    assert open_index(folder, MODEL).repairs == ()


def test_only_one_writes(folder: Path) -> None:
    """A second writer is refused at once, and may try again when the first has ended."""
    with writing(folder):
        with pytest.raises(IndexBusy, match="another process is writing") as caught, writing(folder):
            pass
        assert caught.value.advice
    with writing(folder):
        pass


def test_a_writer_that_fails_lets_go(folder: Path) -> None:
    """The right to write is given back when the writing ends in an error."""
    with pytest.raises(ZeroDivisionError), writing(folder):
        raise ZeroDivisionError
    with writing(folder):
        pass


def test_readers_need_not_wait_for_a_writer(folder: Path) -> None:
    """While another writes, an index is read by its terms alone, which is told; nothing of its vectors is touched."""
    graph = VectorIndex.marks(derived(folder, "vectors"))
    with writing(folder):
        index = open_index(folder, MODEL)
        assert index.repairs == (TERMS_ALONE,)
        assert index.is_current()
        assert len(index.lexical.search([mark(2, 0)], 5)) == 1
        assert index.vectors.search(np.ones(8, np.float32), 5) == []
        with pytest.raises(IndexBusy, match="another process is writing"):
            index.engine.write([], [], np.zeros((0, 8), np.float32), [])
    assert not index.is_current()
    index.close()
    assert VectorIndex.marks(derived(folder, "vectors")) == graph
    with writing(folder):
        # Moved at once: the index that was open still looks into its folder from time to time.
        derived(folder, "lexical").rename(folder / "gone")
        open_index(folder, MODEL).close()
    assert len(open_index(folder, MODEL).repairs) == 1


def test_who_opens_it_is_not_taken_for_a_writer(folder: Path) -> None:
    """Two that open an index in the same moment have both the whole of it, one after the other."""
    with opening(folder):
        assert is_written(folder), "for as long as it is being opened it is not known to be free"
        pool = ThreadPoolExecutor(1)
        later = pool.submit(open_index, folder, MODEL)
        with pytest.raises(TimeoutError):
            later.result(0.2)
    index = later.result()
    pool.shutdown()
    assert index.repairs == ()
    assert_answers(index)
    assert not is_written(folder)


def test_what_was_opened_beside_a_writer_is_opened_anew_when_it_ends(folder: Path) -> None:
    """It is not kept as the whole index, even where that writer changed nothing more."""
    with writing(folder):
        beside = open_index(folder, MODEL)
    assert not beside.is_current()
    beside.close()
    whole = open_index(folder, MODEL)
    assert whole.is_current()
    assert_answers(whole)
    whole.close()


def test_an_index_can_be_moved(folder: Path, tmp_path: Path) -> None:
    """The folder may be copied and renamed: it knows no paths."""
    moved = tmp_path / "其他 地方" / "index"
    shutil.copytree(folder, moved)
    shutil.rmtree(folder)
    index = open_index(moved, MODEL)
    assert index.repairs == ()
    assert_answers(index)


@pytest.mark.parametrize(
    ("heading", "text", "expected"),
    [
        ("", "正文。", "正文。"),
        ("报告 > 市场", "正文。", "报告 > 市场\n正文。"),
        ("报告 > 市场", "市场\n正文。", "市场\n正文。"),
    ],
)
def test_a_passage_is_indexed_under_its_heading(heading: str, text: str, expected: str) -> None:
    """What is indexed names the heading once: before the text, or where the text begins with it."""
    assert indexed_text(heading, text) == expected


def test_headings_can_be_searched_for(tmp_path: Path, settings: Settings, embedder: HashEmbedder) -> None:
    """A passage is found by the words of a heading above it that it does not repeat."""
    (tmp_path / "a.md").write_text("# 年度展望\n\n" + "这一节的正文说的是别的事情。" * 60, "utf-8")
    ingest([tmp_path / "a.md"], tmp_path / "index", settings, embedder)
    index = open_index(tmp_path / "index")
    assert len(index.lexical.search(tokens("展望"), 50)) == index.catalog.counts()[1] > 1


GRAPHS = """
import json, os, shutil, sys
from pathlib import Path

sys.path.append(sys.argv[1])
from fakes import HashEmbedder, fill
from ingest import vectors
from ingest.index import open_index
from ingest.pipeline import ingest
from ingest.settings import Settings

folder = Path(sys.argv[2])
# Few passages after which Chroma writes its graph to the disk.
vectors.HNSW["hnsw"] |= {"batch_size": 30, "sync_threshold": 60}


def make():
    fill(folder / "reports", 20, passages=20)
    settings = Settings(_env_file=None, workers=1, passage_size=60)
    ingest([folder / "reports"], folder / "index", settings, HashEmbedder())


def ask(file, how):
    copy = folder / f"{file}-{how}"
    shutil.copytree(folder / "index", copy)
    (broken,) = copy.glob(f"vectors-*/*/{file}")
    content = broken.read_bytes()
    if how == "deleted":
        broken.unlink()
    elif how == "copied":
        os.utime(broken, (1, 1))
    else:
        garbage = bytes(b ^ 0x5A for b in content)
        broken.write_bytes({"half": content[: len(content) // 2], "empty": b"", "garbage": garbage}[how])
    index = open_index(copy, HashEmbedder().identity)
    numbers, of_passages = next(index.catalog.vectors(10_000))
    found = [index.vectors.search(v, 1)[0][1] > 0.999 for v in of_passages[::13]]
    (copy / "outcome").write_text(json.dumps([len(index.repairs), sum(found), len(found)]))


def forked(work, *given):
    # Chroma may take the process down with it, so each opening gets its own.
    if (child := os.fork()) == 0:
        try:
            work(*given)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


forked(make)
for file, how in json.loads(sys.argv[3]):
    forked(ask, file, how)
"""
BROKEN_GRAPHS = {
    ("header.bin", "empty"): "",
    ("index_metadata.pickle", "half"): "",
    ("length.bin", "deleted"): "",
    ("link_lists.bin", "deleted"): "",
    ("index_metadata.pickle", "deleted"): "",
    ("data_level0.bin", "deleted"): "",
    ("data_level0.bin", "half"): "",
    ("data_level0.bin", "empty"): "",
    ("data_level0.bin", "garbage"): "",
    ("link_lists.bin", "half"): "",
    ("header.bin", "half"): "",
    ("length.bin", "garbage"): "",
    ("length.bin", "copied"): "",
}


@pytest.fixture(scope="module")
def broken_graphs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Indexes whose graph is on the disk, each with another file of it broken, opened and asked."""
    folder = tmp_path_factory.mktemp("graphs")
    command = [sys.executable, "-c", GRAPHS, str(Path(__file__).parent), str(folder), json.dumps(list(BROKEN_GRAPHS))]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize(
    ("file", "how"),
    [
        pytest.param(*broken, marks=[pytest.mark.xfail(strict=True, reason=reason)] if reason else [])
        for broken, reason in BROKEN_GRAPHS.items()
    ],
)
def test_a_damaged_graph_is_made_again(broken_graphs: Path, file: str, how: str) -> None:
    """Vectors whose graph on the disk is damaged are made again, those that were only copied are not, and every passage is its own nearest."""
    outcome = broken_graphs / f"{file}-{how}" / "outcome"
    assert outcome.is_file(), "opening the index crashed"
    repairs, found, asked = json.loads(outcome.read_text())
    assert found == asked > 10
    assert repairs == (how != "copied")
