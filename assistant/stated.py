"""The figures of a sentence that its source does not state, or states of something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from assistant.agreement import against, agree, dated, days
from assistant.attribution import in_the_same_words, misattributed
from assistant.clauses import Read, grams
from assistant.clock import hours
from assistant.figures import PERIOD, Figure, Off, figures
from ingest.amounts import Day
from ingest.document import Span
from ingest.fold import fold_in_place

COUNTERS = frozenset({"个", "类", "项", "种", "方面", "点", "步", "条", "个方面"})
RATIO = re.compile(r"(?<![\d:.])(\d+(?:\.\d+)?)[:：比](\d+(?:\.\d+)?)(?![\d:：])")
LOOSE = re.compile(r"(?<![a-z0-9._/:-])(\d+(?:,\d{3})*(?:\.\d+)?)[a-z]+(?![a-z0-9])")
THREE_MONTHS = re.compile(r"止(?:的)?[三3]个月")
RELATIVE = {
    "same day": re.compile("当日|当天|之日|那天|同日"),
    "next day": re.compile("次日|翌日|隔天|第二天"),
    "next month": re.compile("次月|下个?月"),
    "next year": re.compile("次年|翌年|第二年"),
}
"""Times told by another one; of these a sentence may not have one for another."""
FIRST = re.compile(r"首[次个家部座日天款任届批届例份台艘]|处女|最早|创立|元年")
HUNDRED = Decimal(100)
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
    yield from _loose(sentence, source)
    borne: list[tuple[Figure, list[Figure]]] = []
    for f in said:
        if f.measure == "date":
            same = [k for k in known if k.measure == "date" and days(f.amount)[0] in days(k.amount)]
            if not dated(f, known, source):
                yield Off("date", f.words, _instead(f, known))
                continue
        elif f.amount.kind == "ordinal" and (f.measure == "季度" or f.after.startswith("季")):
            continue  # a period, see above
        elif f.amount.kind == "ordinal" and f.low == 1 and FIRST.search(source.folded):
            continue
        else:
            same = [k for k in known if agree(f, k, source)]
            if not same and (
                _counts_itself(f, known) or _one_of(f, source) or _first_months(f, known) or _follows(f, known)
            ):
                continue
            if not same and not (f.high != f.low and _ends_stand(f, known)):
                yield Off("number", f.words, _instead(f, known))
                continue
            if same and all(against(f, k) for k in same):
                yield Off("bound", f.words, same[0].words)
                continue
        borne.append((f, same))
    yield from misattributed(borne, known, source)
    yield from in_the_same_words(sentence, source)


def _counts_itself(said: Figure, known: Sequence[Figure]) -> bool:
    """Whether a small number written as a word counts what the sentence lists, as 两个要素, and the source tells no other."""
    written = (
        fold_in_place(said.words[:1]) in "两二三四五六七八九十"
        and said.high == said.low <= 10
        and said.measure in COUNTERS
    )
    return written and not any(k.measure == said.measure and k.amount.kind == "count" for k in known)


def _follows(said: Figure, known: Sequence[Figure]) -> bool:
    """Whether a figure follows from those of its source: 28 is five times 5 and more; half of what is the double."""
    if said.measure == "percent" and said.low:
        return any(k.measure == "multiple" and k.low * said.low == HUNDRED for k in known)
    if said.measure != "multiple" or said.low < 1:
        return False
    counted = [k for k in known if k.amount.kind in {"count", "money"} and k.low > 0]
    exact = said.amount.approximate or said.amount.bound
    return any(
        a.measure == b.measure and (said.low <= b.low / a.low < said.low + 1 if exact else b.low == said.low * a.low)
        for a in counted
        for b in counted
    )


def _times(sentence: Read, source: Read) -> Iterator[Off]:
    """Times of day that the source has not, where it tells any."""
    there = list(hours(source.folded))
    for said in hours(sentence.folded):
        if there and not any(said.agrees(t) for t in there):
            yield Off("number", said.words, there[0].words)


def _loose(sentence: Read, source: Read) -> Iterator[Off]:
    """Numbers in a unit that is not known, as 76W: they must stand in the source as they are, or at least their value."""
    places = [f.amount.place for f in figures(sentence)]
    values = {v for f in figures(source) for v in (f.low, f.high)}
    tokens = {m[0] for m in LOOSE.finditer(source.folded)}
    for m in LOOSE.finditer(sentence.folded):
        inside = any(p.overlap(Span(m.start(), m.end())) for p in places)
        if not inside and m[0] not in tokens and Decimal(m[1].replace(",", "")) not in values:
            yield Off("number", m[0])


def _one_of(said: Figure, source: Read) -> bool:
    """Whether a figure is the 一 of 每次一片, which mostly is no amount."""
    return said.low == said.high == 1 and bool(said.measure) and f"一{said.measure}" in source.folded


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
    if THREE_MONTHS.search(source.folded):
        there |= {str(d.month // 3) for f in figures(source) for d in days(f.amount) if d.month and d.month % 3 == 0}
    for m in PERIOD.finditer(sentence.folded):
        if _period(m) not in there:
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
    quarter = next((g for g in m.groups()[:4] if g), "")
    return NUMERALS.get(quarter, quarter) or m[5]


def _instead(said: Figure, known: Sequence[Figure]) -> str:
    """What the source has in the place of a figure: of the same measure, or the same number of another."""
    around = grams(said.before[-12:] + ";" + said.after[:8])
    alike = [
        k for k in known if (k.measure == said.measure) or (k.measure != "date" and k.amount.value == said.amount.value)
    ]
    ranked = sorted(alike, key=lambda k: -len(around & grams(k.before[-12:] + ";" + k.after[:8])))
    return ranked[0].words if ranked else ""
