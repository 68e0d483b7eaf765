"""Figures that a source does not state but that follow from those it states: sums, differences, shares, what is left of a whole.

A way of reckoning is tried where the words beside a figure name it (合计, 相差, 占, 其余, 倍). What the source states of
the same thing in the same words goes before: 增加1680 does not follow from anything where it says 增加1860.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations, permutations

from assistant.agreement import days, rounds_to, same_measure
from assistant.clauses import grams
from assistant.figures import Figure

Known = Sequence[Figure]
HUNDRED = Decimal(100)
LONGEST_RUN = 6
MOST = 24
"""So many figures of one measure are reckoned with, the first of a source."""
SAME_WORDS = 0.6
"""The share of the words before a figure that stand before one of the source, where both are of one thing."""
NEAR = 14
CHANGED = 4
SMALL = range(11)
"""Numbers that any text has of many things."""
SUM = re.compile(r"[合共总]计|总共|一共|加起来|之和|相加|[两二三四]者|总[量数额]|共|合")
DIFFERENCE = re.compile(r"差|净|隔|距|变化|[多高增升涨长扩超添加快贵重大少低减降跌缩省慢落短小]")
LEFT = re.compile(r"其余|其他|其它|另|剩|余|还有|尚|仍有|没有|未|不[到足]|非|除")
SHARE = re.compile(r"占|比例|比重|份额|率|相当于|[中里]|约")
THEN = re.compile(r"[由从自]|原|先前|此前|之前|上一?年|去年|前一年|上期|同期|[至到达]")
EACH = re.compile(r"[平日年月人户均]均|每|单")
PART = re.compile(r"约|大概|近|逾|超|推算|估算|折合|相当于")


def follows(said: Figure, known: Known) -> bool:
    """Whether a figure can be reckoned from those of its source in a way that the words beside it name."""
    if said.amount.kind == "ordinal" or not said.low or said.low != said.high:
        return False
    beside = f"{said.before[-NEAR:]};{said.after[:NEAR]}"
    alike = [k for k in known if k.low and same_measure(said, k)][:MOST]
    if any(_of_the_same(said, k) for k in alike) or any(_in_another_unit(said, k) for k in known):
        return False
    return any(
        cue.search(beside) and any(rounds_to(said, v) for v in reckon(said, alike, known)) for cue, reckon in WAYS
    )


def _of_the_same(said: Figure, known: Figure) -> bool:
    """Whether the words before a figure of the source, back to the mark, are those before the said one."""
    mine, theirs = (grams(f"{re.split('[;。、(]', f.before)[-1]}{f.after[:2]}") for f in (said, known))
    return len(mine & theirs) > 1 and len(mine & theirs) >= SAME_WORDS * len(mine)


def _in_another_unit(said: Figure, known: Figure) -> bool:
    """Whether the source has the very number, of something else."""
    return known.amount.value == said.amount.value and not same_measure(said, known) and said.amount.value not in SMALL


def _runs(alike: Known) -> Iterator[Sequence[Decimal]]:
    """Figures that are told together: pairs, runs of neighbours, columns of a table."""
    values = [k.low for k in alike]
    yield from combinations(values, 2)
    for stride in (1, 2, 3, 4):
        for start in range(len(values)):
            run = values[start : start + stride * LONGEST_RUN : stride]
            yield from (run[:n] for n in range(3, len(run) + 1))


def _sums(_: Figure, alike: Known, __: Known) -> Iterator[Decimal]:
    return map(sum, _runs(alike))  # type: ignore[arg-type]


def _differences(said: Figure, alike: Known, known: Known) -> Iterator[Decimal]:
    of = alike if said.measure != "points" else [k for k in known if k.measure == "percent"]
    return (abs(a.low - b.low) for a, b in combinations(of[:MOST], 2))


def _growth(said: Figure, _: Known, known: Known) -> Iterator[Decimal]:
    """How much more or less one figure is than another of its measure, as a share or a multiple."""
    if said.measure not in {"percent", "multiple"}:
        return
    one = HUNDRED if said.measure == "percent" else Decimal(1)
    for a, b in permutations(_amounts(known), 2):
        if same_measure(a, b):
            yield abs(b.low - a.low) / abs(a.low) * one


def _multiples(said: Figure, _: Known, known: Known) -> Iterator[Decimal]:
    if said.measure != "multiple":
        return
    for a, b in permutations(
        [*_amounts(known), *(k for k in known if k.measure in {"percent", "points"} and k.low)], 2
    ):
        if same_measure(a, b):
            yield b.low / a.low
    yield from (HUNDRED / k.low for k in known if k.measure == "percent" and k.low)


def _shares(said: Figure, _: Known, known: Known) -> Iterator[Decimal]:
    if said.measure != "percent":
        return
    for a, b in permutations(_amounts(known), 2):
        if same_measure(a, b) and abs(a.low) < abs(b.low):
            yield a.low / b.low * HUNDRED


def _the_other_way_about(said: Figure, _: Known, known: Known) -> Iterator[Decimal]:
    """What is half of another thing is half as much; this is twice as much as that."""
    for k in known:
        if (
            k.low
            and {said.measure, k.measure} == {"percent", "multiple"}
            and ("分之" in k.words or k.measure == "multiple")
        ):
            yield HUNDRED / k.low


def _left(said: Figure, alike: Known, _: Known) -> Iterator[Decimal]:
    """What is left of a whole of which a part is told, or several."""
    if said.measure == "percent":
        yield from (HUNDRED - k.low for k in alike)
        yield from (HUNDRED - sum(run) for run in _runs(alike))
    else:
        yield from (abs(a.low - b.low) for a, b in combinations(alike, 2))


def _then(said: Figure, alike: Known, known: Known) -> Iterator[Decimal]:
    """What a figure was before a change that is told, or will be after it."""
    changes = [k for k in known if DIFFERENCE.search(k.before[-CHANGED:])]
    for a in alike:
        by = [
            k.low
            for k in changes
            if k is not a and (same_measure(a, k) or (a.measure == "percent" and k.measure == "points"))
        ]
        by += [a.low * k.low / HUNDRED for k in changes if k.measure == "percent" and said.measure != "percent"]
        yield from (a.low + way * b for b in by for way in (1, -1))
        yield from (
            a.low / (1 + way * k.low / HUNDRED)
            for k in changes
            if k.measure == "percent" and k.low < HUNDRED
            for way in (1, -1)
        )


def _averages(_: Figure, alike: Known, known: Known) -> Iterator[Decimal]:
    return (a.low / b.low for a in alike for b in _amounts(known) if a.measure != b.measure)


def _parts(_: Figure, alike: Known, known: Known) -> Iterator[Decimal]:
    return (a.low * k.low / HUNDRED for a in alike for k in known if k.measure == "percent")


def _years(said: Figure, _: Known, known: Known) -> Iterator[Decimal]:
    """The length of time between two dates, in months as all lengths of years are."""
    if said.amount.unit not in {"年", "个月"}:
        return
    told = [d for k in known if k.measure == "date" for d in days(k.amount) if d.year]
    for a, b in combinations(told, 2):
        months = 12 * (b.year - a.year) + (b.month - a.month if a.month and b.month else 0)
        yield Decimal(abs(months))


def _amounts(known: Known) -> Known:
    """The counts and sums of money."""
    return [k for k in known if k.amount.kind in {"count", "money"} and k.low and k.measure != "months"][:MOST]


WAYS: tuple[tuple[re.Pattern[str], Callable[[Figure, Known, Known], Iterator[Decimal]]], ...] = (
    (SUM, _sums),
    (DIFFERENCE, _differences),
    (DIFFERENCE, _growth),
    (re.compile(""), _multiples),
    (SHARE, _shares),
    (LEFT, _left),
    (THEN, _then),
    (EACH, _averages),
    (PART, _parts),
    (re.compile(""), _the_other_way_about),
    (re.compile(""), _years),
)
"""The words that name a way of reckoning, and what it comes to."""
