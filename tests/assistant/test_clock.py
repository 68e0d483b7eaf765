"""Times of day in either notation, and what is none."""

from __future__ import annotations

import pytest

from assistant.clauses import read
from assistant.clock import hours


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("上午9時至下午5時", [540, 1020]),
        ("9:00到17:00", [540, 1020]),
        ("下午五点半", [1050]),
        ("晚上8点20分", [1220]),
        ("早上7点到10点", [420, 600]),
        ("排名第9，扣3点", []),
        ("用时8小时", []),
    ],
)
def test_times_of_day_are_read_in_either_notation(text: str, minutes: list[int]) -> None:
    """As minutes since midnight; a bare 点 counts points unless the part of the day was told."""
    assert [t.minutes for t in hours(read(text).folded)] == minutes


def test_a_time_without_its_half_of_the_day_may_be_of_either() -> None:
    """9时 agrees with 晚上9时 and with 9:00, which do not agree with each other."""
    (bare,), (evening,), (morning,) = (list(hours(t)) for t in ("9时", "晚上9时", "9:00"))
    assert bare.agrees(evening)
    assert bare.agrees(morning)
    assert not evening.agrees(morning)
