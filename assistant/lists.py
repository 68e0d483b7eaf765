"""The list that answers a question, gathered whole: its announcement and all of its items."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from assistant.announcement import ANNOUNCES, INLINE_LIST, OPENED, announced, announced_inside, announces
from assistant.enumeration import CLOSE, NEXT_WITHIN, cut, first_inside, first_of, items_after
from assistant.extract import Candidate, points_on
from assistant.neighbours import heading_before, marked_item_follows, sentence_before
from assistant.parallel import beside, frame_at
from assistant.question import Question
from assistant.run import Run
from ingest.document import BREAK, Span
from ingest.fold import fold, fold_in_place

ORDINALS_INSIDE = re.compile("一来.*二来|一是.*二是|其一.*其二|第一.*第二|首先.*其次")
FIRST_INSIDE = re.compile("第[一1](?=步|点|种|类|个阶段|阶段|[是,:])")
"""A sentence that has only the first of them goes on with the others behind it."""
LAST_OF_LIST = re.compile("和|与|及|或|到")
REACH = 1200
LISTS, LIST_BEHIND = 8, 4.0
"""Where a number of items is asked for, so many sentences are looked at for a list of that length, so far behind the best."""
UNNUMBERED = (3, 1.0)
"""The same where no number is asked for."""
DASH = re.compile("——|──")
LONGEST_NAME = 24
LONGEST_LEAD, SHORTEST_LEAD = 60, 8
COMMA = re.compile(r"[，,](?!\d)\s*")


def best_list(
    question: Question,
    ranked: Sequence[Candidate],
    text_of: Callable[[str], str],
    extended: Callable[[Question, Candidate, str], Run],
) -> list[Run]:
    """The list that the best sentence announces or is part of; one of as many items as are asked for before any other.

    `extended` gives a sentence that lists its items itself with what belongs to it.
    """
    asked = announced(question.folded) if question.multiple or wants_items(question) else 0
    first: list[Run] = []
    best = next((c.score for c in ranked if not points_on(question, c.text)), ranked[0].score)
    looked_at, behind = (LISTS, LIST_BEHIND) if asked else UNNUMBERED if wants_items(question) else (1, 0.0)
    for n, candidate in enumerate(ranked[:looked_at]):
        if candidate.score < best - behind:
            break
        if n and not asked and not announced(candidate.text):
            continue
        text = text_of(candidate.hit.document)
        if asked and _lists_itself(fold(candidate.text), asked):
            return [extended(question, candidate, text)] if n else _listed(question, candidate, text, 0)[1]
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
    if announced(folded) != asked or FIRST_INSIDE.search(folded):
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


def _listed(question: Question, candidate: Candidate, text: str, asked: int) -> tuple[int, list[Run]]:
    """The items that a sentence announces or is one of: how many, and as runs, those that follow on one another as one.

    None where the sentence is no part of a list, is one by itself, or none was asked for.
    """
    start = candidate.hit.clean.start + candidate.place.start
    here = Span(start, start + len(candidate.place))
    wanted = wants_items(question)
    for announcement in _announcements(question, candidate, text, here, asked):
        lead, place = announcement.lead, announcement.end
        number = max((announced(span.of(text)) for span in lead), default=0)
        items = items_after(text, place, number, announcement.within, wanted=wanted or asked > 0)
        if announcement.at_once and (not items or items[0].start > place + 2):
            continue
        if items and (start < place or any(i.start <= start + 2 and start < i.start + REACH for i in items)):
            said = [_shortened(text, span) if wanted else span for span in announcement.said]
            return len(items), _runs(candidate, [*said, *items], text)
    frame = frame_at(text, start)
    # Who asks of 物流业 alone wants no sentence about the others.
    if wanted and not (frame and frame.about in question.folded) and (found := beside(text, here)):
        return len(found), _runs(candidate, cut(text, found), text)
    return 0, []


class Announcement(NamedTuple):
    """Where a list may be announced: the stretch that does, where that ends, how far apart the items may stand.

    `at_once`: the first item has to follow at once. `silent`: the stretch is not part of the answer.
    """

    lead: list[Span]
    end: int
    within: int = NEXT_WITHIN
    at_once: bool = False
    silent: bool = False

    @property
    def said(self) -> list[Span]:
        """What of it the answer says."""
        return [] if self.silent else self.lead


def _announcements(
    question: Question, candidate: Candidate, text: str, here: Span, asked: int
) -> Iterator[Announcement]:
    """The ways in which a sentence may announce a list, or be part of one, the likeliest first."""
    wanted = wants_items(question)
    if wanted and (inside := first_inside(text, here, anywhere=asked > 0)) is not None:
        yield Announcement([Span(here.start, inside)], inside)
    elif asked and (colon := announced_inside(text, here, asked)):
        yield Announcement([Span(here.start, colon)], colon, at_once=True)
    elif announces(candidate.text) or (
        # 分三步走，各方都有任务。第一步…: as many follow as it says, whatever else the sentence says.
        (asked or wanted)
        and not points_on(question, candidate.text)
        and (number := announced(candidate.text)) > 1
        and (asked == number or (not asked and not _lists_itself(fold(candidate.text), number)))
        and number == len(items_after(text, here.end, number, wanted=True))
    ):
        yield Announcement([here], here.end)
    elif wanted and (opened := OPENED.search(fold_in_place(candidate.text))):
        colon = here.start + opened.end()
        yield Announcement([Span(here.start, colon)], colon, at_once=True)
    elif wanted and marked_item_follows(text, here) and not INLINE_LIST.search(candidate.text):
        yield Announcement([here], here.end, CLOSE)
    if wanted and (first := first_of(text, here.start)) is not None:
        lead = [s for s in sentence_before(text, Span(first, first)) if ANNOUNCES.search(fold(s.of(text)))]
        yield Announcement(lead, first, NEXT_WITHIN if lead else CLOSE)
    heading = heading_before(text, candidate.hit.heading, here.start) if wanted and asked else None
    if heading and asked == announced(heading.of(text)):
        yield Announcement([heading], heading.end, silent=True)


def _shortened(text: str, lead: Span) -> Span:
    """A long announcement from the comma on behind which it is short enough: the clauses next to the items name them."""
    if len(lead) <= LONGEST_LEAD:
        return lead
    commas = [m.end() for m in COMMA.finditer(text, lead.start, lead.end)]
    start = next((at for at in commas if lead.end - at <= LONGEST_LEAD), None)
    return Span(start, lead.end) if start and lead.end - start >= SHORTEST_LEAD else lead


def wants_items(question: Question) -> bool:
    """Whether a question asks for several things of one kind."""
    return question.kind in {"list", "method"} or (question.multiple and question.kind == "other")


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
