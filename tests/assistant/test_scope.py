"""Which documents a question is about in so many words, and which it is kept to."""

from __future__ import annotations

import pytest

from assistant.retrieve import Hit, Retriever, one_of_each
from assistant.scope import SEVERAL, Labels, documents_named, speaks_of_documents
from ingest.document import Span
from ingest.fold import fold
from ingest.listing import Listed


def listed(path: str, title: str, publisher: str = "", date: str = "") -> Listed:
    return Listed(path, title, "txt", "", 1, 1, "", publisher, date)


DOCUMENTS = [
    listed("a.pdf", "天猫新品白皮书", "天猫", "2023-06-01"),
    listed("b.pdf", "即時零售觀察", "艾瑞", "2022-03"),
    listed("c.pdf", "硬折扣零售報告", "艾瑞", "2024"),
    listed("d.pdf", "DTC经营指南", "", ""),
    listed("e.pdf", "品牌经营白皮书", "京东", "2024-05-05"),
]


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("天猫那份白皮书怎么说？", {"a.pdf"}),
        ("2023年的报告里市场多大？", {"a.pdf"}),
        ("艾瑞發布的報告認為有幾個原因？", {"c.pdf"}),
        ("指南里的双轮是哪两个？", {"d.pdf"}),
        ("講即時零售的那份報告是何時出的？", {"b.pdf"}),
        ("《硬折扣零售报告》讲了什么？", {"c.pdf"}),
        ("白皮书里怎么说？", {"a.pdf", "e.pdf"}),
        ("2019年的报告里市场多大？", set()),
        ("报告认为是哪两个原因？", set()),
        ("2024年财报里提到的公司有几家？", set()),
        ("即时零售的市场有多大？", set()),
    ],
)
def test_documents_are_named_in_words(question: str, named: set[str]) -> None:
    """By name, kind, year, publisher or title; what fits none, or could be any, names none."""
    folded = fold(question)
    found = documents_named(folded, Labels((d.path, d.title, d.publisher, d.date) for d in DOCUMENTS))
    assert found == named
    assert speaks_of_documents(folded) or not named


def hit(document: str, score: float, number: int) -> Hit:
    return Hit(document, "", "", Span(0, 1), Span(0, 1), "", "", score, "", number=number)


def test_several_reports_have_one_passage_each_first() -> None:
    """The best of each document comes before second ones, but for one far behind; scores stay in order."""
    hits = [hit("a", 9.0, 1), hit("a", 8.5, 2), hit("a", 8.0, 3), hit("b", 7.0, 4), hit("c", 1.0, 5)]
    given = one_of_each(hits, 4)
    assert [h.number for h in given] == [1, 4, 2, 3]
    assert [h.score for h in given] == [9.0, 8.5, 8.0, 7.0]
    assert one_of_each([], 3) == []


@pytest.mark.parametrize("question", ["两份报告写的一致吗？", "各报告怎么说？", "不同报告的数字是多少？"])
def test_asking_of_several_is_known(question: str) -> None:
    """Two reports, each report, different reports."""
    assert SEVERAL.search(fold(question))


def test_the_document_that_is_named_comes_first(retriever: Retriever) -> None:
    """Naming a report brings it forward; filters of the caller hold whatever is asked."""
    assert retriever.retrieve("指南里的渠道是怎么说的？", 1)[0].document == "dtc-guide.pdf"
    assert retriever.retrieve("即时零售的市场规模", 5, publishers=["没有这家"]) == []
    dated = retriever.retrieve("即时零售的市场规模", 5, since="2024", until="2024")
    years = {d.path: d.date[:4] for d in retriever.documents()}
    assert dated
    assert {years[h.document] for h in dated} == {"2024"}
