"""The same cases written another way: what a reader loses who asks in the other script, or in the other region's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from opencc import OpenCC

from assistant.answer import Assistant
from assistant.script import Script
from evals.case import Case
from evals.result import Report, Row
from evals.run import run

OTHER: Mapping[Script, Script] = {"zh-Hans": "zh-Hant", "zh-Hant": "zh-Hans"}
CONVERSIONS: Mapping[str, Mapping[Script, str]] = {
    "script": {"zh-Hans": "s2t", "zh-Hant": "t2s"},
    "wording": {"zh-Hans": "s2twp", "zh-Hant": "tw2sp"},
}
"""OpenCC's conversions by the script of a case: characters alone, and with the words of Taiwan or of the mainland."""
COMPARED = ("facts", "all_facts", "recall@1", "recall@5", "refused_answerable", "refused_unanswerable", "right_script")
POINTS = 100


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


def rewritten(case: Case, way: str) -> Case:
    """A case as a reader of the other script asks it: question, history and model answer converted."""
    convert: Callable[[str], str] = _converter(CONVERSIONS[way][case.lang]).convert
    return replace(
        case,
        lang=OTHER[case.lang],
        question=convert(case.question),
        history=tuple(map(convert, case.history)),
        answer=convert(case.answer),
    )


def parity(assistant: Assistant, cases: Sequence[Case], report: Report) -> dict[str, Row]:
    """For each other way to write the cases, how many percentage points the means of a report then rise or fall."""
    rows = {}
    for way in CONVERSIONS:
        other = run(assistant, [rewritten(c, way) for c in cases], {}).overall
        rows[way] = {name: _points(report.overall[name], other[name]) for name in COMPARED}
    return rows


def _points(own: float | None, other: float | None) -> float | None:
    return None if own is None or other is None else POINTS * (other - own)
