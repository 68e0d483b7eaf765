"""Several indexes asked as one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, Retriever
from assistant.together import Together
from ingest.embed import SentenceTransformersEmbedder
from ingest.pipeline import ingest
from ingest.settings import Settings

BROUGHT = {
    "自己的/火星咖啡.md": "# 火星咖啡调研\n\n## 一、规模\n\n2031年火星咖啡的市场规模为47亿元，门店一共有310家。\n\n## 二、价格\n\n一杯火星咖啡的均价为66元。\n",
    "自己的/零售.txt": "即时零售的区域试点\n\n本地的即时零售试点从2019年开始，参加的门店一共有九十六家。\n",
}
MARS = "2031年火星咖啡的市场规模是多少？"


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """A small collection beside the sample reports."""
    folder = tmp_path_factory.mktemp("brought")
    for path, text in BROUGHT.items():
        (folder / "files" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "files" / path).write_text(text, "utf-8")
    settings = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]
    ingest([folder / "files"], folder / "index", settings, SentenceTransformersEmbedder(settings.model_path()))
    return Retriever.open(folder / "index", settings)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """A collection without a document."""
    folder = tmp_path_factory.mktemp("empty")
    (folder / "files").mkdir()
    settings = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]
    ingest([folder / "files"], folder / "index", settings, SentenceTransformersEmbedder(settings.model_path()))
    return Retriever.open(folder / "index", settings)


@pytest.mark.parametrize("question", [MARS, "2031年火星咖啡的市場規模是多少？"])
def test_what_only_the_small_collection_tells_is_answered_from_it(
    assistant: Assistant, brought: Retriever, question: str
) -> None:
    """Beside many reports the one document that was brought is found first, and cited by its own path."""
    assert assistant.ask(question).abstained
    answer = assistant.beside([brought]).ask(question)
    assert "47" in answer.text
    citation = answer.citations[0]
    assert citation.document == "自己的/火星咖啡.md"
    raw = brought.document(citation.document).raw
    assert "47亿元" in citation.span.of(raw)


def test_the_shared_reports_are_answered_from_as_before(assistant: Assistant, brought: Retriever) -> None:
    """A collection about something else changes no answer."""
    both = assistant.beside([brought])
    for question in ("DeepSeek-R1 的训练花了多少美元？", "超盒算NB 是什么时候改名的？", "什么是智慧营销？"):
        assert both.ask(question).text == assistant.ask(question).text


def test_an_empty_collection_changes_nothing(assistant: Assistant, retriever: Retriever, empty: Retriever) -> None:
    """With nothing in it the hits are the same, and so are their scores."""
    alone = retriever.retrieve("即时零售的核心属性", 10)
    both = Together([retriever, empty]).retrieve("即时零售的核心属性", 10)
    assert [(h.document, h.span, h.score) for h in both] == [(h.document, h.span, h.score) for h in alone]


def test_a_small_index_is_weighed_by_the_large_one(retriever: Retriever, brought: Retriever) -> None:
    """Whichever comes first, the order of the hits is the same: the weights are the larger index's."""
    one, other = Together([retriever, brought]), Together([brought, retriever])
    for question in (MARS, "即时零售的试点有多少家门店？"):
        first, second = one.retrieve(question, 8), other.retrieve(question, 8)
        assert [(h.document, h.span) for h in first] == [(h.document, h.span) for h in second]
        assert [h.score for h in first] == pytest.approx([h.score for h in second])
        assert len({h.number for h in first}) == len(first)


def test_a_choice_of_documents_holds_over_all_indexes(retriever: Retriever, brought: Retriever) -> None:
    """Only the chosen documents are found, whichever index they are in."""
    both = Together([retriever, brought])
    own = "自己的/零售.txt"
    assert {h.document for h in both.retrieve("即时零售", 9, documents=[own])} == {own}
    shared = retriever.documents()[0].path
    assert {h.document for h in both.retrieve("即时零售", 99, documents=[own, shared])} == {own, shared}
    assert both.retrieve("即时零售", 5, documents=[]) == []


def test_publishers_and_dates_hold_over_all_indexes(retriever: Retriever, brought: Retriever, tmp_path: Path) -> None:
    """What is of another publisher or date is found in none of the indexes; nor is, by date, what has none."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "dated.md").write_text("# 即时零售\n\n即时零售的门店一共有八十二家。\n", "utf-8")
    (tmp_path / "own" / "dated.md.meta.yaml").write_text("publisher: 甲研究院\ndate: 2019-05-01\n", "utf-8")
    settings = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]
    ingest([tmp_path / "own"], tmp_path / "index", settings, SentenceTransformersEmbedder(settings.model_path()))
    both = Together([retriever, brought, Retriever.open(tmp_path / "index", settings)])

    def found(**bounds: Any) -> set[str]:
        return {h.document for h in both.retrieve("即时零售", 99, **bounds)}

    assert found(publishers=["甲研究院"]) == found(until="2019") == {"dated.md"}
    late = {d.path for d in retriever.documents() if d.date}
    assert found(since="2020") == late
    assert found(since="2019-05") == late | {"dated.md"}
    assert found(publishers=[]) == found(publishers=["甲研究院"], since="2020") == set()
    assert found(documents=list(BROUGHT), since="2000") == set()


def test_documents_are_had_by_their_paths(retriever: Retriever, brought: Retriever) -> None:
    """Both lists follow each other, and each path leads to its document and its passages."""
    both = Together([retriever, brought])
    assert [d.path for d in both.documents()] == [d.path for d in (*retriever.documents(), *brought.documents())]
    for path in BROUGHT:
        assert both.document(path).path == path
        assert both.passages_of(path)
    with pytest.raises(KeyError):
        both.document("没有.txt")
    assert both.passages_of("没有.txt") == []


def test_the_same_report_in_both_is_told_once(assistant: Assistant, retriever: Retriever, tmp_path: Path) -> None:
    """A passage that the shared reports have word for word names the other place, and takes no second one."""
    path = "deepseek-r1-nature.txt"
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "copy.txt").write_text(retriever.document(path).raw, "utf-8")
    settings = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]
    ingest([tmp_path / "own"], tmp_path / "index", settings, SentenceTransformersEmbedder(settings.model_path()))
    both = Together([retriever, Retriever.open(tmp_path / "index", settings)])
    hits = both.retrieve("DeepSeek-R1 的训练花了多少美元？", 10)
    assert {path, "copy.txt"} & {h.document for h in hits[:3]}
    twice = {"copy.txt", path}
    assert any({h.document, *(a.document for a in h.also)} == twice for h in hits)


def test_there_must_be_something_to_ask() -> None:
    """No index at all is an error of the caller."""
    with pytest.raises(ValueError, match="no retriever"):
        Together([])
