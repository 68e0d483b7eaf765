"""Texts that say what a thing is."""

from __future__ import annotations

import pytest

from assistant import Retriever
from assistant.definition import defines
from assistant.question import understand
from ingest.fold import fold


@pytest.mark.parametrize("asked", ["什么是即时零售？", "即時零售是什麼？", "即时零售的定义是什么？", "何谓即时零售"])
@pytest.mark.parametrize(
    "text",
    [
        "即时零售是指线上下单、一小时内送达的零售方式。",
        "即時零售（Instant Retail）指的是就近配送的零售。",
        "即时零售，顾名思义，是一种在短时间内完成销售的模式。",
    ],
)
def test_a_text_that_defines_is_known(asked: str, text: str) -> None:
    """Whichever way it is asked and said."""
    assert defines(understand(asked), fold(text))


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("什么是即时零售？", "家庭日用品是即时零售的天然阵地。"),
        ("什么是即时零售？", "即时零售增长很快。直播电商是一种新模式。"),
        ("即时零售的规模是多少？", "即时零售是指线上下单、一小时内送达的零售方式。"),
        ("是什么？", "是指这个。"),
    ],
)
def test_other_texts_do_not(asked: str, text: str) -> None:
    """What is said about it, what another thing is, and an answer to another question."""
    assert not defines(understand(asked), fold(text))


def test_the_passage_that_defines_comes_first(retriever: Retriever) -> None:
    """Among many passages about a thing."""
    question = understand("什么是即时零售？")
    assert defines(question, fold(retriever.retrieve(question, 1)[0].text))
