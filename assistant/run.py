"""A stretch of an answer: sentences of one document that follow one another."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.retrieve import Hit
from ingest.document import Span


@dataclass(frozen=True, slots=True)
class Run:
    """Sentences of one document that follow one another: what one citation covers.

    `clean` is the range in the document's clean text, `sentences` the ranges of
    the sentences in it, `head` that of the table's head where they are rows. One whose
    last sentence a break cut `goes_on` in the next run.
    """

    document: str
    hit: Hit
    score: float
    clean: Span
    sentences: tuple[Span, ...]
    head: Span | None = None
    goes_on: bool = False
