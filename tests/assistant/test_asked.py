"""What amount a question asks for."""

from __future__ import annotations

import pytest

from assistant.asked import Wanted, says, wanted
from assistant.question import understand
from ingest.fold import fold


def asked(text: str) -> Wanted | None:
    question = understand(text)
    return wanted(question.asking, question.kind)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("一共開了幾家店？", Wanted("count", "家")),
        ("Allbirds 一年卖几双鞋？", Wanted("count", "双")),
        ("有多少位骑手？", Wanted("count", "人")),
        ("用掉多少度電？", Wanted("count", "千瓦时")),
        ("规模是多少亿元？", Wanted("money")),
        ("一晚多少錢？", Wanted("money")),
        ("淨利潤是多少？", Wanted("money")),
        ("占總花費的百分之幾？", Wanted("share")),
        ("成長幾趴？", Wanted("share")),
        ("占了几成？", Wanted("share")),
        ("美团占多少份额？", Wanted("share")),
        ("渗透率是多少？", Wanted("share")),
        ("哪一年创立的？", Wanted("date")),
        ("什麼時候發布的？", Wanted("date")),
        ("训练了多久？", Wanted("time")),
    ],
)
def test_a_question_tells_what_amount_it_asks_for(text: str, amount: Wanted) -> None:
    """Its kind, and of a count what is counted, in either script and region."""
    assert asked(text) == amount


@pytest.mark.parametrize("text", ["通讯作者是谁？", "市场规模有多大？", "为什么要涨几倍？", "有哪几种选择？", "它呢？"])
def test_a_question_may_ask_for_no_amount_or_not_say_of_what(text: str) -> None:
    """Lists and reasons count nothing, and 多大 may be money, area or people."""
    assert asked(text) is None


@pytest.mark.parametrize(
    ("question", "sentence", "told"),
    [
        ("开了几家店？", "2024年已有1200多家门店。", True),
        ("开了几家店？", "它在全国扩张，2024年营收12亿元。", False),
        ("有多少位骑手？", "平台上约有30万名骑手。", True),
        ("一晚多少钱？", "平均房价超过3000元。", True),
        ("一晚多少钱？", "入住率达到85%。", False),
        ("占百分之几？", "约占总额的3.4%。", True),
        ("占几成？", "回头客占六成。", True),
        ("占几成？", "公司成立于2019年。", False),
        ("什么时候发布的？", "论文发表于2025年9月。", True),
        ("什么时候发布的？", "论文登上封面。", False),
        ("2024年的规模是什么时候公布的？", "2024年的规模很大。", False),
        ("训练了多久？", "连续跑了约198小时。", True),
        ("训练了多久？", "用了512块显卡。", False),
        ("通讯作者是谁？", "通讯作者是甲。", None),
    ],
)
def test_a_sentence_tells_or_does_not(question: str, sentence: str, told: bool | None) -> None:
    """An amount of the kind that is asked for, which the question does not itself hold."""
    assert says(understand(question), fold(sentence)) is told


def test_the_head_of_a_table_tells_what_its_numbers_are() -> None:
    """A row has its unit in the head of its column."""
    question = understand("2021年的规模是多少亿元？")
    assert says(question, "2021年 | 2000 | 无", "年份 | 规模(亿元) | 同比") is True
    assert says(question, "2021年 | 2000 | 无", "年份 | 门店 | 同比") is False
