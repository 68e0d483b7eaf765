"""Find where sources give different values for the same thing.

Two figures are of the same thing when they stand in different places (or one
in a headline and one in its text), are of the same measure, period, place and
scope, and the words around them say the same. Whatever speaks against it
counts: a disagreement that is none does more harm than one that is not told.
Where a question asks itself whether the sources agree, less will do, and
names, definitions and lists are held against each other as well.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import combinations
from typing import Literal

from assistant.claims import AROUND, Claim, Worded, claims_of, of_headline
from assistant.clauses import grams, read
from assistant.extract import Candidate
from assistant.figures import Figure, figures
from assistant.offered import ROW
from assistant.question import SIDES, Question
from assistant.rank import Weighted, coverage, matchable
from assistant.table_claims import against_tables, against_text, asked_for, of_tables
from assistant.variants import counts_otherwise, two_definitions, two_wordings
from ingest.amounts import Day
from ingest.document import Document
from ingest.fold import HAN, fold

Kind = Literal["sources", "within", "headline", "count"]

READ = 12
"""Sentences that are looked at, the best first."""
BEHIND = 6.5
"""How far behind the best one's score they may be."""
KINDS = frozenset({"number", "date", "comparison"})
COVERED = 0.6
"""The least share of the question's weight that both sentences must hold, with their headings."""
COVERED_NAMED = 0.4
"""The same for a row of a table whose thing the question names."""
APART = 0.25
"""How much their shares may differ."""
ALIKE = 0.4
"""The least share of the words before the shorter one's figure that stand before the other, too."""
FEWEST = 2
FARTHEST = 10
"""One value may be this many times the other: farther apart they are hardly of the same thing."""
NEAR = Decimal("0.005")
OF_HEADLINE = Decimal("1.5")
AT_LEAST = 0.4
"""Where the question asks whether sources agree: the least share, of what the best claim covers of it, that another one must."""
BETWEEN = 60
"""Characters that lie at least between two places of one document: nearer together, one text speaks of two things."""

SUBJECT = re.compile(r"出口|进口|净利|毛利|营收|收入|利润|成本|单价|客单价|销量|销售额|用户|员工|估值|融资")
"""What it may be a figure of: the other sentence has to name it, too."""
ASKS_WHETHER = re.compile(
    r"(?:各|几|两|这些|不同)[份个篇家]*(?:报告|资料|来源|文章|文件)(?:里|中|之间)?(?:写的|说的|给的|提到的|的)?|(?:报告|资料|来源)(?:里|中)"
    r"|(?:说|写|讲)(?:的|法)?都?(?:一样|一致|相同)吗?|对得(?:上|起来)吗?|是否一致|一致吗|矛盾吗?|有?哪[两几]种(?:写法|说法)?|写法|说法|换算|折成|折合"
)
"""How a question asks whether the reports agree: no words of what it asks about."""
WHETHER = re.compile(
    r"(?:说|写|讲|给)的?法?都?(?:一样|一致|相同)|对不?得?(?:上|起来)[吗么]?|对不上|(?:数目|数字|个数)?对吗|是否(?:一致|相符|吻合)|一致吗|不一致|矛盾|冲突|打架|出入|口径不一"
    r"|[两二](?:种|个|处)(?:不同的?)?(?:数|数字|数据|数值|说法|写法|定义|版本|口径|金额|答案)|(?:几|哪些)[种个](?:不同的)?(?:说法|写法|版本|口径)|差那么多|差这么多|为何不同|为什么不同"
    r"|前后(?:给|写|说)|(?:各|几|两)[份篇处](?:报告|资料|文章|来源)?(?:里|中)?(?:各|分别)?(?:是)?(?:怎么|如何)?(?:写|说|数字)|实际(?:上)?(?:列|写|有|只)"
)
"""How a question asks whether what the sources say agrees."""
ASKS_AMOUNT = re.compile(r"多少|多大|几(?![份篇处种])|数|金额|规模|[美日欧港]?元|人民币|比例|占比|份额")
PARTS = re.compile(r"正文|附录|附表|标题|题目|摘要|报告|资料|课件|文中|文章|表格?|图|前文|后文|结论|一处|前后|来源")
"""What of the sources a question sets side by side, where it does not compare two things themselves."""


@dataclass(frozen=True)
class Disagreement:
    """What is measured ("" where the sources call it differently), and the claims, each with another value.

    `kind` is "sources" where two documents differ, "within" where one does in
    two places, "headline" where a title and its text do, "count" where a number
    is announced and another number of items listed.
    """

    what: str
    claims: tuple[Claim | Worded, ...]
    kind: Kind = "sources"

    @classmethod
    def between(cls, one: Claim | Worded, other: Claim | Worded, what: str = "") -> Disagreement:
        """That of two claims in the text of documents."""
        return cls(what, (one, other), "sources" if one.document != other.document else "within")


