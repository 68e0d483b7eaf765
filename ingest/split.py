"""Split a cleaned document into sentences and pack these into passages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from itertools import chain

import numpy as np

from ingest.boundaries import packed
from ingest.clean.stages import damage_in, repaired_in
from ingest.document import BREAK, Chunk, Document, Span
from ingest.fold import HAN, is_han

END = re.compile(
    f"[\n{BREAK}]+"
    r"|(?:[。！？]|[!?](?![\w?!])|…{2,}|(?<=[a-z]{3})\.(?=\s+[A-Z]))+[”’」』）)\]】》\"']*"
)
WEAK_ENDS = ("；;", "，,：:", "、 \t")
LONGEST_SENTENCE = 700
"""A longer run without any sentence end (a flattened table, mostly) is cut at its weaker marks."""

SECTION = 0.3
"""A section that fills less of a passage shares it with the next: slides of one line are no passages."""

CAPTION = re.compile(r"[图圖]?表\s?[\d一二三四五六七八九十]+")
CAPTION_LENGTH = 60

COMMAS = "，,、"
LISTED = re.compile(
    r"\s*(?:[-•·●○■◆▪*–—]|[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）.、．](?!\d)|[^，,。；;：:\n]{2,14}[：:])"
)
"""How a line begins that goes on with no sentence: as an item or with a label."""
GOES_ON = re.compile(rf"[{HAN}“「『《（(A-Za-z]|\d[\d.,]*\s?[%％年月日号號万亿萬億千百元倍个個家人次A-Za-z]")
"""How a line may begin behind a comma."""
OPEN = re.compile(
    rf"(?:^|[。！？!?；;])(?!第?[{HAN}\d]{{1,3}}[章节節、.．部])[^。！？!?；;：:|《]*[{HAN}\d][，,][^。！？!?；;：:|]+$"
)
"""A line that ends inside a sentence: there is a clause before, and no mark behind it."""
CLAUSES = re.compile(rf"[{HAN}][^\n{BREAK}：:|]*?[，,。！？]")
"""The rest of such a sentence has a mark itself, which a heading has not."""
CLOSING, OPENING = "”」』》）)", "（("
"""What a cut line may end with, and what it may go on with, beside Chinese characters."""
LONG_LINE = 100
"""Headings and items are shorter; a longer line that no mark ends was cut by accident."""


def sentences(text: str) -> Iterator[Span]:
    """The sentences of a text, in order, without the white space around them.

    A sentence ends behind 。！？ and the quotes and brackets that close with it,
    at a BREAK, and at a line's end, but for one that stands inside a sentence:
    behind a comma, or between two Chinese characters where the line is long or
    has a clause that no mark ends.
    """
    start = 0
    for m in END.finditer(text):
        if m[0].isspace() and BREAK not in m[0] and _runs_on(text, m.start(), m.end()):
            continue
        stop = m.start() if m[0][0] in "\n" + BREAK else m.end()
        yield from _trimmed(text, start, stop)
        start = m.end()
    yield from _trimmed(text, start, len(text))


def _runs_on(text: str, end: int, start: int) -> bool:
    """Whether a line break between two places stands inside a sentence."""
    if end == 0 or start == len(text) or LISTED.match(text, start):
        return False
    line = text[max(text.rfind("\n", 0, end), text.rfind(BREAK, 0, end)) + 1 : end]
    if line[-1] in COMMAS:
        return any(map(is_han, line)) and GOES_ON.match(text, start) is not None
    if not ((is_han(line[-1]) or line[-1] in CLOSING) and (is_han(text[start]) or text[start] in OPENING)):
        return False
    return len(line) >= LONG_LINE or (OPEN.search(line) is not None and CLAUSES.match(text, start) is not None)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST_SENTENCE:
        cut = _weak_end(text, start)
        yield Span(start, start + len(text[start:cut].rstrip()))
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield Span(start, end)


def _weak_end(text: str, start: int) -> int:
    """Where to cut a run that is too long: behind the last mark of the strongest kind in its second half."""
    half, full = start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE
    for marks in WEAK_ENDS:
        if (cut := max(text.rfind(m, half, full) for m in marks)) > 0:
            return cut + 1
    return full


def split(document: Document, size: int) -> tuple[Chunk, ...]:
    """Pack a document's sentences into passages of about `size` characters.

    A passage holds whole sentences and begins anew at a BREAK and, but for short sections, at a heading.
    """
    text = document.view.text
    headings = _headings(document)
    chunks = []
    path: list[tuple[int, str]] = []
    for group in _groups(text, list(headings), _inner(document) - headings.keys(), size):
        body = next((s for s in group if s.start not in headings), group[-1])
        for place in [h for h in headings if h < body.end]:
            path = _under(path, *headings.pop(place))
        heading = " > ".join([t for _, t in path] + _caption(text, group[0].start))
        chunks.append(_chunk(document, Span(group[0].start, group[-1].end), heading))
        for place in [h for h in headings if h < group[-1].end]:
            path = _under(path, *headings.pop(place))
    return tuple(chunks)


def _under(path: list[tuple[int, str]], level: int, title: str) -> list[tuple[int, str]]:
    return [(n, t) for n, t in path if n < level] + [(level, title)]


def _caption(text: str, start: int) -> list[str]:
    """The line above a passage that begins behind a break, where it is the caption of a table."""
    above = text[max(0, start - CAPTION_LENGTH) : start]
    line = above.rstrip(f"\n{BREAK}").rpartition("\n")[2].rpartition(BREAK)[2].strip()
    return [line] if BREAK in above[len(above.rstrip(f"\n{BREAK}")) :] and CAPTION.match(line) else []


def _headings(document: Document) -> dict[int, tuple[int, str]]:
    """Level and words of each heading, by where it starts in the clean text."""
    found = {}
    for block in document.blocks:
        place = document.view.locate(block.span)
        words = place.of(document.view.text)
        if block.kind != "heading" or not words:
            continue
        if words.strip():
            found[place.start + len(words) - len(words.lstrip())] = (block.level, " ".join(words.split()))
    return found


def _inner(document: Document) -> frozenset[int]:
    """Places in the clean text where no passage begins.

    Inside mended characters, which cannot be read by halves, and behind a line's
    end that was put between the rows of a table.
    """
    view = document.view
    mended = (view.locate(run) for run in document.repaired)
    put_in = np.flatnonzero(view.starts == view.ends).tolist()
    rows = (i + 1 for i in put_in if view.text[i] == "\n")
    return frozenset(chain(rows, *(range(p.start + 1, p.end) for p in mended)))


def _groups(text: str, headings: Sequence[int], inner: frozenset[int], size: int) -> Iterator[Sequence[Span]]:
    return chain.from_iterable(packed(text, s, inner, size) for s in _sections(text, {*headings}, inner, size))


def _sections(text: str, headings: Set[int], inner: frozenset[int], size: int) -> Iterator[list[Span]]:
    """The sentences of a text between its breaks and, but for short sections, its headings."""
    section: list[Span] = []
    for sentence in sentences(text):
        if section and sentence.start not in inner:
            broken = BREAK in text[section[-1].end : sentence.start]
            far = sentence.start in headings and sentence.start - section[0].start > size * SECTION
            if broken or (far and any(s.start not in headings for s in section)):
                yield section
                section = []
        section.append(sentence)
    if section:
        yield section


def _chunk(document: Document, clean: Span, heading: str) -> Chunk:
    raw = document.view.span(clean.start, clean.end)
    return Chunk(
        span=raw,
        clean=clean,
        text=clean.of(document.view.text),
        page=document.page_at(raw.start),
        heading=heading,
        repaired=repaired_in(document, raw),
        damaged=damage_in(document, raw),
    )
