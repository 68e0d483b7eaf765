"""How much each term of a question tells: rare ones more than common ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import permutations

from assistant.question import Question, Wording
from assistant.rank import Weighted
from ingest.settings import SHIPPED_MODEL

OF_CONTEXT = 0.4
"""What a term of an earlier question counts, against one of the question itself."""
FREQUENCIES = "frequencies.tsv"


def weigh(question: Question, passages: int, document_frequency: Callable[[str], int]) -> Weighted:
    """The terms of a question with their weights.

    `document_frequency` gives in how many of the `passages` a term stands.
    """

    def weight(term: str) -> float:
        return idf(passages, document_frequency(term))

    def worded(asked: Question | Wording, others: Sequence[Weighted] = ()) -> Weighted:
        parts = _parts_of_names((*asked.terms, *asked.context))
        weighted = {t: weight(t) for t in asked.terms if t not in parts}
        weighted |= {t: OF_CONTEXT * weight(t) for t in asked.context if t not in parts}
        return Weighted.of(weighted, "".join(c for c in asked.folded if c.isalnum()), others, question.amounts)

    return worded(question, [worded(w) for w in question.wordings])


def _parts_of_names(terms: Sequence[str]) -> frozenset[str]:
    """The words that a name is written together of, as deep and seek are of deepseek: they stand nowhere by themselves."""
    words = [t for t in terms if t.isascii() and t.isalpha()]
    return frozenset(part for a, b in permutations(words, 2) if a + b in words for part in (a, b))


def weigh_in_general(question: Question) -> Weighted:
    """The same by general Chinese prose, for passages that are too few to count in."""
    articles, counts = general_frequencies()
    return weigh(question, articles, lambda term: counts.get(term, 0))


def idf(documents: int, frequency: int) -> float:
    """The inverse document frequency of BM25 (Robertson and Spärck Jones 1976), never negative."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


@cache
def general_frequencies() -> tuple[int, Mapping[str, int]]:
    """How many news articles were counted, and in how many of them the commoner terms stand."""
    lines = (SHIPPED_MODEL / FREQUENCIES).read_text("utf-8").splitlines()
    return int(lines[0]), {term: int(n) for term, n in (line.split("\t") for line in lines[1:])}
