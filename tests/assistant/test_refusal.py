"""What a refusal says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Hit
from assistant.question import understand
from assistant.refusal import LONGEST, in_title_marks, not_told, refusal
from assistant.script import script_of

TEXT = "DeepSeek-R1 的训练成本约为29.4万美元。"
TITLE = "DeepSeek-R1 登上《Nature》封面"


def test_a_refusal_says_what_was_looked_for_and_what_is_nearest(passage: Callable[..., Hit]) -> None:
    """The question, the title of the nearest report, the name that is not there and the one that is."""
    said = refusal(understand("DeepSeek-R2 的训练成本是多少？"), [passage(TEXT, title=TITLE)], 3)
    assert said == (
        "资料里没有找到「DeepSeek-R2 的训练成本是多少」的答案；最接近的段落出自《DeepSeek-R1 登上〈Nature〉封面》，其中没有提到R2，只提到R1。"
    )


def test_a_refusal_is_in_the_script_of_the_question(passage: Callable[..., Hit]) -> None:
    """Its own words and the titles are converted."""
    said = refusal(understand("德國的訓練成本是多少？"), [passage(TEXT, title="训练细节")], 3)
    assert said == "資料裡沒有找到「德國的訓練成本是多少」的答案；最接近的段落出自《訓練細節》，其中沒有提到德國。"
    assert script_of(said) == "zh-Hant"


def test_nothing_near_is_said_to_be_near() -> None:
    """Without passages only the question is told."""
    assert refusal(understand("明天会下雨吗？"), [], 3) == "资料里没有找到「明天会下雨吗」的答案。"


def test_passages_without_titles_are_pointed_at(passage: Callable[..., Hit]) -> None:
    """Texts that a caller brings have no names."""
    assert "下面是最接近的段落" in refusal(understand("训练成本是多少？"), [passage(TEXT)], 3)


def test_a_long_question_is_not_said_again(passage: Callable[..., Hit]) -> None:
    """A refusal stays short."""
    question = "请问" + "非常" * LONGEST + "多的成本是多少？"
    said = refusal(understand(question), [passage(TEXT, title=TITLE)], 3)
    assert question[:20] not in said
    assert len(said) < 80


@pytest.mark.parametrize(
    ("question", "gone"),
    [
        ("DeepSeek-R2 的训练成本？", [("R2", "R1")]),
        ("2031年的训练成本？", [("2031年", "")]),
        ("海底捞的训练成本？", [("海底捞", "")]),
        ("東京的訓練成本？", [("東京", "")]),
        ("DeepSeek-R1 的训练成本？", []),
        ("训练成本？", []),
    ],
)
def test_only_what_no_passage_has_is_said_not_to_be_there(
    passage: Callable[..., Hit], question: str, gone: list[tuple[str, str]]
) -> None:
    """Names, years, companies and places are told as the question writes them, with a sibling where there is one."""
    assert not_told(understand(question), [passage(TEXT)]) == gone


@pytest.mark.parametrize(
    ("title", "marked"),
    [
        ("年报", "《年报》"),
        ("《年报》", "《年报》"),
        ("《营销学》课件", "《〈营销学〉课件》"),
        ("《甲》与《乙》", "《〈甲〉与〈乙〉》"),
        ("长" * 50, f"《{'长' * 35}…》"),
    ],
)
def test_a_title_stands_in_one_pair_of_marks(title: str, marked: str) -> None:
    """Marks of its own become the inner ones, whole as the marks around it stay."""
    assert in_title_marks(title) == marked
