"""Figures that stand in a source, but for one another's things, for another year, or for something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import combinations

from assistant.agreement import agree, dated, same_measure
from assistant.brands import NAME as BRAND
from assistant.clauses import KEPT, Read, grams, read
from assistant.derived import follows, is_a_change
from assistant.figures import SENTENCE_END, Figure, Off, figures
from assistant.names import LATIN, UNIT
from assistant.places import NAME as PLACE

SAME_WORDS = 0.9
FEWEST_WORDS = 4
"""Clauses are the same but for their figures when they share this much, and have so many pairs of characters."""
MEASURED = frozenset({"weight", "length", "area", "volume", "power", "data", "岁", "元", "寸"})
LABELLED = re.compile(
    r"(?:^|[;。其中,、(])([^;。、]{2,14}?)(?:产品|制程|机型|以上|以下)?(?:占|为|是|有|的)[^;。、]{0,16}$"
)
NAMED = re.compile(
    r"(?:^|[;。、,:()|和及与])(?:其中)?(?![占比较同环])([^;。、,:()|\d\s]{2,8}?)(?:[为是占达约有共到至近只仅]|分别|超过|不足)*$"
)
SHORT = re.compile(r"[^;。、]{0,4}[至到][^;。、]{0,4}")
LEAD = "惟但而则也仅只"
LABEL = 4
"""What a figure of a list is of stands right before it; so many characters of that are enough."""
BEFORE_OR_AFTER = re.compile(r"([前后])的?$")
"""What tells whether a length of time before or after something is meant."""


BEGINS = re.compile(r"(?:由(?!于)|从|自)[^;。到至]{0,8}$")
ENDS = re.compile(r"[至到为][^;。]{0,8}$")


def in_the_same_words(sentence: Read, source: Read) -> Iterator[Off]:
    """Figures in a clause that the source has word by word but for them."""
    theirs = _clauses(source)
    for words, mine in _clauses(sentence):
        if not mine or len(words) < FEWEST_WORDS:
            continue
        fits = [f for w, f in theirs if len(f) == len(mine) and len(words & w) >= SAME_WORDS * len(words | w)]
        if len(fits) != 1 or any(
            (len(mine) > 1 or 2 * len(words & w) > len(words)) and _all_stand(mine, other, source)
            for w, other in theirs
        ):
            continue
        for f, k in zip(mine, fits[0], strict=True):
            same = dated(f, [k], source) if f.measure == "date" else agree(f, k, source)
            if f.measure == k.measure and not same:
                yield Off("attribution", f.words, k.words)


def _all_stand(mine: Sequence[Figure], other: Sequence[Figure], source: Read) -> bool:
    """Whether a clause of the source has all figures of one, in their order."""
    return len(mine) == len(other) and all(
        dated(f, [k], source) if f.measure == "date" else agree(f, k, source) for f, k in zip(mine, other, strict=True)
    )


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


def misattributed(borne: Sequence[tuple[Figure, list[Figure]]], known: Sequence[Figure], source: Read) -> Iterator[Off]:
    """Figures that stand in the source, but for one another's things, for another year, or for something else.

    `borne` are the figures of a sentence, each with those of the source that state it.
    """
    for f, same in borne:
        free = [k for k in known if not any(k in others for g, others in borne if g is not f)]
        if f.measure == "date" or not same or follows(f, [k for k in known if k not in same]):
            continue
        if meant := _alone(f, same, known, free, source):
            yield Off("attribution", f.words, meant)
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
        if other - own or _changed_places(f, a, g, b):
            yield Off("attribution", f.words, b.words)
            return


def _alone(f: Figure, same: Sequence[Figure], known: Sequence[Figure], free: Sequence[Figure], source: Read) -> str:
    """What the source has of the thing that a figure is said of, when it states the figure of something else; "" when it does not.

    `free` are the figures of the source that the sentence does not state.
    """
    others = [k for k in known if k.measure == f.measure and k not in same]
    if f.years and all(k.years and not (k.years & f.years) for k in same):
        return next((k.words for k in others if k.years & f.years), "")
    if len(same) != 1:
        return ""
    own = same[0]
    if (
        (said := BEFORE_OR_AFTER.search(f.before))
        and (told := BEFORE_OR_AFTER.search(own.before))
        and said[1] != told[1]
    ):
        return told[0] + own.words
    siblings = (k for k in others if k in free and _of_sibling(f, own, k, source))
    if meant := next((k for k in others if _of_other(f, own, k, source)), next(siblings, None)):
        return meant.words
    mine, theirs = _label(f), _label(own)
    if mine and theirs and mine[0] == theirs[0] and mine[1] != theirs[1]:
        return theirs[2] + own.words
    names, about = _names(_clause_before(f)), _names(_sentence(own, source))
    if names and about and not names & about:
        alike = [k for k in known if k is not own and k.measure != "date" and same_measure(f, k)]
        return next((k.words for k in alike if names & _names(_sentence(k, source))), "")
    return ""


def _changed_places(f: Figure, a: Figure, g: Figure, b: Figure) -> bool:
    """Whether two figures of a sentence stand in the words that its source has about each other's."""
    changes = [is_a_change(x) for x in (f, g)]
    if changes[0] != changes[1] and changes == [is_a_change(x) for x in (a, b)]:
        return False  # one is what something is, the other by how much it changed, here and there
    if any(SHORT.fullmatch(k.before) for k in (a, b)):
        return False  # what the end of a change is of stands before its beginning
    if (_runs_to(f, g) and not _runs_to(a, b)) or _likeness(f, b) + _likeness(g, a) <= _likeness(f, a) + _likeness(
        g, b
    ) + 1:
        return False
    if f.measure == "date":
        return True
    around = _likeness_around(f, a) + _likeness_around(g, b)
    return _likeness_around(f, b) + _likeness_around(g, a) >= around


