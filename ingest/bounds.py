"""What a question is kept to: some documents, what some published, a stretch of time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self, TypedDict

DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")


class Kept(TypedDict, total=False):
    """Bounds as keywords; what is left out, None or empty leaves no document out.

    `documents` are paths, `publishers` names as they are listed; `since` and `until` are a year, a month or a
    day ("2023", "2023-06", "2023-06-30"), each counted in.
    """

    documents: Iterable[str] | None
    publishers: Iterable[str] | None
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """The same as one value. None leaves no document out, an empty set all.

    A date that is less exact than one of the bounds may lie within it, and counts: a report of "2023" is none of those
    that `since` "2023-06" leaves out. A document without a date is of none.
    """

    documents: frozenset[str] | None = None
    publishers: frozenset[str] | None = None
    since: str = ""
    until: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError for a date that is told in another way."""
        for date in (self.since, self.until):
            if date and not DATE.fullmatch(date):
                raise ValueError(f"{date!r} is no date: tell a year, a month or a day, as 2023, 2023-06 or 2023-06-30")

    @classmethod
    def of(
        cls,
        documents: Iterable[str] | None = None,
        publishers: Iterable[str] | None = None,
        since: str = "",
        until: str = "",
    ) -> Self:
        """The bounds that keywords tell."""
        paths, names = (None if some is None else frozenset(some) for some in (documents, publishers))
        return cls(paths, names, since, until)

    def keywords(self) -> Kept:
        """The keywords that tell them."""
        return Kept(documents=self.documents, publishers=self.publishers, since=self.since, until=self.until)

    def hold(self, path: str, publisher: str = "", date: str = "") -> bool:
        """Whether a document lies within."""
        return (
            (self.documents is None or path in self.documents)
            and (self.publishers is None or publisher in self.publishers)
            and (not self.since or (date != "" and date[: len(self.since)] >= self.since[: len(date)]))
            and (not self.until or (date != "" and date[: len(self.until)] <= self.until[: len(date)]))
        )


EVERYTHING = Bounds()
