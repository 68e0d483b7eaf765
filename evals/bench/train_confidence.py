"""Learn the weights of `assistant/confidence.json` and `confidence_brought.json`: how sure an answer is.

    python -m evals.bench.train_confidence BENCH [--index FOLDER]

For an index, a logistic regression on reference questions over the sample
reports, `evals/cases/corpus-2.jsonl` and `near-misses.jsonl`; on such of them
as are not answered any more, because the sentences that answer were cut out of
their passages or another name, number, place or measure was put into the
question; and, each counting little, on reading questions of the training
passages, treated in the same way. Its figures are those of
`evals/cases/corpus.jsonl` and `corpus-3.jsonl`, which it has not seen. For passages that a caller
brings, the same on reading questions with five passages each, of which none to
all are hard distractors, and with one alone; its figures are those of the other 40 % of the passages.

No feature may count against its meaning: what is missing never makes an answer
surer, what is found never less sure.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from assistant.confidence import WEIGHTS, WEIGHTS_BROUGHT, brought_features, confidence_features
from assistant.extract import Candidate, candidates
from assistant.over import TextsRetriever
from assistant.question import parts_of, understand
from assistant.rank import Weighted
from assistant.retrieve import Hit, Retriever
from evals.bench.answers import brought
from evals.bench.reading import Asked, for_training, passages, questions, retriever
from evals.bench.train_weights import write_weights
from evals.bench.unanswered import cut_out, in_other_words, is_of, near_misses
from evals.case import Case, read_cases
from evals.metrics import refusal_curve
from ingest.embed import Embedder, SentenceTransformersEmbedder
from ingest.fold import squeeze
from ingest.index import open_index
from ingest.pipeline import ingest
from ingest.settings import load_settings

ROOT = Path(__file__).parents[2]
SEEN, UNSEEN = ("corpus-2.jsonl", "near-misses.jsonl"), ("corpus.jsonl", "corpus-3.jsonl")
OF_DERIVED, OF_READING = 0.3, 0.01
"""What a derived row, and one of the reading questions, counts against one of a question as a reader asks it."""
PENALTY = 3.0
"""Of the squares of the weights of features brought to one scale."""
EVERY, EVERY_FOR_INDEX = 6, 24
"""Of the reading questions every sixth is enough, and every twenty-fourth beside the reference questions."""
REFUSED = 0.05
"""The share of answered training questions below which the thresholds are told."""
ANSWERED = frozenset({"as asked", "reworded", "one passage"})
"""The kinds of rows over brought passages that are answered, where the best sentence is a right one."""
OF_WRONG = 0.75
"""The share of training questions over wrong passages alone below which the threshold of brought passages is told."""
ANY_SIGN = frozenset(
    "terms definition reason wants alone sentence_coverage_before sentence_coverage_after sentence_new".split()
)
MAKES_SURER = frozenset(
    "sentence lead hit cosine characters agree asked_said beside ahead more_covered covered rarest_said rarest_passage"
    " before_second before_third sentence_in_order sentence_phrases sentence_coverage passage_window passage_window_20"
    " passage_phrases passage_cosine_to_best".split()
)
Change = Callable[[Sequence[Hit], Weighted], list[Hit]]
Finder = Retriever | TextsRetriever
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """The features of a question's best sentence, whether it is answered by it, and of what kind of question."""

    features: dict[str, float]
    answered: bool
    kind: str
    counts: float = 1.0


def looked_up(
    reader: Finder, text: str, history: Sequence[str] = (), change: Change | None = None
) -> tuple[Candidate, dict[str, float]] | None:
    """The best sentence of all parts of a question, with the features of its confidence; None where none is found."""
    features = brought_features if isinstance(reader, TextsRetriever) else confidence_features
    found = []
    for part in parts_of(understand(text, history)):
        weighted = reader.weigh(part)
        hits = reader.retrieve(part, 12)
        ranked = candidates(part, weighted, (change(hits, weighted) if change else hits)[:10])
        if ranked:
            found.append((ranked[0], features(part, weighted, ranked)))
    return max(found, key=lambda best: best[0].score, default=None)


def without_answer(answers: Callable[[str], bool]) -> Change:
    """Takes the sentences that answer out of passages."""
    return lambda hits, weighted: cut_out(hits, weighted, answers)


def case_rows(reader: Finder, cases: Sequence[Case]) -> Iterator[Row]:
    """Reference questions as they are, without the sentences that answer them, and as near misses."""
    for i, case in enumerate(cases):
        if best := looked_up(reader, case.question, case.history):
            yield Row(best[1], case.answerable, "as asked")
        if not case.answerable or case.type == "conflict":
            continue
        change = without_answer(is_of(case.evidence, case.must_include))
        if best := looked_up(reader, case.question, case.history, change):
            yield Row(best[1], answered=False, kind="cut out", counts=OF_DERIVED)
        for kind, text in near_misses(case.question, cases[(7 * i + 3) % len(cases)].question):
            if best := looked_up(reader, text, case.history):
                yield Row(best[1], answered=False, kind=kind, counts=OF_DERIVED)


