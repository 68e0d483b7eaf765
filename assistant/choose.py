"""Put an answer together: the best sentences, each with what belongs to it, lists whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.announcement import ANNOUNCES, LISTS_ITSELF, OPENS_LIST, announces, is_item
from assistant.extract import Candidate
from assistant.lists import best_list, wants_items
from assistant.neighbours import REACH, after, marked_item_follows, sentence_before
from assistant.offered import END_MARKS, ROW, SECTION, TITLED, parts
from assistant.question import Question
from assistant.run import Run
from assistant.sentence_features import DATE, MARKS
from assistant.told_part import told_part
from ingest.document import BREAK, Span
from ingest.fold import fold
from ingest.split import sentences

ROOM_FOR_ITEMS = 420
MOST_ITEMS = 6
ROOM_OF_PART, ROOM_OF_SEVERAL = 110, 300
"""Characters that a part of a sentence may grow to, by the parts beside it."""
OF_SECTION = re.compile(SECTION)
OF_REPORT = re.compile(
    r"(?:本|这份|这篇|此)(?:报告|文|指南|白皮书|研究|手册|课件)[^,。]{0,8}(?:讨论|整理|说明|介绍|梳理|收录|探讨|阐述|旨在|围绕|聚焦)"
)
"""A folded sentence that names what a report deals with."""
SAYS_LITTLE = 30
LONGEST_LEAD = 60
EXPLAINED = {"reason": 150, "definition": 100, "method": 130}
"""Kinds of question whose answers run over several sentences, and how many characters these may take."""
CONCLUDES = re.compile(r"于是|因此|所以|为此|因而|從而|从而|故此|因此|由此|為此|於是")


@dataclass(frozen=True, slots=True)
class Room:
    """How much an answer may hold: how far behind the best its first, second and third sentence may be, in log-odds, and its characters.

    Sentences of the document of the best one may be `of_best` behind.
    """

    behind: tuple[float, float, float]
    characters: int
    of_best: float = 0.0


BRIEF = Room((0.0, 3.0, 1.5), 150)
SEVERAL = Room((0.0, 3.5, 3.5), 300)
"""Of one question and of several. What is farther behind hardly ever holds what the better ones do not (held-out reading
questions, and the reference questions)."""
OF_VALUE = Room((0.0, 2.0, 1.0), 150)
"""Of one value, which one sentence mostly tells; the row of what is asked about may stand as far behind as in BRIEF."""
OF_REASON = Room((0.0, 1.0, 0.0), 150)
"""Of a reason, whose first run holds what explains it already (reference questions)."""
OF_ONE_VALUE = frozenset({"number", "date", "place", "name"})
FULL = Room((0.0, 3.0, 1.5), 200, of_best=6.0)
"""Of passages that the caller brings, who cannot look around in them: more of the one that answers (training reading questions)."""


def choose(
    question: Question,
    ranked: Sequence[Candidate],
    text_of: Callable[[str], str],
    apart_from: Sequence[Run] = (),
    most: int = 3,
    room: Room | None = None,
) -> list[Run]:
    """The runs of sentences that make the answer: the best one first, then others that are nearly as good.

    `text_of` gives the clean text of a document, so that a run can go on past
    its passage. What `apart_from` holds is not said again. There are `most` of them
    where they are no list. `room` is how long it may be, by default OF_VALUE or BRIEF.
    """
    if not ranked:
        return []
    listed = best_list(question, ranked, text_of, _extended)
    if listed and not any(r.document == b.document and r.clean.overlap(b.clean) for b in listed for r in apart_from):
        return listed
    several = question.multiple or question.kind in {"list", "comparison"}
    room = SEVERAL if several else _room_of(question, room or BRIEF)
    runs: list[Run] = []
    said = ""
    for candidate in ranked:
        if len(runs) == min(most, len(room.behind)):
            break
        behind, of_best = ranked[0].score - candidate.score, candidate.hit.document == ranked[0].hit.document
        reach = (BRIEF if room is OF_VALUE and candidate.features.get("row") else room).behind[len(runs)]
        if behind > max(reach, room.of_best):
            break
        if behind > reach and not of_best:
            continue
        if any(candidate.lies_in(r.document, r.clean) for r in (*runs, *apart_from)):
            continue
        run = _extended(question, candidate, text_of(candidate.hit.document))
        words = run.clean.of(text_of(run.document))
        overlaps = any(r.document == run.document and r.clean.overlap(run.clean) for r in (*runs, *apart_from))
        if overlaps or (runs and (len(said) + len(words) > room.characters or _same(words, said))):
            continue
        runs.append(run)
        said += words
        if len(runs) == 1 and _names_all(question, candidate):
            break
    return runs


def _room_of(question: Question, room: Room) -> Room:
    """How much the answer to one question may hold: BRIEF may be less, by its kind."""
    if room is not BRIEF:
        return room
    return OF_VALUE if question.kind in OF_ONE_VALUE else OF_REASON if question.kind == "reason" else BRIEF


def _extended(question: Question, candidate: Candidate, text: str) -> Run:
    """A sentence with those that belong to it: the items it announces or is one of, the explanation it opens."""
    start = candidate.hit.clean.start + candidate.place.start
    first = Span(start, start + len(candidate.place))
    wanted = wants_items(question)
    if _names_all(question, candidate):
        places = list(_with_parts_beside(text, first, ROOM_OF_PART))
    elif announces(candidate.text) and (items := list(_items_after(text, first, ROOM_FOR_ITEMS))):
        places = [first, *items]
    elif wanted and (is_item(candidate.text) or OPENS_LIST.search(candidate.text) or marked_item_follows(text, first)):
        before = _items_before(text, first) if is_item(candidate.text) else []
        places = [*before, first, *_items_after(text, first, ROOM_FOR_ITEMS)]
    elif question.kind == "reason" and CONCLUDES.search(candidate.text[:40]):
        places = [*sentence_before(text, first), first]
    elif (
        question.kind == "reason"
        and not _gives_reason(candidate.text)
        and (cause := sentence_before(text, first))
        and _gives_reason(cause[0].of(text))
    ):
        places = [*cause, first]
    elif question.kind in EXPLAINED:
        places = [first, *_explanation(text, first, EXPLAINED[question.kind])]
    elif (lead := _date_before(question, candidate.text, text, first)) is not None:
        places = [lead, first]
    else:
        room = ROOM_OF_SEVERAL if question.multiple or question.kind in {"list", "comparison"} else ROOM_OF_PART
        places = list(_with_parts_beside(text, first, room))
    places = _joined(text, places)
    if len(places) == 1:
        places = [told_part(question, text, places[0])]
    whole = Span(places[0].start, places[-1].end)
    head = head_of(candidate, text, whole.start)
    return Run(candidate.hit.document, candidate.hit, candidate.score, whole, tuple(places), head)


def _names_all(question: Question, candidate: Candidate) -> bool:
    """Whether a sentence names all items that are asked for itself."""
    words = fold(candidate.text)
    return wants_items(question) and LISTS_ITSELF.search(words) is not None and OF_REPORT.search(words) is None


def _with_parts_beside(text: str, part: Span, room: int) -> Sequence[Span]:
    """A part of a sentence with those behind it, as far as there is room; where it says little, first with the one before it."""
    begin = max(0, part.start - REACH)
    near = text[begin : part.end + REACH]
    here = Span(part.start - begin, part.end - begin)
    whole = next((s for s in sentences(near) if s.start <= here.start and here.end <= s.end), here)
    beside = [Span(begin + p.start, begin + p.end) for p in parts(near, whole)]
    if part not in beside or TITLED.match(part.of(text)):
        return [part]
    first = last = beside.index(part)
    if first and len(part) < SAYS_LITTLE and len(beside[first - 1]) + len(part) <= room:
        first -= 1
    while (
        last + 1 < len(beside)
        and beside[last + 1].end - beside[first].start <= room
        and not OF_SECTION.match(text, beside[last + 1].start)
    ):
        last += 1
    return beside[first : last + 1]


def _joined(text: str, places: Sequence[Span]) -> list[Span]:
    """Parts that follow on one another without a mark or a break between them, as one."""
    joined: list[Span] = []
    for place in places:
        if joined and joined[-1].end == place.start and text[place.start - 1] not in END_MARKS:
            joined[-1] = Span(joined[-1].start, place.end)
        else:
            joined.append(place)
    return joined


def _date_before(question: Question, words: str, text: str, first: Span) -> Span | None:
    """What stands before a sentence that has no date though one is asked for, where it has one and no mark ends it."""
    if question.kind != "date" or DATE.search(fold(words)):
        return None
    begin = max(0, first.start - LONGEST_LEAD)
    lead = text[begin : first.start].rstrip()
    start = max(lead.rfind(mark) for mark in "\n。！？!?；;" + BREAK) + 1
    place = Span(begin + start, begin + len(lead))
    if start == 0 or not place or BREAK in text[place.end : first.start] or not DATE.search(fold(place.of(text))):
        return None
    return place


def head_of(candidate: Candidate, text: str, start: int) -> Span | None:
    """Where the head of a row's table stands."""
    if ROW not in candidate.text or ROW not in candidate.before:
        return None
    place = text.rfind(candidate.before, 0, start)
    return Span(place, place + len(candidate.before)) if place >= 0 else None


