"""Hold a sentence against what it cites: figures, dates, names, negation and comparisons must stand there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.clauses import Read, read
from assistant.comparison import contradicted, swapped
from assistant.derived import reckoning
from assistant.directions import opposites
from assistant.names import strangers
from assistant.negation import DENIES, NEGATION, negations
from assistant.script import Script, in_script
from assistant.stated import off
from assistant.wording import FAILED, INSTEAD

Kind = Literal[
    "number", "date", "bound", "attribution", "name", "negation", "direction", "comparison", "uncited", "nowhere"
]

FIRST_WORDS = 6
LISTED = re.compile(r"\d{1,2}[、.)]|第[一二三四五六七八九十]")
"""A list mark begins something new, where no mark ends what stands before it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What a sentence says and its citations do not: of which kind, the words, and what the source has instead ("" when nothing)."""

    kind: Kind
    words: str
    source: str = ""

    def said_in(self, script: Script) -> str:
        """The failure in words, for a reader of this script."""
        instead = INSTEAD.format(source=self.source) if self.source else ""
        return in_script(FAILED[self.kind].format(words=self.words) + instead, script)


def failures(sentence: str, quotes: Iterable[str]) -> tuple[Failure, ...]:
    """What of a sentence does not stand in the quotations that it cites, in the order of how plain it is; none when all does.

    Script, width and case do not matter. Words stand as the folded text has them.
    """
    said, source = read(sentence), read("\n".join(quotes))
    place = verbatim(said, source)
    if place is not None:
        return tuple(_cut_off(said, source, place))
    return tuple(dict.fromkeys(_found(said, source)))


def _found(said: Read, source: Read) -> Iterator[Failure]:
    for figure in off(said, source):
        yield Failure(figure.kind, figure.words, figure.instead)
    for name in strangers(said, source):
        yield Failure("name", name.words, name.instead)
    rest = reckoning(said, source)
    for turned in negations([c for c in said.clauses if c not in rest], source.clauses):
        yield Failure("negation", turned.words, turned.source)
    for turned in opposites(said, source):
        yield Failure("direction", turned.words, turned.source)
    for words, instead in (*swapped(said, source), *contradicted(said)):
        yield Failure("comparison", words, instead)


def verbatim(said: Read, source: Read) -> int | None:
    """Where a sentence stands in its source word by word, None where it does not."""
    words = said.folded.strip(";。!?:、")
    for m in re.finditer(re.escape(words), source.folded):
        before, after = source.folded[m.start() - 1 : m.start()], source.folded[m.end() : m.end() + 1]
        if not (_joined(before, words[:1]) or _joined(words[-1:], after)):
            return m.start()
    return None


def _joined(left: str, right: str) -> bool:
    """Whether two characters are of one number or Latin word."""
    return bool(left and right) and left.isascii() and right.isascii() and left.isalnum() and right.isalnum()


def _cut_off(said: Read, source: Read, place: int) -> Iterator[Failure]:
    """A negation that stands before the first word of a sentence that was cut out of a longer one."""
    before = re.split(r"[;。!?|]", source.folded[:place])[-1]
    if LISTED.match(said.folded):
        return
    if before and (found := (DENIES if before[-1] == ":" else NEGATION).search(before)):
        yield Failure("negation", said.folded[:FIRST_WORDS], found[0])
