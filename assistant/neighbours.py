"""What stands before and behind a sentence in its document."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.announcement import MARKED_ITEM
from ingest.document import BREAK, Span
from ingest.split import sentences

REACH = 1200
"""Characters before and behind a sentence that are looked at."""
FAR_ABOVE = 3000
"""Characters above a sentence in which its heading is looked for."""
LINE = re.compile(f"[^\n{BREAK}]+")


def after(text: str, place: Span) -> Iterator[tuple[Span, str, str]]:
    """The sentences behind a place: range, words, and what stands between it and the one before."""
    tail = text[place.end : place.end + REACH]
    end = 0
    for found in sentences(tail):
        yield Span(place.end + found.start, place.end + found.end), found.of(tail), tail[end : found.start]
        end = found.end


def marked_item_follows(text: str, place: Span) -> bool:
    """Whether the first item of a list stands right behind a place."""
    following = next(after(text, place), None)
    return following is not None and BREAK not in following[2] and MARKED_ITEM.match(following[1]) is not None


def sentence_before(text: str, place: Span) -> list[Span]:
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


def heading_before(text: str, path: str, place: int) -> Span | None:
    """Where the nearest heading above a place stands, of those that its passage is under; None where that is not found."""
    begin = max(0, place - FAR_ABOVE)
    lines = [Span(begin + m.start(), begin + m.end()) for m in LINE.finditer(text[begin:place])]
    names = {" ".join(name.split()) for name in path.split(" > ")}
    return next((line for line in reversed(lines) if " ".join(line.of(text).split()) in names), None)


def sentence_behind(text: str, place: Span) -> Span | None:
    """The sentence behind, of the same paragraph."""
    following = next(after(text, place), None)
    return following[0] if following and not any(c in following[2] for c in "\n" + BREAK) else None
