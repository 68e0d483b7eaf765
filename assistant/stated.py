"""The figures of a sentence that its source does not state, or states of something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.agreement import (
    COMPARED_WITH,
    YEAR_BEFORE,
    against,
    agree,
    covers,
    dated,
    days,
    same_measure,
    scaled_by_heads,
)
from assistant.attribution import in_the_same_words, misattributed
from assistant.clauses import Read, grams
from assistant.clock import hours
from assistant.derived import follows, reckoning
from assistant.figures import PERIOD, Figure, Off, figures
from ingest.amounts import Day
from ingest.document import Span
from ingest.fold import fold_in_place

RATIO = re.compile(r"(?<![\d:.])(\d+(?:\.\d+)?)[:：比](\d+(?:\.\d+)?)(?![\d:：])")
QUARTER_BEFORE = re.compile("季[增减]|环比|上一?季")
RELATIVE = {
    "same day": re.compile("当日|当天|之日|那天|同日"),
    "next day": re.compile("次日|翌日|隔天|第二天"),
    "next month": re.compile("次月|下个?月"),
    "next year": re.compile("次年|翌年|第二年"),
}
"""Times told by another one; of these a sentence may not have one for another."""
SMALL = range(11)
NUMERALS = {"一": "1", "二": "2", "三": "3", "四": "4"}
PER = re.compile(r"每(?:个|一)?(年|月|日|天|周|季度|小时|分钟|秒|股|人|户|单|件|台|吨|公里|平方米)")


def off(sentence: Read, source: Read) -> Iterator[Off]:
    """The figures of a sentence that do not stand in its source, or stand there for something else."""
    told = [t.place for t in hours(sentence.folded)] if any(hours(source.folded)) else []
    told += [Span(m.start(), m.end()) for m in RATIO.finditer(sentence.folded)]
    said = [f for f in figures(sentence) if not any(t.overlap(f.amount.place) for t in told)]
    known = figures(source)
    yield from _periods(sentence, source)
    yield from _times(sentence, source)
    borne: list[tuple[Figure, list[Figure]]] = []
    reckoned = [*known, *(s for k in known for s in scaled_by_heads(k, source))]
    for f in said:
        if _is_a_period(f):
            continue
        same = [k for k in known if (_of_that_day(f, k) if f.measure == "date" else agree(f, k, source))]
        if f.measure == "date" and not (dated(f, known, source) or _year_before(f, said, known, source)):
            yield Off("date", f.words, _instead(f, known))
        elif same and f.measure != "date" and all(against(f, k) for k in same):
            if not any(c.start <= f.amount.place.start < c.start + len(c.text) for c in reckoning(sentence, source)):
                yield Off("bound", f.words, same[0].words)
        elif same or f.measure == "date" or (f.high != f.low and _ends_stand(f, known)):
            borne.append((f, same))
        elif _goes_without_saying(f, known, source) or follows(f, reckoned):
            reckoned.append(f)
        else:
            yield Off("number", f.words, _instead(f, known))
    yield from misattributed(borne, known, source)
    yield from in_the_same_words(sentence, source)


def _is_a_period(said: Figure) -> bool:
    """Whether an ordinal counts quarters, or is the 第二 of 第二天: these are looked at by themselves."""
    if said.amount.kind != "ordinal":
        return False
    return said.measure == "季度" or said.after.startswith("季") or said.words in {"第二天", "第二年"}


def _year_before(date: Figure, said: Sequence[Figure], known: Sequence[Figure], source: Read) -> bool:
    """Whether a date is of the year before one that the source compares with, and what the sentence says of it is reckoned."""
    if not YEAR_BEFORE.search(source.folded) or re.search("[;。]", date.after[:1]):
        return False
    earlier = any(
        covers(Day(d.year - 1, d.month, d.day), w)
        for k in known
        for d in days(k.amount)
        if d.year
        for w in days(date.amount)
    )
    told = next((f for f in said if f.amount.place.start >= date.amount.place.end and f.measure != "date"), None)
    return earlier and told is not None and not any(agree(told, k, source) for k in known)


def _of_that_day(said: Figure, known: Figure) -> bool:
    return known.measure == "date" and days(said.amount)[0] in days(known.amount)


def _goes_without_saying(said: Figure, known: Sequence[Figure], source: Read) -> bool:
    """Whether a figure is one that a source need not have as an amount: 一片, 两家 of two that are named, 前7个月 of January to July."""
    if said.amount.kind == "ordinal":
        listed = re.search(rf"第[^;。]{{1,6}}[、和及与]{re.escape(said.words[1:])}", source.folded)
        first = said.low == 1 and "首" in source.folded
        return first or listed is not None or not any(k.amount.kind == "ordinal" for k in known)
    return _counts_itself(said, known, source) or _first_months(said, known)


def _counts_itself(said: Figure, known: Sequence[Figure], source: Read) -> bool:
    """Whether a small number written as a word counts what the sentence lists, as 两个要素 or 两家, and the source tells no other of the kind."""
    small = said.amount.kind == "count" and said.high == said.low and said.amount.value in SMALL
    if not small or fold_in_place(said.words[:1]) not in "一两二三四五六七八九十":
        return False
    # 一天 of 一天一次 is held against days alone, not against all lengths of time.
    alike = (k.amount.unit == said.amount.unit for k in known)
    if said.amount.value != 1 or said.measure != "time":
        alike = (k.measure != "" and k.low != said.low and same_measure(said, k) for k in known)
    if any(alike):
        return False
    dated = said.amount.unit in {"年", "天"}
    return dated or re.search(rf"(?!一个)[一二两三四五六七八九十\d]个?{said.words[1:]}", source.folded) is None


def _times(sentence: Read, source: Read) -> Iterator[Off]:
    """Times of day that the source has not, where it tells any."""
    there = list(hours(source.folded))
    for said in hours(sentence.folded):
        if there and not any(said.agrees(t) for t in there):
            yield Off("number", said.words, there[0].words)


def _first_months(said: Figure, known: Sequence[Figure]) -> bool:
    """Whether a figure is the 7个月 of 前7个月, and the source tells of January to July."""
    return (
        said.amount.unit == "个月"
        and said.before.endswith(("前", "头"))
        and any(
            isinstance(k.amount.value, Day) and isinstance(k.amount.upper, Day) and k.amount.upper.month == said.low
            for k in known
        )
    )


def _ends_stand(said: Figure, known: Sequence[Figure]) -> bool:
    lows = [k for k in known if k.measure in {said.measure, ""}]
    return any(said.low in {k.low, k.high} for k in lows) and any(said.high in {k.low, k.high} for k in lows)


def _periods(sentence: Read, source: Read) -> Iterator[Off]:
    there = {_period(m) for m in PERIOD.finditer(source.folded)}
    months = ((d[0].month, d[1].month) for f in figures(source) if len(d := days(f.amount)) > 1)
    there |= {str(last // 3) for first, last in months if last % 3 == 0 and first == last - 2}
    before = (
        {str((int(q) - 2) % 4 + 1) for q in there if q.isdigit()} if QUARTER_BEFORE.search(source.folded) else set()
    )
    for m in PERIOD.finditer(sentence.folded):
        compared = COMPARED_WITH.search(sentence.folded[: m.start()]) is not None
        if _period(m) not in there and not (compared and _period(m) in before):
            other = PERIOD.search(source.folded)
            yield Off("date", m[0], other[0] if other else "")
    ratios = {(m[1], m[2]) for m in RATIO.finditer(source.folded)}
    named = {name: words.search(source.folded) for name, words in RELATIVE.items()}
    for name, words in RELATIVE.items():
        told = words.search(sentence.folded)
        if told and not named[name] and (other := next(filter(None, named.values()), None)):
            yield Off("date", told[0], other[0])
    clock = any(hours(source.folded))
    for m in RATIO.finditer(sentence.folded):
        if (m[1], m[2]) not in ratios and not (clock and any(hours(m[0]))):
            yield Off("number", m[0], next((":".join(r) for r in ratios), ""))
    rates = {_day_of(m[1]) for m in PER.finditer(source.folded)}
    for m in PER.finditer(sentence.folded):
        if rates and _day_of(m[1]) not in rates:
            yield Off("number", m[0], "、".join(f"每{unit}" for unit in sorted(rates)))


def _day_of(unit: str) -> str:
    return "天" if unit == "日" else unit


def _period(m: re.Match[str]) -> str:
    quarter = next((g for g in (*m.groups()[:4], m["report"]) if g), "")
    return NUMERALS.get(quarter, quarter) or m[5]


def _instead(said: Figure, known: Sequence[Figure]) -> str:
    """What the source has in the place of a figure: of the same measure, or the same number of another."""
    around = grams(said.before[-12:] + ";" + said.after[:8])
    alike = [
        k for k in known if (k.measure == said.measure) or (k.measure != "date" and k.amount.value == said.amount.value)
    ]
    ranked = sorted(alike, key=lambda k: -len(around & grams(k.before[-12:] + ";" + k.after[:8])))
    return ranked[0].words if ranked else ""
