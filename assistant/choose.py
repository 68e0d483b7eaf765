"""Put an answer together: the best sentences, each with what belongs to it, lists whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from assistant.enumeration import CLOSE, NEXT_WITHIN, first_inside, first_of, items_after, number_of
from assistant.extract import Candidate, points_on
from assistant.offered import END_MARKS, ROW, SECTION, TITLED, parts
from assistant.question import Question
from assistant.retrieve import Hit
from assistant.sentence_features import DATE, MARKS
from ingest.document import BREAK, Span
from ingest.fold import fold
from ingest.split import sentences

ITEM = re.compile(
    r"^\s*(?:[-•·●○■◆▪*–—]\s*|[（(]?\d{1,2}[)）.、．](?!\d)|[（(]?[一二三四五六七八九十]{1,2}[)）、.．]"
    r"|(?:第|其)[一二三四五六七八九十\d]{1,2}(?:步|点|种|个|条|类|项|大)?[是,，、:：]?|[一二三四五六七八九十]是|首先|其次|再次|再者|最后|此外|另外|[^。，,：:]{2,14}[：:])"
)
MARKED_ITEM = re.compile(r"^\s*(?:[-•·●○■◆▪*]\s*|[（(]?1[)）.、．](?!\d)|第一|其一|一是|首先)")
ANNOUNCES = re.compile(
    r"(?:[:：]|如下|以下.{0,8}|下面.{0,8}|(?:[二三四五六七八九十两\d]+)(?:大|个|种|点|项|条|步|类|方面|部分|阶段|维度|要素|路径|原因|因素|问题|场景|工具|命题|痛点|属性|选择)[^。,，:：|]{0,14}(?:[,，](?:各|均|都|分别|分別|依次|具体|具體)[^。,，:：|、]{0,8})?)[。:：]?$"
)
OPENS_LIST = re.compile(r"(?:包括|包含|分为|涵盖|分別是|分别是|分為|有以下|如下)[:：]?|一是|第一|其一|首先|1[、.]")
ANNOUNCED = re.compile(
    r"([二三四五六七八九十两\d]+)(?:大|个|种|点|项|条|步|类|方面|部分|阶段|维度|要素|路径|层面|层次)"
)
COUNTED = re.compile(r"([二三四五六七八九十两兩\d]{1,2})[大个個种種点點项項条條步类類][^。！？!?，,：:]{0,14}[：:]")
INLINE_LIST = re.compile("、[^。]*(?:、|和|与|以及|及)|[；;]")
"""What lists its items itself."""
ORDINALS_INSIDE = re.compile("一来.*二来|一是.*二是|其一.*其二|第一.*第二|首先.*其次")
LAST_OF_LIST = re.compile("和|与|及|或|到")
ROOM_FOR_ITEMS = 420
MOST_ITEMS = 6
REACH = 1200
LISTS, LIST_BEHIND = 8, 4.0
"""Where a number of items is asked for, so many sentences are looked at for a list of that length, so far behind the best."""
ROOM_OF_PART, ROOM_OF_SEVERAL = 110, 300
"""Characters that a part of a sentence may grow to, by the parts beside it."""
OF_SECTION = re.compile(SECTION)
SAYS_LITTLE = 30
DASH = re.compile("——|──")
LONGEST_NAME = 24
LONGEST_LEAD = 60
EXPLAINED = {"reason": 150, "definition": 120, "method": 150}
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
OF_ONE_VALUE = frozenset({"number", "date", "place", "name"})
FULL = Room((0.0, 3.0, 1.5), 200, of_best=6.0)
"""Of passages that the caller brings, who cannot look around in them: more of the one that answers (training reading questions)."""


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
    listed = _best_list(question, ranked, text_of)
    if listed and not any(r.document == b.document and r.clean.overlap(b.clean) for b in listed for r in apart_from):
        return listed
    several = question.multiple or question.kind in {"list", "comparison"}
    room = SEVERAL if several else room or (OF_VALUE if question.kind in OF_ONE_VALUE else BRIEF)
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
    return runs


def _best_list(question: Question, ranked: Sequence[Candidate], text_of: Callable[[str], str]) -> list[Run]:
    """The list that the best sentence announces or is part of; one of as many items as are asked for before any other."""
    asked = _announced(question.folded) if question.multiple or _wants_items(question) else 0
    first: list[Run] = []
    best = next((c.score for c in ranked if not points_on(question, c.text)), ranked[0].score)
    for n, candidate in enumerate(ranked[: LISTS if asked else 1]):
        if candidate.score < best - LIST_BEHIND:
            break
        text = text_of(candidate.hit.document)
        if asked and _lists_itself(fold(candidate.text), asked):
            return [_extended(question, candidate, text)] if n else _listed(question, candidate, text, 0)[1]
        items, runs = _listed(question, candidate, text, asked)
        if asked and items != asked:
            named = _under_one_name(candidate, text)
            if len(named) == asked:
                return named
        if runs and (not asked or items == asked):
            return runs
        if n == 0:
            first = runs
    return first


def _lists_itself(folded: str, asked: int) -> bool:
    """Whether a folded sentence itself lists as many things as are asked for, and says that it does or counts them."""
    if ORDINALS_INSIDE.search(folded):
        return True
    if _announced(folded) != asked:
        return False
    _, colon, behind = folded.rpartition(":")
    counts = {behind.count(mark) + 1 for mark in ";,"} if colon else set()
    for clause in re.split("[,;]", behind):
        *others, last = clause.split("、")
        final = LAST_OF_LIST.split(last)[-1]
        # 企业、平台和服务商各有任务 goes on behind its list: its last item would be much longer than the others.
        if others and len(final) <= 3 * max(map(len, others)) + 2:
            counts |= {len(others) + 1, len(others) + 1 + (final != last)}
    return asked in counts


def _under_one_name(candidate: Candidate, text: str) -> list[Run]:
    """The different things that headings of one name go on with: 秘诀——借势, 秘诀——飞轮, each where it first stands.

    Where headings were run into the text behind them, what all of a kind have in common is the heading.
    """
    start = candidate.hit.clean.start + candidate.place.start
    dash = DASH.search(text, start, start + len(candidate.place))
    if dash is None:
        return []
    name = text[max(text.rfind(mark, 0, dash.start()) for mark in "\n。！？!?；;：:" + BREAK) + 1 : dash.end()].strip()
    if not 4 <= len(name) <= LONGEST_NAME:
        return []
    groups: dict[str, list[Span]] = {}
    for m in re.finditer(re.escape(name), text):
        behind = text[m.end() : m.end() + LONGEST_NAME]
        groups.setdefault(behind[:2], []).append(Span(m.start(), m.end()))
    hit = candidate.hit
    runs = []
    for places in groups.values():
        if len(places) < 2:
            return []
        label = _shared_beginning([text[p.end : p.end + LONGEST_NAME] for p in places]).split("\n")[0].rstrip()
        whole = Span(places[0].start, places[0].end + len(label))
        runs.append(Run(hit.document, hit, candidate.score, whole, (whole,)))
    return runs


def _shared_beginning(texts: Sequence[str]) -> str:
    return "".join(c[0] for c in takewhile(lambda alike: len(set(alike)) == 1, zip(*texts, strict=False)))


def _extended(question: Question, candidate: Candidate, text: str) -> Run:
    """A sentence with those that belong to it: the items it announces or is one of, the explanation it opens."""
    start = candidate.hit.clean.start + candidate.place.start
    first = Span(start, start + len(candidate.place))
    wants_items = _wants_items(question)
    if ANNOUNCES.search(candidate.text) and not INLINE_LIST.search(candidate.text):
        places = [first, *_items_after(text, first, ROOM_FOR_ITEMS)]
    elif wants_items and (
        _is_item(candidate.text) or OPENS_LIST.search(candidate.text) or _marked_item_follows(text, first)
    ):
        before = _items_before(text, first) if _is_item(candidate.text) else []
        places = [*before, first, *_items_after(text, first, ROOM_FOR_ITEMS)]
    elif question.kind == "reason" and CONCLUDES.search(candidate.text[:40]):
        places = [*_sentence_before(text, first), first]
    elif (
        question.kind == "reason"
        and not _gives_reason(candidate.text)
        and (cause := _sentence_before(text, first))
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
    whole = Span(places[0].start, places[-1].end)
    head = _head_of(candidate, text, whole.start)
    return Run(candidate.hit.document, candidate.hit, candidate.score, whole, tuple(places), head)


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


def _head_of(candidate: Candidate, text: str, start: int) -> Span | None:
    """Where the head of a row's table stands."""
    if ROW not in candidate.text or ROW not in candidate.before:
        return None
    place = text.rfind(candidate.before, 0, start)
    return Span(place, place + len(candidate.before)) if place >= 0 else None


