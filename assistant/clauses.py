"""A text as it is held against another: folded, cut into clauses, with what its clauses have in common."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ingest.document import BREAK
from ingest.fold import HAN, fold_in_place

GAP = re.compile(rf"\s*[\n{BREAK}]\s*")
SPACE = re.compile(r"(?<![A-Za-z0-9])[^\S\n]+|[^\S\n]+(?![A-Za-z0-9])")
SCALED = re.compile(r"(?<=\d[万亿萬億])(?=[A-Za-z])")
"""Where a number ends and a name begins: 278.8万 H800."""
HALF_COMMA = re.compile(r",(?!\d{3}(?!\d))|(?<!\d),")
CLAUSE = re.compile(r"[^;:。!?]+")
WORD = re.compile(rf"[a-z][a-z0-9.+-]*|\d+(?:\.\d+)?|[{HAN}]")
KEPT = 512
"""Passages are held against several sentences: so many texts are kept as they were read."""


@dataclass(frozen=True)
class Clause:
    """A stretch between two marks, folded, and where it begins in its text."""

    text: str
    start: int

    @cached_property
    def grams(self) -> frozenset[str]:
        """What the clause is known by."""
        return grams(self.text)


@dataclass(frozen=True)
class Read:
    """A text without white space that means nothing; `folded` has the same places, with `;` for every comma."""

    text: str
    folded: str
    clauses: tuple[Clause, ...]


@lru_cache(maxsize=KEPT)
def read(text: str) -> Read:
    """Read a text for comparison."""
    tidy = SCALED.sub(" ", SPACE.sub("", GAP.sub("。", text.strip())))
    folded = HALF_COMMA.sub(";", fold_in_place(tidy).replace("，", ";"))
    return Read(tidy, folded, tuple(Clause(m[0], m.start()) for m in CLAUSE.finditer(folded)))


def grams(text: str) -> frozenset[str]:
    """What a folded text is known by: pairs of neighbouring characters, and Latin words and numbers whole."""
    words = [(m[0], m.start(), m.end()) for m in WORD.finditer(text)]
    found = {w for w, _, _ in words if len(w) > 1 or w.isdigit()}
    found |= {a + b for (a, _, e), (b, s, _) in itertools.pairwise(words) if e == s and len(a) == len(b) == 1}
    return frozenset(found)


def nearest(clause: Clause, others: Sequence[Clause]) -> list[Clause]:
    """The clauses that share most with one, all that share as much; none where nothing is shared."""
    best, found = 0, []
    for other in others:
        shared = len(clause.grams & other.grams)
        if shared > best:
            best, found = shared, [other]
        elif shared == best and best:
            found.append(other)
    return found
