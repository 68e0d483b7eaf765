"""The features of passages, and their sum."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question import understand
from assistant.rank import (
    WINDOW,
    Weighted,
    coverage,
    in_words,
    passage_features,
    phrase_overlap,
    score,
    stands_in,
    weights,
    window_coverage,
)
from ingest.fold import fold

ROUNDING = 1e-9
texts = st.text(alphabet="数据中心成本增长率8512.,% aR-\n萬", max_size=200)


def weighted(question: str, **terms: float) -> Weighted:
    """A question with these weights, or with its own terms, all alike."""
    asked = understand(question)
    return Weighted.of(terms or dict.fromkeys(asked.terms, 1.0), "".join(c for c in asked.folded if c.isalnum()))


def term(text: str, folded: str, expected: bool, reason: str) -> object:
    """A case that is not told yet."""
    return pytest.param(text, folded, expected, marks=pytest.mark.xfail(reason=reason))


@pytest.mark.parametrize(
    ("text", "folded", "expected"),
    [
        ("8", "增长8%", True),
        ("8", "增长58%", False),
        ("8", "增长85%", False),
        ("8", "58%和8%", True),
        ("29.4", "约29.4万", True),
        ("29.4", "约129.4万", False),
        ("2023", "2023年", True),
        ("r1", "deepseek-r1-zero", True),
        ("ai", "chain", False),
        ("ai", "用ai做", True),
        ("成本", "训练成本", True),
        ("成本", "成文本", False),
        ("7", "qwen2-7b", True),
        ("8", "增长8.5%", False),
        term("12", "12,345辆", False, "a number stands in one with a thousands separator that begins with its digits"),
        term("年8", "年85%", False, "numbers in pairs with a Chinese character are not held to be whole"),
        term(
            "80380", "80,380辆", True, "terms lose their thousands separators, the text they are looked for in does not"
        ),
    ],
)
def test_numbers_and_words_stand_in_a_text_only_whole(text: str, folded: str, expected: bool) -> None:
    """8 stands in 8% and not in 58%; Chinese has no such borders."""
    assert stands_in(text, folded) is expected


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
    assert coverage(empty, "成本") == window_coverage(empty, "成本") == phrase_overlap(empty, "成本") == 0


def test_terms_far_apart_share_no_window() -> None:
    """The window counts terms that stand within its length of one another."""
    question = weighted("", 成本=1.0, 美元=1.0)
    assert window_coverage(question, "成本" + "的" * (WINDOW - 2) + "美元") == 1
    assert window_coverage(question, "成本" + "的" * WINDOW + "美元") == 0.5
    assert window_coverage(question, "成本" + "的" * WINDOW + "美元成本") == 1
    assert window_coverage(question, "58%") == 0


def test_a_phrase_counts_by_its_stretches() -> None:
    """The wording of the question is found in stretches of four characters, in either script."""
    question = weighted("訓練成本構成")
    assert phrase_overlap(question, fold("訓練成本構成")) == 1
    assert phrase_overlap(question, fold("训练成本很高")) == pytest.approx(1 / 3)
    assert phrase_overlap(question, "成本训练") == 0
    assert phrase_overlap(weighted("成本"), "成本") == 0


@given(texts, texts)
def test_features_are_shares(question: str, text: str) -> None:
    """Coverage, window and phrases lie between 0 and 1, and no window covers more than the whole."""
    asked = weighted(question)
    folded = fold(text)
    covered, window = coverage(asked, folded), window_coverage(asked, folded)
    assert 0 <= covered <= 1 + ROUNDING
    assert -ROUNDING <= window <= covered + ROUNDING
    assert 0 <= phrase_overlap(asked, folded) <= 1


@given(texts, texts, texts)
def test_more_text_never_covers_less(question: str, text: str, more: str) -> None:
    """Lines that are added take nothing away from what stood there."""
    asked = weighted(question)
    before, after = fold(text), fold(f"{text}\n{more}")
    assert coverage(asked, after) >= coverage(asked, before)
    assert window_coverage(asked, after) >= window_coverage(asked, before) - ROUNDING
    assert phrase_overlap(asked, after) >= phrase_overlap(asked, before)


@given(texts, texts)
def test_a_heading_never_covers_less(text: str, heading: str) -> None:
    """Coverage with headings is at least the coverage of the passage."""
    features = passage_features(weighted("数据中心的成本增长率"), text, heading, 1.0, 2.0, 0.5)
    assert features["coverage_with_headings"] >= features["coverage"]


def test_every_feature_has_a_weight() -> None:
    """The learned weights are those of the features that are computed, and each speaks for a passage."""
    features = passage_features(weighted("成本"), "成本", "", 1.0, 2.0, 0.5)
    learned = {name: w for name, w in weights("rank.json").items() if name != "intercept"}
    assert set(features) == set(learned)
    assert min(learned.values()) > 0


def test_nothing_found_lexically_is_no_division_by_zero() -> None:
    """A passage that only the vectors found has no share of the best BM25."""
    assert passage_features(weighted("成本"), "成本", "", 0.0, 0.0, 0.5)["bm25_to_best"] == 0


@given(st.sampled_from(sorted(weights("rank.json"))), st.floats(0, 1), st.floats(0, 1))
def test_the_score_grows_with_each_feature(name: str, less: float, more: float) -> None:
    """Of two passages that differ in one feature, the one that has more of it scores no lower."""
    less, more = sorted((less, more))
    assert score({name: less}, "rank.json") <= score({name: more}, "rank.json")


def test_people_are_told_why() -> None:
    """The reasons for a hit are told as shares, never a negative one."""
    features = passage_features(weighted("成本"), "训练成本", "", 1.0, 1.0, -0.2)
    assert in_words(features) == (
        "terms of the question 100%, close together 100%, in its wording 0%, similar in meaning 0%"
    )
