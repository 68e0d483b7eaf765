"""What tells a passage that answers from one that does not: named features, each speaking for a passage.

All candidates of a question are read together, see `assistant.matches`. Which
features are weighed, and how much, stands in `rank.json`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.matches import Bools, Floats, Ints, Laid, find_all, find_stretches
from assistant.rank import OTHER_WORDING, Weighted, weights

WINDOW = 90
"""Characters in which a question's terms should stand together."""
WINDOWS = (20, 45)
"""The same where terms that stand in the headings need not."""
EXPECTED = 40
"""Passages as which the weights of terms count against their frequencies among the candidates."""
STRETCH = 4
"""Characters of the stretches in which a question's wording is looked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate: its text, its title and headings, both `matchable`; its BM25, 0 where it was not found by it, and cosine.

    `number` is one more than that of the passage before it in the same `document`.
    """

    text: str
    around: str
    bm25: float
    cosine: float
    document: str = ""
    number: int = -1


@dataclass(frozen=True, slots=True)
class Features:
    """The features of several candidates: `values` has shape (candidates, names)."""

    names: tuple[str, ...]
    values: Floats

    def scores(self, file: str) -> Floats:
        """The weighted sum of each candidate's features, as log-odds; the weights are those of a file."""
        learned = weights(file)
        each = np.array([learned.get(n, 0.0) for n in self.names])
        return np.asarray(self.values @ each + learned.get("intercept", 0.0), np.float64)

    def of(self, candidate: int) -> dict[str, float]:
        """The features of one candidate by name."""
        return dict(zip(self.names, self.values[candidate].tolist(), strict=True))


def features_of(question: Weighted, found: Sequence[Found]) -> Features:
    """The features of candidates; those told as shares of the question's weight are 0 to 1."""
    if not found:
        return Features((), np.zeros((0, 0)))
    texts = Laid.of([f.text for f in found])
    with_headings = Laid.of([*(f.text for f in found), *(f.around for f in found)])
    beside = _beside(found)
    columns = _in_best_wording(question, lambda q: _of_terms(q, with_headings, beside) | _of_wording(q, texts))
    bm25, cosine = np.array([f.bm25 for f in found]), np.array([f.cosine for f in found])
    columns["bm25_to_best"] = bm25 / bm25.max() if bm25.max() > 0 else np.zeros(len(found))
    columns["cosine"] = cosine
    columns["cosine_to_best"] = cosine - cosine.max()
    return Features(tuple(columns), np.stack(list(columns.values()), axis=1))


def _in_best_wording(question: Weighted, measured: Callable[[Weighted], dict[str, Floats]]) -> dict[str, Floats]:
    columns = measured(question)
    for other in question.others:
        for name, values in measured(other).items():
            columns[name] = np.maximum(columns[name], OTHER_WORDING * values)
    return columns


def _beside(found: Sequence[Found]) -> Ints:
    """The places of the candidates before and behind each in its document, and their number where that is none; shape (2, candidates)."""
    places = {(f.document, f.number): at for at, f in enumerate(found) if f.document}
    return np.array([[places.get((f.document, f.number + by), len(found)) for f in found] for by in (-1, 1)], np.int64)


def _of_terms(question: Weighted, laid: Laid, beside: Ints) -> dict[str, Floats]:
    """The features of where a question's terms stand, in passages laid before their headings, some of them `_beside` others.

    What headings say is said of all that stands below them, so terms in them count as near to every other. Nor does
    a passage say again what the one before it has said.
    """
    terms, count = list(question.terms), len(laid) // 2
    weight = np.array([question.terms[t] for t in terms], np.float64)
    matches = find_all(laid, terms)
    standing = matches.present()
    in_text, in_headings = standing[:count], standing[count:]
    either = in_text | in_headings
    single = np.array([len(t) == 1 or t.isascii() for t in terms], np.bool_)
    unsaid = np.where(np.concatenate((in_headings, in_headings)), 0.0, weight)
    headings = in_headings @ weight / question.total
    telling = _telling(weight, either)
    features = {
        "coverage": in_text @ weight / question.total,
        "coverage_with_headings": either @ weight / question.total,
        "headings": headings,
        "characters": _share(in_text[:, single], weight[single]),
        "characters_with_headings": _share(either[:, single], weight[single]),
        "rare": _share(either, weight**2),
        "rare_nearby": _share(_or_beside(either, beside), weight**2),
        "often": np.log1p(matches.counted(weight)[:count] / question.total),
        "window": matches.best_window(weight, WINDOW)[:count] / question.total,
        "window_telling": matches.best_window(telling, WINDOW)[:count] / (telling.sum() or 1.0),
    }
    return features | {
        f"window_{size}": headings + matches.best_window(unsaid, size)[:count] / question.total for size in WINDOWS
    }


def _telling(weight: Floats, standing: Bools) -> Floats:
    """How much each term tells the candidates apart: its inverse document frequency among them.

    To these so many passages are added as EXPECTED, of which as many have the
    term as its weight tells of all: few candidates say little of how frequent a term is.
    """
    having = standing.sum(axis=0) + EXPECTED * np.exp(-weight)
    return np.asarray(np.log((len(standing) + EXPECTED) / having).clip(min=0.0), np.float64)


def _or_beside(standing: Bools, beside: Ints) -> Bools:
    """Which terms stand in passages or in those beside them."""
    with_none = np.vstack((standing, np.zeros((1, standing.shape[1]), np.bool_)))
    return np.asarray(standing | with_none[beside].any(axis=0), np.bool_)


def _of_wording(question: Weighted, laid: Laid) -> dict[str, Floats]:
    standing = find_stretches(laid, question.phrase, STRETCH)
    return {"phrases": _share(standing, np.ones(standing.shape[1]))}


def _share(standing: Bools, weights: Floats) -> Floats:
    return np.asarray(standing @ weights / (weights.sum() or 1.0), np.float64)
