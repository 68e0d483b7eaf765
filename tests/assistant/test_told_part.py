"""The part of a sentence that tells what is asked for."""

from __future__ import annotations

import pytest

from assistant.question import understand
from assistant.told_part import told_part
from ingest.document import Span

FIRST = "截至2023年，中国5G基站总量达260万个，覆盖全部地级市及95%以上的县城，农村也在推进；"
SECOND = "全国前置仓网络规模突破10万个，实现核心城市3公里半径的覆盖。"


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("中国5G基站总量有多少个？", FIRST),
        ("前置仓网络规模有多少个？", SECOND),
        ("5G基站和前置仓各有多少个？", FIRST + SECOND),
        ("为什么要建5G基站？", FIRST + SECOND),
        ("中国前置仓网络和5G基站总量相加有多少个？", FIRST + SECOND),
    ],
)
def test_what_one_part_tells_is_cut_from_the_others(question: str, kept: str) -> None:
    """The part with the amount and all that the others know of the question; else the whole."""
    text = f"前文。{FIRST}{SECOND}"
    assert told_part(understand(question), text, Span(3, len(text))).of(text) == kept


def test_a_short_sentence_stays_whole() -> None:
    """Its parts lean on one another."""
    text = "基站有260万个；前置仓有10万个。"
    assert told_part(understand("基站有多少个？"), text, Span(0, len(text))) == Span(0, len(text))
