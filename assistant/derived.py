"""Figures that a source does not state but that follow from those it states: sums, differences, shares, what is left of a whole.

A way of reckoning is tried where the words beside a figure name it (合计, 相差, 占, 其余), or where it is so precise that
it does not come out by chance. What the source states of the same thing in the same words goes before: 增加1680 does
not follow from anything where it says 增加1860; nor does 12倍 where it says 12%.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations, permutations

from assistant.agreement import agree, days, rounds_to, same_measure
from assistant.clauses import Clause, Read, grams
from assistant.figures import Figure, figures

Known = Sequence[Figure]
HUNDRED = Decimal(100)
PARTS_OF_YEAR = (Decimal(365), Decimal(366), Decimal(12))
LONGEST_RUN = 6
MOST = 24
"""So many figures of one measure are reckoned with, the first of a source."""
SAME_WORDS = 0.6
"""The share of the words before a figure that stand before one of the source, where both are of one thing."""
NEAR = 14
CHANGED = 4
SMALL = range(11)
"""Numbers that any text has of many things."""
SUM = re.compile(r"[合共总]计|总共|一共|加起来|之和|相加|[两二三四]者|总[量数额]?|共|合|包括|其中|分别")
DIFFERENCE = re.compile(r"差|净|隔|距|变化|[多高增升涨长扩超添加快贵重少低减降跌缩省慢落短节先]")
LEFT = re.compile(r"其余|其他|其它|另|剩|余|还有|尚|仍有|没有|未|不[到足]|非|除")
LEFT_OPEN = re.compile("其余|其他|其它|剩余|余下")
SHARE = re.compile(r"占|比例|比重|份额|率|相当于|[中里]|约|半|成|分之")
EACH = re.compile(r"[平日年月人户均]均|每|单|汇率|比值")
PART = re.compile(r"约|大概|近|逾|超|推算|估算|折合|相当于")
OTHER_TIME = re.compile(r"[上去前]一?[年月季期周学]|此前|之前|先前|原|同期|[由从自]$")
"""What tells that a figure is one of another time than that of the source's."""
COMPARED = re.compile(r"(?:比|较|[高低多少]于)([^;。\d]{2,10})$")
"""What a change is told against: 高于全国0.2个百分点 tells of 全国 as well."""
ANYWHERE = re.compile("")


def follows(said: Figure, known: Known) -> bool:
    """Whether a figure can be reckoned from those of its source."""
    if said.amount.kind == "ordinal" or not said.low or said.low != said.high:
        return False
    alike = [k for k in known if k.low and same_measure(said, k)][:MOST]
    others = frozenset(g for k in known if (m := COMPARED.search(k.before)) for g in grams(m[1]))
    if any(_of_the_same(said, k, others) for k in alike) or any(_in_another_unit(said, k) for k in known):
        return False
    left = "其余" if any(LEFT_OPEN.search(k.before + k.after) for k in known) else ""
    beside = f"{said.before[-NEAR:]}{said.words};{said.after[:NEAR]};{left}"
    digits = sum(c.isdigit() for c in said.words)
    rounded = said.amount.approximate or said.amount.bound
    for cue, reckon in WAYS:
        named, exact = cue.search(beside), reckon in EXACT
        if not named and not (exact and digits >= EXACT[reckon]):
            continue
        values = reckon(said, alike, known)
        if said.low in values if exact and not (named and rounded) else any(rounds_to(said, v) for v in values):
            return True
    return False


def reckoning(sentence: Read, source: Read) -> frozenset[Clause]:
    """The clauses of a sentence with a figure that only follows from the source: they may say of the rest what it says of a part."""
    known = figures(source)
    only = [
        f.amount.place.start
        for f in figures(sentence)
        if f.measure != "date" and not any(agree(f, k, source) for k in known) and follows(f, known)
    ]
    return frozenset(c for c in sentence.clauses if any(c.start <= at < c.start + len(c.text) for at in only))


def _of_the_same(said: Figure, known: Figure, others: frozenset[str]) -> bool:
    """Whether the words before a figure of the source, back to the mark, are those before the said one.

    `others` are the words for what a source compares with: a figure said of these, or of another time, is of another
    thing, and so is one by which something changed of what it was.
    """
    mine, theirs = grams(_clause(said)), grams(_clause(known))
    if is_a_change(said) != is_a_change(known):
        return False
    if (mine & others) - theirs or (OTHER_TIME.search(_clause(said)) and not OTHER_TIME.search(_clause(known))):
        return False
    mine, theirs = mine | grams(said.after[:2]), theirs | grams(known.after[:2])
    return len(mine & theirs) > 1 and len(mine & theirs) >= SAME_WORDS * len(mine)


def is_a_change(figure: Figure) -> bool:
    """Whether a figure is one by which something changed, or is more or less than another thing."""
    return DIFFERENCE.search(re.split("[;。、(]", figure.before[-CHANGED:])[-1]) is not None


def _clause(figure: Figure) -> str:
    return re.split("[;。、(]", figure.before)[-1]


def _in_another_unit(said: Figure, known: Figure) -> bool:
    """Whether the source has the very number, of something else."""
    return known.amount.value == said.amount.value and not same_measure(said, known) and said.amount.value not in SMALL


def _counts(known: Known) -> Known:
    """The counts and sums of money."""
    return [k for k in known if k.amount.kind in {"count", "money"} and k.low and k.measure != "months"][:MOST]


