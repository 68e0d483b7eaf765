"""The features of passages, and their sum."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question import understand
from assistant.rank import (
    Weighted,
    coverage,
    in_words,
    phrase_overlap,
    score,
    weights,
)
from ingest.fold import fold

ROUNDING = 1e-9
texts = st.text(alphabet="数据中心成本增长率8512.,% aR-\n萬", max_size=200)


def weighted(question: str, **terms: float) -> Weighted:
    """A question with these weights, or with its own terms, all alike."""
    asked = understand(question)
    return Weighted.of(terms or dict.fromkeys(asked.terms, 1.0), "".join(c for c in asked.folded if c.isalnum()))


def test_coverage_is_the_share_of_the_weight_that_is_found() -> None:
    """Terms count by their weights."""
    question = weighted("", 成本=3.0, 美元=1.0)
    assert coverage(question, "训练成本") == 0.75
    assert coverage(question, "美元") == 0.25
    assert coverage(question, "成本为29.4万美元") == 1
    assert coverage(question, "") == 0


def test_a_question_without_terms_covers_nothing() -> None:
    """No term is no reason to divide by zero."""
    empty = weighted("？")
    assert coverage(empty, "成本") == phrase_overlap(empty, "成本") == 0


def test_a_phrase_counts_by_its_stretches() -> None:
    """The wording of the question is found in stretches of four characters, in either script."""
    question = weighted("訓練成本構成")
    assert phrase_overlap(question, fold("訓練成本構成")) == 1
    assert phrase_overlap(question, fold("训练成本很高")) == pytest.approx(1 / 3)
    assert phrase_overlap(question, "成本训练") == 0
    assert phrase_overlap(weighted("成本"), "成本") == 0


@given(st.sampled_from(sorted(weights("rank.json"))), st.floats(0, 1), st.floats(0, 1))
def test_the_score_grows_with_each_feature(name: str, less: float, more: float) -> None:
    """Of two passages that differ in one feature, the one that has more of it scores no lower."""
    less, more = sorted((less, more))
    assert score({name: less}, "rank.json") <= score({name: more}, "rank.json")


def test_people_are_told_why() -> None:
    """The reasons for a hit are told as shares, never a negative one."""
    features = {"coverage_with_headings": 1.0, "window": 1.0, "phrases": 0.0, "cosine": -0.2}
    assert in_words(features) == (
        "terms of the question 100%, close together 100%, in its wording 0%, similar in meaning 0%"
    )
