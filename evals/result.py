"""What a run leaves behind: a result a case, and a report of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Row = dict[str, float | None]
"""Means by the name of the metric; None where there was nothing to judge."""

State = Literal["found", "noise left", "cleaned away", "not ingested"]


@dataclass(frozen=True, slots=True)
class Traced:
    """An evidence on its way: whether it came into the index, and how far it came to the answer.

    `rank` is that of the first passage that holds it, among the passages looked at; `cited` whether the answer rests on it.
    """

    text: str
    document: str
    state: State
    rank: int | None = None
    cited: bool = False


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation as a report shows it: the raw characters it marks, and a few on either side.

    `exact` tells whether the marked characters clean to the quotation, `useful` whether an evidence lies there.
    """

    document: str
    page: str
    start: int
    end: int
    before: str
    marked: str
    after: str
    quote: str
    exact: bool
    useful: bool


@dataclass(frozen=True, slots=True)
class Result:
    """One case with its answer and what was measured; None where there is nothing to judge.

    `blame` names the stage that a failed case failed in, "" of one that went well. `case` is a hash of its contents.
    `judged` is what a language model thinks of the answer, from 0 to 1, where one was asked.
    """

    id: str
    type: str
    lang: str
    question: str
    text: str
    abstained: bool
    confidence: float
    facts: float | None
    all_facts: bool | None
    none_wrong: bool | None
    evidence_found: bool | None
    recall: dict[str, float | None]
    mrr: float | None
    ndcg: float | None
    f1: float | None
    exact_match: bool | None
    citations: int
    citations_exact: float | None
    citation_precision: float | None
    citation_recall: float | None
    supported: bool | None
    support_rate: float | None
    honest: float | None
    right_refusal: bool
    right_script: bool
    length: int
    milliseconds: float
    missing: tuple[str, ...] = ()
    conflict_shown: bool | None = None
    false_conflict: bool | None = None
    blame: str = ""
    judged: float | None = None
    case: str = ""
    reference: str = ""
    history: tuple[str, ...] = ()
    cited: tuple[Cited, ...] = ()
    evidence: tuple[Traced, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether the reports answer it."""
        return self.type != "unanswerable"

    @property
    def wrong(self) -> bool | None:
        """Whether an answer was given that is not right: a fact is missing, or none was due. None of a refusal."""
        return None if self.abstained else not self.all_facts

    def figure(self, name: str) -> float | None:
        """A figure by the name that it has in means and baselines."""
        value = self.recall[name.removeprefix("recall@")] if name.startswith("recall@") else getattr(self, name)
        return None if value is None else float(value)


@dataclass(frozen=True, slots=True)
class Report:
    """All results of a run with their means: overall, and by type and script.

    `parity` holds, for each other way to write the questions or the reports, by how many percentage points the means
    then differ, and how many `cases` that touches.
    `refusals` tells, of every threshold that the confidence could have, the share
    of answerable questions answered and of unanswerable ones refused.
    """

    results: tuple[Result, ...]
    overall: Row
    by_type: dict[str, Row] = field(default_factory=dict)
    by_script: dict[str, Row] = field(default_factory=dict)
    blames: dict[str, int] = field(default_factory=dict)
    risk: tuple[tuple[float, float], ...] = ()
    parity: dict[str, Row] = field(default_factory=dict)
    signature: dict[str, str] = field(default_factory=dict)
    refusals: tuple[tuple[float, float], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """What `wenju eval --json` writes."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Past:
    """What a report of an earlier run tells of it: when and of what it was made, and its means."""

    made: str
    revision: str
    overall: Mapping[str, float | None]
