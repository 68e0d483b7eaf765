"""Any number of texts: news articles as long as there are any, then texts put together from their sentences."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.bench.reading import news
from ingest.split import sentences

LEARNED_FROM = 3000
"""Articles whose sentences are put together anew."""
RUN = 3
"""Sentences that stay together."""
LENGTH = 8000
"""Characters of a text that is put together: fourteen passages or so."""
DIGIT = re.compile(r"[0-9]")


def many_texts(bench: Path, articles: int) -> Iterator[tuple[str, str]]:
    """Id and text of so many news articles, then of texts put together, without an end. The same ones each time."""
    yield from news(bench, articles)
    runs = [run for _, text in news(bench, LEARNED_FROM) for run in runs_of(text)]
    number = 0
    while True:
        yield f"made-{number:07d}", put_together(runs, random.Random(number))  # noqa: S311  # no secret
        number += 1


def runs_of(text: str) -> list[str]:
    """A text in runs of a few sentences."""
    parts = [span.of(text) for span in sentences(text)]
    return ["".join(parts[at : at + RUN]) for at in range(0, len(parts), RUN)]


def put_together(runs: Sequence[str], chance: random.Random) -> str:
    """A text of runs from anywhere, their digits others: no two are copies, and figures go on to be new."""
    text: list[str] = []
    length = 0
    while length < LENGTH:
        run = DIGIT.sub(lambda _: str(chance.randrange(10)), chance.choice(runs))
        text.append(run)
        length += len(run)
    return "\n".join(text)
