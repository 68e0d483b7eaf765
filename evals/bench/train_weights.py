"""Learn the weights of `assistant/rank.json`, `extract.json` with its trees, and `confidence.json`.

    python -m evals.bench.train_weights BENCH [--index FOLDER]

For each reading question of the training passages the retriever proposes
candidates; the weights make those that hold the answer likelier than the
others of the same question (conditional logit, McFadden 1973), with a small
L2 penalty. Sentences are then ranked further by trees over more features
(`grow_trees.py`). Figures are those of the other 40 % of the passages.

The confidence is a logistic regression on reference questions over the sample
reports, `evals/cases/corpus-2.jsonl`, answerable or not, and, each counting
little, on the reading questions with their passages in the index, with these
taken out, and with a number or name changed into another. Its figures are those
of `evals/cases/corpus.jsonl`, which it has not seen, and of the held-out reading
questions.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

import assistant
from assistant.confidence import REFUSE_BELOW, REFUSE_BELOW_BROUGHT, confidence_features
from assistant.confidence import WEIGHTS as CONFIDENCE
from assistant.extract import TREES, candidates
from assistant.extract import WEIGHTS as SENTENCES
from assistant.question import parts_of, understand
from assistant.rank import weights
from assistant.retrieve import CANDIDATES, DENSE_CANDIDATES, RANK, Retriever
from assistant.trees import forest, grown
from evals.bench.grow_trees import grow, write
from evals.bench.reading import Asked, for_training, questions, retriever
from evals.case import Case, read_cases
from ingest.embed import SentenceTransformersEmbedder
from ingest.fold import HAN, squeeze
from ingest.index import open_index
from ingest.pipeline import ingest
from ingest.settings import load_settings

ROOT = Path(__file__).parents[2]
Matrix = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
STEPS = {"maxiter": 1000, "ftol": 1e-10}
PENALTY, TINY = 1e-3, 1e-9
GIVEN = frozenset({"coverage_heading", "defines", "row"})
"""Features whose weights are set by hand: encyclopedia passages have next to no headings, definitions asked for or tables."""
OF_READING = 0.02
"""What a row of the reading questions counts against one of the reference questions, which are asked as readers ask."""
EVERY = 4
"""Of the reading questions every fourth is enough for the confidence."""
READING = "reading questions of 60 % of the passages"
CASES, OTHER_CASES = "corpus-2.jsonl", "corpus.jsonl"


@dataclass(frozen=True, slots=True)
class Group:
    """The candidates of one question: features of shape (candidates, features), and which are right."""

    features: Matrix
    right: npt.NDArray[np.bool_]

    def first(self, count: int) -> Group:
        """The same with the first features alone."""
        return Group(self.features[:, :count], self.right)


def passage_groups(reader: Retriever, asked: Asked, names: Sequence[str]) -> list[Group]:
    """All retrieved passages of a question: right are those of the document that answers, and once more those with the answer.

    Empty when none or all are.
    """
    hits = reader.retrieve(asked.question, CANDIDATES + DENSE_CANDIDATES)
    answers = [squeeze(a) for a in asked.answers]
    of_document = [h.document == asked.passage for h in hits]
    answering = [
        there and any(a in squeeze(h.text) for a in answers) for there, h in zip(of_document, hits, strict=True)
    ]
    features = [dict(h.features) for h in hits]
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


Row = tuple[list[float], bool]


def confidence_rows(reader: Retriever, asked: Asked, names: Sequence[str], elsewhere: str) -> list[Row]:
    """The features of a question as it stands, with its passage taken out, and turned into a near miss.

    The first two also in other words. Each with whether it is answered. A
    question whose best sentence is a wrong one is left out: neither to answer
    nor to refuse is right.
    """
    answers = [squeeze(a) for a in asked.answers]
    rows = []
    reworded = in_other_words(asked.question, elsewhere)
    for text, gone, near in (
        (asked.question, "", False),
        (asked.question, asked.passage, False),
        (reworded, "", False),
        (reworded, asked.passage, False),
        (near_miss(asked.question, elsewhere), "", True),
    ):
        if not text:
            continue
        question = understand(text)
        weighted = reader.weigh(question)
        hits = [h for h in reader.retrieve(question, 12) if h.document != gone]
        ranked = candidates(question, weighted, hits[:10])
        if not ranked:
            continue
        best = ranked[0]
        right = best.hit.document == asked.passage and any(a in squeeze(best.text) for a in answers)
        answered = right and not near
        if answered or near or gone:
            features = confidence_features(question, weighted, ranked)
            rows.append(([features[n] for n in names], answered))
    return rows


def case_rows(reader: Retriever, cases: Sequence[Case], names: Sequence[str]) -> list[Row]:
    """The features of each reference question, of its part with the best sentence, and whether it is answerable."""
    rows = []
    for case in cases:
        ranked = []
        for part in parts_of(understand(case.question, case.history)):
            weighted = reader.weigh(part)
            if found := candidates(part, weighted, reader.retrieve(part, 10)):
                ranked.append((found[0].score, confidence_features(part, weighted, found)))
        if ranked:
            features = max(ranked, key=lambda scored: scored[0])[1]
            rows.append(([features[n] for n in names], case.answerable))
    return rows


def in_other_words(question: str, elsewhere: str) -> str:
    """The same question with every third pair of Chinese characters taken from another one.

    Readers ask in words of their own, more than the writers of reading
    questions do: what remains in common is what such a question shares with
    its passage.
    """
    others = iter("".join(re.findall(f"[{HAN}]", elsewhere)))
    pairs = 0

    def other(match: re.Match[str]) -> str:
        nonlocal pairs
        pairs += 1
        return match[0] if pairs % 3 else "".join(next(others, c) for c in match[0])

    return re.sub(f"[{HAN}]{{2}}", other, question)


def near_miss(question: str, elsewhere: str) -> str:
    """The same question about another year, number or Latin name; empty where it has none of these.

    `elsewhere` is the other question that a Latin name is taken from.
    """
    if number := re.search(r"\d+", question):
        digits = number[0]
        other = digits[:-1] + str((int(digits[-1]) + 3) % 10)
        return question[: number.start()] + other + question[number.end() :]
    name, other_name = re.search(r"[A-Za-z][\w-]+", question), re.search(r"[A-Za-z][\w-]+", elsewhere)
    if name and other_name and name[0].lower() != other_name[0].lower():
        return question[: name.start()] + other_name[0] + question[name.end() :]
    return ""


def fit_confidence(cases: Sequence[Row], reading: Sequence[Row], names: Sequence[str]) -> dict[str, float]:
    """Weights of a logistic regression on features that are brought to one scale, told for features as they are."""
    features = np.array([f for f, _ in (*cases, *reading)])
    middle, spread = features.mean(0), features.std(0) + 1e-9
    counts = np.concatenate([np.ones(len(cases)), np.full(len(reading), OF_READING)])
    model = LogisticRegression(C=0.3, max_iter=3000)
    model.fit((features - middle) / spread, [r for _, r in (*cases, *reading)], sample_weight=counts)
    weight = model.coef_[0] / spread
    learned = {n: round(float(w), 4) for n, w in zip(names, weight, strict=True)}
    return learned | {"intercept": round(float(model.intercept_[0] - weight @ middle), 4)}


def refusals(rows: Sequence[Row], learned: dict[str, float], names: Sequence[str], below: float) -> dict[str, float]:
    """The shares of answerable and of unanswerable questions that are refused below a confidence."""
    weight = np.array([learned[n] for n in names])
    refused = np.array([f for f, _ in rows]) @ weight + learned["intercept"] < below
    truth = np.array([r for _, r in rows])
    return {
        "answerable_refused": float(np.mean(refused[truth])),
        "unanswerable_refused": float(np.mean(refused[~truth])),
    }


def corpus_retriever(folder: Path) -> Retriever:
    """A retriever over the sample reports, indexed in `folder`."""
    settings = load_settings()
    embedder = SentenceTransformersEmbedder(settings.model_path(), settings.embedding_device)
    ingest([ROOT / "corpus"], folder, settings, embedder)
    return Retriever(open_index(folder, embedder.identity), embedder)


def _write(file: str, learned: dict[str, float], report: dict[str, float]) -> None:
    rounded = {k: round(v, 4) for k, v in report.items()}
    print(f"{file}: held out {rounded}", file=sys.stderr, flush=True)
    trained_on = READING
    if file == CONFIDENCE:
        trained_on = f"the questions of evals/cases/{CASES} and, at {OF_READING} each, {trained_on}"
    written = {"trained_on": trained_on, "held_out": rounded, "weights": learned}
    (Path(assistant.__file__).parent / file).write_text(json.dumps(written, indent=2) + "\n", "utf-8")
    weights.cache_clear()


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description="Learn the weights that ship.")
    parser.add_argument("bench", type=Path)
    parser.add_argument("--index", type=Path, default=Path("build/reading-index"))
    parser.add_argument("--articles", type=int, default=15_000)
    parser.add_argument("--only", choices=(RANK, SENTENCES, CONFIDENCE), help="learn this file alone")
    given = parser.parse_args()
    reader = retriever(given.index, given.bench, given.articles)
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
        _write(file, learned, hit_rates(held, weighed(held, learned, known)))
        if file == SENTENCES:
            grow_on(training, held, learned, names)
    if given.only and given.only != CONFIDENCE:
        return
    names = [n for n in weights(CONFIDENCE) if n != "intercept"]
    named = [q.question for q in asked if re.search("[A-Za-z]", q.question)]
    asked = asked[::EVERY]
    rows = {q.id: confidence_rows(reader, q, names, named[i * 7 % len(named)]) for i, q in enumerate(asked)}
    with TemporaryDirectory() as folder:
        of_corpus = corpus_retriever(Path(folder) / "index")
        seen, unseen = (
            case_rows(of_corpus, read_cases(ROOT / "evals" / "cases" / f), names) for f in (CASES, OTHER_CASES)
        )
    sure = fit_confidence(seen, [r for q in asked if for_training(q.passage) for r in rows[q.id]], names)
    rest = [r for q in asked if not for_training(q.passage) for r in rows[q.id]]
    report = refusals(unseen, sure, names, REFUSE_BELOW)
    report |= {f"reading_{n}": share for n, share in refusals(rest, sure, names, REFUSE_BELOW_BROUGHT).items()}
    _write(CONFIDENCE, sure, report)


if __name__ == "__main__":
    main()
