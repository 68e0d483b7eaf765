"""Pick the sentences of the found passages that answer a question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.question import Question
from assistant.rank import Weighted, coverage, phrase_overlap, score, stands_in
from assistant.retrieve import Hit
from ingest.document import Span
from ingest.fold import fold
from ingest.split import sentences

WEIGHTS = "extract.json"
READ = 8
"""Passages that are read for an answer."""
LONG = 110
"""A longer sentence is also offered in parts: what stands between its semicolons, list marks and labels."""

PART = re.compile(r"[；;]|(?<=[^\d\s])(?=\d{1,2}[、.．)）](?!\d))|(?<=.)(?=第[一二三四五六七八九十\d]{1,2}(?:步|是|、|,|，))|(?<=[。！？!?])\s*")
NUMBER = re.compile(r"\d|[一二三四五六七八九十百千万亿两]{2,}|[一二三四五六七八九十两][个家条种款倍成年月天]")
DATE = re.compile(r"\d{2,4}年|\d{1,2}月|\d{1,2}日|世纪|年代|公元|民国")
UNIT_ASKED = re.compile(r"(?:多少|几)(?:个|多)?([家个款箱辆台组项条人元块张道次天年月日岁集名所座位步种篇件份倍度米斤吨公里小时分钟秒美]{1,2})")
MARKS = {
    "reason": re.compile(r"因为|由于|因此|所以|原因|为了|导致|使得|源于|在于|归因|得益|缘于|旨在"),
    "definition": re.compile(r"是指|指的是|定义为|称为|称之为|是一种|即|就是|意思是|被称作|简称|指"),
    "list": re.compile(r"、.+、|包括|包含|分为|分别|一是|第一|首先|1[、.)]"),
    "comparison": re.compile(r"而|则|相比|不同|区别|高于|低于|比|但"),
    "method": re.compile(r"通过|采用|利用|借助|首先|步骤|方法"),
    "place": re.compile(r"省|市|县|区|国|州|位于|在|路|岛"),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: the passage it stands in, its place in the passage's text, its features."""

    hit: Hit
    place: Span
    text: str
    score: float
    features: dict[str, float] = field(default_factory=dict, compare=False)


def candidates(question: Question, weighted: Weighted, hits: Sequence[Hit]) -> list[Candidate]:
    """All sentences, and parts of long ones, of the first `READ` passages, best first."""
    found = []
    best = max((h.score for h in hits), default=0.0)
    for rank, hit in enumerate(hits[:READ]):
        before = ""
        around = fold(f"{hit.title}\n{hit.heading}")
        whole = coverage(weighted, f"{around}\n{fold(hit.text)}")
        for place in _offered(hit.text):
            text = place.of(hit.text)
            features = sentence_features(question, weighted, text, before)
            features |= {"passage": whole, "passage_score": hit.score - best, "rank": 1 / (1 + rank)}
            features["leads"] = float(place.start == 0)
            found.append(Candidate(hit, place, text, score(features, WEIGHTS), features))
            before = text
    return sorted(found, key=lambda c: (-c.score, c.hit.number, c.place))


def _offered(text: str) -> Iterator[Span]:
    for sentence in sentences(text):
        if len(sentence) <= LONG:
            yield sentence
            continue
        start = sentence.start
        cuts = [sentence.start + m.end() for m in PART.finditer(sentence.of(text))]
        for cut in [*cuts, sentence.end]:
            if cut - start >= 12 or cut == sentence.end:
                if text[start:cut].strip():
                    yield _stripped(text, start, cut)
                start = cut


def _stripped(text: str, start: int, end: int) -> Span:
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def sentence_features(question: Question, weighted: Weighted, text: str, before: str) -> dict[str, float]:
    """The features of one sentence; `before` is the sentence before it in its passage."""
    folded = fold(text)
    covered = coverage(weighted, folded)
    new = _new_characters(question, folded)
    features = {
        "coverage": covered,
        "coverage_before": coverage(weighted, f"{fold(before)}\n{folded}") - covered,
        "phrases": phrase_overlap(weighted, folded),
        "phrases_short": phrase_overlap(weighted, folded, 2),
        "new": min(new, 40) / 40,
        "short": float(len(text) < 12),
        "long": max(0, len(text) - LONG) / 100,
        "asks": float(text.rstrip("”」』\"' ").endswith(("？", "?"))),
        "number_for_number": 0.0,
        "date_for_date": 0.0,
        "unit": 0.0,
        "marks": 0.0,
    }
    if question.kind == "number":
        features["number_for_number"] = float(_has_new_number(question, folded))
    if question.kind == "date":
        features["date_for_date"] = float(_has_new_date(question, folded))
    if unit := UNIT_ASKED.search(question.folded):
        features["unit"] = float(re.search(r"[\d一二三四五六七八九十百千万亿两]\s?(?:多|余)?" + unit[1], folded) is not None)
    if question.kind in MARKS:
        features["marks"] = float(MARKS[question.kind].search(folded) is not None)
    return features


def _new_characters(question: Question, folded: str) -> int:
    return sum(c.isalnum() and c not in question.folded for c in folded)


def _has_new_number(question: Question, folded: str) -> bool:
    return any(m[0] not in question.folded for m in re.finditer(r"\d+(?:[.,]\d+)*|[一二三四五六七八九十百千万亿两]+(?=[个家条种款倍成名座])", folded))


def _has_new_date(question: Question, folded: str) -> bool:
    return any(m[0] not in question.folded for m in DATE.finditer(folded))


def choose(question: Question, weighted: Weighted, ranked: Sequence[Candidate]) -> list[Candidate]:
    """The sentences of the answer, in the order of the sources: the best, and others that add what it lacks.

    A question that asks for several things gets up to three sentences more,
    each of which must cover terms that those before it do not, or continue one of them.
    """
    if not ranked:
        return []
    chosen = [ranked[0]]
    wanted = 4 if question.multiple or question.kind in {"list", "comparison"} else 2
    budget = 260 if wanted > 2 else 160
    for candidate in ranked[1:]:
        if len(chosen) == wanted:
            break
        if any(_same(candidate, c) for c in chosen):
            continue
        if sum(len(c.text) for c in chosen) + len(candidate.text) > budget:
            continue
        if candidate.score < ranked[0].score - (2.0 if wanted > 2 else 1.0):
            break
        chosen.append(candidate)
    return sorted(chosen, key=lambda c: (ranked[0].hit.number != c.hit.number, c.hit.score * -1, c.hit.number, c.place))


def _same(a: Candidate, b: Candidate) -> bool:
    """Whether two sentences say the same, one of them perhaps in another document."""
    if a.hit.number == b.hit.number and a.place.overlap(b.place):
        return True
    x, y = (re.sub(r"\W", "", fold(c.text)) for c in (a, b))
    return x in y or y in x


def missing_terms(weighted: Weighted, folded: str) -> float:
    """The share of a question's weight that stands nowhere in a text."""
    return sum(w for t, w in weighted.terms.items() if not stands_in(t, folded)) / weighted.total


