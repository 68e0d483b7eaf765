"""BM25 as the product of two vectors."""

from __future__ import annotations

import math
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ingest.bm25 import K1, B, dimension, idf, term_counts, weights

PASSAGES = st.lists(st.lists(st.sampled_from("甲乙丙丁戊"), min_size=1, max_size=30), min_size=1, max_size=8)


@given(PASSAGES, st.lists(st.sampled_from("甲乙丙丁戊己"), min_size=1, max_size=6, unique=True))
def test_the_product_is_the_formula(passages: list[list[str]], question: list[str]) -> None:
    """The product of a question's and a passage's vector is BM25 as it is written down."""
    mean = sum(map(len, passages)) / len(passages)
    counted = term_counts(" ".join(p) for p in passages)
    query = {dimension(t): idf(counted[dimension(t)], len(passages)) for t in question if counted[dimension(t)]}
    for passage in passages:
        row = weights(" ".join(passage), mean)
        product = sum(weight * row.get(term, 0.0) for term, weight in query.items())
        expected = 0.0
        for term in question:
            holding = sum(term in p for p in passages)
            often = Counter(passage)[term]
            told = math.log(1 + (len(passages) - holding + 0.5) / (holding + 0.5))
            expected += told * often * (K1 + 1) / (often + K1 * (1 - B + B * len(passage) / mean))
        assert math.isclose(product, expected, rel_tol=1e-9, abs_tol=1e-9)


@given(PASSAGES, PASSAGES)
def test_what_goes_is_taken_off_again(there: list[list[str]], more: list[list[str]]) -> None:
    """Counts of passages that came and went are those of the passages that stayed."""
    texts = [" ".join(p) for p in there]
    gone = [" ".join(p) for p in more]
    counted = term_counts(texts)
    for change in (term_counts(gone), term_counts(gone, -1)):
        counted.update(change)
    assert {t: n for t, n in counted.items() if n} == dict(term_counts(texts))


def test_a_passage_without_terms_has_a_vector() -> None:
    """Engines refuse a row without any."""
    assert weights("", 100) == {0: 0.0}