def _items_after(text: str, lead: Span, room: int) -> Iterator[Span]:
    """The list items that follow an announcement or another item; behind a colon the first need not look like one."""
    behind_colon = lead.of(text).rstrip()[-1:] in "：:"
    listed = False
    for place, words, gap in after(text, lead):
        short_line = listed and "\n" in gap and len(words) < 60
        if BREAK in gap or len(place) > room or not (is_item(words) or short_line or (behind_colon and not listed)):
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
        if (
            BREAK in text[whole.end : end]
            or cut_off
            or len(found) == MOST_ITEMS
            or item.end - whole.start > ROOM_FOR_ITEMS
        ):
            break
        if not (is_item(words) or ANNOUNCES.search(fold(words))):
            break
        found.append(whole)
        end = whole.start
        if not is_item(words):
            break
    return found[::-1]


def _explanation(text: str, lead: Span, room: int) -> Iterator[Span]:
    """The sentences of the same paragraph that follow, as far as they fit."""
    room -= len(lead)
    for place, _, gap in after(text, lead):
        if BREAK in gap or "\n" in gap or len(place) > room:
            return
        yield place
        room -= len(place)


def _gives_reason(words: str) -> bool:
    return MARKS["reason"].search(fold(words)) is not None


def _same(words: str, said: str) -> bool:
    """Whether words were said before, in another script perhaps."""
    x, y = (re.sub(r"\W", "", fold(t)) for t in (words, said))
    return x in y
