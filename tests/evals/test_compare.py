"""What is a loss and what is noise, and the file that a run is compared with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.compare import (
    GUARDED,
    baseline_of,
    compare,
    extended,
    failed_gate,
    interval,
    read_baseline,
    write_baseline,
)
from evals.result import Report, Result
from ingest.errors import BadBaseline

RIGHT = Result(
    id="q", type="fact_number", lang="zh-Hans", question="多少？", text="三个。", abstained=False, confidence=1.0,
    facts=1.0, all_facts=True, none_wrong=None, evidence_found=True, recall={"1": 1.0, "3": 1.0, "5": 1.0, "10": 1.0},
    mrr=1.0, ndcg=1.0, f1=0.5, exact_match=False, citations=1, citations_exact=1.0, citation_precision=1.0,
    citation_recall=1.0, supported=True, support_rate=1.0, honest=1.0, right_refusal=True, right_script=True,
    length=3, milliseconds=5.0, false_conflict=False, case="c0ffee00",
)  # fmt: skip


def report(*results: Result, **signature: str) -> Report:
    return Report(results, {}, signature=signature)


def cases(count: int) -> list[Result]:
    return [replace(RIGHT, id=f"q{i}") for i in range(count)]


def worsened(results: list[Result], count: int) -> list[Result]:
    """The first few without their fact."""
    return [replace(r, facts=0.0, all_facts=False) if i < count else r for i, r in enumerate(results)]


def test_the_same_run_passes() -> None:
    """Nothing changed is nothing lost."""
    same = report(*cases(20))
    comparison = compare(baseline_of(same), same)
    assert comparison.passes
    assert comparison.changes == ()
    assert comparison.compared == 20
    assert failed_gate(comparison) == []


@pytest.mark.parametrize(("lost", "verdict"), [(1, ""), (2, ""), (3, ""), (6, "loss"), (60, "loss")])
def test_a_loss_is_beyond_noise_when_enough_cases_have_it(lost: int, verdict: str) -> None:
    """Of sixty cases one that is lost may be chance; six are not."""
    before = cases(60)
    comparison = compare(baseline_of(report(*before)), report(*worsened(before, lost)))
    facts = next(c for c in comparison.changes if c.name == "facts")
    assert facts.verdict == verdict
    assert facts.worse == tuple(f"q{i}" for i in range(lost))
    assert (facts.before, facts.after) == (1, pytest.approx(1 - lost / 60))
    assert facts.low <= facts.after - facts.before <= facts.high
    assert comparison.passes == (verdict == "")


def test_a_gain_passes() -> None:
    """What rises beyond noise is told and stops nothing."""
    after = cases(30)
    comparison = compare(baseline_of(report(*worsened(after, 12))), report(*after))
    assert {c.name: c.verdict for c in comparison.changes} == {"facts": "gain", "all_facts": "gain"}
    assert comparison.passes


def test_a_baseline_takes_new_cases_in_and_keeps_the_others() -> None:
    """Cases that are new or were altered enter with their figures; those that were there stay what they were."""
    old = baseline_of(report(*cases(3), cases="old", revision="first"))
    altered = replace(RIGHT, id="q1", case="ffffffff", facts=0.5)
    now = report(*worsened(cases(1), 1), altered, replace(RIGHT, id="new"), cases="new", revision="second")
    both = extended(old, now)
    assert set(both.cases) == {"q0", "q1", "q2", "new"}
    assert (both.cases["q0"], both.cases["q2"]) == (old.cases["q0"], old.cases["q2"])
    assert both.cases["q1"] == baseline_of(now).cases["q1"] != old.cases["q1"]
    assert both.signature == {"cases": "new", "revision": "first"}
    with pytest.raises(BadBaseline, match="other figures"):
        extended(replace(old, names=("facts",)), now)


def test_losses_and_gains_that_even_out_are_noise() -> None:
    """Five worse and five better of forty are no change, and are named."""
    before, after = worsened(cases(40), 5), worsened(cases(40)[::-1], 5)[::-1]
    comparison = compare(baseline_of(report(*before)), report(*after))
    facts = next(c for c in comparison.changes if c.name == "facts")
    assert (len(facts.worse), len(facts.better), facts.verdict) == (5, 5, "")


def test_one_citation_that_is_not_exact_fails() -> None:
    """Exactness is promised: no bootstrap is asked, and no baseline excuses it."""
    broken = report(replace(RIGHT, citations_exact=0.5), *cases(50))
    comparison = compare(baseline_of(broken), broken)
    assert comparison.inexact == ("q",)
    assert not comparison.passes
    assert "not exact: q" in failed_gate(comparison)[0]


@pytest.mark.parametrize("name", GUARDED)
def test_every_guarded_figure_is_guarded(name: str) -> None:
    """A fall of any of them in every case is a loss."""
    full: dict[str, Any] = {"none_wrong": True, "conflict_shown": True}
    low: dict[str, Any] = {name: 0.0}
    match name:
        case "recall@1" | "recall@5":
            low = {"recall": {"1": 0.0, "5": 0.0}}
        case "no_false_conflict":
            low = {"false_conflict": True}
        case "answered":
            low = {"abstained": True}
        case "refused":
            full |= {"type": "unanswerable", "abstained": True}
            low = {"abstained": False}
    before = [replace(r, **full) for r in cases(12)]
    comparison = compare(baseline_of(report(*before)), report(*(replace(r, **low) for r in before)))
    assert name in {c.name for c in comparison.losses}


def test_refusing_more_is_no_way_to_pass() -> None:
    """What is won on questions without an answer does not make up for answers that are lost."""
    answerable = cases(20)
    unanswerable = [replace(RIGHT, id=f"u{i}", type="unanswerable") for i in range(20)]
    after = [replace(r, abstained=True) for r in (*answerable[:10], *unanswerable[:10])]
    after += [*answerable[10:], *unanswerable[10:]]
    comparison = compare(baseline_of(report(*answerable, *unanswerable)), report(*after))
    assert {c.name: c.verdict for c in comparison.changes} == {"answered": "loss", "refused": "gain"}


def test_only_the_same_cases_are_compared() -> None:
    """A new case, one that is gone and one that was rewritten are told and left out."""
    old = report(*cases(3))
    changed = report(*cases(3)[1:], replace(RIGHT, id="new", facts=0.0))
    rewritten = report(*changed.results[1:], replace(RIGHT, id="q1", case="other", facts=0.0))
    comparison = compare(baseline_of(old), rewritten)
    assert (comparison.new, comparison.gone, comparison.altered) == (("new",), ("q0",), ("q1",))
    assert comparison.changes == ()
    assert comparison.compared == 1


def test_nothing_compared_is_no_pass() -> None:
    """A run of none of the baseline's cases proves nothing."""
    comparison = compare(baseline_of(report(*cases(3))), report(replace(RIGHT, id="other")))
    assert not comparison.passes
    assert failed_gate(comparison)


