"""The features of sentences."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.offered import Offer
from assistant.question import Question, understand
from assistant.rank import Weighted
from assistant.sentence_features import Sought, beside_others, common_subsequence, sentence_features
from ingest.document import Span

Weigh = Callable[[Question], Weighted]
SHORT = st.text(alphabet="一二三四五", max_size=12)


def by_table(one: str, other: str) -> int:
    """The length of the longest common subsequence, by the table of the textbook."""
    row = [0] * (len(other) + 1)
    for a in one:
        before = row
        row = [0]
        for j, b in enumerate(other, 1):
            row.append(before[j - 1] + 1 if a == b else max(before[j], row[-1]))
    return row[-1]


@given(SHORT, SHORT)
def test_the_common_subsequence_is_the_longest(one: str, other: str) -> None:
    """By bits it is as long as by the table."""
    assert common_subsequence(one, other) == by_table(one, other)


def features(weigh: Weigh, question: str, text: str, before: str = "", after: str = "") -> dict[str, float]:
    """The features of one sentence."""
    asked = understand(question)
    return sentence_features(Sought(asked, weigh(asked)), text, Offer(Span(0, len(text)), before, ""), after)


@pytest.mark.parametrize(
    ("feature", "question", "better", "worse"),
    [
        ("in_order", "甲公司收购了谁？", "甲公司收购乙公司。", "乙公司收购甲。"),
        ("beside_left", "论文刊于哪份刊物？", "论文刊于《自然》。", "论文受到《自然》关注。"),
        (
            "near_named",
            "门店有多少家？",
            "门店有300家，营收见表。",
            "门店见表，另有营收300万元，利润、现金流和负债率都有改善。",
        ),
        ("telling", "海豚计划的预算是多少？", "海豚计划预算300万元。", "预算300万元。"),
    ],
)
def test_a_feature_tells_better_from_worse(weigh: Weigh, feature: str, question: str, better: str, worse: str) -> None:
    """What goes along with the question has more of the feature."""
    assert features(weigh, question, better)[feature] > features(weigh, question, worse)[feature]


def test_what_follows_counts_only_where_it_adds(weigh: Weigh) -> None:
    """A sentence that says the rest of what is asked for raises the one before it."""
    question = "甲公司的利润是多少？"
    assert features(weigh, question, "甲公司公布了年报。", after="利润为3亿元。")["coverage_after"] > 0
    assert features(weigh, question, "甲公司公布了年报。", after="甲公司。")["coverage_after"] == 0


def test_sentences_are_held_against_the_best() -> None:
    """Of each passage, and of all."""
    rows = [{"coverage": c} for c in (0.2, 0.5, 0.9)]
    beside_others(rows, [1, 1, 2])
    assert [round(r["coverage_in_passage"], 6) for r in rows] == [-0.3, 0, 0]
    assert [round(r["coverage_in_all"], 6) for r in rows] == [-0.7, -0.4, 0]