def _listed(question: Question, candidate: Candidate, text: str, asked: int) -> tuple[int, list[Run]]:
    """The items that a sentence announces or is one of: how many, and as runs, those that follow on one another as one.

    None where the sentence is no part of a list, is one by itself, or none was asked for.
    """
    start = candidate.hit.clean.start + candidate.place.start
    here = Span(start, start + len(candidate.place))
    wanted, colon = _wants_items(question), _announced_inside(text, here, asked) if asked else 0
    if wanted and (inside := first_inside(text, here, anywhere=asked > 0)) is not None:
        lead, place, within = [Span(start, inside)], inside, NEXT_WITHIN
    elif colon:
        lead, place, within = [Span(start, colon)], colon, NEXT_WITHIN
    elif (ANNOUNCES.search(candidate.text) and not INLINE_LIST.search(candidate.text)) or (
        # 分三步走，各方都有任务。第一步…: as many as are asked for follow, whatever else the sentence says.
        asked
        and not points_on(question, candidate.text)
        and asked == _announced(candidate.text) == len(items_after(text, here.end, asked))
    ):
        lead, place, within = [here], here.end, NEXT_WITHIN
    elif wanted and (first := first_of(text, start)) is not None:
        lead = [s for s in _sentence_before(text, Span(first, first)) if ANNOUNCES.search(s.of(text))]
        place, within = first, NEXT_WITHIN if lead else CLOSE
    else:
        return 0, []
    items = items_after(text, place, _announced(lead[0].of(text)) if lead else 0, within)
    if place == colon and (not items or items[0].start > colon + 2):
        return 0, []
    holds = start < place or any(i.start <= start + 2 and start < i.start + REACH for i in items)
    return (len(items), _runs(candidate, [*lead, *items], text)) if items and holds else (0, [])


def _announced_inside(text: str, sentence: Span, asked: int) -> int:
    """Where the colon ends behind which a sentence goes on with as many items as are asked for; 0 where it does not."""
    found = (m for m in COUNTED.finditer(text, sentence.start, sentence.end) if number_of(fold(m[1])) == asked)
    return next((m.end() for m in found), 0)


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


def _gives_reason(words: str) -> bool:
    return MARKS["reason"].search(fold(words)) is not None


def _is_item(words: str) -> bool:
    return ITEM.match(words) is not None


def _same(words: str, said: str) -> bool:
    """Whether words were said before, in another script perhaps."""
    x, y = (re.sub(r"\W", "", fold(t)) for t in (words, said))
    return x in y
