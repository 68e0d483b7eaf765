"""Which documents a question keeps to: those chosen by name, by publisher and by date, or only the reader's own."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.app.own import is_own
from ingest.listing import Listed


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose; what is empty leaves nothing out. `since` and `until` are years, both counted in.

    `own` keeps to the files that the reader brought.
    """

    documents: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    own: bool = False

    def __bool__(self) -> bool:
        return bool(self.documents or self.publishers or self.since or self.until or self.own)


def choice_of(told: str) -> Choice:
    """A choice as the page tells it, in JSON; what means nothing there chooses nothing."""
    try:
        given = json.loads(told or "{}")
    except ValueError:
        return Choice()
    if not isinstance(given, dict):
        return Choice()
    documents, publishers = (
        tuple(str(v) for v in given.get(name) or ()) if isinstance(given.get(name), list) else ()
        for name in ("documents", "publishers")
    )
    since, until = (str(given.get(name) or "")[:4] for name in ("since", "until"))
    return Choice(documents, publishers, since, until, given.get("own") is True)


def kept(listed: Sequence[Listed], choice: Choice) -> list[str]:
    """The paths of the documents that fit a choice. One without a date fits no choice of dates."""
    documents = frozenset(choice.documents)
    return [
        d.path
        for d in listed
        if (not documents or d.path in documents)
        and (not choice.own or is_own(d.path))
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
