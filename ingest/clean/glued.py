"""Where text was glued together: places at which a line or a sentence ended before its break or mark was lost.

Flattened slides and tables run on without any mark. A logistic model over the
characters on both sides of a place tells how likely it is that a mark stood
there; it learned that from news whose marks were taken out
(`evals.bench.train_glued`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ingest.fold import fold_in_place

FILE = "glued.npz"
BUCKETS = 1 << 18
MARKS = frozenset('，。！？；：、,!?;:…“”‘’"（）()《》—·「」『』【】[]|\n\ue000')
"""What the model does not see: it is to find the places of marks."""
DIGIT, FAR = ord("0"), 3


class Model(NamedTuple):
    """A weight for each bucket that groups of characters fall into, and one for all places."""

    weights: npt.NDArray[np.float32]
    intercept: float


def bare(text: str) -> tuple[str, npt.NDArray[np.int64]]:
    """A folded text without marks and white space, and where each of its characters stood."""
    kept = [i for i, c in enumerate(text) if c not in MARKS and not c.isspace()]
    return "".join(text[i] for i in kept), np.array(kept, np.int64)


def buckets(text: str) -> npt.NDArray[np.int64]:
    """The buckets of the place before each character of a bare text; shape (characters, 9).

    Groups are the one, two and three characters on either side, and those that touch the place from both.
    """
    padded = np.frombuffer(("\0" * FAR + text + "\0" * FAR).encode("utf-32-le", "surrogatepass"), np.uint32).astype(
        np.uint64
    )
    padded = np.where((padded >= DIGIT) & (padded < DIGIT + 10), np.uint64(DIGIT), padded)

    def at(offset: int) -> npt.NDArray[np.uint64]:
        return padded[FAR + offset : FAR + offset + len(text)]

    before, behind = (at(-1), at(-2), at(-3)), (at(0), at(1), at(2))
    groups: list[Sequence[npt.NDArray[np.uint64]]] = [
        before[:1], behind[:1], before[:2], behind[:2], (before[0], behind[0]),
        before, behind, (*before[:2], behind[0]), (before[0], *behind[:2]),
    ]  # fmt: skip
    return np.stack([_bucket(seed, group) for seed, group in enumerate(groups, 1)], axis=1)


def _bucket(seed: int, group: Sequence[npt.NDArray[np.uint64]]) -> npt.NDArray[np.int64]:
    mixed = np.full(len(group[0]), seed * 2654435761 % (1 << 32), np.uint64)
    for characters in group:
        mixed = (mixed * np.uint64(1000003)) ^ characters
        mixed ^= mixed >> np.uint64(17)
    mixed *= np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(40)).astype(np.int64) % BUCKETS


@cache
def model() -> Model:
    """The shipped model."""
    with as_file(files("ingest.clean").joinpath(FILE)) as path, np.load(path) as given:
        return Model(given["weights"].astype(np.float32) * float(given["scale"]), float(given["intercept"]))


def seams(text: str, at_least: float) -> list[tuple[int, float]]:
    """The places inside a text, between two characters that no mark parts, where one is likely to be lost: offset and log-odds."""
    known = model()
    letters, places = bare(fold_in_place(text))
    if len(letters) < 2:
        return []
    odds = known.weights[buckets(letters)].sum(axis=1) + known.intercept
    touch = np.flatnonzero((np.diff(places) == 1) & (odds[1:] >= at_least)) + 1
    return [(int(places[i]), float(odds[i])) for i in touch]
