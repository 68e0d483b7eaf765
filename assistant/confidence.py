"""How sure it is that the best sentence answers, and when to refuse.

The log-odds are a weighted sum of named features, fit on reference questions
that the sample reports answer or do not. Below `REFUSE_BELOW` the assistant says
that the reports do not tell.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.extract import Candidate
from assistant.matches import stands_in
from assistant.offered import ROW
from assistant.question import Question
from assistant.rank import Weighted, coverage, matchable, score
from assistant.sentence_features import UNIT_ASKED, YEAR, has_unit

WEIGHTS = "confidence.json"
NOTHING_FOUND = -10.0
REFUSE_BELOW = -0.4
"""Set on the cases on which the log-odds were fit, so that fewer than one in twenty that the reports do answer is refused: a wrong
refusal costs more than a weak answer, and other reports are asked harder questions."""
REFUSE_BELOW_BROUGHT = 0.0
"""The same for passages that the caller brings, who has searched already; set on reading questions, with 6 % refused."""
NEAR = 60
"""Characters either side of the sentence that still count as about the same thing."""


def confidence(question: Question, weighted: Weighted, ranked: Sequence[Candidate]) -> float:
    """The log-odds that the best of the ranked sentences answers the question."""
    if not ranked or not weighted.terms:
        return NOTHING_FOUND
    return score(confidence_features(question, weighted, ranked), WEIGHTS)


def confidence_features(question: Question, weighted: Weighted, ranked: Sequence[Candidate]) -> dict[str, float]:
    """What tells an answered question from one that the reports do not answer."""
    best = ranked[0]
    hit = best.hit
    passage = matchable(f"{hit.title}\n{hit.heading}\n{hit.text}", weighted)
    anchors = [t for t in weighted.terms if t.isascii() and (t[0].isdigit() or len(t) > 1)]
    near = matchable(f"{hit.title}\n{hit.heading}\n{_around(best)}", weighted)
    said = matchable(f"{best.before}\n{best.text}" if ROW in best.text else best.text)
    unit = UNIT_ASKED.search(question.asking)
    others = [c.score for c in ranked[1:] if c.hit.number != hit.number]
    return {
        "sentence": best.score,
        "lead": best.score - max(others, default=best.score - 3),
        "passage": float(hit.features.get("coverage_with_headings", 0.0)),
        "window": float(hit.features.get("window", 0.0)),
        "cosine": float(hit.features.get("cosine", 0.0)),
        "anchors_missing": _missing(anchors, passage),
        "anchors_missing_near": _missing(anchors, near),
        "years_missing": _missing(YEAR.findall(question.folded), passage),
        "near": coverage(weighted, near),
        "asked_missing": best.features["asked_missing"],
        "asked_said": best.features["asked_said"],
        "unit_missing": float(unit is not None and not has_unit(unit[1], said)),
    }


def _missing(terms: Sequence[str], folded: str) -> float:
    """The share of some terms that does not stand in a text; 0 when there are none."""
    return sum(not stands_in(t, folded) for t in terms) / len(terms) if terms else 0.0


def _around(best: Candidate) -> str:
    """The sentence with what stands close to it in its passage; a row with the head of its table."""
    around = best.hit.text[max(0, best.place.start - NEAR) : best.place.end + NEAR]
    return f"{best.before}\n{around}" if ROW in best.text else around