def _runs_to(f: Figure, g: Figure) -> bool:
    """Whether two figures are the ends of a change, which only one set of words stands before: 从43元降到30元."""
    first, last = sorted((f, g), key=lambda x: x.amount.place)
    return BEGINS.search(first.before) is not None and ENDS.search(re.split("[;。]", last.before)[0]) is not None


def _of_sibling(said: Figure, own: Figure, other: Figure, source: Read) -> bool:
    """Whether a figure is said of what the source names right before another figure of the same sentence: 国中14所、高中9所."""
    first, last = sorted((own.amount.place, other.amount.place))
    if SENTENCE_END.search(source.folded, first.end, last.start):
        return False
    mine, theirs = (NAMED.search(k.before.rstrip("(")) for k in (own, other))
    if not mine or not theirs or mine[1] == "其中" or mine[1] in theirs[1] or theirs[1] in mine[1]:
        return False
    about = _clause_before(said) + ";" + re.split("[;。、,]", said.after)[0]
    label = theirs[1].lstrip(LEAD)
    # The whole of a label that the words before the own one lack tells, whatever both are counts of.
    whole = len(label) >= LABEL and label in about and label not in own.before
    return whole or (theirs[1][-LABEL:] in about and mine[1][-LABEL:] not in about)


def _label(figure: Figure) -> tuple[str, Decimal, str] | None:
    """The amount that names what a figure is of, as 7纳米占6% does: measure, value and words of the one in front of it, None where there is none."""
    m = LABELLED.search(figure.before)
    for f in figures(read(m[1])) if m else ():
        if f.measure in MEASURED:
            return f.measure, f.low, f.words
    return None


def _sentence(figure: Figure, source: Read) -> str:
    """The sentence of the source that a figure stands in."""
    start = max((m.end() for m in SENTENCE_END.finditer(source.folded, 0, figure.amount.place.start)), default=0)
    end = SENTENCE_END.search(source.folded, figure.amount.place.end)
    return source.folded[start : end.start() if end else None]


def _names(text: str) -> frozenset[str]:
    """The places, companies and Latin names of a text."""
    latin = (w for m in LATIN.finditer(text) for w in m[0].split(" ") if not UNIT.fullmatch(w))
    return frozenset((*PLACE.findall(text), *BRAND.findall(text), *latin))


def _clause_before(figure: Figure) -> str:
    """The words of its clause before a figure."""
    return re.split("[;。]", figure.before)[-1]


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
    clause = _clause_before(figure)
    return frozenset((*PLACE.findall(clause), *BRAND.findall(clause)))


def _likeness(a: Figure, b: Figure) -> int:
    """How much the words around two figures have in common; for dates those behind, which tell what happened then."""
    behind = len(grams(a.after) & grams(b.after))
    return behind if a.measure == "date" else behind + len(grams(a.before) & grams(b.before))


def _likeness_around(a: Figure, b: Figure) -> int:
    """How much the words around two figures have in common, whether they stand before or behind: 高中9所 and 9所高中."""
    return len(grams(f"{a.before};{a.after}") & grams(f"{b.before};{b.after}"))
