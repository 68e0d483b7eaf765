"""Directions and kinds that a source has the other way, by examples."""

from __future__ import annotations

import pytest

from assistant.clauses import read
from assistant.directions import opposites


def turned(sentence: str, source: str) -> list[tuple[str, str]]:
    return [(t.words, t.source) for t in opposites(read(sentence), read(source))]


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("比上一年少1109万吨。", "比上年增加1109万吨，增长1.6%。"),
        ("存款准备金率上调0.5个百分点。", "下调存款准备金率0.5个百分点。"),
        ("进口额下降了20%。", "今年上半年的进口额增长了20%，经常账户盈余下降了85%。"),
        ("预期下调到4.8%。", "将预期由4.8%上调至4.9%。"),
        ("试点城市减至5个。", "试点城市由最初的5个增加到28个。"),
        ("增长正在加快。", "增长已经放缓。"),
        ("资金净流入5亿元。", "资金净流出5亿元。"),
    ],
)
def test_the_other_direction_is_found(sentence: str, source: str) -> None:
    """Beside a figure the word that stands with the same figure counts; elsewhere the clause most like it."""
    assert turned(sentence, source)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("比央行的预测低0.1个百分点。", "经济将增长0.4%，低于央行预测的0.5%。"),
        ("此后放缓到42.9%。", "2023年增长42.9%，2022年增长75%。"),
        ("可能性高达六成。", "重新陷入衰退的可能性达到60%。"),
        ("亩产提高到401公斤。", "由于亩产提高到401公斤，总产量增长1.6%。"),
        ("杭州比成都高7个百分点。", "成都比杭州低7个百分点。"),
    ],
)
def test_other_words_for_one_direction_are_left_alone(sentence: str, source: str) -> None:
    """Comparisons, growth that slows down, and the same told from the other side."""
    assert turned(sentence, source) == []
