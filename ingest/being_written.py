"""The engine of an index in a folder that another process writes to just now: its terms alone.

Chroma's files are for one process at a time: who opens them beside a writer
replays what that has not put in order yet, which takes minutes and can write to
them, or finds half of a file. The terms can be read at any moment.
"""

# ruff: noqa: ARG002  # it is called as any engine is

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ingest.catalog import Catalog
from ingest.embedded import derived, fill_lexical
from ingest.errors import IndexBusy
from ingest.lexical import LexicalIndex
from ingest.within import Hits, Within

TERMS_ALONE = "another process is writing to the index: until it ends, passages are looked for by their terms alone"


class NoVectors:
    """Finds nothing; the passages that the terms propose are still compared with a question by the catalog's vectors."""

    keeps_within = False

    def __len__(self) -> int:
        """None that could be searched."""
        return 0

    def search(self, vector: npt.NDArray[np.float32], k: int, within: Within | None = None) -> Hits:
        """Nothing."""
        return []


class BeingWritten:
    """Reads what another process writes. It repairs nothing, which is for the writer to do."""

    def __init__(self, catalog: Catalog) -> None:
        """Raises IndexMissing while there is nothing to read yet, and IndexProblem for terms that do not open."""
        self.lexical = derived(catalog, "lexical", LexicalIndex, fill_lexical, "", may_repair=False, repairs=[])
        self.vectors = NoVectors()
        self.repairs: tuple[str, ...] = (TERMS_ALONE,)

    def write(
        self,
        numbers: Sequence[int],
        terms: Sequence[str],
        vectors: npt.NDArray[np.float32],
        removed: Sequence[int],
    ) -> None:
        """Raises IndexBusy."""
        raise IndexBusy(TERMS_ALONE, "wait for it to end")

    def drop(self, *, terms: bool = True) -> None:
        """Raises IndexBusy."""
        raise IndexBusy(TERMS_ALONE, "wait for it to end")

    def close(self) -> None:
        """Nothing is held."""
