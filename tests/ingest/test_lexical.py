"""BM25 over the terms of passages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ingest.bounds import EVERYTHING
from ingest.errors import IndexProblem
from ingest.lexical import LexicalIndex, drop_lexical
from ingest.terms import terms_of, tokens
from ingest.within import Within


def passages(*texts: tuple[int, str]) -> list[tuple[int, str]]:
    """Texts by number, as the terms that they are found by."""
    return [(number, terms_of(text)) for number, text in texts]


def test_search_ranks_by_bm25(tmp_path: Path) -> None:
    """The passage with more and rarer terms of the question comes first; equal ones come by number."""
    index = LexicalIndex(tmp_path / "l")
    index.write(passages((1, "即时零售的规模"), (2, "即时配送"), (3, "完全无关"), (5, "即时配送"), (4, "即时配送")))
    assert [n for n, _ in index.search(tokens("即时零售"), 10)] == [1, 2, 4, 5]
    assert [n for n, _ in index.search(tokens("即時零售"), 1)] == [1]
    assert index.search(tokens("查询"), 10) == []
    assert index.search([], 10) == []


@pytest.mark.parametrize("few", [0, 1000])
def test_a_search_within_some_passages_is_that_of_all_without_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """The same passages with the same scores in the same order, whether tantivy is told of them or is asked for more."""
    monkeypatch.setattr("ingest.lexical.FEW", few)
    index = LexicalIndex(tmp_path / "l")
    index.write(passages(*((n, "即时零售的门店" + "在社区" * (n % 7) + "规模" * (n % 3)) for n in range(1, 200))))
    terms = tokens("即时零售的规模和门店")
    everything = index.search(terms, 500)
    for within in ([], [7], [500], [1, 9, 50, 51, 199, 300], list(range(20, 160))):
        numbers = Within(EVERYTHING, lambda _, those=within: np.array(those, np.int64))
        held = [hit for hit in everything if hit[0] in within]
        for k in (1, 5, 500):
            found = index.search(terms, k, numbers)
            assert [s for _, s in found] == pytest.approx([s for _, s in held[:k]])
            assert {n for n, _ in found} <= {*within}
            if k == 500:
                assert [n for n, _ in found] == [n for n, _ in held]


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    """A new index can be asked at once."""
    index = LexicalIndex(tmp_path / "l")
    assert len(index) == 0
    assert index.search(["即"], 5) == []


def test_writing_removes_and_adds_in_one_commit(tmp_path: Path) -> None:
    """A passage is replaced by removing its number and adding another."""
    index = LexicalIndex(tmp_path / "l")
    index.write(passages((1, "旧文"), (2, "别文")))
    index.write(passages((3, "新文")), removed=[1])
    assert len(index) == 2
    assert index.search(["旧"], 5) == []
    assert [n for n, _ in index.search(["新"], 5)] == [3]


def test_removed_passages_are_not_counted(tmp_path: Path) -> None:
    """A term's document frequency counts the passages that are there."""
    index = LexicalIndex(tmp_path / "l")
    index.write(passages((1, "旧文"), (2, "别文")))
    index.write(passages((3, "新文")), removed=[1])
    assert index.document_frequency("文") == 2


def test_another_opening_sees_what_was_written(tmp_path: Path) -> None:
    """An index that is open sees later commits when it is refreshed, and a new opening sees them at once."""
    writer = LexicalIndex(tmp_path / "l")
    reader = LexicalIndex(tmp_path / "l")
    writer.write(passages((1, "零售")))
    assert len(reader) == 0
    reader.refresh()
    assert [n for n, _ in reader.search(["零售"], 5)] == [1]
    assert len(LexicalIndex(tmp_path / "l")) == 1


@pytest.mark.parametrize("suffix", ["meta.json", ".term", ".idx", ".store", ".fast", ".fieldnorm", ".managed.json"])
def test_a_truncated_file_is_an_index_problem(tmp_path: Path, suffix: str) -> None:
    """A file that lost its end makes the index refuse to open, and never lets the engine's panic through."""
    LexicalIndex(tmp_path / "l").write(passages((1, "即时零售")))
    (file,) = (f for f in (tmp_path / "l").iterdir() if f.name.endswith(suffix))
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(IndexProblem, match="does not open"):
        LexicalIndex(tmp_path / "l")


def test_dropping_removes_what_cannot_be_read(tmp_path: Path) -> None:
    """A damaged index can be removed, and so can one that is not there."""
    (tmp_path / "l").mkdir()
    (tmp_path / "l" / "meta.json").write_text("garbage")
    drop_lexical(tmp_path / "l")
    drop_lexical(tmp_path / "l")
    assert not (tmp_path / "l").exists()
