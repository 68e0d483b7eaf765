"""Whether a figure of a source is that of a sentence: the same amount, of the same unit, or rightly rounded; the same date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.clauses import Read
from assistant.figures import Figure
from ingest.amounts import Amount, Day

ALIKE = (
    "家 座 所 个 站", "块 张 片 颗 枚 个", "款 种 项 类 套 条 个", "人 个", "台 部 辆 架 座 个", "人次 人 次", "份 篇 本 部",
    "件 项 笔 个", "支 只", "户 家", "步 个", "个方面 点 个", "度 摄氏度", "个城市 座 个国家 个省 个阶段 个",
)  # fmt: skip
"""Classifiers that may stand for one another."""
CLASSES = tuple(frozenset(group.split(" ")) for group in ALIKE)
"""Classifiers that may stand for one another."""
ROUNDED = Decimal("0.05")
COARSELY = Decimal("0.12")
PLAINLY = Decimal("0.02")
HARDLY = Decimal("0.005")
"""How far from a value a figure may be that is said to be about it; farther where it is told in tenths, halves and quarters; and one that does not say so."""
TENTHS = re.compile("成(?![一二三四五六七八九])")
PART_OF = re.compile(r"([二三四五六七八九十])分之")
GROWS = re.compile(r"(?:增长|提高|提升|增加|上升|成长|多|高出|增幅|增速)[^;。]{0,6}$")
COMPARED_WITH = re.compile(r"[比较]$|[与和跟]$|相[比较]于?$")
YEAR_BEFORE = re.compile(r"[上去]一?年|前一年|同比|[年按][增减年]|较\d+年|年初")
FALLS = re.compile(r"亏损|负|[跌降减缩亏]")
"""What says of an amount that it is below zero, where the other text writes a minus."""
NEXT = 8
AHEAD = re.compile("(?:超前|落后|领先)了?$")
"""What is told in percent behind these are points."""
INCLUSIVE = re.compile(r"(?:[不未][超高低多少大小][过于]?|没有?超过|未达|至[多少]|最[多少])[^;。]{0,2}$")
"""Not more than, not less than: the very number is neither."""
COMPARED = re.compile(r"[高低多少大小]于□的|(?:[高低多少大小]于|超过)[^;。]+的□")
"""低于67%的平均水平 and 高于对照组的38% tell what is compared with, and no bound."""
FROM = re.compile(r"(?:起|及以上|以上)(?!来)|[零又]?\d+个?多?(?:月|天|小时|分|秒)")
"""How else a text may say that an amount is the least."""
BARE_YUAN = re.compile("(?<![美港日欧韩澳加新门币])[元圆]$")
NAMED_YUAN = re.compile("人民[币幣]|rmb|cny|¥", re.IGNORECASE)
MONEY_HEAD = re.compile(r"[(:][^()|]{0,6}元|元[)|]")
SCALE_HEAD = re.compile(r"[(:|](?:单位:?)?[^()|\d]{0,2}?(百万|千万|千|万|亿)[^()|\d]{0,2}[)|;。]")
"""How the head of a table tells that its bare numbers are money, or thousands and more."""
SCALES = {"千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8}


def agree(said: Figure, known: Figure, source: Read) -> bool:
    """Whether a figure of the source is the same amount: unit and value, or rightly rounded."""
    if {said.measure, known.measure} <= {"multiple", "percent"} and said.measure != known.measure:
        return as_percent(said) == as_percent(known) is not None
    if said.measure == known.measure == "multiple" and as_percent(said) == as_percent(known) is not None:
        return True  # 增加一倍 and 翻一番
    if known.measure == "date" or not same_measure(said, known):
        return False
    if said.low == -known.low and FALLS.search(f"{said.before[-NEXT:]};{known.before[-NEXT:]}"):
        return True
    if said.amount.kind == "money" and not known.measure and not MONEY_HEAD.search(source.folded):
        return False
    scaled = scaled_by_heads(known, source)
    if "" in {said.measure, known.measure}:
        said, known = bare(said), bare(known)
    return any(_same_value(said, k) for k in (known, *scaled))


def _same_value(said: Figure, known: Figure) -> bool:
    if (
        said.amount.bound
        and known.amount.bound
        and said.low != known.low
        and _step(known, known.low) >= _step(said, said.low)
    ):
        return False  # two limits, told as finely
    if said.high != said.low:
        return _close(said, said.low, known.low) and _close(said, said.high, known.high)
    return any(_close(said, said.low, end) for end in (known.low, known.high))


def as_percent(figure: Figure) -> Decimal | None:
    """What a figure is of a hundred: 增长一倍 is 100%, 翻一番 too; None where it is no such growth."""
    if figure.measure == "percent":
        return figure.low
    if figure.measure != "multiple" or figure.low <= 0:
        return None
    if not figure.amount.unit:
        return (figure.low - 1) * 100
    return figure.low * 100 if GROWS.search(figure.before) else None


def same_measure(said: Figure, known: Figure) -> bool:
    """Whether two figures are of one unit, or of units that may stand for one another."""
    a, b = said.measure, known.measure
    kinds = {said.amount.kind, known.amount.kind}
    if a == b:
        return True
    if kinds <= {"count", "money"} and "" in {a, b}:
        return True
    if kinds == {"money"} and a == "元" and BARE_YUAN.search(known.words) and not NAMED_YUAN.search(said.words):
        return True  # 港币4.1亿元 is told as 4.1亿元
    if kinds == {"percent", "points"} and AHEAD.search(known.before):
        return True
    return kinds == {"count"} and any(a in group and b in group for group in CLASSES)


def scaled_by_heads(known: Figure, source: Read) -> Iterator[Figure]:
    """A bare number in each scale that the head of a table has, as 营收(亿元)."""
    if known.measure or not known.low or not re.fullmatch(r"[\d.,]+", known.words):
        return
    for name in {m[1] for m in SCALE_HEAD.finditer(source.folded)} - {None}:
        yield replace(known, low=known.low * SCALES[name], high=known.high * SCALES[name])


def _close(said: Figure, a: Decimal, b: Decimal) -> bool:
    if a == b or not (said.amount.approximate or said.amount.bound):
        return a == b or (abs(a - b) <= HARDLY * abs(b) and rounds_to(said, b, a))
    return rounds_to(said, b, a)


def rounds_to(said: Figure, value: Decimal, end: Decimal | None = None) -> bool:
    """Whether a value is told rightly by a figure that is about it, or more or less than it: to the last digit that it has.

    `end` is the end of the figure that is meant, its lower one if none is given.
    """
    told = said.low if end is None else end
    step, share = _step(said, told)
    if said.amount.bound and told != value:
        beyond = value - told if said.amount.bound == "above" else told - value
        if 0 < beyond <= step:
            return True
        if not said.amount.approximate:
            return False
    if not (said.amount.approximate or said.amount.bound):
        share = PLAINLY
    return abs(told - value) <= min(step / 2, share * abs(value))


def _step(said: Figure, told: Decimal) -> tuple[Decimal, Decimal]:
    """How finely a figure is told: what its last digit, tenth, half or quarter is worth; and how far off it may be, as a share."""
    value = said.amount.value
    factor = said.low / value if isinstance(value, Decimal) and value else Decimal(1)
    if part := PART_OF.search(said.words):
        return 100 / Decimal("二三四五六七八九十".index(part[1]) + 2) * factor, COARSELY
    if "半" in said.words:
        return (Decimal(25) if said.measure == "percent" else Decimal("0.5")) * factor, COARSELY
    if TENTHS.search(said.words):
        return Decimal(10) * factor, COARSELY
    written = (told / factor).normalize().as_tuple()
    return Decimal(1).scaleb(int(written.exponent)) * factor, ROUNDED


def bare(figure: Figure) -> Figure:
    """A figure as it is written, in the unit that it is written in."""
    value, upper = figure.amount.value, figure.amount.upper
    if not isinstance(value, Decimal) or figure.amount.kind == "ordinal":
        return figure
    return replace(figure, low=value, high=upper if isinstance(upper, Decimal) else value)


def against(said: Figure, known: Figure) -> bool:
    """Whether one says more than and the other less than, or says so of a number that the source gives as it is."""
    if said.amount.bound and known.amount.bound:
        return said.amount.bound != known.amount.bound
    told = FROM.match(known.after)
    if said.amount.bound and said.low == known.low and not known.amount.bound:
        return (
            not (told and said.amount.bound == "above")
            and not INCLUSIVE.search(said.before)
            and not COMPARED.search(f"{said.before}□{said.after}")
        )
    return False


def dated(said: Figure, known: Sequence[Figure], source: Read) -> bool:
    """Whether the dates of a figure stand in a source, be it in pieces; what it compares with may be 上年 there."""
    wanted = days(said.amount)
    there = [d for k in known if k.measure == "date" for d in days(k.amount)]
    lengths = [int(k.low) for k in known if k.measure == "months" and k.low == int(k.low)]
    there += [_later(d, months) for d in there if d.year and d.month for months in lengths]
    first_months = [int(k.low) for k in known if k.amount.unit == "个月" and k.before.endswith(("前", "头"))]
    there += [Day(0, month) for last in first_months for month in (1, last)]
    there += [Day(int(k.low)) for k in known if not k.measure and re.fullmatch(r"(?:19|20)\d\d", k.words.strip())]
    if (COMPARED_WITH.search(said.before) or said.after.startswith("相比")) and YEAR_BEFORE.search(source.folded):
        there += [Day(d.year - 1) for d in there if d.year > 1]
    return all(any(covers(d, w) for d in there) or _pieced(w, there) for w in wanted)


def _later(day: Day, months: int) -> Day:
    """The month some months after a day."""
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    return Day(year, month + 1)


def days(amount: Amount) -> list[Day]:
    """The date of an amount, or the two that a range of dates runs between."""
    return [d for d in (amount.value, amount.upper) if isinstance(d, Day)]


def covers(there: Day, wanted: Day) -> bool:
    """Whether a date tells all that another one tells."""
    return all(w in (0, t) for t, w in zip(there, wanted, strict=True))


def _pieced(wanted: Day, there: Sequence[Day]) -> bool:
    """Whether year and day stand apart in the source: 2024年 in a heading, 6月30日 in the text."""
    if not wanted.year or not wanted.month:
        return False
    year = any(t.year == wanted.year for t in there)
    return year and any(not t.year and covers(t, Day(0, wanted.month, wanted.day)) for t in there)
