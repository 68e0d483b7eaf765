"""Pick the sentences of the found passages that answer a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.question import Question
from assistant.rank import Weighted, coverage, phrase_overlap, score
from assistant.retrieve import Hit
from ingest.document import BREAK, Span
from ingest.fold import fold
from ingest.split import sentences

WEIGHTS = "extract.json"
READ = 8
"""Passages that are read for an answer."""
LONG = 110
"""A longer sentence is also offered in parts: what stands between its semicolons, list marks and labels."""
ROW = " | "

PART = re.compile(
    r"[；;]|(?<=[^\d\s])(?=\d{1,2}[、.．)）](?!\d))|(?<=.)(?=第[一二三四五六七八九十\d]{1,2}(?:步|是|、|,|，))|(?<=[。！？!?])\s*"
)
DATE = re.compile(r"\d{2,4}年|\d{1,2}月|\d{1,2}日|世纪|年代|公元|民国")
COUNT = re.compile(r"\d+(?:[.,]\d+)*|[一二三四五六七八九十百千万亿两]+(?=[个家条种款倍成名座])")
UNIT_ASKED = re.compile(
    r"(?:多少|几)(?:个|多)?([家个款箱辆台组项条人元块张道次天年月日岁集名所座位步种篇件份倍度米斤吨公里小时分钟秒美]{1,2})"
)
MARKS = {
    "reason": re.compile(r"因为|由于|因此|所以|原因|为了|导致|使得|源于|在于|归因|得益|缘于|旨在"),
    "definition": re.compile(r"是指|指的是|定义为|称为|称之为|是一种|即|就是|意思是|被称作|简称|指"),
    "list": re.compile(r"、.+、|包括|包含|分为|分别|一是|第一|首先|1[、.)]"),
    "comparison": re.compile(r"而|则|相比|不同|区别|高于|低于|比|但"),
    "method": re.compile(r"通过|采用|利用|借助|首先|步骤|方法"),
    "place": re.compile(r"省|市|县|区|国|州|位于|在|路|岛"),
}
ITEM = re.compile(
    r"^\s*(?:[-•·●○■◆▪*–—]\s*|[（(]?\d{1,2}[)）.、．](?!\d)|[（(]?[一二三四五六七八九十]{1,2}[)）、.．]"
    r"|(?:第|其)[一二三四五六七八九十\d]{1,2}(?:步|点|种|个|条|类|项|大)?[是,，、:：]?|[一二三四五六七八九十]是|首先|其次|再次|再者|最后|此外|另外|[^。，,：:]{2,14}[：:])"
)
ANNOUNCES = re.compile(
    r"(?:[:：]|如下|以下.{0,8}|下面.{0,8}|(?:[二三四五六七八九十两\d]+)(?:大|个|种|点|项|条|步|类|方面|部分|阶段|维度|要素|路径|原因|因素|问题|场景|工具|命题|痛点|属性|选择)[^。,，:：|]{0,14})[。:：]?$"
)
END_MARKS = "。！？!?；;…：:"


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
    found: list[Candidate] = []
    best = max((h.score for h in hits), default=0.0)
    for rank, hit in enumerate(hits[:READ]):
        around = fold(f"{hit.title}\n{hit.heading}")
        passage = {
            "passage": coverage(weighted, f"{around}\n{fold(hit.text)}"),
            "passage_score": hit.score - best,
            "rank": 1 / (1 + rank),
        }
        for place, before, heading in _in_context(hit.text, hit.heading):
            text = place.of(hit.text)
            features = passage | sentence_features(question, weighted, text, before, heading)
            found.append(Candidate(hit, place, text, score(features, WEIGHTS), features))
    return sorted(found, key=lambda c: (-c.score, c.hit.number, c.place))


def _in_context(text: str, heading: str) -> Iterator[tuple[Span, str, str]]:
    """Each sentence with the one it continues (for a row the head of its table) and its nearest heading."""
    before = head = ""
    for place in _offered(text):
        sentence = place.of(text)
        is_row = ROW in sentence
        if is_row and not head:
            head = sentence
        elif not is_row:
            head = ""
        yield place, head if is_row and head != sentence else before, heading
        before = sentence
        if _is_heading(sentence, text[place.end : place.end + 1]):
            heading = sentence


def _is_heading(sentence: str, follows: str) -> bool:
    """Whether a sentence stands alone on a short line that no mark ends."""
    return len(sentence) <= 30 and follows in {"\n", ""} and sentence[-1] not in END_MARKS + "。”」』" and ROW not in sentence


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


def sentence_features(
    question: Question, weighted: Weighted, text: str, before: str, heading: str = ""
) -> dict[str, float]:
    """The features of one sentence; `before` is the sentence it continues, `heading` what it stands under."""
    folded = fold(text)
    covered = coverage(weighted, folded)
    with_before = coverage(weighted, f"{fold(before)}\n{folded}")
    features = {
        "coverage": covered,
        "coverage_before": with_before - covered,
        "coverage_heading": coverage(weighted, f"{fold(heading)}\n{fold(before)}\n{folded}") - with_before,
        "phrases": phrase_overlap(weighted, folded),
        "phrases_short": phrase_overlap(weighted, folded, 2),
        "new": min(_new_characters(question, folded), 40) / 40,
        "short": float(len(text) < 12),
        "heading": float(_is_heading(text, "\n")),
        "long": max(0, len(text) - LONG) / 100,
        "asks": float(text.rstrip("”」』\"' ").endswith(("？", "?"))),
        "number_for_number": 0.0,
        "date_for_date": 0.0,
        "unit": 0.0,
        "marks": 0.0,
    }
    if question.kind == "number":
        features["number_for_number"] = float(_has_new(COUNT, question, folded))
    if question.kind == "date":
        features["date_for_date"] = float(_has_new(DATE, question, folded))
    if unit := UNIT_ASKED.search(question.folded):
        features["unit"] = float(
            re.search(r"[\d一二三四五六七八九十百千万亿两]\s?(?:多|余)?" + unit[1], folded) is not None
        )
    if question.kind in MARKS:
        features["marks"] = float(MARKS[question.kind].search(folded) is not None)
    return features


def _new_characters(question: Question, folded: str) -> int:
    return sum(c.isalnum() and c not in question.folded for c in folded)


def _has_new(pattern: re.Pattern[str], question: Question, folded: str) -> bool:
    return any(m[0] not in question.folded for m in pattern.finditer(folded))


@dataclass(frozen=True, slots=True)
class Run:
    """Sentences of one document that follow one another: what one citation covers.

    `clean` is the range in the document's clean text, `sentences` the ranges of the sentences in it.
    """

    document: str
    hit: Hit
    score: float
    clean: Span
    sentences: tuple[Span, ...]


def choose(
    question: Question, weighted: Weighted, ranked: Sequence[Candidate], text_of: Callable[[str], str]
) -> list[Run]:
    """The runs of sentences that make the answer: the best one first, then others that add what it lacks.

    `text_of` gives the clean text of a document, so that a run can go on past its passage.
    """
    if not ranked:
        return []
    several = question.multiple or question.kind in {"list", "comparison"}
    most, budget, behind = (3, 300, 2.0) if several else (2, 180, 0.8)
    runs: list[Run] = []
    said = ""
    covered = 0.0
    for candidate in ranked:
        if len(runs) == most or (runs and candidate.score < ranked[0].score - behind):
            break
        start = candidate.hit.clean.start + candidate.place.start
        if any(r.document == candidate.hit.document and r.clean.overlap(Span(start, start + 1)) for r in runs):
            continue
        run = _extended(question, candidate, text_of(candidate.hit.document))
        words = run.clean.of(text_of(run.document))
        if runs and (len(said) + len(words) > budget or _same(words, said)):
            continue
        now = coverage(weighted, fold(said + words))
        if runs and not several and now <= covered:
            continue
        runs.append(run)
        said += words
        covered = now
    return runs


def _extended(question: Question, candidate: Candidate, text: str) -> Run:
    """A sentence with those that belong to it: the items it announces, the explanation it opens."""
    start = candidate.hit.clean.start + candidate.place.start
    places = [Span(start, start + len(candidate.place))]
    room = 420 if ANNOUNCES.search(candidate.text) else 150 if question.kind in {"reason", "definition", "method"} else 0
    if room:
        places += _following(question, candidate.text, text, places[0].end, room - len(candidate.place))
    whole = Span(places[0].start, places[-1].end)
    return Run(candidate.hit.document, candidate.hit, candidate.score, whole, tuple(places))


def _following(question: Question, lead: str, text: str, start: int, room: int) -> Iterator[Span]:
    """The sentences after `start` that carry on: list items behind an announcement, else what explains."""
    announced = ANNOUNCES.search(lead) is not None
    items = 0
    end = start
    tail = text[start : start + 1200]
    for place in sentences(tail):
        sentence = place.of(tail)
        gap = text[end : start + place.start]
        is_item = ITEM.match(sentence) is not None or (announced and items > 0 and "\n" in gap and len(sentence) < 60)
        first_of_colon = announced and items == 0 and lead.rstrip()[-1:] in "：:"
        if BREAK in gap or len(sentence) > room:
            return
        if announced and not (is_item or first_of_colon):
            return
        if not announced and ("\n" in gap or _is_heading(sentence, tail[place.end : place.end + 1])):
            return
        yield Span(start + place.start, start + place.end)
        items += 1
        room -= len(sentence)
        end = start + place.end
        if not announced and question.kind == "definition":
            return


def _same(words: str, said: str) -> bool:
    """Whether words were said before, in another script perhaps."""
    x, y = (re.sub(r"\W", "", fold(t)) for t in (words, said))
    return x in y
