"""Sentences that a break cut in two: the end of a page or slide, or where a block was taken out.

Nothing of a document is quoted across a break, so each part is a run, and a citation, of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from assistant.run import Run
from ingest.document import BREAK, Span
from ingest.fold import HAN
from ingest.split import COMMAS, LISTED, sentences

REACH = 700
LEADS_ON = tuple(COMMAS + "的在和与與及或从從对對于於把被由以为為向是")
"""What a sentence hardly ends with."""
ROW = " | "
STARTS = re.compile(rf"[\s{BREAK}]*(?=[{HAN}])")


def whole(run: Run, text: str) -> Iterator[Run]:
    """A run with what its first and last sentence were cut from, each part as one that goes on in the next."""
    before, behind = beginning(text, run.clean), rest(text, run.clean)
    if before:
        yield replace(run, clean=before, sentences=(before,), head=None, goes_on=True)
    yield replace(run, goes_on=behind is not None)
    if behind:
        yield replace(run, clean=behind, sentences=(behind,), head=None)


def rest(text: str, place: Span) -> Span | None:
    """What of a sentence stands behind the break that it ends at; None where it ends as sentences do."""
    m = STARTS.match(text, place.end)
    if m is None or BREAK not in m[0] or not _leads_on(place.of(text)) or LISTED.match(text, m.end()):
        return None
    found = next(iter(sentences(text[m.end() : m.end() + REACH])), None)
    return Span(m.end(), m.end() + found.end) if found and ROW not in found.of(text[m.end() :]) else None


def beginning(text: str, place: Span) -> Span | None:
    """What of a sentence stands before the break that it begins behind; None where it begins as sentences do."""
    gap = text[: place.start]
    end = len(gap.rstrip(f" \t\n\u3000{BREAK}"))
    if BREAK not in gap[end:] or not STARTS.match(text, place.start) or LISTED.match(text, place.start):
        return None
    begin = max(0, end - REACH)
    *_, last = [None, *sentences(text[begin:end])]
    if last is None or last.end != end - begin or not _leads_on(text[begin:end]):
        return None
    return Span(begin + last.start, end)


def _leads_on(words: str) -> bool:
    return words.rstrip().endswith(LEADS_ON) and ROW not in words
