"""Boilerplate that only a whole corpus shows: lines that stand at the head or foot of many different documents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ingest.document import BREAK, Document, Edit, View
from ingest.fold import squeeze

T = TypeVar("T")

LINE = re.compile(f"[^\n{BREAK}]+")
DIGITS = re.compile(r"\d+")
HEAD, TAIL = 15, 30
"""Lines at either end of a document where sites put what is theirs."""
SHORTEST, LONGEST = 6, 200
"""Characters of such a line. Shorter ones are words that many authors use: 摘要, 参考文献."""
OFTEN = 4
"""In so many documents, at least, the same line stands."""
COPY = 0.5
"""A document that shares more of its lines than this is a copy of another, and tells nothing about sites."""
ENOUGH = 8
"""Fewer documents than this teach nothing."""


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """The lines a corpus repeats, folded, without white space, numbers made 0."""

    lines: frozenset[str] = frozenset()


NOTHING = Boilerplate()


def learn(documents: Iterable[Document]) -> Boilerplate:
    """The lines that many different documents have at their ends. Documents come as read, not cleaned.

    The same documents give the same lines in whatever order they come.
    """
    ends = [_ends(d.raw) for d in documents]
    if len(ends) < ENOUGH:
        return NOTHING
    everywhere = Counter(line for lines in ends for line in lines)
    sites = [lines for lines in ends if sum(everywhere[n] >= OFTEN for n in lines) <= COPY * max(len(lines), 1)]
    counts = Counter(line for lines in sites for line in lines)
    return Boilerplate(frozenset(line for line, times in counts.items() if times >= OFTEN))


def find_learned(view: View, boilerplate: Boilerplate) -> list[Edit]:
    """Replace lines that the corpus repeats, where they stand at an end of the document, by a break."""
    if not boilerplate.lines:
        return []
    places = [(m.start(), m.end()) for m in LINE.finditer(view.text) if m[0].strip()]
    return [
        Edit(start, end, BREAK)
        for start, end in _at_ends(places)
        if end - start <= LONGEST and _shape(view.text[start:end]) in boilerplate.lines
    ]


def _ends(raw: str) -> frozenset[str]:
    """The shapes of the lines at both ends of a text."""
    lines = [m[0] for m in LINE.finditer(raw) if m[0].strip()]
    shapes = (_shape(line) for line in _at_ends(lines) if len(line) <= LONGEST)
    return frozenset(shape for shape in shapes if len(shape) >= SHORTEST)


def _at_ends(lines: Sequence[T]) -> Iterator[T]:
    yield from lines[:HEAD]
    yield from lines[max(HEAD, len(lines) - TAIL) :]


def _shape(line: str) -> str:
    return DIGITS.sub("0", squeeze(line))
