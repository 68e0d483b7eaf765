"""Where passages had best end: neither behind words that lead up to what follows, nor a line too early or too late.

Sentences that fill more than one passage are parted where that costs least, by
dynamic programming, as a paragraph is broken into lines (Knuth and Plass 1981).
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from itertools import pairwise

from ingest.document import Span

LEADS_UP = re.compile(
    r"[：:]$|(?:如下|以下)[^。]{0,6}。?$|\d$|^[\W\d_A-Za-z]{0,8}$"
    r"|[二三四五六七八九十两兩几幾](?:[大个個种種类類项項步点點条條款层層组組]|方面|[阶階]段|[维維]度|要素|原因)[^。；;，,]{0,8}。?$"
    r"|有[二三四五六七八九十]。$"
)
"""The end of a sentence that announces what follows; a number or a mark alone belongs to what follows, too."""
NUMBERED = re.compile(
    r"第(?P<ordinal>\d{1,2}|[一二三四五六七八九十])[章节節步，,是：:]?"
    r"|step ?(?P<step>\d{1,2})"
    r"|[（(]?(?P<item>\d{1,2}|[一二三四五六七八九十])[)）、．.](?!\d)"
    r"|\d\.(?P<part>\d{1,2})(?![\d%])",
    re.IGNORECASE,
)
NUMERALS = {c: i for i, c in enumerate("一二三四五六七八九十", 1)}
TAIL, HEAD = 14, 12
"""Characters at the end and at the beginning of a sentence that tell whether a passage may end between two."""
FAR = 0.75
"""A numbered section that begins so much of a passage behind the one before does not belong together with it."""
LISTED = 0.5
"""Two numbers that stand no further apart than so much of a passage are items of one list."""
SHORT = 0.3
"""The part of a passage below which there is too little in it to answer anything."""
PASSAGE, CUT_OFF, APART, LITTLE = 1.0, 1.0, 0.6, 0.5
"""What a passage costs, and more where it ends with what leads up to the next, parts two items of a list, or is short."""
LINE, SECTION = 0.3, 0.3
"""What it costs less where it ends with a line, and where a numbered section begins behind it."""


def packed(text: str, sentences: Sequence[Span], inner: Container[int], size: int) -> Iterator[Sequence[Span]]:
    """Sentences in groups that fill no more than `size` characters, but for a sentence that is longer.

    None begins at a place of `inner`.
    """
    if sentences[-1].end - sentences[0].start <= size:
        yield sentences
        return
    starts = [i for i, s in enumerate(sentences) if i == 0 or s.start not in inner]
    costs = _costs(text, sentences, size)
    # The least that the groups before the n-th place to begin at cost, and where the last of them begins.
    least, begins = [0.0], [0]
    for n, stop in enumerate([*starts[1:], len(sentences)], 1):
        best, begin = float("inf"), n - 1
        for k in range(n - 1, -1, -1):
            length = sentences[stop - 1].end - sentences[starts[k]].start
            if length > size and k < n - 1:
                break
            cost = least[k] + costs[starts[k]] + PASSAGE + LITTLE * max(0.0, 1 - length / (SHORT * size))
            if cost < best:
                best, begin = cost, k
        least.append(best)
        begins.append(begin)
    cuts = [len(starts)]
    while cuts[-1]:
        cuts.append(begins[cuts[-1]])
    edges = [*starts, len(sentences)]
    for begin, end in zip(cuts[:0:-1], cuts[-2::-1], strict=True):
        yield sentences[edges[begin] : edges[end]]


def _costs(text: str, sentences: Sequence[Span], size: int) -> list[float]:
    """What it costs to begin a passage with each sentence."""
    numbers = [_number(text, s) for s in sentences]
    costs = [0.0] * len(sentences)
    for at, (before, sentence) in enumerate(pairwise(sentences), 1):
        gap = text[before.end : sentence.start]
        ends_line = "\n" in gap or len(gap) > 1
        leads_up = LEADS_UP.search(text[max(before.start, before.end - TAIL) : before.end]) is not None
        costs[at] = CUT_OFF * leads_up - LINE * ends_line
    known: dict[str, tuple[int, int]] = {}
    for at, (way, number) in enumerate(numbers):
        last, place = known.get(way, (0, at))
        far = (sentences[at].start - sentences[place].start) / (FAR * size)
        if number == 1:
            costs[at] -= SECTION
        elif number and number == last + 1:
            costs[at] -= SECTION * min(1.0, far)
            if sentences[at].end - sentences[place].start <= LISTED * size:
                for inside in range(place + 1, at + 1):
                    costs[inside] += APART
        known[way] = number, at
    return costs


def _number(text: str, sentence: Span) -> tuple[str, int]:
    """The way in which a sentence is numbered, and its number; 0 where it is not."""
    m = NUMBERED.match(text, sentence.start, min(sentence.end, sentence.start + HEAD))
    if m is None:
        return "", 0
    name = str(m.lastgroup)
    way = f"{text[m.start() : m.start(name)]}#{text[m.end(name) : m.end()]}".lower()
    return way, NUMERALS.get(m[name]) or int(m[name])