def test_where_there_is_nothing_to_judge_there_is_nothing_to_lose() -> None:
    """A figure that a case has in one run only is not compared."""
    before = cases(10)
    after = [replace(r, citation_precision=None) for r in before]
    assert compare(baseline_of(report(*before)), report(*after)).changes == ()


def test_times_are_not_compared() -> None:
    """A slow machine fails no gate."""
    before = cases(10)
    assert compare(baseline_of(report(*before)), report(*(replace(r, milliseconds=9999.0) for r in before))).passes


def test_what_was_made_otherwise_is_named() -> None:
    """Another model is told; another time of the day is not."""
    old = baseline_of(report(RIGHT, embedding="a", index="x", made="today", revision="1"))
    comparison = compare(old, report(RIGHT, embedding="b", index="x", made="tomorrow", revision="2"))
    assert comparison.differs == ("embedding",)


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=1, max_size=60))
def test_an_interval_lies_within_what_was_seen_and_is_the_same_every_time(differences: list[float]) -> None:
    """Resampled means cannot leave the range of the differences; the seed makes the verdict repeatable."""
    values = np.array(differences)
    low, high = interval(values)
    assert min(differences) <= low <= high <= max(differences)
    assert interval(values) == (low, high)


def test_an_interval_covers_what_it_should() -> None:
    """Of 200 samples around a true mean about 95 % of the intervals hold it."""
    random = np.random.default_rng(7)
    held = sum(low <= 0.3 <= high for low, high in (interval(random.normal(0.3, 1, 80)) for _ in range(200)))
    assert 0.90 <= held / 200 <= 0.99


def test_a_baseline_comes_back_as_it_was_written(tmp_path: Path) -> None:
    """A line a case, and the same figures."""
    kept = baseline_of(report(*worsened(cases(4), 2), embedding="m", made="now"))
    file = tmp_path / "baselines" / "main.json"
    write_baseline(file, kept)
    assert read_baseline(file) == kept
    assert "made" not in kept.signature
    assert sum(line.strip().startswith('"q') for line in file.read_text("utf-8").splitlines()) == 4


@pytest.mark.parametrize(
    "content", [None, "", "[1]", "{}", '{"figures": ["facts"], "signature": {}, "cases": {"q": ["c", []]}}', "\\x00"]
)
def test_a_file_that_is_no_baseline_is_told(tmp_path: Path, content: str | None) -> None:
    """It is named, with what to do."""
    file = tmp_path / "main.json"
    if content is not None:
        file.write_text(content, "utf-8")
    with pytest.raises(BadBaseline, match=r"main\.json") as caught:
        read_baseline(file)
    assert "--update-baseline" in caught.value.advice