def reading_rows(reader: Finder, asked: Asked, elsewhere: str, *, near: bool = True) -> Iterator[Row]:
    """A reading question as it stands and in other words, both also without its passage; without the sentences that answer; and as near misses.

    Where the best sentence of one that is answered is a wrong one it is left
    out: neither to answer nor to refuse is right.
    """
    answers = [squeeze(a) for a in asked.answers]

    def right(best: Candidate) -> bool:
        return any(a in squeeze(best.text) for a in answers)

    def gone(hits: Sequence[Hit], _: Weighted) -> list[Hit]:
        return [h for h in hits if not any(a in squeeze(h.text) for a in answers)]

    reworded = in_other_words(asked.question, elsewhere)
    for kind, text, change in (
        ("as asked", asked.question, None),
        ("taken out", asked.question, gone),
        ("cut out", asked.question, without_answer(lambda text: any(a in squeeze(text) for a in answers))),
        ("reworded", reworded, None),
        ("reworded, taken out", reworded, gone),
    ):
        best = looked_up(reader, text, change=change)
        if best and right(best[0]) == (change is None):
            yield Row(best[1], change is None, kind, OF_READING)
    for kind, text in near_misses(asked.question, elsewhere) if near else ():
        if best := looked_up(reader, text):
            yield Row(best[1], answered=False, kind=kind, counts=OF_READING)


def brought_rows(
    reader: Retriever, embedder: Embedder, asked: Asked, texts: dict[str, str], elsewhere: str
) -> Iterator[Row]:
    """A reading question with five passages, of which none, four or all are hard distractors, and one alone.

    Each is also asked in other words, without the sentences that answer, and of something else.
    """
    size = load_settings().passage_size
    answers = [squeeze(a) for a in asked.answers]
    five = {wrong: brought(reader, asked, texts, wrong) for wrong in (0, 4, 5)}
    cut = without_answer(lambda text: any(a in squeeze(text) for a in answers))
    reworded = in_other_words(asked.question, elsewhere)
    near = [(kind, text, five[4], None) for kind, text in near_misses(asked.question, elsewhere)]
    tried: list[tuple[str, str, list[str], Change | None]] = [
        ("as asked", asked.question, five[0], None),
        ("as asked", asked.question, five[4], None),
        ("reworded", reworded, five[4], None),
        ("one passage", asked.question, [texts[asked.passage]], None),
        ("cut out", asked.question, five[4], cut),
        ("one passage, cut out", asked.question, [texts[asked.passage]], cut),
        ("all wrong", asked.question, five[5], None),
        ("wrong, one passage", asked.question, five[5][-1:], None),
        *near,
    ]
    for kind, text, given, change in tried:
        best = looked_up(TextsRetriever(given, embedder, size), text, change=change)
        answered, right = kind in ANSWERED, best and any(a in squeeze(best[0].text) for a in answers)
        if best and (right == answered or text not in {asked.question, reworded}):
            yield Row(best[1], answered, kind)


def fit(rows: Sequence[Row]) -> dict[str, float]:
    """Weights of a logistic regression whose signs are those of their meaning, told for features as they are."""
    names = sorted(rows[0].features)
    features = np.array([[r.features[n] for n in names] for r in rows])
    middle, spread = features.mean(0), features.std(0) + 1e-9
    scaled = (features - middle) / spread
    sign = np.where([r.answered for r in rows], 1.0, -1.0)
    counts = np.array([r.counts for r in rows])

    def loss(weight: Vector) -> tuple[float, Vector]:
        margin = sign * (scaled @ weight[:-1] + weight[-1])
        slope = -sign * counts / (1 + np.exp(margin))
        value = float(counts @ np.logaddexp(0, -margin) + PENALTY * weight[:-1] @ weight[:-1] / 2)
        return value, np.append(scaled.T @ slope + PENALTY * weight[:-1], slope.sum())

    bounds = [(None, None) if n in ANY_SIGN else (0, None) if n in MAKES_SURER else (None, 0) for n in names]
    found = minimize(loss, np.zeros(len(names) + 1), jac=True, bounds=[*bounds, (None, None)], method="L-BFGS-B")
    weight = found.x[:-1] / spread
    learned = {n: round(float(w), 4) for n, w in zip(names, weight, strict=True)}
    return learned | {"intercept": round(float(found.x[-1] - weight @ middle), 4)}


