"""What sources state: a figure in its sentence, or words, with the place where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from assistant.clauses import Read, read
from assistant.extract import Candidate
from assistant.figures import PERIOD, Figure, figures
from assistant.names import LATIN
from assistant.places import NAME
from assistant.question import Question
from ingest.amounts import Day
from ingest.document import Document, Span
from ingest.fold import squeeze

AROUND = 14
FOREIGN = ("美元", "港元", "新台币", "欧元", "日元", "英镑")
EVERYWHERE = frozenset({"中国"})
SCOPE = re.compile(
    r"同比|环比|累计|合计|总计|平均|人均|单店|单月|月均|年均|日均|最高|最低|最多|最少|预计|预测|预期|有望|将达|目标|计划|占比|占|比例|渗透率|增长|增加|提升|下降|减少|降低|增速|增幅"
    r"|线上|线下|新增|其中|以上|以下|超过|不足|上限|下限|首年|每|广义|狭义"
)
"""What a figure may be restricted to: it has to stand next to both."""
RATE = re.compile(r"率|增速|增幅|占比|比例|份额|比重|百分之")
"""What a question that has it asks for is a share, and no amount."""
SHARES = frozenset({"percent", "points", "multiple"})


@dataclass(frozen=True)
class Worded:
    """Words that a source states, and where they stand."""

    document: str
    place: Span
    value: str
    candidate: Candidate | None = None

    def stated_in(self, text: str) -> bool:
        """Whether a text has the words."""
        return squeeze(self.value) in squeeze(text)


@dataclass(frozen=True)
class Claim:
    """A figure with the sentence that states it, and where that stands."""

    document: str
    place: Span
    text: Read
    figure: Figure
    around: str
    candidate: Candidate | None = None

    @property
    def value(self) -> str:
        """The figure as the sentence writes it."""
        return self.figure.words

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
        """The Latin names in the sentence up to the figure, but for those of publications: what follows is not what it is of."""
        bare = re.sub("《[^》]*》", "", self.clause)
        return frozenset(w for m in LATIN.finditer(bare) for w in m[0].split(" ") if len(w) > 1)


def claims_of(question: Question, candidate: Candidate) -> Iterator[Claim]:
    """The figures of a sentence that may answer."""
    text = read(candidate.text)
    start = candidate.hit.clean.start + candidate.place.start
    place = Span(start, start + len(candidate.place))
    asked = {(f.measure, f.low) for f in figures(read(question.text))}
    of_rate = RATE.search(question.folded) is not None
    for f in figures(text):
        wanted = f.measure == "date" if question.kind == "date" else f.measure not in {"date", "ordinal", "季度"}
        wanted = wanted and (not of_rate or question.kind == "date" or f.amount.kind in SHARES)
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


def of_headline(document: Document) -> Iterator[Claim]:
    """The figures of a document's title, where that stands in its text."""
    start = document.view.text.find(document.title) if document.title else -1
    if start >= 0:
        text = read(document.title)
        for f in figures(text):
            if f.measure not in {"date", "ordinal", "季度"} and f.amount.kind in {"money", "count", "percent"}:
                yield Claim(document.path, Span(start, start + len(document.title)), text, f, document.title)
