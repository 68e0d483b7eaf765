"""A document as it was read and as it was cleaned, side by side, with what each cleaner did in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

import numpy as np

from assistant.app.marked import noise_of
from ingest.clean.stages import Change, damage_in, repaired_in, trace
from ingest.discover import Found
from ingest.document import BREAK, Chunk, Document, Span, View
from ingest.read.formats import ReadOptions, read
from ingest.read.metadata import describe
from ingest.split import split

FORMAT = "format"
"""What a reader leaves out counts as a cleaner of this name: tags, marks of Markdown, running heads."""
DAMAGED, HEADING, TABLE = "damaged", "heading", "table"
NOWHERE = Span(0, 0)
BINS = 400
"""Places of a document that a strip over its whole length tells apart."""


class Mark(NamedTuple):
    """What is to be seen of a stretch: a cleaner's name, or `damaged`, `heading` or `table`; and what was there or is now."""

    name: str
    found: str = ""
    left: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters with the same marks, the widest first."""

    text: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A passage, or with the number 0 a stretch of raw text of which no passage is left.

    `cleaners` are those that changed something in it.
    """

    number: int
    span: Span
    page: str
    heading: str
    raw: tuple[Piece, ...]
    clean: tuple[Piece, ...]
    cleaners: tuple[str, ...]
    repaired: bool = False
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """What a cleaner did in all: changes, characters taken out or replaced, and its share of each of BINS parts of raw."""

    cleaner: str
    changes: int
    characters: int
    strip: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Sides:
    """A document cleaned, its rows in order, and the work of each cleaner that did something."""

    document: Document
    rows: tuple[Row, ...]
    works: tuple[Work, ...]


class _Stretch(NamedTuple):
    start: int
    end: int
    mark: Mark


class _Place(NamedTuple):
    """A row to be: its raw range, the number of its passage (0 for none), its clean range, its headings."""

    raw: Span
    number: int = 0
    clean: Span = NOWHERE
    heading: str = ""


def side_by_side(document: Document, size: int, context: int | None = None) -> Sides:
    """Clean a document as it was read, and set both sides in rows, a row a passage of about `size` characters.

    With a `context`, rows hold only what was changed or is damaged, and so many raw characters on either side of it.
    """
    cleaned, changes = trace(document)
    changes = (*(Change(FORMAT, s, s.of(document.raw), "") for s in noise_of(document)), *changes)
    places = list(_places(cleaned, split(cleaned, size)))
    if context is not None:
        anchors = sorted({*(c.raw for c in changes), *cleaned.damaged})
        places = list(_narrowed(places, cleaned.view, anchors, context))
    raw = _pieces(document.raw, list(_on_raw(cleaned, changes)), [p.raw for p in places])
    clean = _pieces(cleaned.view.text, list(_on_clean(cleaned, changes)), [p.clean for p in places])
    rows = (
        Row(
            place.number,
            place.raw,
            cleaned.page_at(place.raw.start),
            place.heading,
            left,
            right,
            _cleaners(left, right),
            repaired_in(cleaned, place.raw),
            damage_in(cleaned, place.raw),
        )
        for place, left, right in zip(places, raw, clean, strict=True)
    )
    return Sides(cleaned, tuple(rows), tuple(_works(len(document.raw), changes)))


def sides_of(found: Found, size: int, options: ReadOptions, context: int | None = None) -> Sides:
    """Both sides of a file that was found. Raises UnreadableFile and OSError."""
    sides = side_by_side(read(found.read_bytes(), found.path, options), size, context)
    return replace(sides, document=describe(sides.document, found.read_sidecar()))


def _narrowed(places: Iterable[_Place], view: View, anchors: Sequence[Span], context: int) -> Iterator[_Place]:
    """The parts of rows that lie around anchors; parts that touch are one."""
    at = 0
    for place in places:
        parts: list[tuple[int, int]] = []
        while at < len(anchors) and anchors[at].end < place.raw.start:
            at += 1
        for anchor in islice(anchors, at, None):
            if anchor.start > place.raw.end:
                break
            start, end = max(place.raw.start, anchor.start - context), min(place.raw.end, anchor.end + context)
            if start >= end or not (anchor.overlap(place.raw) or not len(anchor)):
                continue
            if parts and start <= parts[-1][1]:
                parts[-1] = parts[-1][0], max(end, parts[-1][1])
            else:
                parts.append((start, end))
        for start, end in parts:
            seen = view.locate(Span(start, end))
            first, last = max(seen.start, place.clean.start), min(seen.end, place.clean.end)
            yield place._replace(raw=Span(start, end), clean=Span(first, max(first, last)))


