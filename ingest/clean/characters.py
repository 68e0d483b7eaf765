"""How likely Chinese characters are beside one another: a small model of pairs.

Trained by `train_characters` on news articles; the file holds counts of pairs
of characters, no text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from ingest.fold import fold

SCALE = 12
"""The file holds surprises in twelfths of a nat, as bytes."""
BACKOFF = 2.0
"""How much less likely, in nats, a character is behind one with which it was not seen."""

Surprises = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Characters:
    """Surprises, in nats, of characters alone (`alone`, by number) and behind another (`keys`, sorted, and `after`).

    `numbers` gives each code point its number, 0 to those not known. A pair's
    key is the first number times the count of numbers plus the second.
    """

    numbers: npt.NDArray[np.uint16]
    alone: Surprises
    keys: npt.NDArray[np.int64]
    after: Surprises

    def surprise(self, text: str) -> Surprises:
        """The surprise of each character but the first, given the one before it; shape (len(text) - 1,)."""
        ids = self.ids(text)
        return self.between(ids[:-1], ids[1:])

    def ids(self, text: str) -> npt.NDArray[np.int64]:
        """The numbers of the characters of a text, folded; shape (len(text),)."""
        folded = fold(text)
        if len(folded) != len(text):
            folded = "".join(fold(c)[:1] or " " for c in text)
        return self.numbers[np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), np.uint32)].astype(np.int64)

    def between(self, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> Surprises:
        """The surprise of each of `second` behind that of `first`; the shapes broadcast."""
        wanted = first * len(self.alone) + second
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[at] == wanted, self.after[at], self.alone[second] + np.float32(BACKOFF))


@cache
def characters() -> Characters:
    """The shipped model."""
    with files("ingest.clean").joinpath("characters.npz").open("rb") as file, np.load(file) as held:
        alphabet, alone, steps, after = (held[name] for name in ("alphabet", "alone", "steps", "after"))
    numbers = np.zeros(0x110000, np.uint16)
    numbers[alphabet] = np.arange(1, len(alphabet) + 1)
    return Characters(
        numbers=numbers,
        alone=alone.astype(np.float32) / SCALE,
        keys=np.cumsum(steps, dtype=np.int64),
        after=after.astype(np.float32) / SCALE,
    )
