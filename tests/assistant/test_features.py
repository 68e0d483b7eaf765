"""The features of passages."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.features import WINDOW, WINDOWS, Features, Found, features_of
from assistant.question import understand
from assistant.rank import Weighted, coverage, phrase_overlap, weights
from ingest.fold import fold

ROUNDING = 1e-9
texts = st.text(alphabet="数据中心成本增长率8512.,% aR-\n萬", max_size=200)


def weighted(question: str, **terms: float) -> Weighted:
    """A question with these weights, or with its own terms, all alike."""
    asked = understand(question)
    return Weighted.of(terms or dict.fromkeys(asked.terms, 1.0), "".join(c for c in asked.folded if c.isalnum()))


def found(text: str, around: str = "", bm25: float = 1.0, cosine: float = 0.5) -> Found:
    return Found(fold(text), fold(around), bm25, cosine)


def features(question: Weighted, *passages: Found) -> list[dict[str, float]]:
    table = features_of(question, passages)
    return [table.of(at) for at in range(len(passages))]


def test_terms_far_apart_share_no_window() -> None:
    """A window counts terms that stand within its length of one another."""
    question = weighted("", 成本=1.0, 美元=1.0)
    near, far, again, none = features(
        question,
        found("成本" + "的" * (WINDOW - 2) + "美元"),
        found("成本" + "的" * WINDOW + "美元"),
        found("成本" + "的" * WINDOW + "美元成本"),
        found("58%"),
    )
    assert (near["window"], far["window"], again["window"], none["window"]) == (1, 0.5, 1, 0)


def test_headings_are_near_to_all_below_them() -> None:
    """A term in the headings need not stand beside the others; one in both counts once."""
    question = weighted("", 成本=1.0, 美元=1.0)
    below, both, neither = features(
        question,
        found("美元", "成本"),
        found("成本" + "的" * WINDOW + "美元", "成本"),
        found("成本" + "的" * WINDOW + "美元"),
    )
    assert [(t["window_20"], t["window_45"], t["window"]) for t in (below, both, neither)] == [
        (1, 1, 0.5),
        (1, 1, 0.5),
        (0.5, 0.5, 0.5),
    ]


def test_what_stands_beside_a_passage_counts_as_nearby() -> None:
    """The passage before and the one behind in the same document, and no other."""
    question = weighted("", 成本=1.0, 美元=1.0, 训练=2.0)
    texts = ["成本", "美元", "训练", "训练"]
    places = [("a.txt", 1), ("a.txt", 2), ("a.txt", 4), ("b.txt", 3)]
    found_there = [Found(t, "", 1.0, 0.5, *place) for t, place in zip(texts, places, strict=True)]
    told = features(question, *found_there, found("美元"))
    assert [t["rare_nearby"] for t in told] == pytest.approx([2 / 6, 2 / 6, 4 / 6, 4 / 6, 1 / 6])


def test_terms_that_all_candidates_have_tell_little() -> None:
    """A window with a term that sets a passage apart holds more than one with a term that all have; few candidates say little of it."""
    question = weighted("", 成本=4.0, 美元=4.0)
    told = features(question, found("成本"), found("成本美元"), *[found("成本")] * 60, found("美元"))
    assert told[1]["window_telling"] == pytest.approx(1)
    assert told[-1]["window_telling"] > 2 * told[0]["window_telling"] > 0
    few = features(question, found("成本"), found("美元"), found("成本"))
    assert few[0]["window_telling"] == pytest.approx(0.5, abs=0.05)


@given(texts, st.lists(texts, min_size=1, max_size=4))
def test_features_are_shares(question: str, passages: list[str]) -> None:
    """Coverage, windows and phrases lie between 0 and 1, a window covers no more than the whole, a longer one no less."""
    asked = weighted(question)
    for text, told in zip(passages, features(asked, *map(found, passages)), strict=True):
        assert told["coverage"] == pytest.approx(coverage(asked, fold(text)))
        assert told["phrases"] == pytest.approx(phrase_overlap(asked, fold(text)))
        shares = [told[n] for n in (*(f"window_{size}" for size in WINDOWS), "coverage_with_headings")]
        assert shares == sorted(shares) or max(a - b for a, b in pairwise(shares)) < ROUNDING
        assert min(shares) >= -ROUNDING
        assert told["window"] <= told["coverage"] + ROUNDING
        assert told["rare"] <= told["rare_nearby"] + ROUNDING
        assert (
            max(*shares, told["characters_with_headings"], told["rare_nearby"], told["window_telling"]) <= 1 + ROUNDING
        )


@given(texts, texts)
def test_a_heading_never_covers_less(text: str, heading: str) -> None:
    """Coverage with headings is at least the coverage of the passage."""
    (told,) = features(weighted("数据中心的成本增长率"), found(text, heading))
    assert told["coverage_with_headings"] >= told["coverage"]


def test_the_words_of_another_region_count_nearly_as_much() -> None:
    """The better wording is taken, at a little less."""
    other = Weighted.of({"软件": 1.0}, "软件")
    question = Weighted.of({"软体": 1.0}, "软体", [other])
    own, others = features(question, found("软体"), found("软件"))
    assert own["coverage"] == 1
    assert others["coverage"] == pytest.approx(0.95)


def test_every_feature_has_a_weight() -> None:
    """The learned weights are those of the features that are computed, and none speaks against a passage."""
    (told,) = features(weighted("成本"), found("成本"))
    learned = {name: w for name, w in weights("rank.json").items() if name != "intercept"}
    assert set(told) == set(learned)
    assert min(learned.values()) >= 0


def test_nothing_found_lexically_is_no_division_by_zero() -> None:
    """Passages that only the vectors found have no share of the best BM25."""
    assert features(weighted("成本"), found("成本", bm25=0.0))[0]["bm25_to_best"] == 0


def test_a_question_without_terms_or_passages_has_features_too() -> None:
    """Nothing asked covers nothing, and of no passages there is nothing to tell."""
    (told,) = features(weighted("？"), found("成本"))
    assert told["coverage"] == told["window"] == told["rare"] == told["often"] == 0
    assert features_of(weighted("成本"), []).scores("rank.json").tolist() == []


def test_scores_are_weighted_sums() -> None:
    """The score of a candidate is the sum of its features with their weights."""
    table = Features(("cosine", "unknown"), features_of(weighted("成本"), [found("成本")]).values[:, :2])
    assert table.scores("rank.json")[0] == pytest.approx(weights("rank.json")["cosine"] * table.of(0)["cosine"])
