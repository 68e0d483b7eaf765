"""Which side of a comparison is more."""

from __future__ import annotations

import pytest

from assistant.clauses import read
from assistant.comparison import swapped

SOURCES = (
    "华东地区的门店坪效高于华南地区。",
    "与去年相比，华东的续费率为88%，比华南高出7个百分点。",
    "华南的工厂数量远少于华东。",
    "华东的产量约为华南的三倍。",
)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("sentence", "right"),
    [
        ("华东高于华南。", True),
        ("华南低于华东。", True),
        ("华东比华南多。", True),
        ("华南高于华东。", False),
        ("华东不如华南。", False),
        ("华南比华东更多。", False),
    ],
)
def test_sides_may_change_places_only_with_the_word_between(sentence: str, right: bool, source: str) -> None:
    """A is more than B as well as B is less than A; B more than A is told, whatever the words."""
    assert (list(swapped(read(sentence), read(source))) == []) is right


def test_other_comparisons_are_not_judged() -> None:
    """What the source does not compare is left to the other checks."""
    assert list(swapped(read("华东高于华南。"), read("线上销量高于线下。"))) == []
