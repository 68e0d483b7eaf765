"""Where the terms of a question stand in many folded texts, found in all of them at once.

The texts are laid end to end as one array of code points, so that what would be
a loop over texts and terms is a few steps of NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Number = TypeVar("Number", int, Ints)
Bools = npt.NDArray[np.bool_]
APART = "\0\0"
"""What stands between two texts: nothing that a word or number goes on with."""


@dataclass(frozen=True, slots=True)
class Laid:
    """Folded texts laid end to end: `codes` are the code points of `joined`, `starts` where each text begins."""

    joined: str
    codes: npt.NDArray[np.uint32]
    starts: Ints

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """Lay texts, already folded."""
        joined = APART.join((*texts, ""))
        lengths = np.fromiter((len(t) + len(APART) for t in texts), np.int64, len(texts))
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
        return cls(joined, codes, np.cumsum(lengths) - lengths)

    def __len__(self) -> int:
        return len(self.starts)

    def numbered(self, chars: Sequence[str]) -> tuple[Ints, Ints]:
        """Where any of some characters stand, and the number of each in their sequence, from 1."""
        codes = [ord(c) for c in chars]
        table = np.zeros(max(codes, default=0) + 2, np.int64)
        table[codes] = np.arange(1, len(codes) + 1)
        numbers = table.take(self.codes, mode="clip")
        at = np.flatnonzero(numbers)
        return at, numbers[at]


@dataclass(frozen=True, slots=True)
class Matches:
    """Places of terms in laid texts, in order: the place in `joined`, the term's number and the text's."""

    laid: Laid
    at: Ints
    term: Ints
    text: Ints
    terms: int

    def present(self) -> Bools:
        """Which term stands in which text; shape (texts, terms)."""
        found = np.zeros((len(self.laid), self.terms), np.bool_)
        found[self.text, self.term] = True
        return found

    def counted(self, weights: Floats) -> Floats:
        """What the places of a text weigh, each term as often as it stands there; shape (texts,)."""
        return np.bincount(self.text, weights[self.term], len(self.laid)).astype(np.float64)

    def best_window(self, weights: Floats, size: int) -> Floats:
        """The most that distinct terms weigh together within `size` characters of a text; shape (texts,).

        `weights` are the terms', or of shape (texts, terms) where they weigh differently in each text.
        """
        best = np.zeros(len(self.laid))
        if not len(self.at):
            return best
        # A place counts in the windows that end at it or behind, until it is too far or its term comes again.
        until = np.minimum(self.at + size + 1, np.append(self.laid.starts[1:], len(self.laid.codes))[self.text])
        order = np.lexsort((self.at, self.term))
        again = self.term[order[1:]] == self.term[order[:-1]]
        until[order[:-1][again]] = np.minimum(until[order[:-1][again]], self.at[order[1:][again]])
        weight = weights[self.term] if weights.ndim == 1 else weights[self.text, self.term]
        ends = np.searchsorted(self.at, until)
        held = np.cumsum(weight - np.bincount(ends, weight, len(weight) + 1)[:-1])
        # Two terms may begin at one place: the window has both only at the last of them.
        first = np.flatnonzero(np.diff(self.text, prepend=-1))
        best[self.text[first]] = np.maximum.reduceat(held, first)
        return best


def find_all(laid: Laid, terms: Sequence[str]) -> Matches:
    """All places of some terms in laid texts; numbers and words only whole."""
    short = {t: n for n, t in enumerate(terms) if len(t) <= 2 and not _may_go_on(t)}
    found = [_short(laid, short), *(_long(laid, t, n) for n, t in enumerate(terms) if t not in short)]
    at, term = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(at, kind="stable")
    at = at[order]
    text = np.searchsorted(laid.starts, at, "right") - 1
    return Matches(laid, at, term[order], text, len(terms))


def _short(laid: Laid, terms: Mapping[str, int]) -> tuple[Ints, Ints]:
    """Places of terms of one or two characters, with the numbers of the terms."""
    chars = sorted({c for t in terms for c in t})
    number = {c: n for n, c in enumerate(chars, 1)}
    at, chosen = laid.numbered(chars)
    table = np.full((len(chars) + 1, len(chars) + 1), -1)
    for term, n in terms.items():
        table[number[term[0]], number[term[1]] if len(term) == 2 else 0] = n
    single = table[chosen, 0]
    touching = np.flatnonzero(np.diff(at) == 1)
    pair = table[chosen[touching], chosen[touching + 1]]
    places = np.concatenate((at[single >= 0], at[touching][pair >= 0]))
    return places, np.concatenate((single[single >= 0], pair[pair >= 0]))


def _long(laid: Laid, term: str, number: int) -> tuple[Ints, Ints]:
    places = []
    at = find(term, laid.joined, 0)
    while at >= 0:
        places.append(at)
        at = find(term, laid.joined, at + 1)
    return np.array(places, np.int64), np.full(len(places), number)


def find_stretches(laid: Laid, phrase: str, length: int) -> Bools:
    """Which distinct stretches of a phrase, in their order, stand in which laid text; shape (texts, stretches)."""
    stretches = list(dict.fromkeys(phrase[i : i + length] for i in range(len(phrase) - length + 1)))
    # As many characters as can be told apart in a key of 62 bits: over a thousand in stretches of six.
    chars = sorted({*phrase})[: int(2 ** (62 / length)) - 1]
    number = {c: n for n, c in enumerate(chars, 1)}
    base = len(chars) + 1
    known = {_key([number[c] for c in s], base): n for n, s in enumerate(stretches) if all(c in number for c in s)}
    found = np.zeros((len(laid), len(stretches)), np.bool_)
    at, chosen = laid.numbered(chars)
    if len(at) < length or not known:
        return found
    last = len(at) - length + 1
    together = np.flatnonzero(at[length - 1 :] - at[:last] == length - 1)
    keys = _key([chosen[together + k] for k in range(length)], base)
    sought = np.array(sorted(known))
    nearest = np.minimum(np.searchsorted(sought, keys), len(sought) - 1)
    hit = sought[nearest] == keys
    text = np.searchsorted(laid.starts, at[together[hit]], "right") - 1
    found[text, np.array([known[k] for k in sought.tolist()])[nearest[hit]]] = True
    return found


def _key(numbers: Sequence[Number], base: int) -> Number:
    key = numbers[0]
    for n in numbers[1:]:
        key = key * base + n
    return key


def stands_in(term: str, folded: str) -> bool:
    """Whether a term stands in a folded text without thousands separators; numbers and words only whole."""
    return find(term, folded, 0) >= 0


def find(term: str, folded: str, start: int) -> int:
    """Where a term stands next, or -1."""
    place = folded.find(term, start)
    if place < 0 or not _may_go_on(term):
        return place
    while place >= 0:
        end = place + len(term)
        if not (
            _continues(term[0], folded[max(0, place - 2) : place][::-1]) or _continues(term[-1], folded[end : end + 2])
        ):
            return place
        place = folded.find(term, place + 1)
    return -1


def _may_go_on(term: str) -> bool:
    """Whether a term begins or ends with what may be a part of a longer word or number."""
    return not term or term[0].isascii() or term[-1].isascii()


def _continues(char: str, beyond: str) -> bool:
    """Whether the characters beyond a term, the nearest first, make its word or number longer."""
    nearest = beyond[:1]
    if not nearest.isascii() or not nearest or not char.isascii():
        return False
    if char.isdigit():
        return nearest.isdigit() or (nearest == "." and beyond[1:].isdigit())
    return char.isalpha() and nearest.isalpha()
