"""The engine in the folder of the index: tantivy for terms, Chroma for vectors.

The folders carry a number; the catalog names the ones in use, so that one made
again is taken into use by one committed write.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ingest.catalog import Catalog
from ingest.errors import IndexMissing, IndexProblem
from ingest.lexical import LexicalIndex
from ingest.terms import indexed_text, terms_of, tokens
from ingest.vectors import VectorIndex

Vectors = npt.NDArray[np.float32]
T = TypeVar("T", LexicalIndex, VectorIndex)
REBUILD_BATCH = 5000
SAME = 0.99
"""The cosine of a vector and the copy of it that an index gives back."""
PROBED = 8
GRAPH, GRAPH_MARKS = "graph", "graph marks"
"""The facts in the catalog that tell the state of the vectors' files, as of the end of an ingest, and their marks."""
DERIVED = ("lexical", "vectors")


class Embedded:
    """Terms and vectors in folders beside the catalog, made again from it when they do not open or match."""

    def __init__(self, catalog: Catalog) -> None:
        """The process must hold the right to write, for it may have to."""
        repairs: list[str] = []
        cut_off = "an ingest was cut off" if catalog.fact("derived") == "behind" else ""
        damage = cut_off or _damage(catalog)
        self._catalog = catalog
        self._noted = True
        self.lexical = derived(
            catalog, "lexical", LexicalIndex, fill_lexical, cut_off, may_repair=True, repairs=repairs
        )
        self.vectors = derived(catalog, "vectors", VectorIndex, _fill_vectors, damage, may_repair=True, repairs=repairs)
        self.repairs = tuple(repairs)
        if repairs:
            with catalog.transaction():
                catalog.set_fact("derived", "current")
                self._mark_graph()
            self._note_graph()

    def write(self, numbers: Sequence[int], terms: Sequence[str], vectors: Vectors, removed: Sequence[int]) -> None:
        """Add passages and remove others, and mark how the files of the vectors are now."""
        with self.lexical.writing(zip(numbers, terms, strict=True), removed):
            if numbers or removed:
                self.vectors.write(numbers, vectors, removed)
        with self._catalog.transaction():
            self._mark_graph()
        self._noted = False

    def drop(self, *, terms: bool = True) -> None:
        """Remove the folders, or that of the vectors alone."""
        drop(self._catalog, *(DERIVED if terms else ("vectors",)))

    def close(self) -> None:
        """Let go of the files and threads that Chroma keeps for each folder."""
        if not self._noted:
            self._note_graph()
        self.vectors.close()

    def _mark_graph(self) -> None:
        self._catalog.set_fact(GRAPH_MARKS, self.vectors.marks(self.vectors.folder))

    def _note_graph(self) -> None:
        """Note the state of the graph's files, which means to read them all: once an ingest, and not with each commit."""
        if self._catalog.fact(GRAPH_MARKS) == self.vectors.marks(self.vectors.folder):
            with self._catalog.transaction():
                self._catalog.set_fact(GRAPH, self.vectors.state(self.vectors.folder))
        self._noted = True


def drop(catalog: Catalog, *names: str) -> None:
    """Remove what was derived under these names, and that it is in use."""
    with catalog.transaction():
        catalog.forget(*names, GRAPH, GRAPH_MARKS)
    remove_folders(catalog.file.parent, *names)


def remove_folders(folder: Path, *names: str) -> None:
    """Remove the folders of what was derived."""
    for name in names:
        for old in folder.glob(f"{name}-*"):
            shutil.rmtree(old, ignore_errors=True)


def derived(
    catalog: Catalog,
    name: str,
    opener: Callable[[Path], T],
    fill: Callable[[T, Catalog], None],
    reason: str,
    *,
    may_repair: bool,
    repairs: list[str],
) -> T:
    """Open what is derived, or make it again beside the old one and take it into use: at once where there is a `reason`."""
    folder = catalog.file.parent
    in_use = catalog.fact(name)
    if in_use is not None:
        if not reason:
            try:
                opened = opener(folder / in_use)
                reason = "" if not may_repair else _fault(opened, catalog)
                if not reason:
                    return opened
            except IndexProblem as exc:
                if not may_repair:
                    raise
                reason = str(exc)
        repairs.append(f"{name} rebuilt from the catalog: {reason}")
    elif not may_repair:
        raise IndexMissing(f"{folder}: still being made", "try again when the ingest has begun")
    number = int(in_use.rsplit("-", 1)[1]) + 1 if in_use else 1
    while (folder / f"{name}-{number}").exists():
        number += 1
    made = opener(folder / f"{name}-{number}")
    fill(made, catalog)
    with catalog.transaction():
        catalog.set_fact(name, made.folder.name)
    for old in folder.glob(f"{name}-*"):
        if old != made.folder:
            shutil.rmtree(old, ignore_errors=True)
    return made


def folders_look_whole(catalog: Catalog) -> bool:
    """Whether nothing in the folders needs repair, as far as can be seen without opening the vectors."""
    names = {name: catalog.fact(name) for name in DERIVED}
    if not all(name and (catalog.file.parent / name).is_dir() for name in names.values()):
        return False
    if catalog.fact("derived") == "behind" or _damage(catalog):
        return False
    try:
        return not _fault(LexicalIndex(catalog.file.parent / str(names["lexical"])), catalog)
    except IndexProblem:
        return False


def _damage(catalog: Catalog) -> str:
    """What is wrong with the files of the vectors, as far as can be seen without opening them; empty when nothing is."""
    in_use, marks, written = (catalog.fact(name) for name in ("vectors", GRAPH_MARKS, GRAPH))
    if in_use is None or (marks is None and written is None):
        return ""
    folder = catalog.file.parent / in_use
    # A copy has the same bytes, and marks of its own.
    if VectorIndex.marks(folder) == marks or VectorIndex.state(folder) == written:
        return ""
    return "its files are not as they were written"


def _fault(opened: LexicalIndex | VectorIndex, catalog: Catalog) -> str:
    """Why an opened index cannot be used; empty when it can. Asks it one question."""
    passages = catalog.counts()[1]
    if len(opened) != passages:
        return f"holds {len(opened)} passages, the catalog {passages}"
    if not passages:
        return ""
    if isinstance(opened, VectorIndex):
        numbers, vectors = next(catalog.vectors(1))
        nearest = opened.search(vectors[0], 1)
        found = not vectors[0].any() or (bool(nearest) and nearest[0][1] > SAME)
    else:
        numbers = [first := next(catalog.texts())[0]]
        terms = tokens(catalog.passages([first])[first].chunk.text)
        found = not terms or bool(opened.search(terms[:PROBED], 1))
    return "" if found else f"does not find passage {numbers[0]}"


def fill_lexical(index: LexicalIndex, catalog: Catalog) -> None:
    """Write all passages of a catalog."""
    index.write((n, terms_of(indexed_text(heading, text))) for n, heading, text in catalog.texts())


def _fill_vectors(index: VectorIndex, catalog: Catalog) -> None:
    for numbers, vectors in catalog.vectors(REBUILD_BATCH):
        index.write(numbers, vectors)
