"""Which documents a question keeps to: those chosen by name, by publisher and by date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.catalog import Listed


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose; what is empty leaves nothing out. `since` and `until` are years, both counted in."""

    documents: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    def __bool__(self) -> bool:
        return bool(self.documents or self.publishers or self.since or self.until)


def kept(listed: Sequence[Listed], choice: Choice) -> list[str]:
    """The paths of the documents that fit a choice. One without a date fits no choice of dates."""
    return [
        d.path
        for d in listed
        if (not choice.documents or d.path in choice.documents)
        and (not choice.publishers or d.publisher in choice.publishers)
        and (not choice.since or year(d) >= choice.since)
        and (not choice.until or "" < year(d) <= choice.until)
    ]


def year(listed: Listed) -> str:
    """The year of a document; empty where its date is not known."""
    return listed.date[:4]


def publishers(listed: Sequence[Listed]) -> list[str]:
    """All publishers, those of most documents first."""
    count = Counter(d.publisher for d in listed if d.publisher)
    return sorted(count, key=lambda name: (-count[name], name))


def years(listed: Sequence[Listed]) -> list[str]:
    """All years that documents are of, the last first."""
    return sorted({year(d) for d in listed} - {""}, reverse=True)


def named(listed: Sequence[Listed]) -> list[tuple[str, str]]:
    """Title and path of each document; the path is told where titles are the same."""
    titles = [d.title or d.path for d in listed]
    count = Counter(titles)
    return [(t if count[t] == 1 else f"{t} ({d.path})", d.path) for t, d in zip(titles, listed, strict=True)]