def asks_whether(question: Question) -> bool:
    """Whether a question asks if what the sources say agrees, and does not compare two things."""
    if WHETHER.search(question.folded) is None:
        return False
    sides = SIDES.search(question.folded)
    return sides is None or any(PARTS.search(sides[n]) for n in ("one", "other"))


def disagreement(
    question: Question,
    weighted: Weighted,
    ranked: Sequence[Candidate],
    document_of: Callable[[str], Document],
    whether: bool | None = None,
) -> Disagreement | None:
    """The first disagreement among the sentences that answer best, None where there is none.

    `whether` tells that the question asks for one; by default it is read.
    """
    whether = asks_whether(question) if whether is None else whether
    asked = _asked(question, weighted)
    if not ranked or not asked.terms or (question.kind not in KINDS and not whether):
        return None
    good = [c for c in ranked[: READ * (1 + whether)] if c.score >= ranked[0].score - BEHIND and ROW not in c.text]
    claims = [claim for c in good for claim in claims_of(question, c)]
    for one, other in combinations(claims, 2):
        if _apart(one, other) and _of_the_same(question, asked, one, other):
            return Disagreement.between(one, other, _what(one, other))
    for one in claims:
        for head in of_headline(document_of(one.document)):
            if _against_headline(question, one, head):
                return Disagreement("", (head, one), "headline")
    if tables := _of_tables(question, asked, ranked, claims, lambda path: document_of(path).view.text):
        return Disagreement.between(*tables)
    return _asked_for(question, asked, good, claims, document_of) if whether else None


def _of_tables(
    question: Question,
    asked: Weighted,
    ranked: Sequence[Candidate],
    claims: Sequence[Claim],
    text_of: Callable[[str], str],
) -> tuple[Claim, Claim] | None:
    """A value of a table and the other that the text, or another table, gives for what is asked."""
    if question.kind != "number":
        return None
    found = list(of_tables(ranked, text_of))
    labels = frozenset(cell.thing for cell in found)
    wanted = [
        cell
        for cell in found
        if asked_for(question, cell)
        and coverage(asked, matchable(f"{cell.claim.around}\n{cell.claim.text.text}"))
        >= (COVERED_NAMED if cell.thing else COVERED)
    ]

    def agree(one: Claim, other: Claim) -> bool:
        return _agree(one.figure, other.figure)

    for cell in wanted:
        if (other := against_text(cell, claims, labels, agree)) is not None:
            return other, cell.claim
    return against_tables(wanted, agree)


def _asked_for(
    question: Question,
    asked: Weighted,
    good: Sequence[Candidate],
    claims: Sequence[Claim],
    document_of: Callable[[str], Document],
) -> Disagreement | None:
    """What a question that asks for a disagreement most likely means."""
    if count := counts_otherwise(question, good, lambda path: document_of(path).view.text):
        return Disagreement("", count, "count")
    worded = two_definitions(question, good)
    likely = _likeliest(question, asked, claims)
    if worded is None and (likely is None or not ASKS_AMOUNT.search(question.folded)):
        worded = two_wordings(question, good)
    if worded:
        return Disagreement.between(*worded)
    return Disagreement.between(*likely, _what(*likely)) if likely else None


def _likeliest(question: Question, asked: Weighted, claims: Sequence[Claim]) -> tuple[Claim, Claim] | None:
    """Of the pairs of claims that may be of one thing, that which says most of what is asked and differs least."""
    said = {c: coverage(asked, matchable(f"{c.around}\n{c.text.text}")) for c in claims if c.figure.amount.telling}
    best = max(said.values(), default=0.0)
    pairs = [
        (said[a] + said[b] + _beside(question, a) + _beside(question, b) - _ratio(a, b), -i, (a, b))
        for i, (a, b) in enumerate(combinations(said, 2))
        if min(said[a], said[b]) >= AT_LEAST * best and _apart(a, b) and _may_be_one(a, b)
    ]
    return max(pairs)[2] if pairs else None


def _may_be_one(one: Claim, other: Claim) -> bool:
    a, b = one.figure, other.figure
    measured = a.measure == b.measure or (
        "" in {a.measure, b.measure} and {a.amount.kind, b.amount.kind} <= {"count", "money"}
    )
    years = [{y for y in c.period if isinstance(y, int)} for c in (one, other)]
    of_one_time = not all(years) or bool(years[0] & years[1])
    return (
        measured and of_one_time and one.scope == other.scope and a.amount.bound == b.amount.bound and not _agree(a, b)
    )


def _beside(question: Question, claim: Claim) -> float:
    """The share of the words before a figure, in its clause, that the question has."""
    words = grams(re.split("[;。]", claim.figure.before)[-1][-6:])
    return len(words & grams(question.folded)) / (1 + len(words))


def _ratio(one: Claim, other: Claim) -> float:
    low, high = sorted((float(one.figure.low), float(other.figure.low)))
    return math.log10(high / low) if low > 0 else 0.0


def _apart(one: Claim, other: Claim) -> bool:
    """Whether two claims stand in different documents, or in places of one that lie apart."""
    if one.document != other.document:
        return True
    first, second = sorted((one.place, other.place))
    return second.start - first.end >= BETWEEN


