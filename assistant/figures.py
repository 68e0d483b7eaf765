"""The amounts and dates of a read text, in units that all of their measure share, with the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from assistant.clauses import KEPT, Read
from ingest.amounts import Amount, Day, amounts
from ingest.document import Span
from ingest.numerals import number_of
from ingest.units import UNITS

Kind = Literal["number", "date", "bound", "attribution"]


class Off(NamedTuple):
    """A figure of a sentence that its source does not bear out, as the sentence writes it, and what the source has instead."""

    kind: Kind
    words: str
    instead: str = ""


@dataclass(frozen=True)
class Figure:
    """An amount in a read text, in a unit that all of its measure share, with the words around it.

    `before` reaches back to the figure of the same measure before it, or to the
    beginning of the sentence; `after` forward to the next, or to the end of the clause.
    """

    amount: Amount
    words: str
    measure: str
    low: Decimal
    high: Decimal
    before: str = ""
    after: str = ""
    years: frozenset[int] = frozenset()


CONVERTED: Mapping[str, tuple[str, Decimal]] = {
    unit: (measure, Decimal(factor))
    for measure, units in {
        "weight": {"克": "1", "公斤": "1000", "斤": "500", "吨": "1e6", "毫克": "0.001"},
        "length": {"纳米": "1e-9", "微米": "1e-6", "毫米": "0.001", "厘米": "0.01", "米": "1", "公里": "1000"},
        "area": {"平方米": "1", "公顷": "10000", "平方公里": "1e6"},
        "volume": {"毫升": "0.001", "升": "1", "立方米": "1000"},
        "time": {"毫秒": "0.001", "秒": "1", "分钟": "60", "小时": "3600", "天": "86400", "周": "604800"},
        "months": {"个月": "1", "年": "12"},
        "power": {"瓦": "1", "千瓦": "1000", "兆瓦": "1e6", "吉瓦": "1e9"},
        "data": {"kb": "1e3", "mb": "1e6", "gb": "1e9", "tb": "1e12", "pb": "1e15"},
        "points": {"基点": "0.01"},
    }.items()
    for unit, factor in units.items()
}
"""The units that convert into one another: what they measure, and how many of its unit they are."""

PHRASES = ("前", "上", "次", "后", "同", "另", "某")
"""What makes a one behind it no amount: 前一年, 同一家."""
GROUPS = re.compile(r"([二三四五六七八九十两\d]{1,3})[大小]([类种项步点])")
FRACTION = re.compile(r"(?<![\d/.])(\d)/(\d{1,2})(?![\d/.])")
POINTS_FOLLOW = re.compile(r"(?:和|、|及|与|;)[^;。\d]{0,6}\d[\d.]*个百分点")
AND_A_HALF = re.compile(r"([一二两三四五六七八九十\d]{1,3})个半(小时|钟头|月|世纪|星期)")
IN_DAYS = re.compile(r"(?<![月\d一二三四五六七八九十])([二三四五六七八九十]{1,3})日(?![本常均元圆报])")
ROUNDS = re.compile(
    r"(?<![第\d,.一二三四五六七八九十百千万])(\d{1,4}|[二三四五六七八九十两]{1,3})(轮|批|班|棵|株|幅|趟|局|遍|道)(?![子])"
)
LETTERED = re.compile(r"(?<![a-z0-9._/:-])(\d+(?:\.\d+)?) ?([bgw])(?![a-z0-9-])")
LETTERS = {"b": ("", Decimal(10**9)), "g": ("克", Decimal(1)), "w": ("瓦", Decimal(1))}
"""What single letters behind a number stand for: billions of parameters, weight, power."""
SPLIT = re.compile(r"(\d{1,3})(秒|米|公尺)(\d\d)(?![\d年])")
"""Results of sports: 9秒77, 20米43."""
NOT_OVER = re.compile("没有?(?:超过|突破)了?$")
ABOUT = re.compile(r"(?:约|大概|将近|接近)(?:[有占合在是需要用]|相当于|折合)+$")
BOUND_BEFORE = re.compile(r"(?:(不到|不足|未到)|(超过|逾)|(约|近|接近))[^;。]{1,14}的$")
PERIOD = re.compile(
    r"第([一二三四1-4])季度?|([一二三四1-4])季度|q([1-4])(?!\d)|(?<!\d)([1-4])q(?!\d)|([上下])半年|(?P<report>[一三])季报"
)
SENTENCE_END = re.compile(r"[。!?]")
CLAUSE_END = re.compile(r"[;。!?]")
TO = re.compile(r"[-~–—至到及和与、]+")
FOUNDED = 1911
RECENT = 90
SCHOOL_YEAR = re.compile("学年|会计年|财年")
CENTURIES = 1900
OF_ERA = re.compile(r"(?<![\d.,])\d{2,3}年")
LASTING = re.compile("[来间多余]|以[来上下]|之[前后久]|[的之]?(?:历史|时间|老店|传统)")
LASTED = re.compile("(?:[近约超逾达满有过历经]|不[到足]|长达|过去|未来|以前|至今|[成创]立|开业|距今)$")
"""What tells that a hundred and more years are a length of time."""


@lru_cache(maxsize=KEPT)
def figures(text: Read) -> tuple[Figure, ...]:
    """The amounts of a text, in their order."""
    made = [*_in_groups(text), *_fractions(text), *_counted(text)]
    plain = [a for a in _in_points(text) if not any(a.place.overlap(m.place) for m in made)]
    stated = sorted([*plain, *made], key=lambda a: a.place)
    found = [_figure(a, text) for a in _in_one_currency(_with_era(stated, text.folded), text.folded)]
    return tuple(_placed(f, i, found, text.folded) for i, f in enumerate(found))


def _telling(text: Read) -> Iterator[Amount]:
    """The amounts of a text without those that are of a phrase: the 一年 of 前一年, the 11 of 双11."""
    for a in amounts(text.text):
        before = text.folded[: a.place.start]
        festival = before.endswith("双") and a.value in {11, 12}
        if not festival and not (a.value == 1 and before.endswith(PHRASES)):
            yield _bounded(a, before)


def _bounded(amount: Amount, before: str) -> Amount:
    """An amount with what stands not right before it: 约有1000亿; of a share the bound before what it is a share of: 不到总额的4%."""
    if NOT_OVER.search(before):
        return replace(amount, bound="below")
    if ABOUT.search(before):
        return replace(amount, approximate=True)
    m = BOUND_BEFORE.search(before) if amount.kind == "percent" and not amount.bound else None
    if m is None:
        return amount
    return replace(amount, approximate=True) if m[3] else replace(amount, bound="below" if m[1] else "above")


def _in_points(text: Read) -> Iterator[Amount]:
    """The telling amounts; of those that leave 百分点 to one that follows, as 下降0.02个和上升3.5个百分点 does, in points too."""
    for a in _telling(text):
        left = a.unit == "个" and a.kind == "count" and POINTS_FOLLOW.match(text.folded, a.place.end)
        yield replace(a, kind="points", unit="") if left else a


def _in_groups(text: Read) -> Iterator[Amount]:
    """Counts of large and small kinds: 三大类, 十二小类."""
    for m in GROUPS.finditer(text.folded):
        counted = amounts(f"{m[1]}{m[2]}")
        if len(counted) == 1 and isinstance(counted[0].value, Decimal):
            yield replace(counted[0], place=Span(m.start(), m.end()))


def _counted(text: Read) -> Iterator[Amount]:
    """Counts that only verification reads: 两个半小时, 十四日 as a length of time, 三轮."""
    for m in AND_A_HALF.finditer(text.folded):
        if (whole := number_of(m[1])) is not None:
            yield Amount(Span(m.start(), m.end()), "count", whole + Decimal("0.5"), UNITS.get(m[2], m[2]))
    for pattern, unit in ((IN_DAYS, "天"), (ROUNDS, "")):
        for m in pattern.finditer(text.folded):
            if (value := number_of(m[1])) is not None:
                yield Amount(Span(m.start(), m.end()), "count", value, unit or m[2])
    for m in LETTERED.finditer(text.folded):
        unit, factor = LETTERS[m[2]]
        yield Amount(Span(m.start(), m.end()), "count", Decimal(m[1]) * factor, unit)
    for m in SPLIT.finditer(text.folded):
        yield Amount(Span(m.start(), m.end()), "count", Decimal(f"{m[1]}.{m[3]}"), UNITS.get(m[2], m[2]))


def _fractions(text: Read) -> Iterator[Amount]:
    """Shares written as 2/3: as much of a hundred as 三分之二 is."""
    for m in FRACTION.finditer(text.folded):
        for a in amounts(f"{m[2]}分之{m[1]}"):
            yield replace(a, place=Span(m.start(), m.end()))


def _with_era(found: Iterable[Amount], folded: str) -> Iterator[Amount]:
    """The same amounts; a year that counts on from 民国 is a date with the month behind it, after one that says so and mostly else: 112年营业额."""
    era = False
    last: Amount | None = None
    for a in found:
        era = era or folded.startswith("民国", a.place.start)
        year = _year_told(a, folded, era=era)
        dated = replace(a, kind="date", value=Day(year), unit="") if year else a
        if (
            last
            and isinstance(last.value, Day)
            and isinstance(a.value, Day)
            and not a.value.year
            and a.place.start == last.place.end
        ):
            upper = a.upper._replace(year=last.value.year) if isinstance(a.upper, Day) else None
            yield replace(
                a, place=Span(last.place.start, a.place.end), value=a.value._replace(year=last.value.year), upper=upper
            )
            last = None
            continue
        if last:
            yield last
        last = dated if year else None
        if not last:
            yield dated
    if last:
        yield last


def _year_told(amount: Amount, folded: str, *, era: bool) -> int:
    """The year of our era that an amount tells, 0 where it is none; `era` where years of 民国 were told before."""
    school = not amount.unit and amount.kind == "count" and SCHOOL_YEAR.match(folded, amount.place.end)
    if not isinstance(amount.value, Decimal) or amount.kind != "count" or not (school or amount.unit == "年"):
        return 0
    if school and amount.value > CENTURIES:
        return int(amount.value)
    since = 50 if era else RECENT if school or OF_ERA.search(folded, amount.place.start, amount.place.end) else 150
    lasts = LASTING.match(folded, amount.place.end) or LASTED.search(folded[: amount.place.start])
    return int(amount.value) + FOUNDED if since <= amount.value < 150 and not lasts else 0


def _in_one_currency(found: Iterable[Amount], folded: str) -> Iterator[Amount]:
    """The same amounts; what a range of money ends at is in the currency that it begins with: 新台币300亿到320亿元."""
    last: Amount | None = None
    for a in found:
        if (
            last
            and last.kind == a.kind == "money"
            and a.unit == "元"
            and TO.fullmatch(folded, last.place.end, a.place.start)
        ):
            a = replace(a, unit=last.unit)  # noqa: PLW2901
        yield a
        last = a


def _figure(amount: Amount, text: Read) -> Figure:
    words = amount.place.of(text.text)
    if isinstance(amount.value, Day):
        return Figure(amount, words, "date", Decimal(0), Decimal(0))
    measure, factor = CONVERTED.get(amount.unit, (amount.unit, Decimal(1)))
    if amount.kind not in {"count", "money"}:
        factor = Decimal(1)
        measure = "季度" if amount.unit == "季度" else amount.kind
    value = amount.value
    if amount.kind == "ordinal" and text.folded[: amount.place.start].endswith("次于"):
        # Who comes next after the first is the second.
        value += 1
    upper = amount.upper if isinstance(amount.upper, Decimal) else value
    return Figure(amount, words, measure, value * factor, upper * factor)


def _placed(figure: Figure, i: int, found: Sequence[Figure], folded: str) -> Figure:
    """A figure with the words around it and the years among these."""
    place = figure.amount.place
    marks = [m.end() for m in SENTENCE_END.finditer(folded, 0, place.start)]
    begin = max([0, *marks[-1:], *(f.amount.place.end for f in found[:i] if f.measure == figure.measure)])
    mark = CLAUSE_END.search(folded, place.end)
    follow = (f.amount.place.start for f in found[i + 1 :] if f.measure == figure.measure)
    end = min(mark.start() if mark else len(folded), next(follow, len(folded)))
    years = frozenset(
        f.amount.value.year
        for f in found[:i]
        if isinstance(f.amount.value, Day) and f.amount.value.year and f.amount.place.start >= begin
    )
    return replace(figure, before=folded[begin : place.start], after=folded[place.end : end], years=years)
