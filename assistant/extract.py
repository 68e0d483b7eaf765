"""Pick the sentences of the found passages that answer a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.asked import says
from assistant.definition import defines
from assistant.enumeration import CLOSE, NEXT_WITHIN, first_inside, first_of, items_after, number_of
from assistant.negation import DENIES
from assistant.question import Question
from assistant.rank import Weighted, coverage, matchable, phrase_overlap, score
from assistant.retrieve import Hit
from ingest.document import BREAK, Span
from ingest.fold import fold, squeeze
from ingest.split import sentences

WEIGHTS = "extract.json"
READ = 8
"""Passages that are read for an answer."""
LONG = 110
"""A longer sentence is also offered in parts: what stands between its semicolons, list marks and labels."""
SHORT = 24
ROW = " | "

PART = re.compile(
    r"[；;]|(?<=[^\d\s])(?=\d{1,2}[、.．)）](?!\d))|(?<=.)(?=第[一二三四五六七八九十\d]{1,2}(?:步|是|、|,|，))|(?<=[。！？!?])\s*"
)
COMMA = re.compile(r"[，,：:](?!\d)")
PAUSE = re.compile(r"[,;。!?]\s*")
DATE = re.compile(r"\d{2,4}年|\d{1,2}月|\d{1,2}日|世纪|年代|公元|民国")
BYLINE = re.compile(r"[^，,。：:]{2,20}\d{4}\s*年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?(?:[^，,。：:]{0,12})")
CALENDAR = re.compile(r"\d{1,4}\s*(?:年|月|日|号)(?!前|后|内|间|均|薪|活)")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
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
MARKED_ITEM = re.compile(r"^\s*(?:[-•·●○■◆▪*]\s*|[（(]?1[)）.、．](?!\d)|第一|其一|一是|首先)")
ANNOUNCES = re.compile(
    r"(?:[:：]|如下|以下.{0,8}|下面.{0,8}|(?:[二三四五六七八九十两\d]+)(?:大|个|种|点|项|条|步|类|方面|部分|阶段|维度|要素|路径|原因|因素|问题|场景|工具|命题|痛点|属性|选择)[^。,，:：|]{0,14})[。:：]?$"
)
OPENS_LIST = re.compile(r"(?:包括|包含|分为|涵盖|分別是|分别是|分為|有以下|如下)[:：]?|一是|第一|其一|首先|1[、.]")
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
ANNOUNCED = re.compile(
    r"([二三四五六七八九十两\d]+)(?:大|个|种|点|项|条|步|类|方面|部分|阶段|维度|要素|路径|层面|层次)"
)
INLINE_LIST = re.compile("、[^。]*(?:、|和|与|以及|及)|[；;]")
"""What lists its items itself."""
ROOM_FOR_ITEMS = 420
MOST_ITEMS = 6
REACH = 1200
EXPLAINED = {"reason": 150, "definition": 120, "method": 150}
"""Kinds of question whose answers run over several sentences, and how many characters these may take."""
CONCLUDES = re.compile(r"于是|因此|所以|为此|因而|從而|从而|故此|因此|由此|為此|於是")
END_MARKS = "。！？!?；;…：:"


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


def candidates(question: Question, weighted: Weighted, hits: Sequence[Hit]) -> list[Candidate]:
    """All sentences, and parts of long ones, of the first `READ` passages, best first."""
    found: list[Candidate] = []
    best = max((h.score for h in hits), default=0.0)
    for rank, hit in enumerate(hits[:READ]):
        around = matchable(f"{hit.title}\n{hit.heading}", weighted)
        passage = {
            "passage": coverage(weighted, f"{around}\n{matchable(hit.text, weighted)}"),
            "passage_score": hit.score - best,
            "rank": 1 / (1 + rank),
        }
        for place, before, heading in _in_context(hit.text, hit.heading):
            text = place.of(hit.text)
            if text != hit.text.strip() and _only_names(question, hit.title, text):
                continue
            features = passage | sentence_features(question, weighted, text, before, heading)
            told = score(features, WEIGHTS) - points_on(question, text)
            found.append(Candidate(hit, place, text, told, features, before))
    return sorted(found, key=lambda c: (-c.score, c.hit.number, c.place))


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


def _in_context(text: str, heading: str) -> Iterator[tuple[Span, str, str]]:
    """Each sentence with the one it continues (for a row the head of its table) and its nearest heading.

    Headings, questions and heads of tables name what follows them and are not offered themselves.
    """
    before = head = ""
    known = {fold(h) for h in heading.split(" > ")}
    places = list(_offered(text))
    for i, place in enumerate(places):
        sentence = place.of(text)
        following = places[i + 1].of(text) if i + 1 < len(places) else ""
        if ROW in sentence:
            if not head and ROW in following:
                head = sentence
                continue
            yield place, head, heading
        elif following and (
            fold(sentence) in known or _asks(sentence) or _is_heading(sentence, text[place.end : place.end + 1])
        ):
            heading, before, head = sentence, "", ""
        else:
            yield place, before, heading
            before, head = sentence, ""


def _asks(sentence: str) -> bool:
    return sentence.rstrip("”」』\"' ").endswith(("？", "?"))


def _is_heading(sentence: str, follows: str) -> bool:
    """Whether a sentence stands alone on a short line that no mark ends."""
    return (
        len(sentence) <= 30
        and follows in {"\n", ""}
        and sentence[-1] not in END_MARKS + "。”」』"
        and ROW not in sentence
    )


def _offered(text: str) -> Iterator[Span]:
    """The sentences of a text; long ones in parts, cut at semicolons, list marks and labels, then at commas."""
    for sentence in sentences(text):
        for part in _cut(text, sentence, PART):
            yield from _cut(text, part, COMMA, 4 * LONG)


def _cut(text: str, whole: Span, marks: re.Pattern[str], longest: int = LONG) -> Iterator[Span]:
    """A stretch that is too long, cut behind marks into parts of at least `SHORT` characters."""
    if len(whole) <= longest:
        yield whole
        return
    start = whole.start
    cuts = [whole.start + m.end() for m in marks.finditer(whole.of(text))]
    for cut in [*cuts, whole.end]:
        long_enough = cut - start >= longest // 4 and whole.end - cut >= SHORT and not _denied(text[start:cut])
        if (long_enough or cut == whole.end) and text[start:cut].strip():
            yield _stripped(text, start, cut)
            start = cut


def _denied(before: str) -> bool:
    """Whether the words before a cut deny what follows: of 误区：... only both together may be shown."""
    clause = PAUSE.split(fold(before))[-1]
    return DENIES.search(clause) is not None


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
    folded = matchable(text, weighted)
    tells = says(question, folded, matchable(before, weighted) if ROW in text else "")
    if ROW in text:
        # A row says little without the head of its table.
        folded, before = f"{matchable(before, weighted)}\n{folded}", ""
    covered = coverage(weighted, folded)
    with_before = coverage(weighted, f"{matchable(before, weighted)}\n{folded}")
    features = {
        "coverage": covered,
        "coverage_before": with_before - covered,
        "coverage_heading": coverage(
            weighted, f"{matchable(heading, weighted)}\n{matchable(before, weighted)}\n{folded}"
        )
        - with_before,
        "phrases": phrase_overlap(weighted, folded),
        "phrases_short": phrase_overlap(weighted, folded, 2),
        "new": min(_new_characters(question, folded), 40) / 40,
        "short": float(len(text) < 12),
        "heading": float(_is_heading(text, "\n")),
        "long": max(0, len(text) - LONG) / 100,
        "asks": float(_asks(text)),
        "defines": float(defines(question, folded)),
        "number_for_number": 0.0,
        "date_for_date": 0.0,
        "unit": 0.0,
        "marks": 0.0,
        "other_year": float(of_other_year(question, f"{matchable(before) if ROW in text else ''}\n{folded}")),
        "asked_said": float(tells is True),
        "asked_missing": float(tells is False),
        "row": float(_is_row_asked_for(question, text)),
    }
    if question.kind == "number":
        # A date is no amount: it does not answer how much.
        features["number_for_number"] = float(_has_new(COUNT, question, CALENDAR.sub(" ", folded)))
    if question.kind == "date":
        features["date_for_date"] = float(_has_new(DATE, question, folded))
    if unit := UNIT_ASKED.search(question.asking):
        features["unit"] = float(has_unit(unit[1], folded))
    if question.kind in MARKS:
        features["marks"] = float(MARKS[question.kind].search(folded) is not None)
    return features


def _is_row_asked_for(question: Question, text: str) -> bool:
    """Whether a row of a table is the one of a thing that the question names."""
    label = squeeze(text.split(ROW, maxsplit=1)[0]).strip("|")
    return ROW in text and len(label) > 1 and label in squeeze(question.text)


def of_other_year(question: Question, folded: str) -> bool:
    """Whether a folded text tells of years, and of none that the question names."""
    asked = set(YEAR.findall(question.folded))
    told = set(YEAR.findall(folded)) if asked else set()
    return bool(told) and not asked & told


def of_its_year(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The candidates without those of other years, where the best is of the year that is asked about or of none."""
    keeps = not ranked or ranked[0].features["other_year"]
    return list(ranked) if keeps else [c for c in ranked if not c.features["other_year"]]