def sureness(rows: Sequence[Row], learned: dict[str, float]) -> list[float]:
    """The log-odds of each row."""
    return [learned["intercept"] + sum(learned[n] * x for n, x in r.features.items()) for r in rows]


def threshold(rows: Sequence[Row], learned: dict[str, float], share: float = REFUSED) -> float:
    """The confidence below which this share of the answered ones among some rows lies."""
    ordered = sorted(s for s, r in zip(sureness(rows, learned), rows, strict=True) if r.answered)
    return ordered[int(share * len(ordered))]


def figures(rows: Sequence[Row], learned: dict[str, float], below: float) -> dict[str, object]:
    """The shares that are refused below a confidence, by kind, and the curve of the questions as they are asked."""
    sure = sureness(rows, learned)
    kinds = dict.fromkeys((r.kind, r.answered) for r in rows)
    shares = {
        f"{kind}, {'' if answered else 'not '}answered": [
            s < below for s, r in zip(sure, rows, strict=True) if (r.kind, r.answered) == (kind, answered)
        ]
        for kind, answered in kinds
    }
    curve = refusal_curve(sure, [r.answered for r in rows])
    steps = [next(p for p in curve if p.answered <= share) for share in (0.98, 0.96, 0.94, 0.92, 0.9)]
    return {
        "refused": {name: round(float(np.mean(some)), 3) for name, some in shares.items()},
        "rows": {name: len(some) for name, some in shares.items()},
        "answered and refused": [[round(p.answered, 3), round(p.refused, 3)] for p in steps],
    }


def corpus_retriever(folder: Path) -> Retriever:
    """A retriever over the sample reports, indexed in `folder`."""
    settings = load_settings()
    embedder = SentenceTransformersEmbedder.of(settings)
    ingest([ROOT / "corpus"], folder, settings, embedder)
    return Retriever(open_index(folder, embedder.identity), embedder)


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description="Learn how sure an answer is.")
    parser.add_argument("bench", type=Path)
    parser.add_argument("--index", type=Path, default=Path("build/reading-index"))
    parser.add_argument("--articles", type=int, default=15_000)
    parser.add_argument("--only", choices=(WEIGHTS, WEIGHTS_BROUGHT), help="learn this file alone")
    given = parser.parse_args()
    reader = retriever(given.index, given.bench, given.articles)
    asked = questions(given.bench)
    named = [q.question for q in asked if re.search("[A-Za-z]", q.question)]
    some = [(q, named[7 * i % len(named)]) for i, q in enumerate(asked[::EVERY])]
    if given.only != WEIGHTS_BROUGHT:
        few = some[:: EVERY_FOR_INDEX // EVERY]
        _learn_for_an_index(reader, [(q, other) for q, other in few if for_training(q.passage)])
    if given.only != WEIGHTS:
        _learn_for_brought(reader, dict(passages(given.bench)), some)


def _learn_for_an_index(reader: Retriever, asked: Sequence[tuple[Asked, str]]) -> None:
    reading = [r for q, other in asked for r in reading_rows(reader, q, other)]
    with TemporaryDirectory() as folder:
        corpus = corpus_retriever(Path(folder) / "index")
        seen, unseen = (
            [r for file in files for r in case_rows(corpus, read_cases(ROOT / "evals" / "cases" / file))]
            for files in (SEEN, UNSEEN)
        )
    learned = fit([*seen, *reading])
    below = threshold([r for r in seen if r.kind == "as asked"], learned)
    print(f"{WEIGHTS}: {REFUSED:.0%} of the answered training questions are below {below:.2f}", file=sys.stderr)
    trained_on = (
        f"{', '.join(SEEN)} of evals/cases, and, at {OF_READING} each, reading questions of 60 % of the passages"
    )
    write_weights(WEIGHTS, trained_on, learned, figures(unseen, learned, below))


def _learn_for_brought(reader: Retriever, texts: dict[str, str], asked: Sequence[tuple[Asked, str]]) -> None:
    settings = load_settings()
    embedder = SentenceTransformersEmbedder.of(settings)
    training, held = (
        [
            r
            for q, other in asked
            if for_training(q.passage) is of
            for r in brought_rows(reader, embedder, q, texts, other)
        ]
        for of in (True, False)
    )
    learned = fit(training)
    wrong = sorted(sureness([r for r in training if r.kind == "all wrong"], learned))
    below = wrong[int(OF_WRONG * len(wrong))]
    told = f"{OF_WRONG:.0%} of the training questions with wrong passages alone are below {below:.2f}"
    print(f"{WEIGHTS_BROUGHT}: {told}", file=sys.stderr)
    write_weights(
        WEIGHTS_BROUGHT,
        "reading questions of 60 % of the passages, five passages each",
        learned,
        figures(held, learned, below),
    )


if __name__ == "__main__":
    main()
