"""The nearest vectors, kept by Chroma."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from ingest.errors import IndexProblem
from ingest.vectors import VectorIndex, Vectors


def unit_vectors(count: int, dimension: int = 16, seed: int = 1) -> Vectors:
    """Random vectors of length 1."""
    drawn = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def test_the_nearest_come_first_with_their_cosine(tmp_path: Path) -> None:
    """A search gives the numbers of the nearest vectors and their cosine, best first."""
    vectors = unit_vectors(50)
    index = VectorIndex(tmp_path / "v")
    index.write(range(101, 151), vectors)
    found = index.search(vectors[7], 5)
    cosines = vectors @ vectors[7]
    assert [n - 101 for n, _ in found] == np.argsort(-cosines)[:5].tolist()
    assert [c for _, c in found] == pytest.approx(np.sort(cosines)[::-1][:5].tolist(), abs=1e-5)


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    """A new index can be asked at once, and asking for more than there are gives all."""
    index = VectorIndex(tmp_path / "v")
    assert index.search(unit_vectors(1)[0], 5) == []
    index.write([1, 2], unit_vectors(2))
    assert len(index.search(unit_vectors(1)[0], 5)) == 2


def test_writing_removes_and_adds(tmp_path: Path) -> None:
    """What is removed is found no more; numbers that are not there may be removed."""
    vectors = unit_vectors(4)
    index = VectorIndex(tmp_path / "v")
    index.write([1, 2, 3], vectors[:3])
    index.write([4], vectors[3:], removed=[2, 99])
    assert len(index) == 3
    assert {n for n, _ in index.search(vectors[1], 5)} == {1, 3, 4}


def test_a_thousand_neighbours_are_kept(tmp_path: Path) -> None:
    """Among some thousands of vectors each finds itself."""
    vectors = unit_vectors(3000)
    index = VectorIndex(tmp_path / "v")
    index.write(range(3000), vectors)
    assert len(index) == 3000
    asked = range(0, 3000, 30)
    assert sum(index.search(vectors[n], 1)[0][0] == n for n in asked) >= len(asked) - 1


def test_a_file_that_is_no_database_is_an_index_problem(tmp_path: Path) -> None:
    """Vectors whose database is garbage refuse to open, with one of the project's own errors."""
    (tmp_path / "v").mkdir()
    (tmp_path / "v" / "chroma.sqlite3").write_bytes(b"garbage" * 1000)
    with pytest.raises(IndexProblem, match="do not open"):
        VectorIndex(tmp_path / "v")


def test_other_vectors_may_be_begun_meanwhile(tmp_path: Path) -> None:
    """Vectors that are open go on answering when others are opened and begun in the same process."""
    vectors = unit_vectors(2)
    first = VectorIndex(tmp_path / "first")
    first.write([1], vectors[:1])
    second = VectorIndex(tmp_path / "second")
    second.write([2], vectors[1:])
    first.write([3], vectors[1:])
    assert [len(first), len(second)] == [2, 1]
    assert first.search(vectors[1], 1)[0][0] == 3
    assert VectorIndex(tmp_path / "first").search(vectors[0], 1)[0][0] == 1


def test_a_removed_folder_can_be_begun_anew(tmp_path: Path) -> None:
    """Vectors can be made again where some were opened and removed before in the same process."""
    index = VectorIndex(tmp_path / "v")
    index.write([1], unit_vectors(1))
    shutil.rmtree(tmp_path / "v")
    again = VectorIndex(tmp_path / "v")
    assert len(again) == 0
    again.write([2], unit_vectors(1))
    assert len(again) == 1


def test_the_state_changes_with_what_is_written_only(tmp_path: Path) -> None:
    """The files of a graph stay as they are while they are read, and change when vectors are written or a byte is lost."""
    vectors = unit_vectors(2500)
    index = VectorIndex(tmp_path / "v")
    index.write([1], vectors[:1])
    assert VectorIndex.state(tmp_path / "v") == VectorIndex.marks(tmp_path / "v") == ""
    index.write(range(2, 1300), vectors[1:1299])
    first, marks = VectorIndex.state(tmp_path / "v"), VectorIndex.marks(tmp_path / "v")
    index.search(vectors[0], 3)
    index.close()
    VectorIndex(tmp_path / "v").search(vectors[0], 3)
    assert VectorIndex.state(tmp_path / "v") == first != ""
    assert VectorIndex.marks(tmp_path / "v") == marks != ""
    VectorIndex(tmp_path / "v").write(range(1300, 2500), vectors[1300:])
    second = VectorIndex.state(tmp_path / "v")
    assert second != first
    assert VectorIndex.marks(tmp_path / "v") != marks
    (graph,) = (tmp_path / "v").glob("*/data_level0.bin")
    graph.write_bytes(graph.read_bytes()[:-1])
    assert VectorIndex.state(tmp_path / "v") != second
