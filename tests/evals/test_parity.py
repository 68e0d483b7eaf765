"""Cases written another way, and what made a report."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import Assistant
from evals.case import Case
from evals.parity import CONVERSIONS, parity, rewritten
from evals.run import run
from evals.signature import revision

HANS = Case(
    "s", "zh-Hans", "fact_number", "软件的信息量有多大？", "信息量很大。", (("很大",),), history=("软件是什么？",)
)
HANT = Case("t", "zh-Hant", "fact_number", "軟體的資訊量有多大？", "資訊量很大。", (("很大",),))


@pytest.mark.parametrize(
    ("case", "way", "question"),
    [
        (HANS, "script", "軟件的信息量有多大？"),
        (HANS, "wording", "軟體的資訊量有多大？"),
        (HANT, "script", "软体的资讯量有多大？"),
        (HANT, "wording", "软件的信息量有多大？"),
    ],
)
def test_a_case_is_written_as_the_other_reader_asks_it(case: Case, way: str, question: str) -> None:
    """Characters alone, or with the words of the other region; facts and evidence stay."""
    other = rewritten(case, way)
    assert other.question == question
    assert other.lang != case.lang
    assert len(other.history) == len(case.history)
    assert replace(other, lang="", question="", answer="", history=()) == replace(  # type: ignore[arg-type]
        case,
        lang="",  # type: ignore[arg-type]
        question="",
        answer="",
        history=(),
    )


def test_parity_is_told_in_points(corpus_assistant: Assistant, all_corpus_cases: list[Case]) -> None:
    """The difference of the means of the two runs, times a hundred; None where neither has one."""
    some = [c for c in all_corpus_cases if c.answerable][:12]
    report = run(corpus_assistant, some, {})
    rows = parity(corpus_assistant, some, report)
    assert set(rows) == set(CONVERSIONS)
    other = run(corpus_assistant, [rewritten(c, "script") for c in some], {})
    facts, own = other.overall["facts"], report.overall["facts"]
    assert facts is not None
    assert own is not None
    assert rows["script"]["facts"] == pytest.approx(100 * (facts - own))
    assert rows["script"]["right_script"] == 0
    assert rows["script"]["refused_unanswerable"] is None


def test_the_revision_is_that_of_the_checkout(tmp_path: Path) -> None:
    """Its short hash, a plus where something was changed, and nothing where there is no checkout."""
    assert revision(tmp_path) == ""
    for words in ("init -q", "-c user.name=n -c user.email=e commit -q --allow-empty -m first"):
        subprocess.run(["git", "-C", str(tmp_path), *words.split()], check=True)
    clean = revision(tmp_path)
    assert len(clean) >= 7
    (tmp_path / "new.txt").write_text("new", "utf-8")
    assert revision(tmp_path) == clean + "+"


def test_a_broken_checkout_has_no_revision(tmp_path: Path) -> None:
    """A folder that only looks like one stops no run."""
    (tmp_path / ".git").mkdir()
    assert revision(tmp_path) == ""