def has_unit(unit: str, folded: str) -> bool:
    """Whether a folded text has a number of this unit."""
    return re.search(r"[\d一二三四五六七八九十百千万亿两]\s?(?:多|余)?" + unit, folded) is not None


def _new_characters(question: Question, folded: str) -> int:
    return sum(c.isalnum() and c not in question.folded for c in folded)


def _has_new(pattern: re.Pattern[str], question: Question, folded: str) -> bool:
    return any(m[0] not in question.folded for m in pattern.finditer(folded))


@dataclass(frozen=True, slots=True)
class Run:
    """Sentences of one document that follow one another: what one citation covers.

    `clean` is the range in the document's clean text, `sentences` the ranges of
    the sentences in it, `head` that of the table's head where they are rows.
    """

    document: str
    hit: Hit
    score: float
    clean: Span
    sentences: tuple[Span, ...]
    head: Span | None = None


def choose(
    question: Question,
    ranked: Sequence[Candidate],
    text_of: Callable[[str], str],
    apart_from: Sequence[Run] = (),
) -> list[Run]:
    """The runs of sentences that make the answer: the best one first, then others that are nearly as good.

    `text_of` gives the clean text of a document, so that a run can go on past
    its passage. What `apart_from` holds is not said again.
    """
    if not ranked:
        return []
    several = question.multiple or question.kind in {"list", "comparison"}
    most, budget, behind = (3, 300, 2.0) if several else (2, 150, 2.5)
    runs: list[Run] = []
    said = ""
    best = _listed(question, ranked[0], text_of(ranked[0].hit.document))
    if best and not any(r.document == b.document and r.clean.overlap(b.clean) for b in best for r in apart_from):
        return best
    for candidate in ranked:
        if len(runs) == most or (runs and candidate.score < ranked[0].score - behind):
            break
        if any(candidate.lies_in(r.document, r.clean) for r in (*runs, *apart_from)):
            continue
        run = _extended(question, candidate, text_of(candidate.hit.document))
        words = run.clean.of(text_of(run.document))
        overlaps = any(r.document == run.document and r.clean.overlap(run.clean) for r in (*runs, *apart_from))
        if overlaps or (runs and (len(said) + len(words) > budget or _same(words, said))):
            continue
        runs.append(run)
        said += words
    return runs


