"""Which stage a failed case failed in: the first one on the way from the file to the answer that let it down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evals.case import Case
from evals.metrics import states
from evals.result import Result, State, Traced
from ingest.document import Document, View
from ingest.fold import squeeze

BLAMES = (
    "not exact",  # the cited raw characters do not clean to the quotation
    "not verified",  # a sentence that its citations do not bear out is not marked
    "not ingested",  # the evidence stands in no document
    "cleaned away",  # it stands in the raw text, not in the clean one
    "noise left",  # noise between its characters was left in the clean text
    "not retrieved",  # no passage that was looked at holds it
    "ranked low",  # it stands beyond the passages that are read
    "wrongly refused",  # it was read, and the answer is a refusal
    "not chosen",  # it was read, and the answer rests on something else
    "incomplete",  # the answer rests on it, and a fact of it is missing
    "not refused",  # the reports do not tell, and there is an answer
    "wrong fact",  # the answer states what it must not
    "wrong script",  # the answer is not in the script of its question
)
LOOKED_AT = 50
"""Passages among which the evidence of a failed case is looked for."""
ALIKE = 0.6
"""The share of an evidence's pairs of characters that must stand together for it to be there with noise between."""
SPREAD = 3
"""How many times its length an evidence may be spread out by noise."""


def failed(result: Result) -> bool:
    """Whether anything that a case asks for went wrong."""
    return (
        result.all_facts is False
        or result.none_wrong is False
        or not result.right_refusal
        or not result.right_script
        or result.citations_exact not in {None, 1}
        or result.honest not in {None, 1}
    )


def blame(result: Result, case: Case, evidence: Sequence[Traced], read: int) -> str:
    """The stage that a failed case failed in, one of BLAMES; "" where nothing went wrong.

    `read` is how many passages are read for an answer. Broken promises come
    first; then, of the evidence for the facts that are missing, the one that
    was lost earliest tells.
    """
    if not failed(result):
        return ""
    if result.citations_exact not in {None, 1}:
        return "not exact"
    if result.honest not in {None, 1}:
        return "not verified"
    if not case.answerable and not result.abstained:
        return "not refused"
    if result.all_facts is False or not result.right_refusal:
        stages = [_stage(e, result.abstained, read) for e in _wanted(result, case, evidence)]
        return min(stages, key=BLAMES.index, default="wrongly refused" if result.abstained else "incomplete")
    return "wrong fact" if result.none_wrong is False else "wrong script"


def _wanted(result: Result, case: Case, evidence: Sequence[Traced]) -> Sequence[Traced]:
    """The evidences that hold a fact which is missing; all where none of them does."""
    missing = [forms for forms in case.must_include if forms[0] in result.missing]
    holding = [e for e in evidence if any(states(e.text, form) for forms in missing for form in forms)]
    return holding or evidence


def _stage(evidence: Traced, abstained: bool, read: int) -> str:
    if evidence.state != "found":
        return evidence.state
    if evidence.rank is None:
        return "not retrieved"
    if evidence.rank > read:
        return "ranked low"
    if abstained:
        return "wrongly refused"
    return "incomplete" if evidence.cited else "not chosen"


def lost_in(documents: Sequence[Document], evidence: str) -> State:
    """What became of an evidence that stands in no clean text as it should: not ingested, cleaned away, or noise left."""
    if any(nearly_stands(d.view.text, evidence) for d in documents):
        return "noise left"
    if any(nearly_stands(View.of(d.raw).text, evidence) for d in documents):
        return "cleaned away"
    return "not ingested"


def nearly_stands(text: str, wanted: str) -> bool:
    """Whether most pairs of neighbours of a wanted text stand close together in a text, whatever stands between them."""
    squeezed, sought = squeeze(text), squeeze(wanted)
    pairs = {sought[i : i + 2] for i in range(len(sought) - 1)}
    inside: Counter[str] = Counter()
    first = 0
    for last in range(len(squeezed) - 1):
        pair = squeezed[last : last + 2]
        inside[pair] += pair in pairs
        if last - first >= SPREAD * len(sought):
            gone = squeezed[first : first + 2]
            inside[gone] -= gone in pairs
            first += 1
        if pair in pairs and sum(n > 0 for n in inside.values()) >= ALIKE * len(pairs):
            return True
    return False
