"""nDCG and MRR against an established library: pytrec_eval, the trec_eval of NIST."""

from __future__ import annotations

import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st

from assistant import Hit
from evals.metrics import Place, ndcg, rank_of, reciprocal_rank
from ingest.document import Span


def hit(number: int) -> Hit:
    return Hit("a.txt", "", "", Span(number * 10, number * 10 + 10), Span(0, 10), "", "", 0.0, "")


def judged(relevant: list[bool], missed: int) -> dict[str, float]:
    """What trec_eval says of a ranking in which passages are relevant or not, and `missed` more were not found."""
    judgements = {f"d{i}": int(r) for i, r in enumerate(relevant)} | {f"m{i}": 1 for i in range(missed)}
    ranking = {f"d{i}": float(len(relevant) - i) for i in range(len(relevant))}
    evaluator = pytrec_eval.RelevanceEvaluator({"q": judgements}, {"ndcg_cut.10", "recip_rank"})
    return dict(evaluator.evaluate({"q": ranking})["q"])


@given(st.lists(st.booleans(), min_size=1, max_size=20), st.integers(0, 15))
def test_ndcg_and_reciprocal_rank_are_those_of_trec_eval(relevant: list[bool], missed: int) -> None:
    """For every ranking of up to twenty passages, with relevant ones that were found and ones that were not."""
    known = sum(relevant) + missed
    if not known:
        assert ndcg(relevant, known) is None
        return
    theirs = judged(relevant, missed)
    assert ndcg(relevant, known) == pytest.approx(theirs["ndcg_cut_10"])
    evidence = [[Place("a.txt", Span(i * 10, i * 10 + 10))] for i, r in enumerate(relevant) if r]
    evidence += [[Place("b.txt", Span(0, 10))]] * missed
    hits = [hit(i) for i in range(len(relevant))]
    assert reciprocal_rank(hits, evidence) == pytest.approx(theirs["recip_rank"])
    assert [rank_of([h], [p for e in evidence for p in e]) == 1 for h in hits] == relevant
