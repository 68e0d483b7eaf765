"""Boilerplate that only a whole corpus shows: lines that stand at the head or foot of many different documents.

Learning takes a first look at all documents before any is cleaned. Of each only its
ends are kept, and of a line there only a number, so a corpus of any size can be learned
from. What was learned when an index was begun is kept with it and holds until the index
is rebuilt: so a file cleans to the same text whenever it is ingested, and a corpus
that did not change stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ingest.document import BREAK, Document, Edit, View
from ingest.fold import squeeze

T = TypeVar("T")
Ends = npt.NDArray[np.uint64]
"""The numbers of the lines at both ends of a document, each once."""

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
    """The numbers of the lines that a corpus repeats, and how many documents taught them."""

    lines: frozenset[int] = frozenset()
    documents: int = 0


NOTHING = Boilerplate()


def learn(documents: Iterable[Ends]) -> Boilerplate:
    """The lines that many different documents have at their ends; of documents as read, not cleaned: see `ends`.

    The same documents give the same lines in whatever order they come.
    """
    each = list(documents)
    if len(each) < ENOUGH:
        return Boilerplate(documents=len(each))
    often = _often(each)
    return Boilerplate(
        _often([n for n in each if len(often.intersection(n.tolist())) <= COPY * max(len(n), 1)]), len(each)
    )


def _often(each: Sequence[Ends]) -> frozenset[int]:
    if not each:
        return frozenset()
    lines, times = np.unique(np.concatenate(each), return_counts=True)
    return frozenset(lines[times >= OFTEN].tolist())


def ends(document: Document) -> Ends:
    """The lines at both ends of a document as it was read, before anything is cleaned."""
    lines = [m[0] for m in LINE.finditer(document.view.text) if not m[0].isspace()]
    shapes = (_shape(line) for line in _at_ends(lines) if len(line) <= LONGEST)
    return np.array(sorted({number_of(shape) for shape in shapes if len(shape) >= SHORTEST}), np.uint64)


def find_learned(view: View, boilerplate: Boilerplate) -> list[Edit]:
    """Replace lines that the corpus repeats, where they stand at an end of the document, by a break."""
    if not boilerplate.lines:
        return []
    places = [(m.start(), m.end()) for m in LINE.finditer(view.text) if m[0].strip()]
    return [
        Edit(start, end, BREAK)
        for start, end in _at_ends(places)
        if end - start <= LONGEST and number_of(_shape(view.text[start:end])) in boilerplate.lines
    ]


def _at_ends(lines: Sequence[T]) -> Iterator[T]:
    yield from lines[:HEAD]
    yield from lines[max(HEAD, len(lines) - TAIL) :]


def _shape(line: str) -> str:
    return DIGITS.sub("0", squeeze(line))


def number_of(shape: str) -> int:
    """The number a line goes by: 64 bits of a hash of what it folds to, without white space, numbers made 0."""
    return int.from_bytes(blake2b(shape.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
