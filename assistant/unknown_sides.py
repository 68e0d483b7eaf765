"""A comparison one side of which no report knows: then nothing can be compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from assistant.missing import NAME, has_name
from assistant.question import SIDES, Question, understand
from assistant.regions import wordings
from assistant.retrieve import Hit
from ingest.fold import HAN, fold

LOOKED_AT = 5
"""Passages that are looked for by a name alone before it is said to stand nowhere."""
LONGEST = 6
"""Characters of a Chinese name; longer ones are mostly more than a name."""
KNOWN = 0.5
"""The least share of a name's pairs of characters that one passage has which knows it."""
SURE = 1.0
COMPARES = re.compile("差多少|相差|差几|[谁哪]个?更")
NO_NAME = re.compile(
    "[的比那这]|做法|还是|一样|正文|附录|标题|摘要|报告|资料|前后|两者|其他|其它|别的|以前|之前|过去|现在"
)
"""What a name has not, or what names a part of the sources instead of a thing."""


def compared(question: Question) -> tuple[str, ...]:
    """The folded names of the two things that a question compares; empty where it compares none, or names no two."""
    pair = SIDES.search(question.folded)
    if pair is None or not (question.kind == "comparison" or COMPARES.search(question.folded)):
        return ()
    return pair["one"].strip(), pair["other"].strip()


def not_in(question: Question, texts: Iterable[str]) -> list[str]:
    """The sides of a comparison that none of some folded texts knows."""
    known = list(texts)
    return [n for n in compared(question) if is_name(n, question.folded) and not any(knows(t, n) for t in known)]


def unknown_sides(
    question: Question, hits: Iterable[Hit], sure: float, retrieve: Callable[[Question, int], Sequence[Hit]]
) -> tuple[str, ...]:
    """The sides of a comparison that stand in none of its passages, nor in those that are found by the name alone.

    A Chinese name may be put in other words, so it is said to stand nowhere only where the log-odds
    of an answer, `sure`, are no higher than SURE.
    """
    gone = not_in(question, map(_read, hits)) if compared(question) else []
    gone = [n for n in gone if sure <= SURE or NAME.search(n)]
    return tuple(
        n for n in gone if not any(knows(_read(h), w) for w in _worded(n) for h in retrieve(understand(w), LOOKED_AT))
    )


def is_name(words: str, asked: str) -> bool:
    """Whether folded words of a question are a name by themselves: whole Latin words, or a few Chinese characters."""
    latin = NAME.findall(words)
    han = re.sub(f"[^{HAN}]", "", words)
    if NO_NAME.search(words) or not (latin or len(han) > 1):
        return False
    whole = (re.search(rf"(?<![a-z0-9]){re.escape(n)}(?![a-z0-9])", asked) for n in latin)
    return all(whole) and len(han) <= LONGEST


def knows(text: str, name: str) -> bool:
    """Whether a folded text has a name: its Latin words, and its Chinese ones in most of their pairs of characters."""
    latin, runs = NAME.findall(name), re.findall(f"[{HAN}]{{2,}}", name)
    pairs = [run[i : i + 2] for run in runs for i in range(len(run) - 1)]
    if not all(has_name(n, text) for n in latin):
        return False
    return not pairs or sum(p in text for p in pairs) >= KNOWN * len(pairs)


def _worded(name: str) -> Iterator[str]:
    yield name
    yield from (fold(w) for w in wordings(name))


def _read(hit: Hit) -> str:
    return fold(f"{hit.title}\n{hit.heading}\n{hit.text}")
