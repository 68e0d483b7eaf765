"""Compare a run with a baseline, case by case, and tell what is beyond noise.

What is compared is deterministic: the same code gives the same figures, so the
only noise is that of the cases, of which there could have been others. A
paired bootstrap over them (Efron and Tibshirani 1993; for scores of texts
Koehn 2004) gives the interval in which the difference would lie; it is seeded,
so that a verdict does not change from run to run. Times are not compared.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from evals.result import Report, Result
from evals.signature import PASSING, SEED
from ingest.errors import BadBaseline

GUARDED = (
    "facts", "all_facts", "none_wrong", "recall@1", "recall@5", "ndcg", "f1", "answered", "refused", "supported",
    "support_rate", "honest", "citation_precision", "citation_recall", "conflict_shown", "right_script", "no_false_conflict",
)  # fmt: skip
"""The figures that must not fall. In each more is better; of a whole run the mean is looked at.

`answered` is of the questions that the reports answer, `refused` of those that they do not: one must not pay for the other.
"""
EXACT = "citations_exact"
"""Of this one every case must be 1: it is promised."""
RESAMPLES = 2000
OUTSIDE = 0.05
"""The share of resampled differences that lie outside the interval, half of it on either side."""
LEAST = 3
"""Cases that must have changed to one side before a difference can be beyond noise: of fewer, resampling tells nothing."""
DIGITS = 4


class Measured(NamedTuple):
    """What a baseline keeps of a case: a hash of its contents, and its figures in the order of the baseline's names."""

    case: str
    figures: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The figures that a run is compared with, by case, and what made them."""

    names: tuple[str, ...]
    cases: Mapping[str, Measured]
    signature: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """A figure whose mean over the cases that both runs measured is another, with the interval of the difference.

    `worse` and `better` are the cases that changed. `verdict` is "loss" or "gain" where the interval leaves 0 out.
    """

    name: str
    cases: int
    before: float
    after: float
    low: float
    high: float
    worse: tuple[str, ...]
    better: tuple[str, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run against its baseline. `inexact` are cases with a citation that is not exact, whatever they were before.

    `new`, `gone` and `altered` cases are not compared. `differs` names what of the signature is another.
    """

    changes: tuple[Change, ...]
    compared: int
    inexact: tuple[str, ...]
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()

    @property
    def losses(self) -> tuple[Change, ...]:
        """What fell beyond noise."""
        return tuple(c for c in self.changes if c.verdict == "loss")

    @property
    def passes(self) -> bool:
        """Whether a change may be merged."""
        return not self.losses and not self.inexact and self.compared > 0


def figures_of(result: Result) -> tuple[float | None, ...]:
    """The guarded figures of a result, rounded as a baseline keeps them."""
    return tuple(_rounded(_figure(result, name)) for name in (*GUARDED, EXACT))


def _figure(result: Result, name: str) -> float | None:
    match name:
        case "answered":
            return float(not result.abstained) if result.answerable else None
        case "refused":
            return None if result.answerable else float(result.abstained)
        case "no_false_conflict":
            return None if result.false_conflict is None else float(not result.false_conflict)
        case _:
            return result.figure(name)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


def baseline_of(report: Report) -> Baseline:
    """What a later run is to be compared with."""
    cases = {r.id: Measured(r.case, figures_of(r)) for r in report.results}
    kept = {name: value for name, value in report.signature.items() if name != "made"}
    return Baseline((*GUARDED, EXACT), cases, kept)


def extended(baseline: Baseline, report: Report) -> Baseline:
    """A baseline with the cases of a report that it did not have, or had otherwise; what it had stays the yardstick.

    Raises BadBaseline when it keeps other figures than are kept now.
    """
    now = baseline_of(report)
    if now.names != baseline.names:
        raise BadBaseline("the baseline keeps other figures than this version", "write it anew with --update-baseline")
    known = baseline.cases
    added = {i: m for i, m in now.cases.items() if i not in known or known[i].case != m.case}
    return Baseline(now.names, {**known, **added}, {**baseline.signature, "cases": report.signature.get("cases", "")})


