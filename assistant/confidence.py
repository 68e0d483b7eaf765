"""How sure it is that the best sentence answers, and when to refuse.

The log-odds are a weighted sum of named features, fit on questions that are
answered and on such as are not: near misses, and questions whose sentence or
passage was taken out. Below `REFUSE_BELOW` the assistant says that the reports
do not tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.asked import beside, kind_missing, wanted
from assistant.confidence_brought import standing_out
from assistant.extract import Candidate
from assistant.missing import (
    Named,
    focus_lost,
    has_brand,
    has_name,
    has_place,
    lost,
    named,
    sibling,
    subject_missing,
    without,
    words_missing,
)
from assistant.offered import ROW
from assistant.question import Question
from assistant.rank import Weighted, matchable, score
from assistant.sentence_features import UNIT_ASKED, has_unit
from ingest.fold import HAN

WEIGHTS = "confidence.json"
WEIGHTS_BROUGHT = "confidence_brought.json"
"""Those for passages that a caller brings, who has searched already."""
NOTHING_FOUND = -10.0
REFUSE_BELOW = -1.0
"""Set on the cases on which the log-odds were fit, so that about one in forty that the reports do answer is refused."""
REFUSE_BELOW_BROUGHT = -2.0
"""The same for passages that the caller brings: below it lay three in four of the training reading questions that were
asked of wrong passages alone, and one in a hundred of those that were answered."""
NEAR = 60
"""Characters either side of the sentence that still count as about the same thing."""
AGREEING = 5
"""The best sentences among which another passage may say the same."""
MANY_TERMS = 40
MOST = 0.8
"""The share of a question's words without which a passage is about something else."""
TOLD = re.compile(rf"[a-z0-9][a-z0-9.%-]*|[{HAN}]{{3}}")


@dataclass(frozen=True, slots=True)
class Texts:
    """What a question is held against, folded: the best sentence, what stands near it, its passage, and all that was read."""

    said: str
    near: str
    passage: str
    read: str
    head: str

    @classmethod
    def around(cls, weighted: Weighted, ranked: Sequence[Candidate]) -> Texts:
        """Those of the first of some sentences, of which there is one at least."""
        best = ranked[0]
        heads = {c.hit.number: f"{c.hit.title}\n{c.hit.heading}\n" for c in ranked}
        head = heads[best.hit.number]
        passages = {c.hit.number: matchable(heads[c.hit.number] + c.hit.text, weighted) for c in ranked}
        return cls(
            said=matchable(f"{best.before}\n{best.text}" if ROW in best.text else best.text),
            near=matchable(head + _around(best), weighted),
            passage=passages[best.hit.number],
            read="\n".join(passages.values()),
            head=matchable(head),
        )


def confidence(question: Question, weighted: Weighted, ranked: Sequence[Candidate], weights: str = WEIGHTS) -> float:
    """The log-odds that the best of the ranked sentences answers the question."""
    if not ranked or not weighted.terms:
        return NOTHING_FOUND
    features = brought_features if weights == WEIGHTS_BROUGHT else confidence_features
    return score(features(question, weighted, ranked), weights)


def confidence_features(question: Question, weighted: Weighted, ranked: Sequence[Candidate]) -> dict[str, float]:
    """What tells an answered question from one that the reports do not answer."""
    texts = Texts.around(weighted, ranked)
    return (
        _found(question, ranked)
        | _of_the_kind(question, weighted, ranked[0], texts)
        | _words_lost(question, weighted, texts)
        | _names_lost(named(question), texts)
    )


def brought_features(question: Question, weighted: Weighted, ranked: Sequence[Candidate]) -> dict[str, float]:
    """The same among passages that the caller brings, with how far the best stands out from them."""
    return confidence_features(question, weighted, ranked) | standing_out(weighted, ranked)


