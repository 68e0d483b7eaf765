"""Lists without ordinals: sentences, paragraphs or headings that share a form, or that are as many as was announced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise, takewhile
from typing import NamedTuple

from ingest.document import BREAK, Span
from ingest.fold import HAN, fold_in_place
from ingest.split import sentences

LABEL = re.compile(rf"(?:[-•·●○■◆▪*–—]\s*)?[^。，,：:；;|\n{BREAK}]{{2,16}}[：:]")
LINE = re.compile(f"[^\n{BREAK}]+")
HEADING_LENGTH = 30
NO_HEADING = tuple("。！？!?；;…：:，,、”」』")
"""A heading ends with none of these."""
ORDINAL = re.compile(
    r"(?P<chapter>第[一二三四五六七八九十\d]+[章节部编]|[一二三四五六七八九十]{1,3}[、.．])|(?P<paren>[（(][一二三四五六七八九十\d]{1,3}[)）])"
    r"|(?P<over>\d{1,2}(?:\.\d{1,2})+)|(?P<digit>\d{1,2}[、.．)）])"
)
CAPTION = re.compile(r"[图圖]?[表图圖]\s?[\d一二三四五六七八九十]")
SECTION = re.compile(
    rf"(?<=[。！？；\n{BREAK}])\s*(?:[（(][\d一二三四五六七八九十]{{1,2}}[)）]|\d{{1,2}}(?:\.\d{{1,2}})+(?=[{HAN}])|[一二三四五六七八九十]{{1,3}}、)"
)
"""Where another section begins, in running text too."""
FRAMES = (
    re.compile(r"(?:对于?|就)(?P<of>[^，,。;；]{1,12}?)(?:来说|而言|来讲)[，,]"),
    re.compile(r"从(?P<of>[^，,。;；]{1,12}?)(?:角度|层面|方面)?(?:来看|来说|看|而言|出发)[，,]"),
    re.compile(r"在?(?P<of>[^，,。;；]{1,12}?)(?:方面|层面|环节|一侧|一端|领域)[，,]"),
    re.compile(r"(?P<of>[^，,。;；]{1,6}?)(?:端|侧|类|型)[，,]"),
    re.compile(r"有(?:的|些|人)(?P<of>[^，,。;；]{1,8})"),
)
"""How parallel sentences begin, what each is of left open: 对企业来说，…。对消费者来说，…"""
FRAME_WITHIN = 24
MOST_BETWEEN = 2
"""Sentences that an item may go on with before the next item begins."""
LONGEST_SKIPPED = 2
"""Paragraphs between the announcement and the first item."""
FORM_WITHIN = 14
"""Characters at a sentence's beginning in which parallel ones have a word in common."""
FEWEST = 3
"""Sentences that share no more than a word must be so many, where it was not announced how many there are."""


def parallel(text: str, place: int, end: int, announced: int) -> list[int]:
    """Where the items begin that follow a place, up to another section; empty where there are fewer than two.

    `announced` is how many there should be, 0 when that is not known.
    """
    stop = SECTION.search(text, place + 1, end)
    after = list(_lines(text, place, end))
    if after and after[0].start == place + _blank(text, place) and not _line_begins(text, place):
        rest, *after = after
        rest = Span(rest.start, min(rest.end, stop.start() if stop else rest.end))
        found = _of_sentences(text, rest, announced)
        if found or rest.of(text).strip():
            return found or (_headed(text, after, announced) if announced else [])
    return _headed(text, after, announced) or _of_paragraphs(text, after, announced)


def beside(text: str, sentence: Span) -> list[int]:
    """Where the sentences of a paragraph begin that have one form, of which one is given; empty where it has none of the others' form."""
    start = max(text.rfind(mark, 0, sentence.start) for mark in ("\n", BREAK)) + 1
    line = LINE.match(text, start)
    found = _framed(text, list(_sentences(text, Span(*line.span())))) if line else []
    return found if sentence.start in found else []


class Frame(NamedTuple):
    """How a parallel sentence begins: what it is about, folded, and where what is said of that begins."""

    about: str
    end: int


def frame_at(text: str, place: int) -> Frame | None:
    """The frame of a sentence that begins at a place: 在物流业方面，… is about 物流业, and says nothing of it yet."""
    beginning = fold_in_place(text[place : place + FRAME_WITHIN])
    found = [m for frame in FRAMES if (m := frame.match(beginning)) and m[0].endswith(("，", ","))]
    return Frame(found[0]["of"], place + found[0].end()) if found else None


def _blank(text: str, place: int) -> int:
    return len(text[place:]) - len(text[place:].lstrip(" \t\u3000"))


def _line_begins(text: str, place: int) -> bool:
    return place == 0 or text[place - 1] in "\n" + BREAK


