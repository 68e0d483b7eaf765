"""Score passages for a question: named features, one weight each.

The weights stand in `rank.json`, learned by `evals.bench.train_rank` from
questions whose passages are known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ingest.amounts import Amount, amounts
from ingest.fold import commas_apart, fold, squeeze

WINDOW = 90
"""Characters of the window in which a question's terms should stand together."""
OTHER_WORDING = 0.95
"""What is found in the words of another region counts, against what is found in the question's own."""


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


THOUSANDS = re.compile(r"(?<![\d,])\d{1,3}(?:,\d{3})+(?![\d,])")


def matchable(text: str, asked: Weighted | None = None) -> str:
    """A text as terms are looked for in it: folded, and numbers without thousands separators.

    Amounts that state one of the question's are put in the question's words:
    who asks for 120,000,000 also looks for 1.2亿.
    """
    said = _in_words_of(asked, text) if asked and asked.amounts else text
    return THOUSANDS.sub(lambda m: m[0].replace(",", ""), fold(commas_apart(said)))


def _in_words_of(asked: Weighted, text: str) -> str:
    parts: list[str] = []
    end = 0
    for amount in amounts(text):
        words = next((words for wanted, words in asked.amounts if amount.states(wanted)), None)
        if words is not None and squeeze(words) not in squeeze(amount.place.of(text)):
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


def stands_in(term: str, folded: str) -> bool:
    """Whether a term stands in a folded text; numbers and words only whole."""
    return find(term, folded, 0) >= 0


def find(term: str, folded: str, start: int) -> int:
    """Where a term stands next, or -1."""
    place = folded.find(term, start)
    if place < 0 or not term.isascii():
        return place
    while place >= 0:
        end = place + len(term)
        if not (
            _continues(term[0], folded[max(0, place - 2) : place][::-1]) or _continues(term[-1], folded[end : end + 2])
        ):
            return place
        place = folded.find(term, place + 1)
    return -1


def _continues(char: str, beyond: str) -> bool:
    """Whether the characters beyond a term, the nearest first, make its word or number longer."""
    nearest = beyond[:1]
    if not nearest.isascii() or not nearest:
        return False
    if char.isdigit():
        return nearest.isdigit() or (nearest == "." and beyond[1:].isdigit())
    return char.isalpha() and nearest.isalpha()


def window_coverage(question: Weighted, folded: str) -> float:
    """The coverage of the best stretch of `WINDOW` characters, 0 to 1; in its best wording."""
    return _best(question, lambda q: _window_coverage(q, folded))


def _window_coverage(question: Weighted, folded: str) -> float:
    places: list[tuple[int, str]] = []
    for term in question.terms:
        at = find(term, folded, 0)
        while at >= 0:
            places.append((at, term))
            at = find(term, folded, at + 1)
    places.sort()
    best = held = 0.0
    inside: dict[str, int] = {}
    first = 0
    for at, term in places:
        inside[term] = inside.get(term, 0) + 1
        if inside[term] == 1:
            held += question.terms[term]
        while places[first][0] < at - WINDOW:
            gone = places[first][1]
            inside[gone] -= 1
            if not inside[gone]:
                held -= question.terms[gone]
            first += 1
        best = max(best, held)
    return best / question.total


def phrase_overlap(question: Weighted, folded: str, n: int = 4) -> float:
    """The share of a question's stretches of `n` characters that stand in a folded text, 0 to 1."""
    return _best(question, lambda q: _phrase_overlap(q, folded, n))


def _phrase_overlap(question: Weighted, folded: str, n: int) -> float:
    grams = {question.phrase[i : i + n] for i in range(len(question.phrase) - n + 1)}
    return sum(g in folded for g in grams) / len(grams) if grams else 0.0


def passage_features(
    question: Weighted, text: str, context: str, bm25: float, best_bm25: float, cosine: float
) -> dict[str, float]:
    """The features of one passage; `context` is its title and headings."""
    folded = matchable(text, question)
    around = matchable(context, question)
    return {
        "bm25": bm25 / (2.2 * question.total),
        "bm25_to_best": bm25 / best_bm25 if best_bm25 else 0.0,
        "coverage": coverage(question, folded),
        "coverage_with_headings": coverage(question, f"{around}\n{folded}"),
        "window": window_coverage(question, folded),
        "phrases": phrase_overlap(question, folded),
        "cosine": cosine,
    }


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
    return ", ".join(f"{name} {value:.0%}" for name, value in told)
