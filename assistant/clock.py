"""Times of day, whatever they are written as: 9:00, 上午9时, 下午五点半."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ingest.document import Span
from ingest.numerals import number_of

CLOCK = re.compile(
    r"(?P<part>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|夜间|夜里|今晚|当晚)?"
    r"(?:(?<![\d:.])(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?![\d:])"
    r"|(?<![第\d.])(?P<told>[01]?\d|2[0-4]|[一二三四五六七八九十两]{1,3})(?:时|点钟?)(?![段间期代刻候]|[半一]?个)(?:(?P<half>半)|(?P<past>[0-5]?\d|[一二三四五]?十?[一二三四五六七八九]?)分)?)"
)
HALF_A_DAY = 12 * 60
AFTERNOON = frozenset({"下午", "傍晚", "晚上", "晚间", "夜间", "夜里", "今晚", "当晚"})

AFTER_MIDNIGHT = 4
"""夜间2时 is of the morning."""


class TimeOfDay(NamedTuple):
    """A time of day as a text writes it, where it stands, and its minutes since midnight; `half_known` where it may be of either half of the day."""

    words: str
    place: Span
    minutes: int
    half_known: bool

    def agrees(self, other: TimeOfDay) -> bool:
        """Whether both may be one time."""
        if self.half_known and other.half_known:
            return self.minutes == other.minutes
        return (self.minutes - other.minutes) % HALF_A_DAY == 0


def hours(folded: str) -> Iterator[TimeOfDay]:
    """The times of day that a folded text tells; 9点 is one only with minutes, or behind one, or with the part of the day."""
    part = ""
    for m in CLOCK.finditer(folded):
        if m["told"] and not (m["part"] or m["half"] or m["past"] or part or "时" in m[0]):
            continue
        part = m["part"] or part
        hour = int(m["hour"]) if m["hour"] else int(number_of(m["told"]) or 0)
        minute = 30 if m["half"] else int(m["minute"] or 0) if m["hour"] else int(number_of(m["past"] or "零") or 0)
        hour += 12 if m["part"] in AFTERNOON and AFTER_MIDNIGHT < hour < 12 else 0
        known = bool(m["part"] or m["hour"]) or hour > 12
        yield TimeOfDay(m[0], Span(m.start(), m.end()), 60 * hour + minute, known)
