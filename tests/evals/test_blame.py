"""Each stage that a case can fail in is told from the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evals.blame import BLAMES, blame, failed, lost_in, nearly_stands
from evals.case import Case
from evals.result import Result, State, Traced
from ingest.clean.stages import clean
from ingest.document import Document, View

CASE = Case(
    "q",
    "zh-Hans",
    "fact_number",
    "多少？",
    "3亿元，8家。",
    (("3亿元",), ("8家",)),
    ("5亿元",),
    ("规模为3亿元", "共有8家"),
)
LACKING = Result(
    id="q", type="fact_number", lang="zh-Hans", question="多少？", text="规模为3亿元。", abstained=False, confidence=1.0,
    facts=0.5, all_facts=False, none_wrong=True, evidence_found=True, recall={}, mrr=1.0, ndcg=1.0, f1=0.5,
    exact_match=False, citations=1, citations_exact=1.0, citation_precision=1.0, citation_recall=1.0, supported=True,
    support_rate=1.0, honest=1.0, right_refusal=True, right_script=True, length=3, milliseconds=5.0, missing=("8家",),
)  # fmt: skip
RIGHT = replace(LACKING, facts=1.0, all_facts=True, missing=())
REFUSED = replace(LACKING, facts=0.0, abstained=True, right_refusal=False, missing=("3亿元", "8家"))


def evidence(state: State = "found", rank: int | None = 1, cited: bool = False) -> list[Traced]:
    """Of the two evidences the second, which holds the fact that is missing, came so far; the first all the way."""
    return [Traced("规模为3亿元", "a.txt", "found", 1, True), Traced("共有8家", "a.txt", state, rank, cited)]


@pytest.mark.parametrize(
    ("result", "traced", "expected"),
    [
        (RIGHT, evidence(), ""),
        (LACKING, evidence("not ingested", None), "not ingested"),
        (LACKING, evidence("cleaned away", None), "cleaned away"),
        (LACKING, evidence("noise left", None), "noise left"),
        (LACKING, evidence(rank=None), "not retrieved"),
        (LACKING, evidence(rank=9), "ranked low"),
        (LACKING, evidence(rank=8), "not chosen"),
        (LACKING, evidence(rank=1, cited=True), "incomplete"),
        (REFUSED, evidence(), "wrongly refused"),
        (REFUSED, evidence(rank=None), "not retrieved"),
        (REFUSED, [], "wrongly refused"),
        (LACKING, [], "incomplete"),
        (replace(RIGHT, honest=0.5), evidence(), "not verified"),
        (replace(LACKING, citations_exact=0.0), evidence(rank=None), "not exact"),
        (replace(RIGHT, none_wrong=False), evidence(), "wrong fact"),
        (replace(RIGHT, right_script=False), evidence(), "wrong script"),
    ],
)
def test_the_first_stage_that_failed_is_blamed(result: Result, traced: list[Traced], expected: str) -> None:
    """Only the evidence of what is missing counts; broken promises come before it."""
    assert blame(result, CASE, traced, read=8) == expected
    assert bool(expected) == failed(result)
    assert expected in {"", *BLAMES}


def test_an_answer_that_is_not_due_is_blamed_on_the_refusal() -> None:
    """The reports do not tell, and the assistant does."""
    case = replace(CASE, type="unanswerable", must_include=(), evidence=())
    told = replace(RIGHT, type="unanswerable", facts=None, all_facts=None, right_refusal=False)
    assert blame(told, case, [], read=8) == "not refused"
    assert blame(replace(told, abstained=True, right_refusal=True), case, [], read=8) == ""


def document(raw: str) -> Document:
    return clean(Document("a.txt", "txt", raw, View.of(raw)))


def test_what_became_of_an_evidence_is_found_out() -> None:
    """Cleaned out of the text, left among noise, or never there."""
    wanted = "市场规模约为六千五百亿元,比上一年增长"
    noisy = document("即时零售的市(一)场规(二)模约为(三)六千五百(四)亿元,比上一(五)年增长。")
    gone = replace(document("市场规模约为六千五百亿元，比上一年增长。"), view=View.of(""))
    assert lost_in([document("别的话。")], wanted) == "not ingested"
    assert lost_in([], wanted) == "not ingested"
    assert lost_in([document("别的话。"), noisy], wanted) == "noise left"
    assert lost_in([gone], wanted) == "cleaned away"


def test_words_that_lie_far_apart_do_not_nearly_stand() -> None:
    """The same characters spread over a page are another text."""
    wanted = "市场规模约为六千五百亿元"
    assert nearly_stands(f"前文。{wanted}后文。", wanted)
    assert not nearly_stands(("，其余的话" * 9).join(wanted), wanted)
    assert not nearly_stands("", wanted)
