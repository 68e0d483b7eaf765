"""Find where sources give different values for the same thing.

Two figures are of the same thing when they stand in different reports (or one
in a headline and one in its text), are of the same measure, period, place and
scope, and the words around them say the same. Whatever speaks against it
counts: a disagreement that is none does more harm than one that is not told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from functools import cached_property

from assistant.clauses import Read, grams, read
from assistant.extract import Candidate
from assistant.figures import PERIOD, Figure, figures
from assistant.names import LATIN
from assistant.offered import ROW
from assistant.places import NAME
from assistant.question import Question
from assistant.rank import Weighted, coverage, matchable
from ingest.amounts import Day
from ingest.document import Document, Span
from ingest.fold import HAN, fold

READ = 12
"""Sentences that are looked at, the best first."""
BEHIND = 6.5
"""How far behind the best one's score they may be."""
KINDS = frozenset({"number", "date", "comparison"})
COVERED = 0.6
"""The least share of the question's weight that both sentences must hold, with their headings."""
APART = 0.25
"""How much their shares may differ."""
ALIKE = 0.4
"""The least share of the words before the shorter one's figure that stand before the other, too."""
FEWEST = 2
FARTHEST = 10
"""One value may be this many times the other: farther apart they are hardly of the same thing."""
NEAR = Decimal("0.005")
OF_HEADLINE = Decimal("1.5")
AROUND = 14

SCOPE = re.compile(
    r"同比|环比|累计|合计|总计|平均|人均|单店|单月|月均|年均|日均|最高|最低|最多|最少|预计|预测|预期|有望|将达|目标|计划|占比|占|比例|渗透率|增长|增加|提升|下降|减少|降低|增速|增幅"
    r"|线上|线下|新增|其中|以上|以下|超过|不足|上限|下限|首年|每|广义|狭义"
)
"""What a figure may be restricted to: it has to stand next to both."""
SUBJECT = re.compile(r"出口|进口|净利|毛利|营收|收入|利润|成本|单价|客单价|销量|销售额|用户|员工|估值|融资")
"""What it may be a figure of: the other sentence has to name it, too."""
ASKS_WHETHER = re.compile(
    r"(?:各|几|两|这些|不同)[份个篇家]*(?:报告|资料|来源|文章|文件)(?:里|中|之间)?(?:写的|说的|给的|提到的|的)?|(?:报告|资料|来源)(?:里|中)"
    r"|(?:说|写|讲)(?:的|法)?都?(?:一样|一致|相同)吗?|对得(?:上|起来)吗?|是否一致|一致吗|矛盾吗?|有?哪[两几]种(?:写法|说法)?|写法|说法|换算|折成|折合"
)
"""How a question asks whether the reports agree: no words of what it asks about."""
FOREIGN = ("美元", "港元", "新台币", "欧元", "日元", "英镑")
EVERYWHERE = frozenset({"中国"})


@dataclass(frozen=True)
class Claim:
    """A figure with the sentence that states it, and where that stands."""

    document: str
    place: Span
    text: Read
    figure: Figure
    around: str
    candidate: Candidate | None = None

    def stated_in(self, text: str) -> bool:
        """Whether a text states the figure."""
        return any(
            (f.measure, f.low, f.amount.value) == (self.figure.measure, self.figure.low, self.figure.amount.value)
            for f in figures(read(text))
        )

    @cached_property
    def near(self) -> str:
        """The words next to the figure."""
        return self.figure.before[-AROUND:] + "□" + self.figure.after[:6]

    @cached_property
    def clause(self) -> str:
        """The whole clause up to the figure."""
        return re.split("[;。]", self.figure.before)[-1] + "□" + self.figure.after[:6]

    @cached_property
    def scope(self) -> frozenset[str]:
        """What the words next to the figure restrict it to."""
        return frozenset(SCOPE.findall(self.clause))

    @cached_property
    def period(self) -> frozenset[object]:
        """The years, months and quarters that the sentence names."""
        if self.figure.measure == "date":
            return frozenset()
        days = [f.amount.value for f in figures(self.text) if isinstance(f.amount.value, Day)]
        years = self.figure.years or {d.year for d in days if d.year}
        return (
            frozenset(years)
            | {f"{d.month}月" for d in days if d.month}
            | {m[0] for m in PERIOD.finditer(self.text.folded)}
        )

    @cached_property
    def places(self) -> frozenset[str]:
        """The places that the sentence names."""
        return frozenset(NAME.findall(self.text.folded)) - EVERYWHERE

    @cached_property
    def names(self) -> frozenset[str]:
        """The Latin names in the sentence, but for those of publications."""
        bare = re.sub("《[^》]*》", "", self.text.folded)
        return frozenset(w for m in LATIN.finditer(bare) for w in m[0].split(" ") if len(w) > 1)


@dataclass(frozen=True)
class Disagreement:
    """What is measured ("" where the sources call it differently), and the claims, each with another value."""

    what: str
    claims: tuple[Claim, ...]


def disagreement(
    question: Question, weighted: Weighted, ranked: Sequence[Candidate], document_of: Callable[[str], Document]
) -> Disagreement | None:
    """The first disagreement among the sentences that answer best, None where there is none."""
    asked = _asked(question, weighted)
    if not ranked or not asked.terms or (question.kind not in KINDS and not ASKS_WHETHER.search(question.folded)):
        return None
    good = [c for c in ranked[:READ] if c.score >= ranked[0].score - BEHIND and ROW not in c.text]
    claims = [claim for c in good for claim in _claims(question, c)]
    for i, one in enumerate(claims):
        for other in claims[i + 1 :]:
            if one.document != other.document and _of_the_same(question, asked, one, other):
                return Disagreement(_what(one, other), (one, other))
    for one in claims:
        for other in _headline(document_of(one.document)):
            if _against_headline(question, one, other):
                return Disagreement("", (other, one))
    return None


def _asked(question: Question, weighted: Weighted) -> Weighted:
    """The terms of what a question asks about."""
    bare = matchable(ASKS_WHETHER.sub(" ", question.folded))
    return Weighted.of({t: w for t, w in weighted.terms.items() if t in bare}, weighted.phrase)


def _claims(question: Question, candidate: Candidate) -> Iterator[Claim]:
    """The figures of a sentence that may answer."""
    text = read(candidate.text)
    start = candidate.hit.clean.start + candidate.place.start
    place = Span(start, start + len(candidate.place))
    asked = {(f.measure, f.low) for f in figures(read(question.text))}
    for f in figures(text):
        wanted = f.measure == "date" if question.kind == "date" else f.measure not in {"date", "ordinal", "季度"}
        if wanted and (f.measure, f.low) not in asked and _in_currency(question, f):
            around = f"{candidate.hit.title}\n{candidate.hit.heading}"
            yield Claim(candidate.hit.document, place, text, f, around, candidate)


def _in_currency(question: Question, figure: Figure) -> bool:
    """Whether a figure is in the currency that the question names, if any."""
    if figure.amount.kind == "money" and "人民币" in question.folded:
        return figure.measure == "元"
    named = next((c for c in FOREIGN if c in question.folded), "")
    # A bare number is hardly one of foreign money.
    return not named or "人民币" in question.folded or figure.measure == named


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


def _headline(document: Document) -> Iterator[Claim]:
    """The figures of a document's title, where that stands in its text."""
    start = document.view.text.find(document.title) if document.title else -1
    if start >= 0:
        text = read(document.title)
        for f in figures(text):
            if f.measure not in {"date", "ordinal", "季度"} and f.amount.kind in {"money", "count", "percent"}:
                yield Claim(document.path, Span(start, start + len(document.title)), text, f, document.title)


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