def compare(baseline: Baseline, report: Report) -> Comparison:
    """Hold each case against the same case of the baseline."""
    now = {r.id: r for r in report.results}
    same = [i for i, r in now.items() if i in baseline.cases and baseline.cases[i].case == r.case]
    changes = []
    for name in GUARDED:
        if name not in baseline.names:
            continue
        at = baseline.names.index(name)
        before = {i: baseline.cases[i].figures[at] for i in same}
        after = {i: _rounded(_figure(now[i], name)) for i in same}
        change = _change(name, before, after)
        if change:
            changes.append(change)
    return Comparison(
        changes=tuple(changes),
        compared=len(same),
        inexact=tuple(r.id for r in report.results if r.citations_exact not in {None, 1}),
        new=tuple(i for i in now if i not in baseline.cases),
        gone=tuple(i for i in baseline.cases if i not in now),
        altered=tuple(i for i in now if i in baseline.cases and i not in same),
        differs=tuple(n for n, v in report.signature.items() if n not in PASSING and baseline.signature.get(n, v) != v),
    )


def _change(name: str, before: Mapping[str, float | None], after: Mapping[str, float | None]) -> Change | None:
    """How a figure changed, over the cases that have it in both runs; None where it did in no case."""
    pairs = {i: (b, a) for i, b in before.items() if b is not None and (a := after[i]) is not None}
    differences = np.array([a - b for b, a in pairs.values()])
    if not differences.any():
        return None
    low, high = interval(differences)
    worse = tuple(i for i, (b, a) in pairs.items() if a < b)
    better = tuple(i for i, (b, a) in pairs.items() if a > b)
    verdict = "loss" if high < 0 and len(worse) >= LEAST else "gain" if low > 0 and len(better) >= LEAST else ""
    old, new = (float(np.mean(side)) for side in zip(*pairs.values(), strict=True))
    return Change(name, len(pairs), old, new, low, high, worse, better, verdict)


def interval(differences: npt.NDArray[np.float64], seed: int = SEED) -> tuple[float, float]:
    """The percentile interval of the mean of paired differences, by bootstrap. Raises ValueError when there are none."""
    if not len(differences):
        raise ValueError("no differences to resample")
    drawn = np.random.default_rng(seed).integers(0, len(differences), (RESAMPLES, len(differences)))
    means = differences[drawn].mean(axis=1)
    low, high = np.quantile(means, [OUTSIDE / 2, 1 - OUTSIDE / 2])
    return float(low), float(high)


def read_baseline(file: Path) -> Baseline:
    """Read a baseline. Raises BadBaseline when there is none, or it is of another form."""
    advice = "make one with --update-baseline"
    try:
        given = json.loads(file.read_text("utf-8"))
        cases = {i: Measured(str(case), tuple(figures)) for i, (case, figures) in given["cases"].items()}
        baseline = Baseline(tuple(given["figures"]), cases, given["signature"])
    except OSError as exc:
        raise BadBaseline(f"{file}: {exc.strerror}", advice) from exc
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise BadBaseline(f"{file}: no baseline ({exc})", advice) from exc
    if not all(len(m.figures) == len(baseline.names) for m in cases.values()):
        raise BadBaseline(f"{file}: cases with more or fewer figures than have names", advice)
    return baseline


def write_baseline(file: Path, baseline: Baseline) -> None:
    """Write a baseline, a line a case, so that a change of it can be read as one."""

    def line(case: Measured) -> str:
        return json.dumps([case.case, [_short(f) for f in case.figures]], separators=(",", ":"))

    head = {"figures": list(baseline.names), "signature": dict(baseline.signature)}
    cases = ",\n".join(f"  {json.dumps(i, ensure_ascii=False)}: {line(case)}" for i, case in baseline.cases.items())
    text = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'{text},\n "cases": {{\n{cases}\n }}\n}}\n', "utf-8")


def _short(figure: float | None) -> float | None:
    """A whole number without its point."""
    return int(figure) if figure is not None and figure == int(figure) else figure


def failed_gate(comparison: Comparison) -> Sequence[str]:
    """Why a change may not be merged, a line a reason."""
    lines = [
        f"{c.name} fell from {c.before:.3f} to {c.after:.3f} over {c.cases} cases"
        f" (95 % interval of the difference {c.low:+.3f} to {c.high:+.3f})"
        for c in comparison.losses
    ]
    if comparison.inexact:
        lines.append(f"citations that are not exact: {', '.join(comparison.inexact)}")
    if not comparison.compared:
        lines.append("no case of the baseline was asked")
    return lines
