"""Weigh what a question asks against a text, and sum named features with the weights that were learned.

The weights stand in JSON files, learned by `evals.bench.train_weights` from
questions whose passages are known.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from assistant.matches import stands_in
from ingest.amounts import Amount, amounts
from ingest.fold import commas_apart, fold, squeeze

FOLDED = 20_000
"""Texts whose folded form is kept: passages are found again and again."""
OTHER_WORDING = 0.95
"""What is found in the words of another region counts, against what is found in the question's own."""
CROSS_ENCODER = "cross_encoder"
"""The feature that a cross-encoder adds to the passages that it reads, in log-odds; no weight is given to it."""


@dataclass(frozen=True, slots=True)
class Weighted:
    """A question's terms with how much each tells: the inverse document frequency, damped for context."""

    terms: Mapping[str, float]
    total: float
    phrase: str
    others: tuple[Weighted, ...] = ()
    """The same question in the words of other regions."""
    amounts: tuple[tuple[Amount, str], ...] = ()
    """What amounts it tells, each with the words it tells it in."""

    @classmethod
    def of(
        cls,
        terms: Mapping[str, float],
        phrase: str,
        others: Iterable[Weighted] = (),
        amounts: Iterable[tuple[Amount, str]] = (),
    ) -> Weighted:
        """Weights by term, and the folded words of the question in their order."""
        return cls(terms, sum(terms.values()) or 1.0, phrase, tuple(others), tuple(amounts))


ONE_THOUSAND = re.compile(r"\d,\d\d\d")
THOUSANDS = re.compile(r"(?<![\d,])\d{1,3}(?:,\d{3})+(?![\d,])")


def matchable(text: str, asked: Weighted | None = None) -> str:
    """A text as terms are looked for in it: folded, and numbers without thousands separators.

    Amounts that state one of the question's are put in the question's words:
    who asks for 120,000,000 also looks for 1.2亿.
    """
    return _matchable(_in_words_of(asked, text) if asked and asked.amounts else text)


@lru_cache(maxsize=FOLDED)
def _matchable(text: str) -> str:
    folded = fold(commas_apart(text))
    # The shorter pattern passes most texts over in a fraction of the time.
    return THOUSANDS.sub(lambda m: m[0].replace(",", ""), folded) if ONE_THOUSAND.search(folded) else folded


def _in_words_of(asked: Weighted, text: str) -> str:
    squeezed = squeeze(text)
    unsaid = [(wanted, words) for wanted, words in asked.amounts if squeeze(words) not in squeezed]
    parts: list[str] = []
    end = 0
    for amount in amounts(text) if unsaid else ():
        words = next((words for wanted, words in unsaid if amount.states(wanted)), None)
        if words is not None:
            parts += (text[end : amount.place.start], words)
            end = amount.place.end
    return "".join(parts) + text[end:]


def coverage(question: Weighted, folded: str) -> float:
    """The share of a question's weight whose terms stand in a folded text, 0 to 1; in its best wording."""
    return _best(question, lambda q: sum(w for t, w in q.terms.items() if stands_in(t, folded)) / q.total)


def _best(question: Weighted, measure: Callable[[Weighted], float]) -> float:
    """A measure of the question as it is put, or of another wording where that is more by far."""
    return (
        max(measure(question), *(OTHER_WORDING * measure(q) for q in question.others))
        if question.others
        else measure(question)
    )


def phrase_overlap(question: Weighted, folded: str, n: int = 4) -> float:
    """The share of a question's stretches of `n` characters that stand in a folded text, 0 to 1."""
    return _best(question, lambda q: _phrase_overlap(q, folded, n))


def _phrase_overlap(question: Weighted, folded: str, n: int) -> float:
    grams = {question.phrase[i : i + n] for i in range(len(question.phrase) - n + 1)}
    return sum(g in folded for g in grams) / len(grams) if grams else 0.0


@cache
def weights(name: str) -> dict[str, float]:
    """The learned weights of a file beside this one, by feature; `intercept` among them."""
    return dict(json.loads(files("assistant").joinpath(name).read_text("utf-8"))["weights"])


def score(features: Mapping[str, float], name: str) -> float:
    """The weighted sum of features, as log-odds that this is what was asked for."""
    learned = weights(name)
    return learned.get("intercept", 0.0) + sum(learned.get(f, 0.0) * x for f, x in features.items())


def in_words(features: Mapping[str, float]) -> str:
    """Why a passage was found, for people."""
    told: Sequence[tuple[str, float]] = (
        ("terms of the question", features["coverage_with_headings"]),
        ("close together", features["window"]),
        ("in its wording", features["phrases"]),
        ("similar in meaning", max(0.0, features["cosine"])),
    )
    if CROSS_ENCODER in features:
        sure = (1 + math.tanh(features[CROSS_ENCODER] / 2)) / 2
        told = [("an answer by the cross-encoder", sure), *told]
    return ", ".join(f"{name} {value:.0%}" for name, value in told)
