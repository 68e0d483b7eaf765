"""Example questions made from the documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Assistant
from assistant.app.examples import Suggestions, examples
from assistant.script import script_of
from ingest.embed import SentenceTransformersEmbedder
from ingest.pipeline import ingest
from ingest.settings import Settings

REPORTS = {
    "零售.md": "# 即时零售：市场与前景\n\n## 一、定义\n\n即时零售是指消费者线上下单，商品从附近门店出货并在半小时内送达的零售模式。\n\n"
    "## 二、规模\n\n据测算，2023年即时零售的市场规模为1.2万亿元，此后每年增长三成。\n",
    "物流.md": "# 倉儲物流觀察\n\n## 一、前置倉\n\n前置倉是指設在社區附近、只服務線上訂單的小型倉庫，通常只存放暢銷商品。\n\n"
    "## 二、成本\n\n調查發現，前置倉每單的履約成本為12.5元，其中騎手薪資占了六成以上。\n",
    "人事.txt": "本组今年没有新的成员加入。大家照旧每周开会一次，讨论各自的进展。\n",
}


def assistant_over(folder: Path, reports: dict[str, str]) -> Assistant:
    settings = Settings(_env_file=None, workers=1)
    (folder / "reports").mkdir()
    for name, text in reports.items():
        (folder / "reports" / name).write_text(text, "utf-8")
    ingest([folder / "reports"], folder / "index", settings, SentenceTransformersEmbedder(settings.model_path()))
    return Assistant.open(folder / "index", settings)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_over(tmp_path_factory.mktemp("examples"), REPORTS)


def test_examples_are_questions_from_the_documents(assistant: Assistant) -> None:
    """Definitions and figures of the reports are turned into questions, from more than one document."""
    questions = examples(assistant)["zh-Hans"]
    assert 2 <= len(questions) <= 4
    assert all(q.endswith("？") for q in questions)
    assert any("即时零售" in q for q in questions)
    assert any("前置仓" in q for q in questions)


def test_the_assistant_answers_its_examples_in_both_scripts(assistant: Assistant) -> None:
    """No example is refused, in whichever script it is asked."""
    for script, questions in examples(assistant).items():
        for question in questions:
            assert script_of(question, script) == script
            assert not assistant.ask(question).abstained


def test_the_same_index_gives_the_same_examples(assistant: Assistant) -> None:
    """Nothing is left to chance."""
    assert examples(assistant) == examples(assistant)


def test_as_many_examples_as_wanted(assistant: Assistant) -> None:
    """One when one is wanted, and the same questions in both scripts."""
    one = examples(assistant, wanted=1)
    assert [len(q) for q in one.values()] == [1, 1]


def test_an_empty_index_has_no_examples(tmp_path: Path) -> None:
    """Without documents there is nothing to ask, and no error."""
    assert examples(assistant_over(tmp_path, {})) == {"zh-Hans": (), "zh-Hant": ()}


def test_making_them_ends_when_they_are_not_wanted_any_more(assistant: Assistant) -> None:
    """Whoever closes waits for the question that is at hand, and not for all of them; no thread is left searching."""
    suggestions = Suggestions(patience=0)
    suggestions.of(assistant)
    suggestions.close()
    assert not [t for t in suggestions._making if t.is_alive()]
    assert examples(assistant, until=lambda: True) == {"zh-Hans": (), "zh-Hant": ()}
