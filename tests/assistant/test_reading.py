"""Questions that no one sentence answers: comparisons, and what one report says of what another names."""

from __future__ import annotations

import pytest

from assistant import Assistant
from assistant.confidence import REFUSE_BELOW, WEIGHTS
from assistant.question import looked_for, understand
from assistant.reading import Reader, Reading, tells_of
from ingest.settings import Settings


def read(assistant: Assistant, text: str) -> Reading:
    """What is read for a question over the sample reports."""
    parts = looked_for(understand(text))
    found = [assistant.retriever.retrieve(part, 10) for part in parts]
    return Reader(assistant.retriever, WEIGHTS).read(parts, found, whether=False)


def by_clauses(assistant: Assistant, text: str) -> Reading | None:
    return Reader(assistant.retriever, WEIGHTS).read_by_clauses(understand(text), 10)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("盒马", "盒馬鮮生的門店", True),
        ("盒马", "山姆的门店", False),
        ("门店的配送半径", "门店配送的半径是三公里", True),
        ("门店的配送半径", "仓库的覆盖半径", False),
        ("r1", "R1 的训练", True),
    ],
)
def test_a_text_tells_of_a_thing(name: str, text: str, told: bool) -> None:
    """A short name stands there as it is, a longer one in most of its pairs of characters, in either script."""
    assert tells_of(name, text) is told


def test_a_comparison_is_answered_where_both_sides_are(assistant: Assistant) -> None:
    """Each side may stand in a report of its own; nothing is told of two that no report knows."""
    assert read(assistant, "盒馬鮮生和超盒算NB，定位差在哪裡？").sure >= REFUSE_BELOW
    assert read(assistant, "獵戶座和海豚星雲，定位差在哪裡？").sure < REFUSE_BELOW


def test_a_question_is_answered_clause_by_clause(assistant: Assistant) -> None:
    """Who they are stands in one report, the share in another: the answer gives the share first, then who they are."""
    answer = assistant.ask("让华润啤酒停售的那几家平台里，美团2023年的市场份额是多少？")
    assert not answer.abstained
    assert "45%" in answer.text


def test_every_clause_must_be_told(assistant: Assistant) -> None:
    """What leads to a question that the reports answer may be about something else."""
    known = by_clauses(assistant, "华润啤酒停售的渠道里，美团2023年占多少份额？")
    unknown = by_clauses(assistant, "在北极熊过冬的洞穴里，美团2023年占多少份额？")
    assert known is not None
    assert unknown is not None
    assert known.sure > unknown.sure
    assert unknown.sure < REFUSE_BELOW


def test_a_question_of_one_clause_is_not_read_anew(assistant: Assistant) -> None:
    """Nothing leads to it."""
    assert by_clauses(assistant, "美团2023年占多少份额？") is None


def test_each_thing_that_is_asked_is_answered(assistant: Assistant) -> None:
    """Two values that two clauses ask for are both given, each with its citation."""
    answer = assistant.ask("平台治理理论的代表文献是谁写的，是哪年的？")
    assert "李明轩" in answer.text
    assert "2024" in answer.text


def test_only_the_row_that_is_asked_about_is_told(assistant: Assistant) -> None:
    """Rows of other things beside it answer nothing, though they have the same columns."""
    answer = assistant.ask("《“十四五”现代物流发展规划》是哪年发布的，重点是什么？")
    assert "2021年" in answer.text
    assert "2022年" not in answer.text
    assert "2023年" not in answer.text


def test_where_sources_disagree_no_more_is_told() -> None:
    """The sentences that state the two values are the answer."""
    texts = [
        "2023年中国茶饮的市场规模为1200亿元。茶饮的市场规模仍在扩大。",
        "另一份报告估计，2023年中国茶饮的市场规模为900亿元。",
    ]
    answer = Assistant.over(texts, Settings(_env_file=None)).ask("2023年中国茶饮的市场规模是多少？")  # type: ignore[call-arg]
    assert len(answer.conflicts) == 1
    assert all("亿元" in s.text for s in answer.sentences)