def _percents(known: Known) -> Known:
    return [k for k in known if k.measure == "percent" and k.low][:MOST]


def _told_together(alike: Known) -> Iterator[Sequence[Decimal]]:
    """Figures that may make a sum: pairs, runs of neighbours, columns of a table."""
    values = [k.low for k in alike]
    yield from combinations(values, 2)
    for stride in (1, 2, 3, 4):
        for start in range(len(values)):
            run = values[start : start + stride * LONGEST_RUN : stride]
            yield from (run[:n] for n in range(3, len(run) + 1))


def _sums(_: Figure, alike: Known, __: Known) -> Iterator[Decimal]:
    return (sum(run, Decimal(0)) for run in _told_together(alike))


def _differences(said: Figure, alike: Known, known: Known) -> Iterator[Decimal]:
    of = alike if said.measure != "points" else _percents(known)
    return (abs(a.low - b.low) for a, b in combinations(of, 2))


def _growth(said: Figure, _: Known, known: Known) -> Iterator[Decimal]:
    """How much more or less one figure is than another of its measure, or than a whole, as a share or a multiple."""
    one = {"percent": HUNDRED, "multiple": Decimal(1)}.get(said.measure)
    if one is not None:
        for a, b in permutations(_counts(known), 2):
            if same_measure(a, b):
                yield abs(b.low - a.low) / abs(a.low) * one
        yield from (abs(k.low / HUNDRED - 1) * one for k in _percents(known))


def _multiples(said: Figure, _: Known, known: Known) -> Iterator[Decimal]:
    """How many times as much one figure is as another: 18% is six times 3%; 912% of something is nine times that."""
    if said.measure != "multiple":
        return
    for a, b in permutations([*_counts(known), *_percents(known)], 2):
        if same_measure(a, b):
            yield b.low / a.low
    yield from (k.low / HUNDRED for k in _percents(known))


def _shares(said: Figure, _: Known, known: Known) -> Iterator[Decimal]:
    if said.measure != "percent":
        return
    of = [*_counts(known), *(_percents(known) if re.search("半|分之", said.words) else ())]
    for a, b in permutations(of, 2):
        if same_measure(a, b) and abs(a.low) < abs(b.low):
            yield a.low / b.low * HUNDRED


def _the_other_way_about(said: Figure, _: Known, known: Known) -> Iterator[Decimal]:
    """What is half of another thing is half as much; this is twice as much as that."""
    for k in known:
        told = "分之" in k.words or k.measure == "multiple"
        if k.low and told and {said.measure, k.measure} == {"percent", "multiple"}:
            yield HUNDRED / k.low


def _left(said: Figure, alike: Known, _: Known) -> Iterator[Decimal]:
    """What is left of a whole of which a part is told, or several."""
    if said.measure == "percent":
        yield from (HUNDRED - k.low for k in alike)
        yield from (HUNDRED - sum(run) for run in _told_together(alike))
    else:
        yield from (abs(a.low - b.low) for a, b in combinations(alike, 2))


def _before_or_after(said: Figure, alike: Known, known: Known) -> Iterator[Decimal]:
    """What a figure was before a change that is told, or will be after it."""
    changes = [k for k in known if is_a_change(k)]
    for a in alike:
        for k in changes:
            if k is not a and (same_measure(a, k) or (a.measure == "percent" and k.measure == "points")):
                yield from (a.low + k.low, a.low - k.low)
            elif k.measure == "percent" and said.measure != "percent" and k.low < HUNDRED:
                share = k.low / HUNDRED
                yield from (a.low * (1 + share), a.low * (1 - share), a.low / (1 + share), a.low / (1 - share))


def _averages(_: Figure, alike: Known, known: Known) -> Iterator[Decimal]:
    """One figure for each of another, or of the days or months of a year."""
    others = [by for k in _counts(known) for by in {k.low, k.amount.value}]
    return (a.low / by for a in alike for by in (*others, *PARTS_OF_YEAR) if isinstance(by, Decimal))


def _parts(_: Figure, alike: Known, known: Known) -> Iterator[Decimal]:
    """A share of a whole, or the whole that one is a share of."""
    for a in alike:
        for share in (k.low / HUNDRED for k in _percents(known)):
            yield from (a.low * share, a.low / share)


def _lengths_of_time(said: Figure, _: Known, known: Known) -> Iterator[Decimal]:
    """The length of time between two dates, in months as all lengths of years are."""
    if said.amount.unit not in {"年", "个月"}:
        return
    told = [d for k in known if k.measure == "date" for d in days(k.amount) if d.year]
    for a, b in combinations(told, 2):
        yield Decimal(abs(12 * (b.year - a.year) + (b.month - a.month if a.month and b.month else 0)))


WAYS: tuple[tuple[re.Pattern[str], Callable[[Figure, Known, Known], Iterator[Decimal]]], ...] = (
    (SUM, _sums),
    (DIFFERENCE, _differences),
    (DIFFERENCE, _growth),
    (ANYWHERE, _multiples),
    (SHARE, _shares),
    (ANYWHERE, _the_other_way_about),
    (LEFT, _left),
    (ANYWHERE, _before_or_after),
    (EACH, _averages),
    (PART, _parts),
    (ANYWHERE, _lengths_of_time),
)
"""The words that name a way of reckoning, and what it comes to."""
EXACT: dict[object, int] = {_sums: 4, _differences: 4, _left: 3}
"""What has to come out to the last digit, and does not do so by chance from so many digits on, even without such words."""
