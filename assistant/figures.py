"""The amounts and dates of a sentence against those of its source: the same, of the same unit, said of the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import combinations
from typing import Literal, NamedTuple

from assistant.brands import NAME as BRAND
from assistant.clauses import KEPT, Read, grams
from assistant.places import NAME as PLACE
from ingest.amounts import Amount, Day, amounts
from ingest.document import Span
from ingest.fold import fold_in_place

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
        "time": {"毫秒": "0.001", "秒": "1", "分钟": "60", "小时": "3600"},
        "power": {"瓦": "1", "千瓦": "1000", "兆瓦": "1e6", "吉瓦": "1e9"},
        "data": {"kb": "1e3", "mb": "1e6", "gb": "1e9", "tb": "1e12", "pb": "1e15"},
        "points": {"基点": "0.01"},
    }.items()
    for unit, factor in units.items()
}
"""The units that convert into one another: what they measure, and how many of its unit they are."""

ALIKE = (
    "家 座 所 个 站", "块 张 片 颗 枚 个", "款 种 项 类 套 条 个", "人 个", "台 部 辆 架 座 个", "人次 人 次", "份 篇 本 部",
    "件 项 笔 个", "支 只", "户 家", "步 个", "个方面 点 个",
    "城市 个", "个城市 个", "国家 个", "省 个", "个阶段 个", "阶段 个",
)  # fmt: skip
"""Classifiers that may stand for one another."""
CLASSES = tuple(frozenset(group.split(" ")) for group in ALIKE)
COUNTERS = frozenset({"个", "类", "项", "种", "方面", "点", "步", "条", "个方面"})
ROUNDED = Decimal("0.05")
PHRASES = ("前", "上", "次", "后", "同", "另", "某")
"""What makes a one behind it no amount: 前一年, 同一家."""
GROWS = re.compile(r"(?:增长|提高|提升|增加|上升|成长|多|高出|增幅|增速)[^;。]{0,6}$")
GROUPS = re.compile(r"([二三四五六七八九十两\d]{1,3})[大小]([类种项步点])")
FRACTION = re.compile(r"(?<![\d/.])(\d)/(\d{1,2})(?![\d/.])")
PERIOD = re.compile(r"第([一二三四1-4])季度?|([一二三四1-4])季度|q([1-4])(?!\d)|(?<!\d)([1-4])q(?!\d)|([上下])半年")
RATIO = re.compile(r"(?<![\d:.])(\d+(?:\.\d+)?)[:：比](\d+(?:\.\d+)?)(?![\d:：])")
NUMERALS = {"一": "1", "二": "2", "三": "3", "四": "4"}
SENTENCE_END = re.compile(r"[。!?]")
CLAUSE_END = re.compile(r"[;。!?]")
TO = re.compile(r"[-~–—至到]+")
FOUNDED = 1911
SAME_WORDS = 0.9
FEWEST_WORDS = 4
"""Clauses are the same but for their figures when they share this much, and have so many pairs of characters."""
PER = re.compile(r"每(?:个|一)?(年|月|日|天|周|季度|小时|分钟|秒|股|人|户|单|件|台|吨|公里|平方米)")
MONEY_HEAD = re.compile(r"[(:][^()|]{0,6}元|元[)|]")
SCALE_HEAD = re.compile(r"[(:|](?:单位:?)?[^()|\d]{0,2}?(百万|千万|千|万|亿)[^()|\d]{0,2}[)|;。]")
"""How the head of a table tells that its bare numbers are money, or thousands and more."""
SCALES = {"千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8}


@lru_cache(maxsize=KEPT)
def figures(text: Read) -> tuple[Figure, ...]:
    """The amounts of a text, in their order."""
    stated = sorted([*_telling(text), *_in_groups(text), *_fractions(text)], key=lambda a: a.place)
    found = [_figure(a, text) for a in _in_one_currency(_with_era(stated, text.folded), text.folded)]
    return tuple(_placed(f, i, found, text.folded) for i, f in enumerate(found))


def _telling(text: Read) -> Iterator[Amount]:
    """The amounts of a text without those that are of a phrase: the 一年 of 前一年, the 11 of 双11."""
    for a in amounts(text.text):
        before = text.folded[: a.place.start]
        festival = before.endswith("双") and a.value in {11, 12}
        if not festival and not (a.value == 1 and before.endswith(PHRASES)):
            yield a


def _in_groups(text: Read) -> Iterator[Amount]:
    """Counts of large and small kinds: 三大类, 十二小类."""
    for m in GROUPS.finditer(text.folded):
        counted = amounts(f"{m[1]}{m[2]}")
        if len(counted) == 1 and isinstance(counted[0].value, Decimal):
            yield replace(counted[0], place=Span(m.start(), m.end()))


def _fractions(text: Read) -> Iterator[Amount]:
    """Shares written as 2/3: as much of a hundred as 三分之二 is."""
    for m in FRACTION.finditer(text.folded):
        for a in amounts(f"{m[2]}分之{m[1]}"):
            yield replace(a, place=Span(m.start(), m.end()))


def _with_era(found: Iterable[Amount], folded: str) -> Iterator[Amount]:
    """The same amounts; a year that counts on from 民国 behind one that says so is a date: 民国87年制定, 105年修订."""
    era = False
    for a in found:
        era = era or folded.startswith("民国", a.place.start)
        counts_on = era and a.unit == "年" and isinstance(a.value, Decimal) and 50 <= a.value < 150
        yield replace(a, kind="date", value=Day(int(a.value) + FOUNDED), unit="") if counts_on else a  # type: ignore[arg-type]


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


def off(sentence: Read, source: Read) -> Iterator[Off]:
    """The figures of a sentence that do not stand in its source, or stand there for something else."""
    said, known = figures(sentence), figures(source)
    yield from _periods(sentence, source)
    borne: list[tuple[Figure, list[Figure]]] = []
    for f in said:
        if f.measure == "date":
            same = [k for k in known if k.measure == "date" and _days(f.amount)[0] in _days(k.amount)]
            if not _dated(f, known):
                yield Off("date", f.words, _instead(f, known))
                continue
        elif f.amount.kind == "ordinal" and (f.measure == "季度" or f.after.startswith("季")):
            continue  # a period, see above
        else:
            same = [k for k in known if _agree(f, k, source)]
            if not same and (_counts_itself(f, known) or _one_of(f, source) or _first_months(f, known)):
                continue
            if not same and not (f.high != f.low and _ends_stand(f, known)):
                yield Off("number", f.words, _instead(f, known))
                continue
            if same and all(_against(f, k) for k in same):
                yield Off("bound", f.words, same[0].words)
                continue
        borne.append((f, same))
    yield from _misattributed(borne, known, source)
    yield from _in_the_same_words(sentence, source)


def _in_the_same_words(sentence: Read, source: Read) -> Iterator[Off]:
    """Figures in a clause that the source has word by word but for them."""
    theirs = _clauses(source)
    for words, mine in _clauses(sentence):
        if not mine or len(words) < FEWEST_WORDS:
            continue
        fits = [f for w, f in theirs if len(f) == len(mine) and len(words & w) >= SAME_WORDS * len(words | w)]
        if len(fits) != 1:
            continue
        for f, k in zip(mine, fits[0], strict=True):
            same = _dated(f, [k]) if f.measure == "date" else _agree(f, k, source)
            if f.measure == k.measure and not same:
                yield Off("attribution", f.words, k.words)


@lru_cache(maxsize=KEPT)
def _clauses(text: Read) -> tuple[tuple[frozenset[str], tuple[Figure, ...]], ...]:
    """The clauses of a text: their words without the figures, and these."""
    found = []
    for clause in text.clauses:
        end = clause.start + len(clause.text)
        inside = tuple(f for f in figures(text) if clause.start <= f.amount.place.start < end)
        words = clause.text
        for f in reversed(inside):
            words = words[: f.amount.place.start - clause.start] + ";" + words[f.amount.place.end - clause.start :]
        found.append((grams(words), inside))
    return tuple(found)


def _agree(said: Figure, known: Figure, source: Read) -> bool:
    """Whether a figure of the source is the same amount: unit and value, or rightly rounded."""
    if {said.measure, known.measure} == {"multiple", "percent"}:
        return _as_percent(said) == _as_percent(known) is not None
    if known.measure == "date" or not _same_measure(said, known):
        return False
    if said.amount.kind == "money" and not known.measure and not MONEY_HEAD.search(source.folded):
        return False
    if said.high != said.low:
        return _close(said, said.low, known.low) and _close(said, said.high, known.high)
    return any(_close(said, said.low, end) for end in (known.low, known.high)) or _scaled_by_head(said, known, source)


def _as_percent(figure: Figure) -> Decimal | None:
    """What a figure is of a hundred: 增长一倍 is 100%, 翻一番 too; None where it is no such growth."""
    if figure.measure == "percent":
        return figure.low
    if figure.measure != "multiple" or figure.low <= 0:
        return None
    if not figure.amount.unit:
        return (figure.low - 1) * 100
    return figure.low * 100 if GROWS.search(figure.before) else None


def _same_measure(said: Figure, known: Figure) -> bool:
    a, b = said.measure, known.measure
    kinds = {said.amount.kind, known.amount.kind}
    if a == b:
        return True
    if kinds <= {"count", "money"} and "" in {a, b}:
        return True
    return kinds == {"count"} and any(a in group and b in group for group in CLASSES)


def _scaled_by_head(said: Figure, known: Figure, source: Read) -> bool:
    """Whether a bare number of the source has its scale in the head of a table, as 营收(亿元)."""
    if known.measure or not known.low or not re.fullmatch(r"[\d.,]+", known.words):
        return False
    heads = {m[1] for m in SCALE_HEAD.finditer(source.folded)}
    return any(said.low == known.low * SCALES[name] for name in heads)


def _close(said: Figure, a: Decimal, b: Decimal) -> bool:
    if a == b:
        return True
    if not (said.amount.approximate or said.amount.bound) or not b:
        return False
    return abs(a - b) <= ROUNDED * abs(b) and a == _rounded(b, a)


def _rounded(value: Decimal, like: Decimal) -> Decimal:
    """A value rounded to as many digits as another one has."""
    return Decimal(f"{value:.{len(like.normalize().as_tuple().digits) - 1}e}")


def _counts_itself(said: Figure, known: Sequence[Figure]) -> bool:
    """Whether a small number written as a word counts what the sentence lists, as 两个要素, and the source tells no other."""
    written = (
        fold_in_place(said.words[:1]) in "两二三四五六七八九十"
        and said.high == said.low <= 10
        and said.measure in COUNTERS
    )
    return written and not any(k.measure == said.measure and k.amount.kind == "count" for k in known)


def _one_of(said: Figure, source: Read) -> bool:
    """Whether a figure is the 一 of 每次一片, which mostly is no amount."""
    return said.low == said.high == 1 and bool(said.measure) and f"一{said.measure}" in source.folded


def _first_months(said: Figure, known: Sequence[Figure]) -> bool:
    """Whether a figure is the 7个月 of 前7个月, and the source tells of January to July."""
    return (
        said.measure == "个月"
        and said.before.endswith(("前", "头"))
        and any(
            isinstance(k.amount.value, Day) and isinstance(k.amount.upper, Day) and k.amount.upper.month == said.low
            for k in known
        )
    )


def _ends_stand(said: Figure, known: Sequence[Figure]) -> bool:
    lows = [k for k in known if k.measure in {said.measure, ""}]
    return any(said.low in {k.low, k.high} for k in lows) and any(said.high in {k.low, k.high} for k in lows)


def _against(said: Figure, known: Figure) -> bool:
    """Whether one says more than and the other less than, or says so of a number that the source gives as it is."""
    if said.amount.bound and known.amount.bound:
        return said.amount.bound != known.amount.bound
    return bool(said.amount.bound) and said.low == known.low and not known.amount.bound


def _dated(said: Figure, known: Sequence[Figure]) -> bool:
    wanted = _days(said.amount)
    there = [d for k in known if k.measure == "date" for d in _days(k.amount)]
    there += [Day(int(k.low)) for k in known if not k.measure and re.fullmatch(r"(?:19|20)\d\d", k.words.strip())]
    return all(any(_covers(d, w) for d in there) or _pieced(w, there) for w in wanted)


def _days(amount: Amount) -> list[Day]:
    return [d for d in (amount.value, amount.upper) if isinstance(d, Day)]


def _covers(there: Day, wanted: Day) -> bool:
    return all(w in (0, t) for t, w in zip(there, wanted, strict=True))


def _pieced(wanted: Day, there: Sequence[Day]) -> bool:
    """Whether year and day stand apart in the source: 2024年 in a heading, 6月30日 in the text."""
    if not wanted.year or not wanted.month:
        return False
    year = any(t.year == wanted.year for t in there)
    return year and any(not t.year and _covers(t, Day(0, wanted.month, wanted.day)) for t in there)


def _periods(sentence: Read, source: Read) -> Iterator[Off]:
    there = {_period(m) for m in PERIOD.finditer(source.folded)}
    for m in PERIOD.finditer(sentence.folded):
        if _period(m) not in there:
            other = PERIOD.search(source.folded)
            yield Off("date", m[0], other[0] if other else "")
    ratios = {(m[1], m[2]) for m in RATIO.finditer(source.folded)}
    for m in RATIO.finditer(sentence.folded):
        if (m[1], m[2]) not in ratios:
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


def _misattributed(
    borne: Sequence[tuple[Figure, list[Figure]]], known: Sequence[Figure], source: Read
) -> Iterator[Off]:
    """Figures that stand in the source, but for one another's things, for another year, or for something else."""
    for f, same in borne:
        others = [k for k in known if k.measure == f.measure and k not in same]
        if f.measure != "date" and f.years and same and all(k.years and not (k.years & f.years) for k in same):
            meant = [k for k in others if k.years & f.years]
            if meant:
                yield Off("attribution", f.words, meant[0].words)
                return
        elif (
            len(same) == 1
            and f.measure != "date"
            and (meant := [k for k in others if _of_other(f, same[0], k, source)])
        ):
            yield Off("attribution", f.words, meant[0].words)
            return
    pairs = [(f, same[0]) for f, same in borne if len(same) == 1]
    for (f, a), (g, b) in combinations(pairs, 2):
        if (
            f.measure != g.measure
            or a is b
            or a.low == b.low != 0
            or (f.years and f.years & a.years and g.years & b.years)
        ):
            continue
        own, other = _sides(f) & _sides(a), _sides(f) & _sides(b)
        if own - other:
            continue
        if other - own or _likeness(f, b) + _likeness(g, a) > _likeness(f, a) + _likeness(g, b) + 1:
            yield Off("attribution", f.words, b.words)
            return


def _of_other(said: Figure, own: Figure, other: Figure, source: Read) -> bool:
    """Whether the words before a figure stand before another one that follows in the same sentence, and none of them before its own.

    What follows may lean on the words before it, so only one that comes later tells.
    """
    between = source.folded[own.amount.place.end : other.amount.place.start]
    if other.amount.place.start < own.amount.place.end or SENTENCE_END.search(between):
        return False
    words = grams(said.before)
    return len(words & grams(other.before)) > 1 and not words & grams(f"{own.before};{own.after}")


def _sides(figure: Figure) -> frozenset[str]:
    """The places and companies that the words before a figure name last, between it and the mark before."""
    clause = re.split("[;。]", figure.before)[-1]
    return frozenset((*PLACE.findall(clause), *BRAND.findall(clause)))


def _likeness(a: Figure, b: Figure) -> int:
    """How much the words around two figures have in common; for dates those behind, which tell what happened then."""
    behind = len(grams(a.after) & grams(b.after))
    return behind if a.measure == "date" else behind + len(grams(a.before) & grams(b.before))
