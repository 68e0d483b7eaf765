"""Passages that a search is kept to: by what bounds tell, or by their numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ingest.bounds import Bounds

Numbers = npt.NDArray[np.int64]
"""Numbers of passages in ascending order; of shape (passages,)."""
Hits = list[tuple[int, float]]
"""Numbers of passages with their scores, best first."""
FEW = 20_000
"""Up to so many an engine is told the passages; it finds more of them sooner by itself."""


class Within:
    """What a search is kept to. Not every engine wants to know the passages, so they are looked up when one does."""

    def __init__(self, bounds: Bounds, passages: Callable[[Bounds], Numbers]) -> None:
        """`passages` gives the numbers of those within bounds."""
        self.bounds = bounds
        self._passages = passages

    @cached_property
    def numbers(self) -> Numbers:
        """The passages of the documents within bounds."""
        return self._passages(self.bounds)


def inside(numbers: Sequence[int], within: Numbers) -> npt.NDArray[np.bool_]:
    """Which of some numbers are among those of `within`; of shape (numbers,)."""
    if not len(within):
        return np.zeros(len(numbers), bool)
    asked = np.asarray(numbers, np.int64)
    return np.asarray(within[np.minimum(np.searchsorted(within, asked), len(within) - 1)] == asked)


def kept(hits: Hits, within: Numbers) -> Hits:
    """Those of some hits that are among `within`."""
    return [hit for hit, stays in zip(hits, inside([n for n, _ in hits], within), strict=True) if stays]


def found_within(search: Callable[[int], Hits], k: int, within: Numbers, passages: int) -> Hits:
    """The `k` best of `within`, of a `search` that gives so many of all `passages`: it is asked for more until there are enough."""
    wide = k if not len(within) else min(passages, 2 * k * passages // len(within) + k)
    while True:
        hits = search(wide)
        found = kept(hits, within)
        if len(found) >= k or len(hits) < wide or wide >= passages:
            return found[:k]
        wide = min(passages, 4 * wide)
