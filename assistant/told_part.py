"""The part of a sentence, between its semicolons, that tells the amount or the date which is asked for."""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.asked import says
from assistant.negation import DENIES
from assistant.question import Question
from ingest.document import Span
from ingest.fold import fold

KINDS = frozenset({"number", "date"})
LONG = 60
"""Characters of a sentence that is short enough as it is."""
SHORT = 12
SEMICOLON = re.compile("[；;]")


def told_part(question: Question, text: str, place: Span) -> Span:
    """The part of a sentence that has an amount of the kind asked for and all of the question's terms that the others have.

    The whole sentence where no one part has both, where several things are asked for, and where it is short.
    """
    words = place.of(text)
    if question.kind not in KINDS or question.multiple or len(words) <= LONG or DENIES.search(fold(words)):
        return place
    cuts = [0, *(m.end() for m in SEMICOLON.finditer(words)), len(words)]
    parts = [Span(place.start + a, place.start + b) for a, b in pairwise(cuts) if b - a >= SHORT]
    if len(parts) < 2 or sum(map(len, parts)) < len(words):
        return place
    known = [{t for t in question.terms if t in fold(p.of(text))} for p in parts]
    whole = set().union(*known)
    fit = [p for p, terms in zip(parts, known, strict=True) if terms == whole and says(question, fold(p.of(text)))]
    return fit[0] if len(fit) == 1 else place
