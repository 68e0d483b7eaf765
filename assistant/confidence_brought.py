"""What tells an answered question from one that is not, among a few passages that the caller brings.

Who brings passages has searched already: all of them are near. What tells is
how far the best stands out from the others, in score and in how much of the
question it has, and where that is in the passage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.extract import Candidate
from assistant.matches import stands_in
from assistant.rank import Weighted, matchable

FARTHEST = 3.0
"""Log-odds beyond which it does not matter how far one is ahead."""
RAREST = 8
"""The terms of a question that tell most."""
OF_SENTENCE = ("in_order", "phrases", "coverage", "coverage_before", "coverage_after", "new")
OF_PASSAGE = ("window", "window_20", "phrases", "cosine_to_best")
"""Features of the best sentence and of its passage that are looked at again."""


def standing_out(weighted: Weighted, ranked: Sequence[Candidate]) -> dict[str, float]:
    """How far the best sentence and its passage stand out; `ranked` holds one at least."""
    best = ranked[0]
    read = {c.hit.number: c.hit for c in ranked}
    others = [h for n, h in read.items() if n != best.hit.number]
    terms = sorted(((t, w) for t, w in weighted.terms.items() if len(t) > 1), key=lambda term: (-term[1], term[0]))
    passage = matchable(best.hit.text, weighted)
    rarest = dict(terms[:RAREST])
    here = _share(dict(terms), passage)
    elsewhere = max((_share(dict(terms), matchable(h.text, weighted)) for h in others), default=here)
    told = {
        "alone": float(not others),
        "ahead": _within(best.hit.score - max((h.score for h in others), default=best.hit.score)),
        "more_covered": here - elsewhere,
        "covered": here,
        "rarest_said": _share(rarest, matchable(f"{best.before}\n{best.text}")),
        "rarest_passage": _share(rarest, passage),
        "before_second": _within(best.score - ranked[1].score) if len(ranked) > 1 else FARTHEST,
        "before_third": _within(best.score - ranked[2].score) if len(ranked) > 2 else FARTHEST,
    }
    return (
        told
        | {f"sentence_{name}": float(best.features.get(name, 0.0)) for name in OF_SENTENCE}
        | {f"passage_{name}": float(best.hit.features.get(name, 0.0)) for name in OF_PASSAGE}
    )


def _within(lead: float) -> float:
    return max(-FARTHEST, min(FARTHEST, lead))


def _share(terms: Mapping[str, float], folded: str) -> float:
    """The share of the weight of some terms that stands in a folded text."""
    whole = sum(terms.values())
    return sum(w for t, w in terms.items() if stands_in(t, folded)) / whole if whole else 0.0
