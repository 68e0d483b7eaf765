"""The catalog keeps documents whole, or not at all."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import HashEmbedder, report
from hypothesis import given
from noise import drop_emoji, paragraphs

from ingest.bounds import Bounds
from ingest.catalog import Catalog, Passage
from ingest.clean.stages import clean
from ingest.document import Block, Chunk, Document, Edit, Page, Passages, Span, View
from ingest.errors import IndexProblem
from ingest.prepare import indexed
from ingest.read.text import read_text
from ingest.split import split


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    """An empty catalog."""
    return Catalog(tmp_path / "catalog.sqlite")


def passages(path: str, text: str) -> Passages:
    """A document with its passages and vectors."""
    document = clean(read_text(text.encode(), path))
    chunks = split(document, 80)
    return replace(indexed(document, chunks), vectors=HashEmbedder().passages([c.text for c in chunks]))


FULL = Document(
    path="甲/乙.pdf", format="pdf", raw="第一页😀\n第二页\ue000",
    view=View.of("第一页😀\n第二页\ue000").edit([Edit(3, 4), Edit(4, 5, "。")]),
    sha256="abc", encoding="gb18030", title="题目", pages=(Page("i", Span(0, 4)), Page("1", Span(5, 9))),
    blocks=(Block("heading", Span(0, 3), 2), Block("table", Span(5, 8))), cleaned=(("emoji", 1), ("pinyin", 9)),
    repaired=(Span(1, 2),), damaged=(Span(8, 9),), warnings=("odd",),
)  # fmt: skip


def test_a_document_comes_back_whole(catalog: Catalog) -> None:
    """All that is known of a document is kept, its view and map included."""
    with catalog.transaction():
        catalog.put(Passages(FULL, (), (), None, np.zeros((0, 3), np.float32)))
    assert catalog.document("甲/乙.pdf") == FULL
    with pytest.raises(KeyError):
        catalog.document("other")


@given(paragraphs())
def test_any_view_comes_back_whole(text: str) -> None:
    """The map of any cleaned text is kept exactly."""
    catalog = Catalog(Path(":memory:"))
    document = clean(read_text(drop_emoji(text, 9).encode(), "a.txt"))
    with catalog.transaction():
        catalog.put(Passages(document, (), (), None, np.zeros((0, 3), np.float32)))
    assert catalog.document("a.txt") == document
    catalog.close()


def test_passages_come_back_in_order(catalog: Catalog) -> None:
    """Passages are found by number and by document, with their vectors to three digits."""
    given_first, given_second = passages("b.txt", report(1)), passages("a.txt", report(2))
    with catalog.transaction():
        first, second = catalog.put(given_first), catalog.put(given_second)
    assert [p.chunk for p in catalog.passages_of("b.txt")] == list(given_first.chunks)
    assert [p.number for p in catalog.passages_of("a.txt")] == second
    found = catalog.passages([*second, *first, 999])
    assert set(found) == {*first, *second}
    assert found[second[0]] == Passage(second[0], "a.txt", given_second.document.title, given_second.chunks[0])
    assert catalog.counts() == (2, len(first) + len(second))
    assert catalog.listing.passages_within(Bounds.of(["a.txt", "none"])).tolist() == second
    assert [n for n, *_ in catalog.texts()] == first + second
    assert given_first.vectors is not None
    numbers, vectors = next(catalog.vectors(len(first)))
    assert numbers == first
    assert np.allclose(vectors, given_first.vectors, atol=1e-3)


def test_many_numbers_are_asked_in_pages(catalog: Catalog) -> None:
    """More numbers than one statement takes can be asked for at once."""
    document = Document(path="a.txt", format="txt", raw="甲" * 1300, view=View.of("甲" * 1300))
    chunks = tuple(Chunk(Span(i, i + 1), Span(i, i + 1), "甲") for i in range(1300))
    with catalog.transaction():
        numbers = catalog.put(replace(indexed(document, chunks), vectors=np.ones((1300, 2), np.float32)))
    assert len(catalog.passages(numbers)) == 1300
    assert [len(n) for n, _ in catalog.vectors(500)] == [500, 500, 300]


def test_removing_takes_passages_along(catalog: Catalog) -> None:
    """A document goes with its passages, and their numbers are never given again."""
    with catalog.transaction():
        first = catalog.put(passages("a.txt", report(1)))
    with catalog.transaction():
        assert catalog.remove("a.txt") == first
        assert catalog.remove("a.txt") == []
        again = catalog.put(passages("a.txt", report(1)))
    assert not set(first) & set(again)
    assert catalog.passages(first) == {}
    assert catalog.counts() == (1, len(again))


def test_an_exception_takes_all_back(catalog: Catalog) -> None:
    """Nothing of a transaction that fails is kept, documents, passages and facts alike."""
    with catalog.transaction():
        catalog.put(passages("a.txt", report(1)))
        catalog.set_fact("derived", "current")
    before = catalog.listing.documents(), catalog.counts()

    def interrupted() -> None:
        with catalog.transaction():
            catalog.remove("a.txt")
            catalog.put(passages("b.txt", report(2)))
            catalog.set_fact("derived", "behind")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (catalog.listing.documents(), catalog.counts()) == before
    assert catalog.fact("derived") == "current"


def test_a_path_is_taken_once(catalog: Catalog) -> None:
    """Two documents of one path cannot stand beside each other."""
    with catalog.transaction():
        catalog.put(passages("a.txt", report(1)))
    with pytest.raises(sqlite3.IntegrityError), catalog.transaction():
        catalog.put(passages("a.txt", report(2)))
    assert catalog.counts()[0] == 1


def test_passages_need_vectors(catalog: Catalog) -> None:
    """A document whose passages were not embedded is not taken in."""
    bare = passages("a.txt", report(1))
    for vectors in (None, np.ones((1, 3), np.float32)):
        with pytest.raises(ValueError, match=r"a\.txt: passages without vectors"), catalog.transaction():
            catalog.put(replace(bare, vectors=vectors))


def test_documents_are_listed_by_path(catalog: Catalog) -> None:
    """The table of documents tells what each is and how much it holds."""
    with catalog.transaction():
        catalog.put(passages("b.txt", report(1)))
        catalog.put(passages("a.txt", report(2)))
    first, second = catalog.listing.documents()
    assert (first.path, second.path) == ("a.txt", "b.txt")
    assert first.characters == len(report(2))
    assert first.passages == len(catalog.passages_of("a.txt"))
    assert first.ingested.endswith("+00:00")
    assert set(catalog.listing.digests()) == {"a.txt", "b.txt"}


def test_an_older_catalog_is_listed_when_it_is_opened(catalog: Catalog) -> None:
    """What stood among the notes of a document before there was a table for it is found there, and moves go on."""
    with catalog.transaction():
        for number, name in enumerate("ab"):
            catalog.put(passages(f"{name}.txt", report(number)))
    catalog.close()
    older = sqlite3.connect(catalog.file)
    told = {"publisher": "艾瑞", "date": "2023-06", "root": "/reports"}
    more = {"cleaned": [["emoji", 3], ["pinyin", 4]], "damaged": [[1, 2]], "warnings": ["慢"]}
    for n, (notes,) in enumerate(older.execute("SELECT notes FROM documents ORDER BY id").fetchall(), 1):
        given = json.loads(notes) | (told | more if n == 1 else {})
        older.execute("UPDATE documents SET notes = ? WHERE id = ?", (json.dumps(given, ensure_ascii=False), n))
    older.execute("DROP TABLE listing")
    older.commit()
    older.close()
    opened = Catalog(catalog.file)
    first, second = opened.listing.documents()
    assert (first.publisher, first.date, first.root, first.warnings) == ("艾瑞", "2023-06", "/reports", ("慢",))
    assert (first.cleaned, first.damaged, first.repaired) == (7, 1, 0)
    assert first.characters == len(report(0))
    assert (second.publisher, second.date, second.root, second.cleaned) == ("", "", "", 0)
    assert opened.document("a.txt").publisher == "艾瑞"
    with opened.transaction():
        opened.listing.move({"c.txt": "a.txt"}, {"c.txt": "/elsewhere"})
    assert opened.listing.roots() == {"c.txt": "/elsewhere", "b.txt": ""}
    assert opened.document("c.txt").root == "/elsewhere"


def test_what_is_kept_is_seen_by_others(catalog: Catalog) -> None:
    """Another opening of the file sees what was committed, and not what was not yet."""
    other = Catalog(catalog.file)
    with catalog.transaction():
        catalog.put(passages("a.txt", report(1)))
        assert other.counts() == (0, 0)
    assert other.counts()[0] == 1


def test_a_file_that_is_no_catalog_is_an_index_problem(tmp_path: Path) -> None:
    """A file of something else is refused with advice."""
    (tmp_path / "catalog.sqlite").write_bytes(b"garbage" * 1000)
    with pytest.raises(IndexProblem, match="not a catalog") as caught:
        Catalog(tmp_path / "catalog.sqlite")
    assert caught.value.advice
