"""A language model as judge: what is made of what it says, and that it is asked only where there is something to judge."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.write import Writer
from evals.judge import agreement, judged, verdict, verdict_on
from evals.result import Report, Result
from evals.run import reported
from ingest.errors import ModelProblem

RESULT = Result(
    id="a", type="fact_number", lang="zh-Hans", question="成本是多少？", text="成本约29.4万美元。", abstained=False,
    confidence=1.0, facts=1.0, all_facts=True, none_wrong=None, evidence_found=True,
    recall={"1": 1.0, "3": 1.0, "5": 1.0, "10": 1.0}, mrr=1.0, ndcg=1.0, f1=0.5, exact_match=False, citations=1,
    citations_exact=1.0, citation_precision=1.0, citation_recall=1.0, supported=True, support_rate=1.0, honest=1.0,
    right_refusal=True, right_script=True, length=11, milliseconds=5.0, reference="约29.4万美元", history=("R1是什么？",),
)  # fmt: skip


class Judge(Writer):
    """A model that says what it is told to, and keeps what it was asked."""

    def __init__(self, *says: str) -> None:
        super().__init__("http://localhost:9", "scripted")
        self.says, self.asked = list(says), list[str]()

    def said(self, rules: str, asked: str) -> str:
        """The next thing that it says. Raises ModelProblem when there is none."""
        self.asked.append(asked)
        if not self.says:
            raise ModelProblem("gone")
        return self.says.pop(0)


@pytest.mark.parametrize(
    ("said", "score"),
    [("对", 1.0), ("對。", 1.0), (" 部分\n", 0.5), ("错", 0.0), ("錯誤", 0.0), ("不对", 0.0), ("", None), ("42", None)],
)
def test_a_verdict_is_its_first_word(said: str, score: float | None) -> None:
    """In either script; what is no verdict judges nothing."""
    assert verdict(said) == score


def test_the_judge_reads_question_model_answer_and_answer() -> None:
    """All that it needs, the earlier questions among it."""
    judge = Judge("部分")
    assert verdict_on(RESULT, judge) == 0.5
    for words in (RESULT.question, RESULT.reference, RESULT.text, *RESULT.history):
        assert words in judge.asked[0]


@pytest.mark.parametrize("change", [{"abstained": True}, {"reference": ""}])
def test_where_there_is_nothing_to_judge_nobody_is_asked(change: dict[str, object]) -> None:
    """Refusals and cases without a model answer have no verdict."""
    judge = Judge()
    assert verdict_on(replace(RESULT, **change), judge) is None  # type: ignore[arg-type]
    assert judge.asked == []


def test_verdicts_are_in_the_report() -> None:
    """Each answer has its verdict, the report their mean and who judged; parity stays."""
    results = [RESULT, replace(RESULT, id="b"), replace(RESULT, id="c", abstained=True, all_facts=False)]
    before: Report = replace(reported(results, {"made": "here"}), parity={"way": {"facts": 1.0}})
    after = judged(before, Judge("对", "错"))
    assert [r.judged for r in after.results] == [1.0, 0.0, None]
    assert after.overall["judged"] == 0.5
    assert after.signature == {"made": "here", "judge": "scripted"}
    assert after.parity == before.parity
    assert before.overall["judged"] is None


def test_agreement_is_that_of_right_answers_with_their_facts() -> None:
    """Half right is not right; what was not judged does not count."""
    results = [
        replace(RESULT, judged=1.0),
        replace(RESULT, judged=0.5, all_facts=False),
        replace(RESULT, judged=0.0),
        RESULT,
    ]
    assert agreement(results) == pytest.approx(2 / 3)
    assert agreement([RESULT]) is None


def test_a_judge_that_is_gone_is_told() -> None:
    """A model that fails gives no verdict in silence."""
    with pytest.raises(ModelProblem):
        judged(reported([RESULT], {}), Judge())
