"""Negations and opposites, by examples."""

from __future__ import annotations

import pytest

from assistant.clauses import read
from assistant.directions import opposites
from assistant.negation import negations


def turned(sentence: str, source: str) -> list[tuple[str, str]]:
    said, known = read(sentence), read(source)
    return [(t.words, t.source) for t in (*negations(said.clauses, known.clauses), *opposites(said, known))]


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("各方约定独家合作。", "双方并未约定独家合作。"),
        ("任何一方可以单方面终止。", "任何一方不得单方面终止。"),
        ("超过六成消费者不愿意多付5元。", "超过六成消费者愿意多付5元，只有一成表示不愿意。"),
        ("新工厂尚未竣工。", "新工厂已于去年竣工。"),
        ("含糖茶的占比为8%。", "无糖茶的占比为8%。"),
        ("亏损扩大至1.9亿元。", "亏损收窄至1.9亿元。"),
        ("公司由亏转盈。", "公司由盈转亏。"),
        ("新加坡的渗透率最低。", "新加坡的渗透率最高，越南的最低。"),
        ("下半年出口额为5亿元。", "上半年出口额为5亿元。"),
    ],
)
def test_what_is_turned_round_is_found(sentence: str, source: str) -> None:
    """A negation added or dropped, and a word of the opposite direction."""
    assert turned(sentence, source)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("公司不存在对外担保。", "公司没有对外担保。"),
        ("不少企业不仅加薪，不断扩招。", "许多企业加薪，扩招。"),
        ("未来无人机销量会上升。", "无人机的销量会上升。"),
        ("越南的渗透率最低。", "新加坡的渗透率最高，越南的最低。"),
        ("客单价降到48元。", "客单价由52元下降至48元，销量却增长了。"),
        ("没有人提过的事。", "别的句子。"),
    ],
)
def test_what_says_the_same_is_left_alone(sentence: str, source: str) -> None:
    """Words that hold 不, 无 or 未 and deny nothing, and other words for one direction."""
    assert turned(sentence, source) == []