def _places(document: Document, chunks: Sequence[Chunk]) -> Iterator[_Place]:
    """The passages, and between them what was taken out or left over; white space alone is passed over."""
    done = 0
    for number, chunk in enumerate([*chunks, None], 1):
        start = chunk.span.start if chunk else len(document.raw)
        between = document.raw[done:start]
        if between.strip():
            yield _Place(Span(start - len(between.lstrip()), done + len(between.rstrip())))
        if chunk:
            done = max(done, chunk.span.start)
            yield _Place(Span(done, max(done, chunk.span.end)), number, chunk.clean, chunk.heading)
            done = max(done, chunk.span.end)


def _on_raw(document: Document, changes: Iterable[Change]) -> Iterator[_Stretch]:
    for c in changes:
        yield _Stretch(c.raw.start, c.raw.end, Mark(c.cleaner, c.found, c.left))
    for block in document.blocks:
        yield _Stretch(block.span.start, block.span.end, Mark(block.kind))
    for span in document.damaged:
        yield _Stretch(span.start, span.end, Mark(DAMAGED))


def _on_clean(document: Document, changes: Iterable[Change]) -> Iterator[_Stretch]:
    """On the clean side stands what was put in, not what was taken out."""
    view = document.view
    for c in changes:
        if c.left.strip(BREAK):
            place = _put_in(view, c.raw)
            yield _Stretch(place.start, place.end, Mark(c.cleaner, c.found, c.left))
    for block in document.blocks:
        place = view.locate(block.span)
        yield _Stretch(place.start, place.end, Mark(block.kind))
    for span in document.damaged:
        place = view.locate(span)
        yield _Stretch(place.start, place.end, Mark(DAMAGED))


def _put_in(view: View, raw: Span) -> Span:
    """The characters of a view that stand for a raw range; for an empty one those that were put in there."""
    if len(raw):
        return view.locate(raw)
    first = int(np.searchsorted(view.starts, raw.start, side="left"))
    last = first
    while last < len(view) and view.starts[last] == view.ends[last] == raw.start:
        last += 1
    return Span(first, last)


def _pieces(text: str, stretches: Sequence[_Stretch], rows: Sequence[Span]) -> list[tuple[Piece, ...]]:
    """Each row's text cut where a stretch begins or ends."""
    waiting = sorted((s for s in stretches if s.start < s.end), key=lambda s: s.start)
    active: list[_Stretch] = []
    done: list[tuple[Piece, ...]] = []
    taken = 0
    for row in rows:
        pieces = []
        at = row.start
        while at < row.end:
            while taken < len(waiting) and waiting[taken].start <= at:
                active.append(waiting[taken])
                taken += 1
            active = [s for s in active if s.end > at]
            edges = [s.end for s in active] + ([waiting[taken].start] if taken < len(waiting) else [])
            stop = min([row.end, *edges])
            marks = sorted(active, key=lambda s: s.start - s.end)
            pieces.append(Piece(text[at:stop].replace(BREAK, "\n"), tuple(s.mark for s in marks)))
            at = stop
        done.append(tuple(pieces))
    return done


def _cleaners(*sides: Iterable[Piece]) -> tuple[str, ...]:
    names = {m.name: None for pieces in sides for p in pieces for m in p.marks}
    return tuple(n for n in names if n not in {DAMAGED, HEADING, TABLE})


def _works(length: int, changes: Iterable[Change]) -> Iterator[Work]:
    by_cleaner: dict[str, list[Change]] = {}
    for change in changes:
        by_cleaner.setdefault(change.cleaner, []).append(change)
    width = max(1.0, length / BINS)
    for cleaner, made in by_cleaner.items():
        strip = np.zeros(BINS)
        for c in made:
            first, last = int(c.raw.start / width), int(max(c.raw.start, c.raw.end - 1) / width)
            for place in range(first, min(last, BINS - 1) + 1):
                inside = min(c.raw.end, (place + 1) * width) - max(c.raw.start, place * width)
                strip[place] += max(inside, 0.5) / width
        characters = sum(len(c.found) or len(c.left) for c in made)
        yield Work(cleaner, len(made), characters, tuple(np.minimum(strip, 1.0).tolist()))
