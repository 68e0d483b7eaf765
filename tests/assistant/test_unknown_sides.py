"""Comparisons one side of which stands nowhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Assistant, Hit
from assistant.question import Question, understand
from assistant.unknown_sides import compared, is_name, knows, unknown_sides


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("即时零售和直播电商有什么区别？", ("即时零售", "直播电商")),
        ("SheIn 跟 Temu 在美國的市占差多少？", ("shein", "temu")),
        ("美团和饿了么2023年份额各是多少？", ()),
        ("即时零售是什么？", ()),
    ],
)
def test_what_a_question_compares(text: str, names: tuple[str, ...]) -> None:
    """Two names where the difference is asked for, none where each is asked of, or only one is there."""
    assert compared(understand(text)) == names


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("自热火锅", True),
        ("temu", True),
        ("epseek-r1-zero", False),
        ("新浪比算贵还是便宜", False),
        ("山姆那套做法", False),
        ("正文", False),
        ("盒马门店的配送范围", False),
    ],
)
def test_what_is_a_name(words: str, name: bool) -> None:
    """A few Chinese characters or whole Latin words: no phrase, no part of a report, no piece of a longer word."""
    assert is_name(words, "自热火锅 temu deepseek-r1-zero") is name


@pytest.mark.parametrize(
    ("text", "name", "known"),
    [
        ("速冻的菜品口感更好", "速冻菜品", True),
        ("火锅与卤味", "自热火锅", False),
        ("采用 gpt-4 生成", "gpt-", True),
        ("采用 gptx 生成", "gpt-", False),
    ],
)
def test_a_text_knows_a_name(text: str, name: str, known: bool) -> None:
    """By most of its pairs of characters, and by whole Latin words."""
    assert knows(text, name) is known


def test_a_side_is_looked_for_by_its_name_alone(passage: Callable[..., Hit]) -> None:
    """One that stands in no passage of the question may stand elsewhere; a Chinese one is doubted only where the answer is."""
    asked = understand("预制菜和自热火锅有什么区别？")
    about = [passage("预制菜是以农产品为原料的菜品。")]

    def retrieve(question: Question, k: int) -> list[Hit]:
        return [passage("自热火锅靠发热包加热。")]

    def none(question: Question, k: int) -> list[Hit]:
        return []

    assert unknown_sides(asked, about, 0.0, none) == ("自热火锅",)
    assert unknown_sides(asked, about, 3.0, none) == ()
    assert unknown_sides(asked, about, 0.0, retrieve) == ()
    latin = understand("SheIn和Temu有什么不同？")
    assert unknown_sides(latin, [passage("SheIn上新很快。")], 3.0, none) == ("temu",)


def test_a_comparison_with_one_unknown_side_is_refused() -> None:
    """It says which side is not there; with both there it is answered."""
    texts = ["寄卖型平台为成色担保，平均抽成一成八。撮合型平台只抽百分之三，验货由买家负责。"]
    assistant = Assistant.over(texts)
    refused = assistant.ask("寄卖型平台和拍卖行的抽成有什么不同？")
    assert refused.abstained
    assert "拍卖行" in refused.text.split("没有提到")[-1]
    assert not assistant.ask("寄卖型平台和撮合型平台的抽成有什么不同？").abstained
