"""What a server holds of an index, made to match the catalog: by the numbers of passages, which are never given twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ingest.catalog import Catalog
from ingest.engine import Access, Dense, Lexical
from ingest.errors import IndexProblem
from ingest.terms import indexed_text, terms_of, tokens

Vectors = npt.NDArray[np.float32]
AT_ONCE = 2000
"""Passages that are read and sent together."""
SAME = 0.99
PROBED = 8


class Held(Protocol):
    """What is kept on a server."""

    def __len__(self) -> int:
        """How many passages there are."""

    def numbers(self) -> Iterable[int]:
        """Their numbers."""

    def put(self, numbers: Sequence[int], terms: Sequence[str], vectors: Vectors) -> None:
        """Add passages; those that are there already stay as they are."""

    def take(self, numbers: Sequence[int]) -> None:
        """Remove passages; those that are not there do not matter."""


def match(held: Held, catalog: Catalog, access: Access, where: str, *, terms: bool) -> tuple[str, ...]:
    """Make a server match the catalog, for who writes; what was done. `terms` tells whether they are kept there too.

    Who reads may hold an older copy of the catalog, and changes nothing.
    Raises IndexProblem when what is there is not what the catalog has.
    """
    if access == "trust":
        return ()
    behind = catalog.fact("derived") == "behind"
    there, wanted = len(held), catalog.counts()[1]
    if there == wanted and not behind:
        return ()
    if access == "read":
        raise IndexProblem(
            f"{where}: holds {there} passages, the catalog {wanted}",
            "wenju ingest brings it up to date; of a copied index copy the folder anew",
        )
    added, removed = bring_up(held, catalog, terms=terms)
    with catalog.transaction():
        catalog.set_fact("derived", "current")
    return (f"{where}: {added} passages added and {removed} removed to match the catalog",) if added or removed else ()


def bring_up(held: Held, catalog: Catalog, *, terms: bool) -> tuple[int, int]:
    """Add what is missing and remove what is too much; how many of each."""
    there, known = set(held.numbers()), catalog.numbers()
    too_much, missing = sorted(there - known), known - there
    for at in range(0, len(too_much), AT_ONCE):
        held.take(too_much[at : at + AT_ONCE])
    if missing:
        for numbers, texts, vectors in wanted_rows(catalog, missing):
            held.put(numbers, [terms_of(text) for text in texts] if terms else [""] * len(numbers), vectors)
    return len(missing), len(too_much)


def wanted_rows(catalog: Catalog, wanted: set[int]) -> Iterator[tuple[list[int], list[str], Vectors]]:
    """Numbers, indexed texts and vectors of some passages, in batches."""
    for numbers, texts, vectors in catalog.rows(AT_ONCE):
        at = [i for i, n in enumerate(numbers) if n in wanted]
        if at:
            yield [numbers[i] for i in at], [indexed_text(*texts[i]) for i in at], vectors[at]


def verify(lexical: Lexical, vectors: Dense, catalog: Catalog, samples: int) -> int:
    """Check counts, and that sampled passages are found by their terms and vectors; how many were sampled.

    Raises IndexProblem at the first that is not.
    """
    passages = catalog.counts()[1]
    if {len(lexical), len(vectors)} - {passages}:
        raise IndexProblem(
            f"{len(lexical)} passages by terms and {len(vectors)} by vectors, the catalog has {passages}",
            "wenju ingest makes them match",
        )
    every = sorted(catalog.numbers())
    sampled = set(every[:: max(1, len(every) // samples)])
    for numbers, texts, those in wanted_rows(catalog, sampled):
        for number, text, vector in zip(numbers, texts, those, strict=True):
            rare = sorted(set(tokens(text)), key=lexical.document_frequency)[:PROBED]
            if rare and (not lexical.search(rare, 1) or not all(map(lexical.document_frequency, rare))):
                raise IndexProblem(f"passage {number} is not found by its terms", "wenju migrate once more")
            nearest = vectors.search(vector, 1)
            if vector.any() and (not nearest or nearest[0][1] < SAME):
                raise IndexProblem(f"passage {number} is not found by its vector", "wenju migrate once more")
    return len(sampled)