def _lines(text: str, place: int, end: int) -> Iterator[Span]:
    """The lines of a stretch without the white space around them, up to a break; one that the end cuts is whole."""
    broken = text.find(BREAK, place, end)
    for m in LINE.finditer(text, place):
        if m.start() >= (broken if broken >= 0 else end):
            return
        words = m[0].strip()
        if words:
            start = m.start() + len(m[0]) - len(m[0].lstrip())
            yield Span(start, start + len(words))


def _sentences(text: str, stretch: Span) -> Iterator[Span]:
    for s in sentences(stretch.of(text)):
        yield Span(stretch.start + s.start, stretch.start + s.end)


def _of_sentences(text: str, rest: Span, announced: int) -> list[int]:
    """The items among the sentences that end a paragraph: of one form, or as many as was announced."""
    found = list(_sentences(text, rest))
    framed = _framed(text, found)
    if framed and announced in {0, len(framed)}:
        return framed
    if announced > 1 and len(found) == announced:
        return [s.start for s in found]
    return _of_one_word(text, found, announced)


def _framed(text: str, found: Sequence[Span]) -> list[int]:
    """The sentences that begin in one frame, each about another thing, not too far from one another."""
    for frame in FRAMES:
        row: list[tuple[int, str]] = []
        others = 0
        for s in found:
            m = frame.match(fold_in_place(s.of(text)[:FRAME_WITHIN]))
            if m and m["of"] not in {of for _, of in row}:
                row.append((s.start, m["of"]))
                others = 0
            elif row:
                others += 1
                if others > MOST_BETWEEN:
                    break
        if len(row) > 1:
            return [start for start, _ in row]
    return []


def _of_one_word(text: str, found: Sequence[Span], announced: int) -> list[int]:
    """The first sentences, one after another, that have a word at their beginning which nothing before them has."""
    beginnings = [fold_in_place(s.of(text)[:FORM_WITHIN]) for s in found]
    if len(found) < 2:
        return []
    before = fold_in_place(text[max(0, found[0].start - 80) : found[0].start])
    best: list[int] = []
    for pair in dict.fromkeys(beginnings[0][i : i + 2] for i in range(len(beginnings[0]) - 1)):
        if pair in before or not re.fullmatch(f"[{HAN}]{{2}}", pair):
            continue
        row = [s.start for s, _ in takewhile(lambda b, p=pair: p in b[1], zip(found, beginnings, strict=True))]  # type: ignore[misc]
        best = max(best, row, key=len)
    return best if len(best) >= max(2, announced or FEWEST) else []


def _headed(text: str, lines: Sequence[Span], announced: int) -> list[int]:
    """The headings behind an announcement, each with its text below, of one way of counting."""
    if len(lines) < 2 or not _is_heading(text, lines[0]):
        return []
    heads = [
        (i, line, _style(text, line))
        for i, line in enumerate(lines)
        if _is_heading(text, line) and not CAPTION.match(line.of(text))
    ]
    style = heads[0][2]
    row = [(i, line) for i, line, s in takewhile(lambda h: h[2] == style, heads)]
    apart = all(b - a > 1 for (a, _), (b, _) in pairwise(row))
    if announced:
        return [line.start for _, line in row[:announced]] if len(row) >= announced > 1 and apart else []
    return [line.start for _, line in row] if style and len(row) > 1 and apart else []


def _of_paragraphs(text: str, lines: Sequence[Span], announced: int) -> list[int]:
    """The paragraphs of a section that have labels, or begin in one frame, or are as many as was announced."""
    body = list(takewhile(lambda line: not _is_heading(text, line), lines))
    runs = [
        list(run)
        for labelled, run in groupby(body, key=lambda line: LABEL.match(text, line.start) is not None)
        if labelled
    ]
    for run in runs[:1]:
        near = body.index(run[0]) <= LONGEST_SKIPPED
        if near and len(run) > 1 and announced in {0, len(run)}:
            return [line.start for line in run]
    framed = _framed(text, body)
    if framed and announced in {0, len(framed)}:
        return framed
    whole = len(body) < len(lines) or (bool(body) and body[-1].end >= len(text.rstrip()))
    return [line.start for line in body] if announced > 1 and len(body) == announced and whole else []


def _is_heading(text: str, line: Span) -> bool:
    words = line.of(text)
    return (
        len(words) <= HEADING_LENGTH
        and not words.endswith(NO_HEADING)
        and " | " not in words
        and text[line.end : line.end + 1] in {"\n", " ", "\t", "\u3000"}
    )


def _style(text: str, line: Span) -> str:
    m = ORDINAL.match(line.of(text))
    return (m.lastgroup or "") if m else ""