def _extended(question: Question, candidate: Candidate, text: str) -> Run:
    """A sentence with those that belong to it: the items it announces or is one of, the explanation it opens."""
    start = candidate.hit.clean.start + candidate.place.start
    first = Span(start, start + len(candidate.place))
    wants_items = _wants_items(question)
    if ANNOUNCES.search(candidate.text):
        places = [first, *_items_after(text, first, ROOM_FOR_ITEMS)]
    elif wants_items and (
        _is_item(candidate.text) or OPENS_LIST.search(candidate.text) or _marked_item_follows(text, first)
    ):
        before = _items_before(text, first) if _is_item(candidate.text) else []
        places = [*before, first, *_items_after(text, first, ROOM_FOR_ITEMS)]
    elif question.kind == "reason" and CONCLUDES.search(candidate.text[:40]):
        places = [*_sentence_before(text, first), first]
    elif question.kind in EXPLAINED:
        places = [first, *_explanation(text, first, EXPLAINED[question.kind])]
    else:
        places = [first]
    whole = Span(places[0].start, places[-1].end)
    head = _head_of(candidate, text, whole.start)
    return Run(candidate.hit.document, candidate.hit, candidate.score, whole, tuple(places), head)


def _head_of(candidate: Candidate, text: str, start: int) -> Span | None:
    """Where the head of a row's table stands."""
    if ROW not in candidate.text or ROW not in candidate.before:
        return None
    place = text.rfind(candidate.before, 0, start)
    return Span(place, place + len(candidate.before)) if place >= 0 else None


