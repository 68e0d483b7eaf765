"""What of a question a text lacks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.brands import NAMES, has_brand
from assistant.missing import (
    focus,
    focus_lost,
    has_name,
    has_place,
    lost,
    named,
    sibling,
    subject,
    subject_missing,
    without,
    words_missing,
)
from assistant.question import Question, understand
from assistant.rank import Weighted
from ingest.fold import fold

Weigh = Callable[[Question], Weighted]


def test_what_a_question_names() -> None:
    """Latin names, years, numbers, places, companies, quoted words and ordinals, each where it belongs."""
    told = named(understand("《零售管理》第3期说，2023年美团在台北用 H800 送了120万单吗？"))
    assert told.quoted == ("零售管理",)
    assert told.ordinals == ("第3",)
    assert told.years == ("2023",)
    assert told.brands == ("美团",)
    assert told.places == ("台北",)
    assert told.names == ("h800",)
    assert told.numbers == ("120",)


@pytest.mark.parametrize("question", ["奥乐齐（ALDI）有几家店？", "Volvo（沃爾沃）賣了幾輛？"])
def test_a_name_that_is_only_translated_is_not_asked_for_twice(question: str) -> None:
    """Of a Chinese name and the Latin one in brackets beside it the Chinese one is looked for."""
    assert named(understand(question)).names == ()
    assert len(named(understand(question)).brands) == 1


@pytest.mark.parametrize(
    ("name", "text", "there"),
    [
        ("r1", "deepseek-r1 的成本", True),
        ("r1", "r10 的成本", False),
        ("r2", "deepseek-r1 的成本", False),
        ("deepseek", "deepseekr1", True),
        ("seek", "deepseek", True),
        ("gpt", "chatgpt", False),
    ],
)
def test_a_name_stands_by_itself(name: str, text: str, *, there: bool) -> None:
    """A short name is no part of another one; a longer word may be written together with others."""
    assert has_name(name, text) is there


@pytest.mark.parametrize(
    ("name", "text", "other"),
    [
        ("r2", "deepseek-r1", "r1"),
        ("v4", "v3 base", "v3"),
        ("4r", "从4p到4c", ""),
        ("h800", "a100", ""),
        ("gpt", "gbt", ""),
    ],
)
def test_a_name_of_the_same_shape(name: str, text: str, other: str) -> None:
    """The same letters with another number stand in the place of a name that is not there."""
    assert sibling(name, text) == other


@given(st.sampled_from(NAMES))
def test_a_company_is_found_by_its_own_name(name: str) -> None:
    """The names are folded as texts are."""
    assert fold(name) == name
    assert has_brand(name, f"据报道，{name}发布了财报。")


def test_a_company_is_found_by_its_other_names() -> None:
    """A Latin or an owner's name will do."""
    assert has_brand("沃尔沃", "volvo 在华销量")
    assert not has_brand("沃尔沃", "特斯拉在华销量")


def test_china_is_everywhere_and_other_places_are_not() -> None:
    """Reports about China need not say so; another country has to be named."""
    assert named(understand("中国有多少家店？")).places == ()
    assert has_place("德国", "德国市场")
    assert not has_place("德国", "美国市场")


def test_the_share_of_terms_that_is_missing() -> None:
    """Nothing is missing where nothing is asked for."""
    assert without((), "任何") == 0
    assert without(("2023", "2024"), "2023年") == 0.5


def test_lost_words_are_those_without_a_neighbour(weigh: Weigh) -> None:
    """All of a question's words are there in itself, a longer run is lost where a word of it has no match, all in another text."""
    question = understand("波司登的营业收入是多少？")
    assert lost(question, weigh(question), question.folded) == (0, 0)
    share, run = lost(question, weigh(question), "波司登的门店")
    assert 0 < share < 1
    assert run == 1
    assert lost(question, weigh(question), "完全不相干")[0] == 1


@given(st.text(alphabet="波司登营业收入门店天猫", max_size=30))
def test_a_longer_text_lacks_no_more(text: str) -> None:
    """Adding to a text never makes more of the question missing."""
    question = understand("波司登在天猫的营业收入是多少？")
    weighted = Weighted.of(dict.fromkeys(question.terms, 1.0), "")
    assert lost(question, weighted, text + "；波司登") <= lost(question, weighted, text)
    assert words_missing(question, text + "；收入") <= words_missing(question, text)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("波司登的营业收入是多少", "营业收入"),
        ("千趣会要付多少授权金", "授权金"),
        ("谁是作者", "作者"),
        ("介绍一下", ""),
    ],
)
def test_the_focus_stands_beside_what_asks(asked: str, words: str) -> None:
    """What is asked for mostly stands right before or behind the asking word."""
    assert words in focus(asked)
    assert bool(focus(asked).strip()) is bool(words)


def test_a_lost_focus(weigh: Weigh) -> None:
    """Another measure of the same thing lacks what is asked for."""
    question = understand("波司登的营业收入是多少？")
    assert focus_lost(question, weigh(question), "波司登的营业收入为百亿元") == 0
    assert focus_lost(question, weigh(question), "波司登的门店有千家") == 1


def test_the_subject_of_a_question() -> None:
    """It is what a question begins with, past years and words that only lead."""
    assert subject("2023年那海底捞有多少家店") == "海底"
    assert subject("r1 的成本") == "的成"
    assert subject_missing(understand("海底捞有多少家店？"), "盒马有三百家店")
    assert not subject_missing(understand("海底捞有多少家店？"), "海底捞有三百家店")
