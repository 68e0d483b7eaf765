"""Where a passage stands again in the copies of its report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from ingest.document import Document, Span
from ingest.duplicates import Letters, find_again, letters_of
from ingest.families import Family, Member

MOST_NAMED = 10
"""Copies that a piece of evidence names at most."""


class Also(NamedTuple):
    """A place where a report's copy says the same: the path of the copy, the page, the raw range."""

    document: str
    page: str
    start: int
    end: int

    def to_dict(self) -> dict[str, object]:
        """As in the JSON of a hit or a citation."""
        return self._asdict()


class Kin(NamedTuple):
    """A document of a family and the paths of the others."""

    itself: Member
    others: tuple[str, ...]


class Copies:
    """The documents that are copies of each other. `document` gives one by its path, or raises KeyError."""

    def __init__(self, families: Iterable[Family], document: Callable[[str], Document]) -> None:
        self._kin: Mapping[str, Kin] = {
            m.path: Kin(m, tuple(o.path for o in family if o is not m)) for family in families for m in family
        }
        self._document = document
        self._letters = lru_cache(maxsize=32)(self._read)

    def of(self, path: str) -> tuple[str, ...]:
        """The copies of a document, by path."""
        kin = self._kin.get(path)
        return kin.others if kin else ()

    def flaws(self, path: str) -> tuple[int, float]:
        """Stretches of a document that could not be read, and the share of it that was noise: fewer are better."""
        kin = self._kin.get(path)
        return (kin.itself.damaged, kin.itself.noise) if kin else (0, 0.0)

    def find(self, passage: str, documents: Collection[str]) -> tuple[Also, ...]:
        """Where a passage stands in some documents, each that has it once, by path."""
        return tuple(found for path in sorted(documents) if (found := self._find(passage, path, None)))

    def find_near(self, part: str, places: Iterable[Also]) -> tuple[Also, ...]:
        """Where a part of a passage, or what runs on from it, stands: `places` are those of the passage."""
        return tuple(found for place in places if (found := self._find(part, place.document, place)))

    def _find(self, passage: str, path: str, near: Also | None) -> Also | None:
        try:
            document, letters = self._document(path), self._letters(path)
        except KeyError:  # removed since the families were read
            return None
        around = None
        if near is not None:
            around = document.view.locate(Span(near.start, near.end))
            around = Span(max(0, around.start - len(passage)), around.end + len(passage))
        found = find_again(passage, letters, around)
        if found is None:
            return None
        raw = document.view.span(found.start, found.end)
        return Also(path, document.page_at(raw.start), raw.start, raw.end)

    def _read(self, path: str) -> Letters:
        return letters_of(self._document(path).view.text)
