"""Learn the weights of `assistant/rank.json` and `assistant/extract.json`.

    python -m evals.bench.train_weights BENCH [--index FOLDER]

For each reading question of the training passages the retriever proposes
candidates; the weights make those that hold the answer likelier than the
others of the same question (conditional logit, McFadden 1973), with a small
L2 penalty. Answers are held against the other 40 % of the passages.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

import assistant
from assistant.extract import WEIGHTS as SENTENCES
from assistant.extract import candidates
from assistant.question import understand
from assistant.rank import weights
from assistant.retrieve import CANDIDATES, RANK, Retriever
from evals.bench.reading import Asked, for_training, questions, retriever
from ingest.fold import squeeze

Matrix = npt.NDArray[np.float32]
PENALTY = 1e-3


@dataclass(frozen=True, slots=True)
class Group:
    """The candidates of one question: features of shape (candidates, features), and which hold the answer."""

    features: Matrix
    right: npt.NDArray[np.bool_]


def passage_group(reader: Retriever, asked: Asked, names: Sequence[str]) -> Group | None:
    """All retrieved passages of a question; None when none or all hold the answer."""
    hits = reader.retrieve(asked.question, 2 * CANDIDATES)
    answers = [squeeze(a) for a in asked.answers]
    right = [h.document == asked.passage and any(a in squeeze(h.text) for a in answers) for h in hits]
    return _group([dict(h.features) for h in hits], right, names)


def sentence_group(reader: Retriever, asked: Asked, names: Sequence[str]) -> Group | None:
    """All sentences read for a question; None when none or all hold the answer."""
    question = understand(asked.question)
    ranked = candidates(question, reader.weigh(question), reader.retrieve(question, 10))
    answers = [squeeze(a) for a in asked.answers]
    right = [c.hit.document == asked.passage and any(a in squeeze(c.text) for a in answers) for c in ranked]
    return _group([c.features for c in ranked], right, names)


def _group(features: Sequence[dict[str, float]], right: Sequence[bool], names: Sequence[str]) -> Group | None:
    if not any(right) or all(right):
        return None
    return Group(np.array([[f[n] for n in names] for f in features], np.float32), np.array(right))


def fit(groups: Sequence[Group], names: Sequence[str]) -> dict[str, float]:
    """Weights by feature that make the right candidates of each group likely."""
    features = torch.from_numpy(np.concatenate([g.features for g in groups]))
    right = torch.from_numpy(np.concatenate([g.right for g in groups]))
    owner = torch.from_numpy(np.repeat(np.arange(len(groups)), [len(g.right) for g in groups]))
    weight = torch.zeros(len(names), requires_grad=True)
    optimizer = torch.optim.LBFGS([weight], max_iter=200, line_search_fn="strong_wolfe")

    def sums(values: torch.Tensor) -> torch.Tensor:
        return torch.zeros(len(groups)).index_add(0, owner, values)

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        scores = features @ weight
        shifted = torch.exp(scores - scores.max().detach())
        likelihood = torch.log(sums(shifted * right) + 1e-30) - torch.log(sums(shifted) + 1e-30)
        value = -likelihood.mean() + PENALTY * weight.square().sum()
        value.backward()
        return value

    optimizer.step(loss)
    return {name: round(float(w), 4) for name, w in zip(names, weight.detach(), strict=True)}


def hit_rates(groups: Sequence[Group], learned: dict[str, float], names: Sequence[str]) -> dict[str, float]:
    """The share of groups with a right candidate first, and among the first three and five."""
    weight = np.array([learned[n] for n in names], np.float32)
    ranks = []
    for g in groups:
        order = np.argsort(-(g.features @ weight), kind="stable")
        ranks.append(int(np.flatnonzero(g.right[order])[0]))
    return {f"@{k}": float(np.mean([r < k for r in ranks])) for k in (1, 3, 5)}


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description="Learn the weights that ship.")
    parser.add_argument("bench", type=Path)
    parser.add_argument("--index", type=Path, default=Path("build/reading-index"))
    parser.add_argument("--articles", type=int, default=15_000)
    given = parser.parse_args()
    reader = retriever(given.index, given.bench, given.articles)
    asked = questions(given.bench)
    package = Path(assistant.__file__).parent
    for file, group_of in ((RANK, passage_group), (SENTENCES, sentence_group)):
        names = [n for n in weights(file) if n != "intercept"]
        groups = {q.id: g for q in asked if (g := group_of(reader, q, names)) is not None}
        learned = fit([groups[q.id] for q in asked if q.id in groups and for_training(q.passage)], names)
        held = [groups[q.id] for q in asked if q.id in groups and not for_training(q.passage)]
        report = {k: round(v, 4) for k, v in hit_rates(held, learned, names).items()}
        before = {k: round(v, 4) for k, v in hit_rates(held, weights(file), names).items()}
        print(f"{file}: {len(held)} held-out questions {report}, with the weights so far {before}", file=sys.stderr)
        written = {"trained_on": "reading questions, 60 % of the passages", "held_out": report, "weights": learned}
        (package / file).write_text(json.dumps(written, indent=2) + "\n", "utf-8")
        weights.cache_clear()


if __name__ == "__main__":
    main()