def _listed(question: Question, candidate: Candidate, text: str) -> list[Run]:
    """The items that a sentence announces or is one of, each a run of its own but where they follow on one another.

    Empty where the sentence is no part of a list, is one by itself, or none was asked for.
    """
    start = candidate.hit.clean.start + candidate.place.start
    here = Span(start, start + len(candidate.place))
    wanted = _wants_items(question)
    if wanted and (inside := first_inside(text, here)) is not None:
        lead, place, within = [Span(start, inside)], inside, NEXT_WITHIN
    elif ANNOUNCES.search(candidate.text) and not INLINE_LIST.search(candidate.text):
        lead, place, within = [here], here.end, NEXT_WITHIN
    elif wanted and (first := first_of(text, start)) is not None:
        lead = [s for s in _sentence_before(text, Span(first, first)) if ANNOUNCES.search(s.of(text))]
        place, within = first, NEXT_WITHIN if lead else CLOSE
    else:
        return []
    items = items_after(text, place, _announced(lead[0].of(text)) if lead else 0, within)
    holds = start < place or any(i.start <= start + 2 and start < i.start + REACH for i in items)
    return _runs(candidate, [*lead, *items], text) if items and holds else []


def _wants_items(question: Question) -> bool:
    return question.kind in {"list", "method"} or (question.multiple and question.kind == "other")


def _announced(lead: str) -> int:
    """How many items a sentence says that there are; 0 where it does not."""
    told = list(ANNOUNCED.finditer(fold(lead)))
    return number_of(told[-1][1]) if told else 0


def _runs(candidate: Candidate, places: Sequence[Span], text: str) -> list[Run]:
    """Sentences as runs: those with nothing but white space between them are one."""
    groups: list[list[Span]] = []
    for place in places:
        between = text[groups[-1][-1].end : place.start] if groups else BREAK
        if between.strip() or BREAK in between:
            groups.append([place])
        else:
            groups[-1].append(place)
    hit = candidate.hit
    return [Run(hit.document, hit, candidate.score, Span(g[0].start, g[-1].end), tuple(g)) for g in groups]


def _after(text: str, place: Span) -> Iterator[tuple[Span, str, str]]:
    """The sentences behind a place: range, words, and what stands between it and the one before."""
    tail = text[place.end : place.end + REACH]
    end = 0
    for found in sentences(tail):
        yield Span(place.end + found.start, place.end + found.end), found.of(tail), tail[end : found.start]
        end = found.end


def _marked_item_follows(text: str, place: Span) -> bool:
    following = next(_after(text, place), None)
    return following is not None and BREAK not in following[2] and MARKED_ITEM.match(following[1]) is not None


def _items_after(text: str, lead: Span, room: int) -> Iterator[Span]:
    """The list items that follow an announcement or another item; behind a colon the first need not look like one."""
    behind_colon = lead.of(text).rstrip()[-1:] in "：:"
    listed = False
    for place, words, gap in _after(text, lead):
        short_line = listed and "\n" in gap and len(words) < 60
        if BREAK in gap or len(place) > room or not (_is_item(words) or short_line or (behind_colon and not listed)):
            return
        yield place
        listed = True
        room -= len(place)


def _items_before(text: str, item: Span) -> list[Span]:
    """The items before an item, and the sentence that announces them, in their order."""
    begin = max(0, item.start - REACH)
    head = text[begin : item.start]
    found: list[Span] = []
    end = item.start
    for place in reversed(list(sentences(head))):
        words = place.of(head)
        whole = Span(begin + place.start, begin + place.end)
        cut_off = place.start == 0 < begin
        if BREAK in text[whole.end : end] or cut_off or len(found) == MOST_ITEMS:
            break
        if not (_is_item(words) or ANNOUNCES.search(words)):
            break
        found.append(whole)
        end = whole.start
        if not _is_item(words):
            break
    return found[::-1]


def _sentence_before(text: str, place: Span) -> list[Span]:
    """The sentence before, of the same paragraph."""
    begin = max(0, place.start - REACH)
    found = list(sentences(text[begin : place.start]))
    if (
        not found
        or found[-1].start == 0 < begin
        or any(c in text[begin + found[-1].end : place.start] for c in "\n" + BREAK)
    ):
        return []
    return [Span(begin + found[-1].start, begin + found[-1].end)]


def _explanation(text: str, lead: Span, room: int) -> Iterator[Span]:
    """The sentences of the same paragraph that follow, as far as they fit."""
    room -= len(lead)
    for place, _, gap in _after(text, lead):
        if BREAK in gap or "\n" in gap or len(place) > room:
            return
        yield place
        room -= len(place)


def _is_item(words: str) -> bool:
    return ITEM.match(words) is not None


def _same(words: str, said: str) -> bool:
    """Whether words were said before, in another script perhaps."""
    x, y = (re.sub(r"\W", "", fold(t)) for t in (words, said))
    return x in y
