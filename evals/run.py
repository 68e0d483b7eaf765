"""Ask every case and measure the answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from assistant.answer import Answer, Assistant
from assistant.question import understand
from assistant.retrieve import Retriever
from evals.case import Case
from evals.metrics import (
    Place,
    citation_exact,
    conflict_shown,
    evidence_recall,
    fact_recall,
    locate,
    mean,
    percentile,
    reciprocal_rank,
    right_script,
    states_none_of,
)
from ingest.settings import Settings

DEPTHS = (1, 3, 5)


@dataclass(frozen=True, slots=True)
class Result:
    """One case with its answer and what was measured; None where there is nothing to judge."""

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
    citations: int
    citations_exact: float | None
    supported: bool | None
    right_refusal: bool
    right_script: bool
    length: int
    milliseconds: float
    missing: tuple[str, ...] = ()
    conflict_shown: bool | None = None
    false_conflict: bool | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All results of a run with their means: overall, and by type and script."""

    results: tuple[Result, ...]
    overall: dict[str, float | None]
    by_type: dict[str, dict[str, float | None]] = field(default_factory=dict)
    by_script: dict[str, dict[str, float | None]] = field(default_factory=dict)
    signature: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """What `wenju eval --json` writes."""
        return asdict(self)


def run(
    assistant: Assistant,
    cases: Sequence[Case],
    signature: dict[str, str],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Ask the cases one after another and measure."""
    assistant.warm_up()
    results = []
    for done, case in enumerate(cases, 1):
        results.append(judge(assistant, case))
        progress(done, len(cases))
    types = dict.fromkeys(r.type for r in results)
    scripts = dict.fromkeys(r.lang for r in results)
    return Report(
        results=tuple(results),
        overall=summary(results),
        by_type={t: summary([r for r in results if r.type == t]) for t in types},
        by_script={s: summary([r for r in results if r.lang == s]) for s in scripts},
        signature=signature,
    )


def judge(assistant: Assistant, case: Case) -> Result:
    """Ask one case and measure its answer."""
    answer = assistant.ask(case.question, case.history)
    hits = assistant.retriever.retrieve(understand(case.question, case.history), max(DEPTHS))
    places = evidence_places(assistant, case)
    exact = [citation_exact(c, assistant.retriever.document(c.document)) for c in answer.citations]
    facts = fact_recall("" if answer.abstained else answer.text, case.must_include)
    return Result(
        id=case.id,
        type=case.type,
        lang=case.lang,
        question=case.question,
        text=answer.text,
        abstained=answer.abstained,
        confidence=answer.confidence,
        facts=facts,
        all_facts=None if facts is None else facts == 1,
        none_wrong=states_none_of(answer.text, case.must_not_include),
        evidence_found=all(places) if case.evidence else None,
        recall={str(k): evidence_recall(hits, places, k) for k in DEPTHS},
        mrr=reciprocal_rank(hits, places),
        citations=len(answer.citations),
        citations_exact=mean(exact),
        supported=_supported(answer, case),
        right_refusal=answer.abstained != case.answerable,
        right_script=right_script(answer, case.lang),
        length=len(answer.text),
        milliseconds=answer.timings_ms["total"],
        conflict_shown=conflict_shown(answer, case.must_include) if case.type == "conflict" else None,
        false_conflict=bool(answer.conflicts) if case.type != "conflict" else None,
        missing=tuple(forms[0] for forms in case.must_include if fact_recall(answer.text, [forms]) == 0),
    )


def evidence_places(assistant: Assistant, case: Case) -> list[list[Place]]:
    """For each evidence of a case, all places in the index where it stands."""
    known = [d.path for d in assistant.retriever.documents()]
    found = []
    for i, evidence in enumerate(case.evidence):
        prefix = case.evidence_doc[i] if i < len(case.evidence_doc) else ""
        raw = case.evidence_raw[i] if i < len(case.evidence_raw) else ""
        paths = [p for p in known if p.startswith(prefix)]
        found.append([Place(p, s) for p in paths for s in locate(assistant.retriever.document(p), evidence, raw)])
    return found


def _supported(answer: Answer, case: Case) -> bool | None:
    """Whether what is cited states each required fact that the answer states."""
    if answer.abstained or not case.must_include:
        return None
    stated = [forms for forms in case.must_include if fact_recall(answer.text, [forms])]
    quoted = "\n".join(c.quote for c in answer.citations)
    return fact_recall(quoted, stated) == 1 if stated else None


def summary(results: Sequence[Result]) -> dict[str, float | None]:
    """The means of some results; a refusal is right for the unanswerable and wrong for the others."""
    answerable = [r for r in results if r.type != "unanswerable"]
    unanswerable = [r for r in results if r.type == "unanswerable"]
    times = [r.milliseconds for r in results]
    lengths = [float(r.length) for r in answerable if not r.abstained]
    return {
        "cases": float(len(results)),
        "facts": mean(r.facts for r in results),
        "all_facts": mean(r.all_facts for r in results),
        "none_wrong": mean(r.none_wrong for r in results),
        "evidence_in_corpus": mean(r.evidence_found for r in results),
        **{f"recall@{k}": mean(r.recall[str(k)] for r in results) for k in DEPTHS},
        "mrr": mean(r.mrr for r in results),
        "citations_exact": mean(r.citations_exact for r in results),
        "supported": mean(r.supported for r in results),
        "refused_unanswerable": mean(r.right_refusal for r in unanswerable),
        "refused_answerable": mean(not r.right_refusal for r in answerable),
        "conflict_shown": mean(r.conflict_shown for r in results),
        "false_conflict": mean(r.false_conflict for r in results),
        "right_script": mean(r.right_script for r in results),
        "median_length": percentile(lengths, 0.5),
        "p50_ms": percentile(times, 0.5),
        "p95_ms": percentile(times, 0.95),
    }


def sign(retriever: Retriever, settings: Settings, cases: Path) -> dict[str, str]:
    """What made a report: versions, settings, model, and hashes of the index and of the cases."""
    index = retriever.index
    contents = "\n".join(f"{path} {sha256}" for path, sha256 in sorted(index.catalog.digests().items()))
    return {
        "wenju": version("wenju"),
        "settings": settings.fingerprint(),
        "embedding": index.manifest.embedding,
        "index": hashlib.sha256(contents.encode()).hexdigest()[:12],
        "cases": hashlib.sha256(cases.read_bytes()).hexdigest()[:12],
    }
