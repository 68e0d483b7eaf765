"""What a question shares with what answers it, and how the ways of looking for passages are held against each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.bench.few_words import CASES, FEW, answering, recall, shared
from evals.case import read_cases

READ = {".md", ".txt", ".html", ".pdf", ".docx"}


@pytest.mark.parametrize(
    ("question", "evidence", "share"),
    [
        ("即时零售的规模", ["即时零售的规模是多少"], 1.0),
        ("即時零售的規模", ["即时零售的规模是多少"], 1.0),
        ("花费多少", ["费用是三百元"], 0.0),
        ("R1 3000", ["R1 3000"], None),
    ],
)
def test_pairs_of_characters_are_counted_in_either_script(question: str, evidence: list[str], share: float) -> None:
    """Words that only ask do not count, and a question without pairs shares no measurable part."""
    assert shared(question, evidence) == share


def test_the_closest_evidence_counts() -> None:
    """Of several sentences that hold an answer, one that repeats the question is enough to share its words."""
    assert shared("零售规模", ["别的话", "零售规模"]) == 1.0


def test_the_sentences_with_an_answer_are_the_evidence() -> None:
    """Each sentence that holds one of the answers; the whole text where an answer runs over two."""
    text = "甲在北京。乙在上海。丙也在北京。"
    assert answering(text, ["北京"]) == ["甲在北京。", "丙也在北京。"]
    assert answering(text, ["北京。乙"]) == [text]


def test_recall_counts_ranks_from_one() -> None:
    """The first place is within one, the fifth within five, and what was not found within none."""
    assert recall([1, 5, 6, None]) == {"recall@1": 0.25, "recall@5": 0.5, "recall@20": 0.75, "recall@50": 0.75}


def test_the_paraphrases_share_few_words_with_their_evidence() -> None:
    """There are at least eighty, in both scripts, over every report, and none repeats its evidence."""
    cases = read_cases(CASES)
    assert len(cases) >= 80
    assert {c.lang for c in cases} == {"zh-Hans", "zh-Hant"}
    reports = {f.name for f in Path(CASES).parents[2].joinpath("corpus").iterdir() if f.suffix in READ}
    assert {d for c in cases for d in c.evidence_doc} == reports - {"SOURCES.md"}
    assert [c.id for c in cases if (shared(c.question, ["\n".join(c.evidence)]) or 0) > FEW] == []