def _found(question: Question, ranked: Sequence[Candidate]) -> dict[str, float]:
    """How good the best sentence is, by itself and among the others."""
    best = ranked[0]
    others = [c.score for c in ranked[1:] if c.hit.number != best.hit.number]
    return {
        "sentence": best.score,
        "lead": best.score - max(others, default=best.score - 3),
        "hit": best.hit.score,
        "cosine": float(best.hit.features.get("cosine", 0.0)),
        "characters": float(best.hit.features.get("characters", 0.0)),
        "agree": float(_agrees(question, ranked)),
        "other_year": best.features["other_year"],
        "terms": min(len(question.terms), MANY_TERMS) / MANY_TERMS,
    }


def _of_the_kind(question: Question, weighted: Weighted, best: Candidate, texts: Texts) -> dict[str, float]:
    """Whether the best sentence has what is asked for, and says it of what is asked about."""
    unit = UNIT_ASKED.search(question.asking)
    return {
        "wants": float(wanted(question.asking, question.kind) is not None),
        "asked_missing": best.features["asked_missing"],
        "asked_said": best.features["asked_said"],
        "unit_missing": float(unit is not None and not has_unit(unit[1], texts.said)),
        "kind_missing": float(kind_missing(question, texts.said)),
        "beside": beside(question, weighted, texts.said, texts.head),
        "definition": float(question.kind == "definition"),
        "reason": float(question.kind in {"reason", "method"}),
    }


def _words_lost(question: Question, weighted: Weighted, texts: Texts) -> dict[str, float]:
    """How much of the question's words is not there."""
    anchors = [t for t in weighted.terms if t.isascii() and (t[0].isdigit() or len(t) > 1)]
    lost_passage, run_passage = lost(question, weighted, texts.passage)
    return {
        "anchors_missing_near": without(anchors, texts.near),
        "lost_said": lost(question, weighted, texts.said)[0],
        "lost_passage": lost_passage,
        "mostly_lost": float(lost_passage > MOST),
        "lost_reason": lost_passage * (question.kind in {"reason", "method", "definition"}),
        "run_passage": run_passage,
        "lost_read": lost(question, weighted, texts.read)[0],
        "focus_lost_said": focus_lost(question, weighted, texts.said),
        "subject_missing": float(subject_missing(question, texts.passage)),
        "words_missing_near": words_missing(question, texts.near),
    }


def _names_lost(asked: Named, texts: Texts) -> dict[str, float]:
    """Which of the names, years, numbers and places of the question are not there."""
    gone = [n for n in asked.names if not has_name(n, texts.passage)]
    return {
        "names_missing": float(bool(gone)),
        "names_missing_near": without(asked.names, texts.near, has_name),
        "sibling": float(any(sibling(n, texts.passage) for n in gone)),
        "years_missing": float(without(asked.years, texts.passage) > 0),
        "years_missing_near": float(without(asked.years, texts.near) > 0),
        "numbers_missing": float(without(asked.numbers, texts.passage) > 0),
        "places_missing": float(without(asked.places, texts.passage, has_place) > 0),
        "places_missing_near": float(without(asked.places, texts.near, has_place) > 0),
        "brands_missing": float(without(asked.brands, texts.passage, has_brand) > 0),
        "brands_missing_near": float(without(asked.brands, texts.near, has_brand) > 0),
        "quoted_missing": float(without(asked.quoted, texts.passage) > 0),
        "ordinals_missing": float(without(asked.ordinals, texts.near) > 0),
    }


def _agrees(question: Question, ranked: Sequence[Candidate]) -> bool:
    """Whether a sentence of another passage tells figures, names or words that the best one tells and the question does not."""
    told = [{w for w in TOLD.findall(matchable(c.text)) if w not in question.folded} for c in ranked[:AGREEING]]
    numbers = [c.hit.number for c in ranked[:AGREEING]]
    return any(n != numbers[0] and len(told[0] & words) > 1 for n, words in zip(numbers[1:], told[1:], strict=True))


def _around(best: Candidate) -> str:
    """The sentence with what stands close to it in its passage; a row with the head of its table."""
    around = best.hit.text[max(0, best.place.start - NEAR) : best.place.end + NEAR]
    return f"{best.before}\n{around}" if ROW in best.text else around