def _asked(question: Question, weighted: Weighted) -> Weighted:
    """The terms of what a question asks about."""
    bare = matchable(ASKS_WHETHER.sub(" ", question.folded))
    return Weighted.of({t: w for t, w in weighted.terms.items() if t in bare}, weighted.phrase)


def _of_the_same(question: Question, weighted: Weighted, one: Claim, other: Claim) -> bool:
    """Whether two claims of different values are of the same thing, as far as can be told."""
    a, b = one.figure, other.figure
    if a.measure != b.measure or (not a.measure and not question.multiple) or _agree(a, b):
        return False
    if one.period != other.period or one.places != other.places or one.scope != other.scope:
        return False
    pairs = ((one, other), (other, one))
    if not all(_named(x, y, question) and _subjects(x, y) for x, y in pairs):
        return False
    covered = [coverage(weighted, matchable(f"{c.around}\n{c.text.text}")) for c in (one, other)]
    if min(covered) < COVERED or abs(covered[0] - covered[1]) > APART:
        return False
    return _say_the_same(one, other)


def _agree(a: Figure, b: Figure) -> bool:
    """Whether two figures are one, one in the other's range, one rounded from the other, or too far apart to be compared."""
    if a.measure == "date":
        x, y = a.amount.value, b.amount.value
        return not (isinstance(x, Day) and isinstance(y, Day)) or (
            any(p == q or 0 in (p, q) for p, q in [(x.year, y.year)])
            and all(p == q or 0 in (p, q) for p, q in zip(x, y, strict=True))
        )
    small, large = sorted((a, b), key=lambda f: f.low)
    if small.high >= large.low or small.low <= 0 or large.low / small.low > FARTHEST:
        return True
    if large.low - small.low <= NEAR * large.low:
        return True
    if "above" in {small.amount.bound} or "below" in {large.amount.bound}:
        return True
    return any(_rounds(x.low, y.low) for x, y in ((a, b), (b, a)))


def _rounds(value: Decimal, to: Decimal) -> bool:
    """Whether a value rounded to the digits of another one, two at least, is that."""
    digits = max(2, len(to.normalize().as_tuple().digits))
    return Decimal(f"{value:.{digits - 1}e}") == to


def _subjects(one: Claim, other: Claim) -> bool:
    """Whether the other sentence names what one figure is of."""
    return all(s in other.text.folded for s in SUBJECT.findall(one.near))


def _named(one: Claim, other: Claim, question: Question) -> bool:
    """Whether the other claim, its headings or the question have the Latin names of one."""
    known = fold(f"{other.text.text}\n{other.around}\n{question.folded}")
    return all(name in known for name in one.names)


def _say_the_same(one: Claim, other: Claim) -> bool:
    """Whether the words before two figures are alike; the whole sentences where each has one figure of the measure."""
    mine, theirs = grams(one.figure.before[-AROUND:]), grams(other.figure.before[-AROUND:])
    if len(mine & theirs) >= max(FEWEST, ALIKE * min(len(mine), len(theirs))):
        return True
    single = all(sum(f.measure == c.figure.measure for f in figures(c.text)) == 1 for c in (one, other))
    mine, theirs = grams(one.text.folded), grams(other.text.folded)
    # Another figure that both state, as the dollars that both convert, makes it likelier.
    both = {(f.measure, f.low) for f in figures(one.text) if f.low} & {(f.measure, f.low) for f in figures(other.text)}
    return single and len(mine & theirs) >= (ALIKE / 2 if both else ALIKE) * min(len(mine), len(theirs))


def _against_headline(question: Question, one: Claim, head: Claim) -> bool:
    """Whether a headline tells nearly, but not quite, what its text tells: 200万 of 208万."""
    a, b = one.figure, head.figure
    if one.place == head.place or _agree(a, b) or (one.period != head.period and head.period):
        return False
    alike = (
        a.measure == b.measure
        or (not b.measure and a.amount.kind == "money")
        or (not a.measure and b.amount.kind == "money")
    )
    small, large = sorted((a.low, b.low))
    asked = grams(question.folded) & grams(head.text.folded + ";" + one.text.folded)
    return alike and large <= OF_HEADLINE * small and large >= 10**4 and bool(asked)


def _what(one: Claim, other: Claim) -> str:
    """What both claims measure: the words that they share before their figures."""
    a, b = one.figure.before, other.figure.before
    m = SequenceMatcher(None, a, b, autojunk=False).find_longest_match()
    start = len(one.text.folded[: one.figure.amount.place.start]) - len(a)
    shared = re.split("[，。；,;]", one.text.text[start + m.a : start + m.a + m.size])[-1]
    kept = re.sub(rf"^[^{HAN}A-Za-z0-9]+|[^{HAN}A-Za-z0-9%]+$", "", shared)
    kept = re.sub(r"[为為是达達约約到]+$", "", kept)
    others = any(f.measure != "date" for f in figures(read(kept)))
    return kept if len(kept) > 3 and not others else ""
