"""What is measured: pure functions, each None where there is nothing to judge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from assistant.answer import Answer, Citation
from assistant.retrieve import Hit
from assistant.script import Script, script_of
from ingest.clean.stages import quoted
from ingest.document import Document, Span
from ingest.fold import fold_view, squeeze

PARTING = re.compile(r"(?<=\d)\s*，(?=\s*\d)")
FOUND = 0.5
"""The share of an evidence's characters that a passage must hold to have found it."""


class Place(NamedTuple):
    """Where an evidence stands: a document and a raw range."""

    document: str
    span: Span


def states(text: str, form: str) -> bool:
    """Whether a text states a fact in this form, script, width, case and white space aside; numbers only whole."""
    return states_squeezed(_squeezed(text), squeeze(form))


def states_squeezed(text: str, form: str) -> bool:
    """The same for what `squeeze` has been applied to."""
    before = r"(?<![\d])(?<!\d[.,])" if form[:1].isdigit() else ""
    after = r"(?!\d)(?![.,]\d)" if form[-1:].isdigit() else ""
    return re.search(before + re.escape(form) + after, text) is not None


def _squeezed(text: str) -> str:
    """A text squeezed, with a full-width comma between two numbers, which marks no thousands, as another mark."""
    return squeeze(PARTING.sub("；", text))


def fact_recall(text: str, must_include: Sequence[Sequence[str]]) -> float | None:
    """The share of required facts that a text states in one of their forms."""
    if not must_include:
        return None
    squeezed = _squeezed(text)
    return sum(any(states_squeezed(squeezed, squeeze(f)) for f in forms) for forms in must_include) / len(must_include)


def states_none_of(text: str, must_not_include: Sequence[str]) -> bool | None:
    """Whether a text keeps clear of all wrong facts."""
    if not must_not_include:
        return None
    return not any(states(text, wrong) for wrong in must_not_include)


def locate(document: Document, evidence: str, raw: str = "") -> list[Span]:
    """All raw ranges where an evidence stands: as the file has it, else by its folded characters.

    White space and the bars between table cells are left out of the comparison.
    """
    if raw:
        spans = [Span(m.start(), m.end()) for m in re.finditer(re.escape(raw), document.raw)]
        if spans:
            return spans
    folded = fold_view(document.view)
    kept = [i for i, c in enumerate(folded.text) if not c.isspace() and c != "|"]
    text = "".join(folded.text[i] for i in kept)
    wanted = squeeze(evidence).replace("|", "")
    return [folded.span(kept[m.start()], kept[m.end() - 1] + 1) for m in re.finditer(re.escape(wanted), text) if wanted]


def evidence_recall(hits: Sequence[Hit], evidence: Sequence[Sequence[Place]], k: int) -> float | None:
    """Recall@k: the share of evidences of which one place is at least half inside one of the first `k` passages."""
    if not evidence:
        return None
    return sum(any(_found(h, p) for h in hits[:k] for p in places) for places in evidence) / len(evidence)


def reciprocal_rank(hits: Sequence[Hit], evidence: Sequence[Sequence[Place]]) -> float | None:
    """1 / the rank of the first passage that holds an evidence, 0 where none does (MRR is its mean)."""
    if not evidence:
        return None
    ranks = (r for r, h in enumerate(hits, 1) if any(_found(h, p) for places in evidence for p in places))
    return 1 / next(ranks, float("inf"))


def _found(hit: Hit, place: Place) -> bool:
    return hit.document == place.document and hit.span.overlap(place.span) >= FOUND * len(place.span)


def citation_exact(citation: Citation, document: Document) -> bool:
    """Whether the cited raw characters, cleaned again by themselves, are the quotation to the letter.

    White space is layout: the line that the head of a slide was given is not in its raw text.
    """
    return "".join(quoted(document, citation.span).split()) == "".join(citation.quote.split())


def right_script(answer: Answer, wanted: Script) -> bool:
    """Whether an answer is in the script of its question; text without telling characters is in any."""
    return script_of(answer.text, wanted) == wanted


def conflict_shown(answer: Answer, must_include: Sequence[Sequence[str]]) -> bool:
    """Whether an answer tells that its sources disagree, and each of the values among what it says of it."""
    said = "\n".join(value for c in answer.conflicts for value in c.values)
    return bool(said) and fact_recall(said, must_include) in {1, None}


def mean(values: Iterable[float | bool | None]) -> float | None:
    """The mean of the values that are there, None when none is."""
    there = [float(v) for v in values if v is not None]
    return sum(there) / len(there) if there else None


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value below which a share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None
