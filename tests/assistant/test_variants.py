"""What sources say otherwise in words, where a question asks for it."""

from __future__ import annotations

import pytest

from assistant import Answer, Assistant
from assistant.conflict import asks_whether
from assistant.question import understand
from ingest.settings import Settings


def ask(question: str, *texts: str) -> Answer:
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    return Assistant(Assistant.over(texts, settings).retriever, refuse_below=-99).ask(question)


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("标题和正文说的一样吗？", True),
        ("两份报告给的数字对得上吗？", True),
        ("各份資料有沒有出入？", True),
        ("这个词给了哪两种不同的定义？", True),
        ("数目对吗？", True),
        ("前后给了哪两个数？", True),
        ("美团和饿了么的半径一样吗？", False),
        ("市场规模是多少？", False),
        ("报告里怎么说？", False),
    ],
)
def test_a_question_may_ask_whether_sources_agree(question: str, *, asks: bool) -> None:
    """It asks so of what is said, not of two things."""
    assert asks_whether(understand(question)) is asks


def test_two_definitions_are_both_given() -> None:
    """The two sentences that say what a thing is, each with its citation."""
    answer = ask(
        "报告对“复购率”给了哪两种不同的定义？",
        "复购率指的是一年内购买两次以上的顾客所占的比例。它常用来衡量忠诚度，也用来比较渠道。",
        "本文所说的复购率是指第二次下单的金额与首单金额之比。下文以此计算。",
    )
    (conflict,) = answer.conflicts
    assert {v[:6] for v in conflict.values} == {"一年内购买两", "第二次下单的"}
    assert conflict.kind == "sources"
    assert len({answer.citations[i].document for i in conflict.citations}) == 2


def test_a_name_in_the_place_of_another_is_told() -> None:
    """Two sentences that are the same but for a name."""
    answer = ask(
        "场景分析借助的是哪个工具？两份报告说的一样吗？",
        "品牌在场景分析中借助云图中心等平台工具，洞察消费者对风格元素的需求。",
        "附录：品牌在场景分析中借助星河系统等平台工具，洞察消费者对风格元素的需求。",
    )
    (conflict,) = answer.conflicts
    assert "云图中心" in "".join(conflict.values)
    assert "星河系统" in "".join(conflict.values)


@pytest.mark.parametrize(
    ("listed", "told"),
    [("怕辣、怕酸、怕甜", "3项（怕辣、怕酸、怕甜）"), ("怕辣、怕酸、怕甜、怕咸", "")],
)
def test_a_list_is_held_against_the_number_announced(listed: str, told: str) -> None:
    """Fewer items than announced are told; as many are no disagreement."""
    answer = ask("喝酒有四怕，实际列了哪几怕？数目对吗？", f"消费者的痛点是喝酒四怕({listed})。产品因此主打清凉。")
    if told:
        (conflict,) = answer.conflicts
        assert conflict.kind == "count"
        assert conflict.values == ("四怕", told)
        assert "数目对不上：说是四怕，列出的却是3项" in answer.text
    else:
        assert answer.conflicts == ()


def test_two_places_of_one_report_are_held_against_each_other() -> None:
    """A report that gives two values for one thing is said to do so in two places."""
    filler = "即时零售的配送网络由前置仓、骑手与调度系统组成，各地的密度并不相同。" * 3
    text = f"2023年中国茶饮的市场规模为1200亿元。{filler}2023年中国茶饮的市场规模为900亿元。"
    (conflict,) = ask("2023年中国茶饮的市场规模是多少？", text).conflicts
    assert conflict.kind == "within"
    assert set(conflict.values) == {"1200亿元", "900亿元"}
    assert "同一份资料前后不一：" in conflict.said_in("zh-Hans")
    assert "同一份資料前後不一：" in conflict.said_in("zh-Hant")


def test_what_agrees_is_no_disagreement_though_it_is_asked_for() -> None:
    """The same amount in other units is the same."""
    answer = ask(
        "2023年茶饮的市场规模，两份报告说的一样吗？",
        "2023年中国茶饮的市场规模为1200亿元。",
        "2023年中国茶饮的市场规模为0.12万亿元。",
    )
    assert answer.conflicts == ()
