"""Ask every case and measure the answers."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace

from assistant.answer import EVIDENCE, Answer, Assistant, Citation
from assistant.extract import READ
from assistant.question import looked_for, understand
from evals.blame import BLAMES, LOOKED_AT, blame, failed, lost_in
from evals.case import Case
from evals.metrics import (
    Place,
    area_under,
    citation_exact,
    citation_precision,
    citation_recall,
    conflict_shown,
    evidence_recall,
    exact_match,
    fact_recall,
    holds_evidence,
    honest,
    locate,
    mean,
    ndcg,
    percentile,
    rank_of,
    reciprocal_rank,
    refusal_curve,
    refusals,
    right_script,
    risk_coverage,
    states_none_of,
    support_rate,
    token_f1,
)
from evals.result import Cited, Report, Result, Row, State, Traced

DEPTHS = (1, 3, 5, 10)
AROUND = 60
"""Raw characters of the source that a report shows on either side of a citation."""
MEANS = (
    "facts", "all_facts", "none_wrong", "mrr", "ndcg", "f1", "exact_match", "citations_exact", "citation_precision",
    "citation_recall", "supported", "support_rate", "honest", "conflict_shown", "false_conflict", "right_script",
    "judged",
)  # fmt: skip
"""The figures of results whose means a report holds under the same name."""


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
    return reported(results, signature)


def reported(results: Sequence[Result], signature: dict[str, str]) -> Report:
    """The report of some results: their means, overall and by type and script, and what failed where."""
    types = dict.fromkeys(r.type for r in results)
    scripts = dict.fromkeys(r.lang for r in results)
    blames = Counter(r.blame for r in results)
    return Report(
        results=tuple(results),
        overall=summary(results),
        by_type={t: summary([r for r in results if r.type == t]) for t in types},
        by_script={s: summary([r for r in results if r.lang == s]) for s in scripts},
        blames={b: blames[b] for b in BLAMES if blames[b]},
        risk=tuple(risk_coverage([r.confidence for r in results], [r.wrong for r in results])),
        refusals=tuple(refusal_curve([r.confidence for r in results], [r.answerable for r in results])),
        signature=signature,
    )


def judge(assistant: Assistant, case: Case) -> Result:
    """Ask one case and measure its answer."""
    answer = assistant.ask(case.question, case.history)
    hits = assistant.retriever.retrieve(understand(case.question, case.history), max(DEPTHS))
    places = evidence_places(assistant, case)
    cited = tuple(_cited(assistant, c, places) for c in answer.citations)
    said = "" if answer.abstained else answer.text
    facts = fact_recall(said, case.must_include)
    resting = [] if answer.abstained else answer.citations
    result = Result(
        id=case.id,
        type=case.type,
        lang=case.lang,
        question=case.question,
        text=answer.text,
        abstained=answer.abstained,
        confidence=round(answer.confidence, 4),
        facts=facts,
        all_facts=None if facts is None else facts == 1,
        none_wrong=states_none_of(answer.text, case.must_not_include),
        evidence_found=all(places) if case.evidence else None,
        recall={str(k): evidence_recall(hits, places, k) for k in DEPTHS},
        mrr=reciprocal_rank(hits, places),
        ndcg=ndcg(
            [rank_of([h], [p for some in places for p in some]) == 1 for h in hits], _relevant(assistant, places)
        ),
        f1=token_f1(said, case.answer) if case.answerable else None,
        exact_match=exact_match(said, case.answer) if case.answerable else None,
        citations=len(cited),
        citations_exact=mean(c.exact for c in cited),
        citation_precision=citation_precision(resting, places),
        citation_recall=citation_recall(resting, places),
        supported=_supported(answer, case),
        support_rate=support_rate(answer),
        honest=honest(answer),
        right_refusal=answer.abstained != case.answerable,
        right_script=right_script(answer, case.lang),
        length=len(answer.text),
        milliseconds=answer.timings_ms["total"],
        conflict_shown=conflict_shown(answer, case.must_include) if case.type == "conflict" else None,
        false_conflict=bool(answer.conflicts) if case.type != "conflict" else None,
        missing=tuple(forms[0] for forms in case.must_include if fact_recall(said, [forms]) == 0),
        case=fingerprint(case),
        reference=case.answer,
        history=case.history,
        cited=cited,
    )
    evidence = _traced(assistant, case, places, resting, LOOKED_AT if failed(result) else max(DEPTHS))
    read = READ if assistant.writer is None else EVIDENCE
    return replace(result, evidence=evidence, blame=blame(result, case, evidence, read))


def fingerprint(case: Case) -> str:
    """A hash of all that a case holds: results of another case under the same id are not compared."""
    return hashlib.sha256(repr(sorted(asdict(case).items())).encode()).hexdigest()[:8]


def evidence_places(assistant: Assistant, case: Case) -> list[list[Place]]:
    """For each evidence of a case, all places in the index where it stands."""
    found = []
    for i, evidence in enumerate(case.evidence):
        raw = case.evidence_raw[i] if i < len(case.evidence_raw) else ""
        documents = map(assistant.retriever.document, _named(assistant, case, i))
        found.append([Place(d.path, s) for d in documents for s in locate(d, evidence, raw)])
    return found


def _named(assistant: Assistant, case: Case, i: int) -> list[str]:
    """The documents in which an evidence should stand: a case may give the beginning of their paths."""
    prefix = case.evidence_doc[i] if i < len(case.evidence_doc) else ""
    return [d.path for d in assistant.retriever.documents() if d.path.startswith(prefix)]


def _relevant(assistant: Assistant, evidence: Sequence[Sequence[Place]]) -> int:
    """How many passages of the index hold an evidence."""
    documents = dict.fromkeys(p.document for some in evidence for p in some)
    passages = (p for path in documents for p in assistant.retriever.passages_of(path))
    return sum(holds_evidence(p.document, p.chunk.span, evidence) for p in passages)


def _traced(
    assistant: Assistant, case: Case, places: Sequence[Sequence[Place]], cited: Sequence[Citation], depth: int
) -> tuple[Traced, ...]:
    """How far each evidence came; it counts at the best rank that it has in what is read for any part of the question."""
    asked = understand(case.question, case.history)
    parts = looked_for(asked) if places else []
    found = [assistant.retriever.retrieve(part, depth) for part in parts]
    traced = []
    for i, (evidence, standing) in enumerate(zip(case.evidence, places, strict=True)):
        documents = _named(assistant, case, i)
        state: State = "found" if standing else lost_in([assistant.retriever.document(d) for d in documents], evidence)
        ranks = [r for hits in found if (r := rank_of(hits, standing)) is not None]
        document = case.evidence_doc[i] if i < len(case.evidence_doc) else ""
        is_cited = citation_recall(cited, [standing]) == 1
        traced.append(Traced(evidence, document, state, min(ranks, default=None), is_cited))
    return tuple(traced)


def _cited(assistant: Assistant, citation: Citation, places: Sequence[Sequence[Place]]) -> Cited:
    document, span = assistant.retriever.document(citation.document), citation.span
    return Cited(
        document=citation.document,
        page=citation.page,
        start=span.start,
        end=span.end,
        before=document.raw[max(0, span.start - AROUND) : span.start],
        marked=span.of(document.raw),
        after=document.raw[span.end : span.end + AROUND],
        quote=citation.quote,
        exact=citation_exact(citation, document),
        useful=citation_precision([citation], places) == 1,
    )


def _supported(answer: Answer, case: Case) -> bool | None:
    """Whether what is cited states each required fact that the answer states."""
    if answer.abstained or not case.must_include:
        return None
    stated = [forms for forms in case.must_include if fact_recall(answer.text, [forms])]
    quoted = "\n".join(c.quote for c in answer.citations)
    return fact_recall(quoted, stated) == 1 if stated else None


def summary(results: Sequence[Result]) -> Row:
    """The means of some results; a refusal is right for the unanswerable and wrong for the others."""
    refused = refusals([r.abstained for r in results], [not r.answerable for r in results])
    risk = risk_coverage([r.confidence for r in results], [r.wrong for r in results])
    times = [r.milliseconds for r in results]
    lengths = [float(r.length) for r in results if r.answerable and not r.abstained]
    return {
        "cases": float(len(results)),
        **{name: _mean(results, name) for name in MEANS},
        "evidence_in_corpus": _mean(results, "evidence_found"),
        **{f"recall@{k}": _mean(results, f"recall@{k}") for k in DEPTHS},
        "refused_unanswerable": refused.recall,
        "refused_answerable": mean(r.abstained for r in results if r.answerable),
        "refusal_precision": refused.precision,
        "refusal_f1": refused.f1,
        "risk": risk[-1].risk if risk else None,
        "coverage": risk[-1].coverage if risk else None,
        "aurc": area_under(risk),
        "median_length": percentile(lengths, 0.5),
        "p50_ms": percentile(times, 0.5),
        "p95_ms": percentile(times, 0.95),
    }


def _mean(results: Iterable[Result], name: str) -> float | None:
    return mean(r.figure(name) for r in results)
