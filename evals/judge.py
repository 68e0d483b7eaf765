"""A language model as judge, when it is asked for: whether an answer says what the model answer of its case says.

It goes through the adapter that also writes answers. Its verdicts are shown
beside what is measured without it, and no gate rests on them: another model,
or the same one tomorrow, may judge otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.resources import files

from assistant.write import Writer
from evals.metrics import mean
from evals.result import Report, Result
from evals.run import reported
from ingest.fold import fold

VERDICTS = {"部分": 0.5, "对": 1.0, "错": 0.0}
SAID = re.compile("不对|部分|对|错")
LONGEST = 2000
"""Characters of an answer that the judge reads."""


def verdict(said: str) -> float | None:
    """1 for right, 0.5 for partly, 0 for wrong, by the first such word that a judge says; None where there is none."""
    found = SAID.search(fold(said))
    return VERDICTS.get(found[0], 0.0) if found else None


def verdict_on(result: Result, judge: Writer) -> float | None:
    """What a judge thinks of one answer; None of a refusal, of what has no model answer, and of an unclear verdict.

    Raises ModelProblem when the model cannot be reached.
    """
    if result.abstained or not result.reference:
        return None
    rules = files("evals").joinpath("judge.txt").read_text("utf-8")
    earlier = "".join(f"此前的问题：{q}\n" for q in result.history)
    asked = f"{earlier}问题：{result.question}\n\n参考答案：{result.reference}\n\n系统的回答：{result.text[:LONGEST]}"
    return verdict(judge.said(rules, asked))


def judged(report: Report, judge: Writer, told: Callable[[int, int], None] = lambda done, total: None) -> Report:
    """A report with the verdicts of a judge on every answer, and their means."""
    results = []
    for done, result in enumerate(report.results, 1):
        results.append(replace(result, judged=verdict_on(result, judge)))
        told(done, len(report.results))
    made = reported(results, {**report.signature, "judge": judge.model})
    return replace(made, parity=report.parity)


def agreement(results: Sequence[Result]) -> float | None:
    """How often a judge finds an answer right just when it states every required fact; None where nothing was judged."""
    both = ((r.judged == 1) == r.all_facts for r in results if r.judged is not None and r.all_facts is not None)
    return mean(both)
