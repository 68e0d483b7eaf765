"""Numbered headings that ran into the text behind them: 1.1需求互补机制直播电商与即时零售在……

Scrapes of papers and decks often lose every line break. Where such a heading ends,
no mark tells; several signs together do: how likely a break was lost there
(`glued`), and that a sentence begins behind it: with the words of the heading
itself, with a term of the whole document, or as sentences begin.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import NamedTuple

from ingest.clean.glued import seams
from ingest.document import BREAK, Block, Span, View
from ingest.fold import HAN, fold_in_place

KINDS = {
    "chapter": r"[一二三四五六七八九十]{1,3}、",
    "bracketed chapter": r"\([一二三四五六七八九十]{1,3}\)",
    "section": r"\d{1,2}[.、](?!\d)",
    "bracketed section": r"\(\d{1,2}\)",
    "part": r"\d{1,2}(?:\.\d{1,2}){1,2}(?!\d)",
}
"""How headings are numbered, folded."""
MARKS = rf"\s，。！？；：、,!?;:…“”‘’\"()《》—·「」『』【】|\[\]{BREAK}"
NUMBERED = re.compile(rf"(?<=[^\s\d.第{BREAK}])(?:{'|'.join(f'({kind})' for kind in KINDS.values())})(?=[{HAN}])")
"""A number in the middle of a line: a heading on a line of its own needs no help."""
FIRST = re.compile(r"\(?(?:一|(?:\d{1,2}\.)*1)\D*$")
RUN = re.compile(rf"[^{MARKS}\d]{{3,60}}")
SHORTEST, LONGEST = 3, 26
"""Characters of a heading, without its number."""
LEFT = 7
"""Characters that a sentence behind it has before its first mark."""
FEWEST = 3
"""A document that lost its line breaks has so many such headings at least."""
TERM, OFTEN = 4, 3
"""Characters of a term of the document, and how often it is there."""
OPENS = re.compile(
    "在|随着|目前|当前|根据|通过|由于|据|近年|如今|为了|从|这|该|我国|中国|本文|本研究|本章|虽然|尽管|对于|政府|企业"
)
"""How sentences begin."""
ENDS = re.compile(
    "(?:机制|路径|分析|概述|界定|历程|策略|建议|体系|层面|模式|特征|现状|趋势|因素|问题|挑战|展望|案例|原则|方法|措施|背景|意义"
    "|目标|框架|内涵|定义|设计|建设|概念|述评|综述|阐释|总结|结论|环境|效应|优势|价值"
    "|规模|不足|偏高|提升|完善|丰富|扩大|升级|创新|融合|增长|管理|应用)$"
)
"""How headings end."""
NO_BEGINNING = frozenset("的是和与及或有了能可不也所以并性化等者之最离")
SAYS_OF_IT = frozenset("是指作为包")
"""What goes on behind a subject."""
SEAM = -9.0
SURE = 1.0
"""From so much on a heading ends there: the log-odds of a lost break, and what the signs below add."""
SAID_AGAIN, BEGUN_AGAIN, IS_TERM, IS_OPENING, IS_ENDING, WHOLE_AGAIN = 3.0, 1.5, 2.5, 1.5, 2.0, 6.0
SAYS_TWICE = -4.0
"""What begins with the same words again has gone on beyond its heading."""


class Found(NamedTuple):
    """A heading without a line of its own: its place, and how it is numbered."""

    place: Span
    kind: str


def find_numbered(view: View) -> list[Block]:
    """The numbered headings that ran into their text, with their levels; none where there are few: those may be items of a list.

    Kinds of numbers are levels in the order in which a document first uses them, below its chapters.
    """
    text = fold_in_place(view.text)
    found = list(_found(text))
    if len(found) < FEWEST:
        return []
    kinds = sorted(dict.fromkeys(f.kind for f in found), key=lambda kind: "chapter" not in kind)
    levels = {kind: level for level, kind in enumerate(kinds, 2)}
    return [Block("heading", view.span(f.place.start, f.place.end), levels[f.kind]) for f in found]


def _found(text: str) -> Iterator[Found]:
    numbers = list(NUMBERED.finditer(text))
    if len(numbers) < FEWEST:
        return
    terms = Counter(text[i : i + TERM] for i in range(len(text) - TERM + 1))
    for number, following in zip_longest(numbers, numbers[1:]):
        run = RUN.match(text, number.end())
        if run is None:
            continue
        if following is not None and run.end() == following.start():
            # What stands before a number of another kind, the first of its kind, is what that is a part of.
            if len(run[0]) <= LONGEST and _kind(following) != _kind(number) and FIRST.match(following[0]):
                yield Found(Span(number.start(), run.end()), _kind(number))
        elif end := _end(run[0], terms):
            yield Found(Span(number.start(), number.end() + end), _kind(number))


def _kind(number: re.Match[str]) -> str:
    return list(KINDS)[(number.lastindex or 1) - 1]


def _end(run: str, terms: Mapping[str, int]) -> int:
    """Where a run of text stops being a heading, 0 where that is not sure."""
    odds = dict(seams(run, SEAM))
    places = (at for at in range(SHORTEST, min(LONGEST, len(run) - LEFT) + 1) if run[at] not in NO_BEGINNING)
    sure, place = max(((_sureness(run, at, odds, terms), -at) for at in places), default=(SEAM, 0))
    return -place if sure >= SURE else 0


def _sureness(run: str, at: int, odds: Mapping[int, float], terms: Mapping[str, int]) -> float:
    again = next((n for n in range(at) if run[at + n : at + n + 1] != run[n]), at)
    whole = again == at and run[at + again : at + again + 1] in SAYS_OF_IT
    return (
        odds.get(at, SEAM)
        + (WHOLE_AGAIN if whole else SAID_AGAIN if again >= 3 else BEGUN_AGAIN if again == 2 else 0)
        + (IS_TERM if terms[run[at : at + TERM]] >= OFTEN else 0)
        + (IS_OPENING if OPENS.match(run, at) else 0)
        + (IS_ENDING if ENDS.search(run[:at]) else 0)
        + (SAYS_TWICE if run.find(run[:SHORTEST], SHORTEST, at) > 0 else 0)
    )
