"""Pick the sentences of the found passages that answer a question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.offered import ROW, TITLED, Offer, offers
from assistant.question import Question
from assistant.rank import Weighted, coverage, matchable, score
from assistant.retrieve import Hit
from assistant.sentence_features import Sought, beside_others, sentence_features
from assistant.trees import forest
from ingest.document import Span
from ingest.fold import fold

WEIGHTS = "extract.json"
TREES = "extract_trees.json"
READ = 8
"""Passages that are read for an answer."""

BYLINE = re.compile(r"[^，,。：:]{2,20}\d{4}\s*年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?(?:[^，,。：:]{0,12})")
ABOUT = re.compile(
    r"(?:本|这份|这篇|此)(?:报告|文|案例集|指南|白皮书|章|节|部分|研究|课件|手册)(?!认为|估计|预计|测算|发现|建议|把).{0,40}?"
    r"(?:整理|说明|介绍|梳理|收录|分析|探讨|讨论|阐述|旨在|围绕|聚焦|配套|依据|包括|分为|展开)"
)
THE_REPORT = re.compile(r"报告|本文|这篇|文章|案例集|指南|白皮书|课件|研究|手册|论文")
POINTER = re.compile(
    r"(?:表|图)\s?[\d一二三四五六七八九十]{1,2}\s?(?:所示|按|列出|列|给出|对比|是|为)|见(?:下|上)?(?:表|图)\s?\d"
)
POINTS_ON = 1.5
"""Log-odds that such a sentence loses. Set: reading passages hold none to learn it from."""

OF_OTHER_YEAR = 2.0
"""Log-odds that a sentence of another year loses beyond what was learned: reports give a figure for each of several years."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: the passage it stands in, its place in the passage's text, its features.

    `before` is the sentence that it continues, for a row the head of its table.
    """

    hit: Hit
    place: Span
    text: str
    score: float
    features: dict[str, float] = field(default_factory=dict, compare=False)
    before: str = ""

    def lies_in(self, document: str, clean: Span) -> bool:
        """Whether it begins in a range of a document's clean text."""
        start = self.hit.clean.start + self.place.start
        return self.hit.document == document and clean.start <= start < clean.end


def candidates(question: Question, weighted: Weighted, hits: Sequence[Hit], first: int = READ) -> list[Candidate]:
    """All sentences, and parts of long ones, of the first passages, best first."""
    read = list(_read(question, weighted, hits[:first]))
    rows = [features for _, _, features in read]
    beside_others(rows, [hit.number for hit, _, _ in read])
    grown = forest(TREES).scores(rows)
    found = []
    for (hit, offer, features), more in zip(read, grown, strict=True):
        text = offer.place.of(hit.text)
        told = score(features, WEIGHTS) + more - points_on(question, text) - OF_OTHER_YEAR * features["other_year"]
        found.append(Candidate(hit, offer.place, text, told, features, offer.before))
    return sorted(found, key=lambda c: (-c.score, c.hit.number, c.place))


def _read(question: Question, weighted: Weighted, hits: Sequence[Hit]) -> Iterator[tuple[Hit, Offer, dict[str, float]]]:
    """What the passages offer, each with its features but for those that compare it with the others."""
    sought = Sought(question, weighted)
    best = max((h.score for h in hits), default=0.0)
    for rank, hit in enumerate(hits):
        around = matchable(f"{hit.title}\n{hit.heading}", weighted)
        passage = {
            "passage": coverage(weighted, f"{around}\n{matchable(hit.text, weighted)}"),
            "passage_score": hit.score - best,
            "rank": 1 / (1 + rank),
        }
        offered = list(offers(hit.text, hit.heading))
        following = ([o.place.of(hit.text) for o in offered[1:]] + [""])[: len(offered)]
        for offer, after in zip(offered, following, strict=True):
            text = offer.place.of(hit.text)
            if text == hit.text.strip() or not _only_names(question, hit.title, text):
                yield hit, offer, passage | sentence_features(sought, text, offer, after)


def _only_names(question: Question, title: str, text: str) -> bool:
    """Whether a line names the report instead of saying something, and the question is not about that.

    The name of a plain text is how it begins, so a whole sentence says something though it is the name.
    """
    if BYLINE.fullmatch(text):
        return question.kind != "date"
    return fold(text) == fold(title) and not text.rstrip("”」』").endswith("。") and "标题" not in question.folded


def points_on(question: Question, text: str) -> float:
    """What a sentence loses that only says what a report deals with, or where a figure is to be found."""
    folded = fold(text)
    of_report = ABOUT.search(folded) is not None and THE_REPORT.search(question.folded) is None
    return POINTS_ON * (of_report or (POINTER.search(folded) is not None and ROW not in text))


def of_its_year(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The candidates without those of other years, where the best is of the year that is asked about or of none."""
    keeps = not ranked or ranked[0].features["other_year"]
    return list(ranked) if keeps else [c for c in ranked if not c.features["other_year"]]


def of_its_row(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The candidates without rows of other things, where the best is the row of the thing that is asked about."""
    if not ranked or not ranked[0].features["row"]:
        return list(ranked)
    return [c for c in ranked if c.features["row"] or not (ROW in c.text or TITLED.match(c.text))]
