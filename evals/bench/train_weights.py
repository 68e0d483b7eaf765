"""Learn the weights of `assistant/rank.json` and `extract.json` with its trees; `train_confidence` learns those of the confidence.

    python -m evals.bench.train_weights BENCH [--index FOLDER]

For each reading question of the training passages the retriever proposes
candidates; the weights make those that hold the answer likelier than the
others of the same question (conditional logit, McFadden 1973), with a small
L2 penalty. Sentences are then ranked further by trees over more features
(`grow_trees.py`). Figures are those of the other 40 % of the passages.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

import assistant
from assistant.extract import TREES, candidates
from assistant.extract import WEIGHTS as SENTENCES
from assistant.features import features_of
from assistant.question import understand
from assistant.rank import weights
from assistant.retrieve import RANK, Retriever
from assistant.trees import forest, grown
from evals.bench.grow_trees import grow, write
from evals.bench.reading import Asked, for_training, questions, retriever
from ingest.catalog import Vectors
from ingest.fold import squeeze
from ingest.within import Within

ROOT = Path(__file__).parents[2]
Matrix = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
STEPS = {"maxiter": 1000, "ftol": 1e-10}
PENALTY, TINY = 1e-3, 1e-9
GIVEN = frozenset({"coverage_heading", "defines", "row"})
"""Features whose weights are set by hand: encyclopedia passages have next to no headings, definitions asked for or tables."""
READ_AT_ONCE = 10_000
"""Passages whose vectors are read at once."""
READING = "reading questions of 60 % of the passages"


@dataclass(frozen=True, slots=True)
class Group:
    """The candidates of one question: features of shape (candidates, features), and which are right."""

    features: Matrix
    right: npt.NDArray[np.bool_]

    def first(self, count: int) -> Group:
        """The same with the first features alone."""
        return Group(self.features[:, :count], self.right)


class Exact(Retriever):
    """A retriever that compares a question with the vector of every passage.

    The graph of an index does not find quite the same each time it is opened (another passage for two questions in
    four hundred), and weights learned of that would differ in their last digits.
    """

    @cached_property
    def _all_vectors(self) -> tuple[list[int], Matrix]:
        numbers, vectors = zip(*self.index.catalog.vectors(READ_AT_ONCE), strict=True)
        return list(chain.from_iterable(numbers)), np.concatenate(vectors).astype(np.float32)

    def _nearest(self, vector: Vectors, k: int, within: Within | None) -> list[int]:  # noqa: ARG002  # none keeps to some here
        numbers, vectors = self._all_vectors
        return [numbers[at] for at in np.argsort(-(vectors @ vector), kind="stable")[:k].tolist()]


def passage_groups(reader: Retriever, asked: Asked, names: Sequence[str]) -> list[Group]:
    """All candidates of a question: right are those of the document that answers, and once more those with the answer.

    Empty when none or all are. No weight learned before has a say in which they are.
    """
    question = understand(asked.question)
    weighted = reader.weigh(question)
    passages, found = reader.candidates(question, weighted)
    answers = [squeeze(a) for a in asked.answers]
    of_document = [p.document == asked.passage for p in passages]
    answering = [
        there and any(a in squeeze(p.chunk.text) for a in answers)
        for there, p in zip(of_document, passages, strict=True)
    ]
    told = features_of(weighted, found)
    features = [told.of(at) for at in range(len(found))]
    return [*_groups(features, of_document, names), *_groups(features, answering, names)]


def sentence_groups(reader: Retriever, asked: Asked, names: Sequence[str]) -> list[Group]:
    """All sentences read for a question; empty when none or all hold the answer."""
    question = understand(asked.question)
    ranked = candidates(question, reader.weigh(question), reader.retrieve(question, 10))
    answers = [squeeze(a) for a in asked.answers]
    right = [c.hit.document == asked.passage and any(a in squeeze(c.text) for a in answers) for c in ranked]
    return _groups([c.features for c in ranked], right, names)


def feature_names(reader: Retriever, asked: Asked) -> list[str]:
    """The features of sentences, as any question has them."""
    question = understand(asked.question)
    return list(candidates(question, reader.weigh(question), reader.retrieve(question, 1))[0].features)


def _groups(features: Sequence[dict[str, float]], right: Sequence[bool], names: Sequence[str]) -> list[Group]:
    if not any(right) or all(right):
        return []
    return [Group(np.array([[f[n] for n in names] for f in features], np.float32), np.array(right))]


def fit(
    groups: Sequence[Group], names: Sequence[str], so_far: dict[str, float], *, speaking_for: bool
) -> dict[str, float]:
    """Weights by feature that make the right candidates of each group likely; with `speaking_for` none below 0.

    Those that are given, or never vary in these groups, keep their weights.
    """
    features = np.concatenate([g.features for g in groups]).astype(np.float64)
    # The penalty is for weights of features that all vary alike.
    scale = np.maximum(features.std(axis=0), TINY)
    features /= scale
    right = np.concatenate([g.right for g in groups]).astype(np.float64)
    sizes = [len(g.right) for g in groups]
    starts = np.cumsum([0, *sizes[:-1]])

    def spread(of_groups: Floats) -> Floats:
        return np.repeat(of_groups, sizes)

    def loss(weight: Floats) -> tuple[float, Floats]:
        scores = features @ weight
        odds = np.exp(scores - spread(np.maximum.reduceat(scores, starts)))
        all_odds, right_odds = np.add.reduceat(odds, starts), np.add.reduceat(odds * right, starts) + 1e-30
        slope = odds / spread(all_odds) - odds * right / spread(right_odds)
        value = float(np.mean(np.log(all_odds) - np.log(right_odds)) + PENALTY * weight @ weight)
        return value, features.T @ slope / len(groups) + 2 * PENALTY * weight

    bounds = [(0.0 if speaking_for else None, None)] * len(names)
    weight = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", bounds=bounds, options=STEPS).x
    varies = [n not in GIVEN and bool(s > TINY) for n, s in zip(names, scale, strict=True)]
    return {n: round(float(w), 4) if v else so_far[n] for n, w, v in zip(names, weight / scale, varies, strict=True)}


def weighed(groups: Sequence[Group], learned: dict[str, float], names: Sequence[str]) -> list[Matrix]:
    """The scores of the candidates of each group by weights of the first of their features."""
    weight = np.array([learned[n] for n in names], np.float32)
    return [g.features[:, : len(names)] @ weight for g in groups]


def hit_rates(groups: Sequence[Group], scores: Sequence[Matrix]) -> dict[str, float]:
    """The share of groups with a right candidate first, and among the first three and five."""
    ranks = []
    for g, s in zip(groups, scores, strict=True):
        order = np.argsort(-s, kind="stable")
        ranks.append(int(np.flatnonzero(g.right[order])[0]))
    return {f"@{k}": float(np.mean([r < k for r in ranks])) for k in (1, 3, 5)}


def grow_on(
    training: Sequence[Group], held: Sequence[Group], learned: dict[str, float], names: Sequence[str]
) -> dict[str, float]:
    """Grow the trees of sentences on top of the weights of the first features, write them, and give the figures of both."""
    known = [n for n in learned if n != "intercept"]
    so_far = weighed(training, learned, known)
    trees = grow(
        np.concatenate([g.features for g in training]),
        np.concatenate([g.right for g in training]),
        [len(g.right) for g in training],
        np.concatenate(so_far),
        names,
    )
    kept = grown(names, trees)
    scores = []
    for g, s in zip(held, weighed(held, learned, known), strict=True):
        rows = [dict(zip(names, map(float, f), strict=True)) for f in g.features]
        scores.append(s + np.array(kept.scores(rows), np.float32))
    figures = {k: round(v, 4) for k, v in hit_rates(held, scores).items()}
    write(Path(assistant.__file__).parent / TREES, names, trees, {"trained_on": READING, "held_out": figures})
    forest.cache_clear()
    print(f"{TREES}: held out {figures}", file=sys.stderr, flush=True)
    return figures


def write_weights(file: str, trained_on: str, learned: dict[str, float], held_out: Mapping[str, object]) -> None:
    """Write learned weights beside those that ship, with the figures of what they were not learned on, which are told."""
    print(f"{file}: held out {json.dumps(held_out, indent=1)}", file=sys.stderr, flush=True)
    written = {"trained_on": trained_on, "held_out": held_out, "weights": learned}
    (Path(assistant.__file__).parent / file).write_text(json.dumps(written, indent=2) + "\n", "utf-8")
    weights.cache_clear()


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description="Learn the weights that ship.")
    parser.add_argument("bench", type=Path)
    parser.add_argument("--index", type=Path, default=Path("build/reading-index"))
    parser.add_argument("--articles", type=int, default=15_000)
    parser.add_argument("--only", choices=(RANK, SENTENCES), help="learn this file alone")
    given = parser.parse_args()
    opened = retriever(given.index, given.bench, given.articles)
    reader = Exact(opened.index, opened.embedder)
    asked = questions(given.bench)
    for file, groups_of in ((RANK, passage_groups), (SENTENCES, sentence_groups)):
        if given.only and given.only != file:
            continue
        names = known = [n for n in weights(file) if n != "intercept"]
        if file == SENTENCES:
            names = known + [n for n in feature_names(reader, asked[0]) if n not in known]
        groups = {q.id: groups_of(reader, q, names) for q in asked}
        training = [g for q in asked if for_training(q.passage) for g in groups[q.id]]
        held = [groups[q.id][0] for q in asked if groups[q.id] and not for_training(q.passage)]
        first = [g.first(len(known)) for g in training]
        learned = fit(first, known, weights(file), speaking_for=file == RANK)
        figures = {k: round(v, 4) for k, v in hit_rates(held, weighed(held, learned, known)).items()}
        write_weights(file, READING, learned, figures)
        if file == SENTENCES:
            grow_on(training, held, learned, names)


if __name__ == "__main__":
    main()
