"""What is measured: pure functions, each None where there is nothing to judge.

Answers are held against the facts and the model answer of a case, passages and
citations against the places where its evidence stands, sentences against what
they cite, and confidences against what came of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log2
from typing import NamedTuple

from assistant.answer import Answer, Citation, Sentence
from assistant.retrieve import Hit
from assistant.script import Script, script_of
from assistant.verify import failures
from ingest.clean.stages import quoted
from ingest.document import Document, Span
from ingest.fold import fold, fold_view, squeeze
from ingest.terms import units

PARTING = re.compile(r"(?<=\d)(?:\s*，(?=\s*\d)|\s+(?=\d))")
"""A full-width comma or white space between two digits: neither is part of a number, as in R1 29.4万."""
FOUND = 0.5
"""The share of an evidence's characters that a passage must hold to have found it."""


class Place(NamedTuple):
    """Where an evidence stands: a document and a raw range."""

    document: str
    span: Span


def states(text: str, form: str) -> bool:
    """Whether a text states a fact in this form, script, width, case and white space aside; numbers only whole."""
    return states_squeezed(_squeezed(text), _squeezed(form))


def states_squeezed(text: str, form: str) -> bool:
    """The same for what `squeeze` has been applied to."""
    before = r"(?<![\d])(?<!\d[.,])" if form[:1].isdigit() else ""
    after = r"(?!\d)(?![.,]\d)" if form[-1:].isdigit() else ""
    return re.search(before + re.escape(form) + after, text) is not None


def _squeezed(text: str) -> str:
    """A text squeezed, with a mark that is part of no number between two numbers that touch or that a full-width comma parts."""
    return squeeze(PARTING.sub("；", text))


def fact_recall(text: str, must_include: Sequence[Sequence[str]]) -> float | None:
    """The share of required facts that a text states in one of their forms."""
    if not must_include:
        return None
    squeezed = _squeezed(text)
    return sum(any(states_squeezed(squeezed, _squeezed(f)) for f in forms) for forms in must_include) / len(
        must_include
    )


def states_none_of(text: str, must_not_include: Sequence[str]) -> bool | None:
    """Whether a text keeps clear of all wrong facts."""
    if not must_not_include:
        return None
    return not any(states(text, wrong) for wrong in must_not_include)


def locate(document: Document, evidence: str, raw: str = "") -> list[Span]:
    """All raw ranges where an evidence stands: as the file has it, else by its folded characters.

    White space and the bars between table cells are left out of the comparison.
    """
    if raw:
        spans = [Span(m.start(), m.end()) for m in re.finditer(re.escape(raw), document.raw)]
        if spans:
            return spans
    folded = fold_view(document.view)
    kept = [i for i, c in enumerate(folded.text) if not c.isspace() and c != "|"]
    text = "".join(folded.text[i] for i in kept)
    wanted = squeeze(evidence).replace("|", "")
    return [folded.span(kept[m.start()], kept[m.end() - 1] + 1) for m in re.finditer(re.escape(wanted), text) if wanted]


def evidence_recall(hits: Sequence[Hit], evidence: Sequence[Sequence[Place]], k: int) -> float | None:
    """Recall@k: the share of evidences of which one place is at least half inside one of the first `k` passages."""
    if not evidence:
        return None
    return sum(rank_of(hits[:k], places) is not None for places in evidence) / len(evidence)


def reciprocal_rank(hits: Sequence[Hit], evidence: Sequence[Sequence[Place]]) -> float | None:
    """1 / the rank of the first passage that holds an evidence, 0 where none does (MRR is its mean; Voorhees 1999)."""
    if not evidence:
        return None
    ranks = [r for places in evidence if (r := rank_of(hits, places)) is not None]
    return 1 / min(ranks) if ranks else 0.0


def ndcg(relevant: Sequence[bool], known: int, k: int = 10) -> float | None:
    """nDCG@k (Järvelin and Kekäläinen 2002) of a ranking in which passages are relevant or not, gains 1 and 0.

    `relevant` tells it of each rank, `known` how many relevant passages the index holds; None where it holds none.
    """
    if known <= 0:
        return None
    gained = sum(1 / log2(rank + 1) for rank, r in enumerate(relevant[:k], 1) if r)
    return gained / sum(1 / log2(rank + 1) for rank in range(1, min(known, k) + 1))


def rank_of(hits: Sequence[Hit], places: Sequence[Place]) -> int | None:
    """The rank, from 1, of the first passage that holds one of the places where an evidence stands."""
    return next((rank for rank, h in enumerate(hits, 1) if any(_found(h, p) for p in places)), None)


def holds_evidence(document: str, span: Span, evidence: Sequence[Sequence[Place]]) -> bool:
    """Whether a raw range of a document holds at least half of an evidence: what makes a passage relevant."""
    return any(_holds(document, span, p) for places in evidence for p in places)


def _found(hit: Hit, place: Place) -> bool:
    """Whether a passage, or a copy of it that it stands for, holds an evidence."""
    return _holds(hit.document, hit.span, place) or any(
        _holds(a.document, Span(a.start, a.end), place) for a in hit.also
    )


def _holds(document: str, span: Span, place: Place) -> bool:
    return document == place.document and span.overlap(place.span) >= FOUND * len(place.span)


def citation_precision(citations: Sequence[Citation], evidence: Sequence[Sequence[Place]]) -> float | None:
    """The share of citations that share at least half of the shorter of both with a place of an evidence.

    After the citation precision of ALCE (Gao et al. 2023), judged by places in the source instead of by a model.
    """
    if not citations or not evidence:
        return None
    places = [p for some in evidence for p in some]
    return sum(any(_cites(c, p) for p in places) for c in citations) / len(citations)


def citation_recall(citations: Sequence[Citation], evidence: Sequence[Sequence[Place]]) -> float | None:
    """The share of evidences of which the citations hold at least half, or that one lies in."""
    if not evidence:
        return None
    return sum(any(_cites(c, p) for c in citations for p in places) for places in evidence) / len(evidence)


def _cites(citation: Citation, place: Place) -> bool:
    cited = [(citation.document, citation.span), *((a.document, Span(a.start, a.end)) for a in citation.also)]
    return any(
        document == place.document and span.overlap(place.span) >= FOUND * max(1, min(len(span), len(place.span)))
        for document, span in cited
    )


def token_f1(text: str, reference: str) -> float | None:
    """F1 of the units that a text shares with a model answer (Rajpurkar et al. 2016), folded: Han characters, Latin words, numbers."""
    said, wanted = (Counter(u for u, _, _ in units(fold(t))) for t in (text, reference))
    if not wanted:
        return None
    shared = (said & wanted).total()
    return 2 * shared / (said.total() + wanted.total())


def exact_match(text: str, reference: str) -> bool | None:
    """Whether a text and a model answer are the same letters and figures, script, width, case and marks aside."""
    wanted = _letters(reference)
    return _letters(text) == wanted if wanted else None


def _letters(text: str) -> str:
    return "".join(c for c in squeeze(text) if c.isalnum())


def borne_out(sentence: Sentence, citations: Sequence[Citation]) -> bool:
    """Whether the verifier finds all that a sentence says in what it cites. One that cites nothing is not borne out."""
    quotes = [f"{citations[i].title}\n{citations[i].quote}" for i in sentence.citations]
    return bool(quotes) and not failures(sentence.text, quotes)


def support_rate(answer: Answer) -> float | None:
    """The share of sentences that the verifier finds borne out; None of a refusal, which states nothing."""
    return None if answer.abstained else mean(borne_out(s, answer.citations) for s in answer.sentences)


def honest(answer: Answer) -> float | None:
    """The share of sentences that are borne out, or are marked as not being so; None of a refusal."""
    if answer.abstained:
        return None
    return mean(not s.supported or borne_out(s, answer.citations) for s in answer.sentences)


def citation_exact(citation: Citation, document: Document) -> bool:
    """Whether the cited raw characters, cleaned again by themselves, are the quotation to the letter."""
    return quoted(document, citation.span) == citation.quote


def right_script(answer: Answer, wanted: Script) -> bool:
    """Whether an answer is in the script of its question; text without telling characters is in any."""
    return script_of(answer.text, wanted) == wanted


def conflict_shown(answer: Answer, must_include: Sequence[Sequence[str]]) -> bool:
    """Whether an answer tells that its sources disagree, and each of the values among what it says of it."""
    said = "\n".join(value for c in answer.conflicts for value in c.values)
    return bool(said) and fact_recall(said, must_include) in {1, None}


class Refusals(NamedTuple):
    """How well refusals fell on what the reports do not tell; None where none was given or none was due."""

    precision: float | None
    recall: float | None
    f1: float | None


def refusals(refused: Sequence[bool], unanswerable: Sequence[bool]) -> Refusals:
    """Precision, recall and F1 of refusals, of which the unanswerable are those that are due."""
    right = sum(r and u for r, u in zip(refused, unanswerable, strict=True))
    given, due = sum(refused), sum(unanswerable)
    return Refusals(
        right / given if given else None, right / due if due else None, 2 * right / (given + due) if due else None
    )


class Point(NamedTuple):
    """Of the answerable questions the share that is `answered`, of the unanswerable the share `refused`, at one threshold."""

    answered: float
    refused: float


def refusal_curve(confidence: Sequence[float], answerable: Sequence[bool]) -> list[Point]:
    """What every threshold of the confidence would do, from one that refuses nothing to one that refuses all; empty where one kind is missing.

    Of equal confidence all are refused at once.
    """
    due, given = sum(not a for a in answerable), sum(answerable)
    if not due or not given:
        return []
    ordered = sorted(zip(confidence, answerable, strict=True))
    points, wrongly, rightly = [Point(1.0, 0.0)], 0, 0
    for n, (sure, is_answerable) in enumerate(ordered, 1):
        wrongly += is_answerable
        rightly += not is_answerable
        if n == len(ordered) or ordered[n][0] != sure:
            points.append(Point(1 - wrongly / given, rightly / due))
    return points


class Risk(NamedTuple):
    """Of the surest `coverage` of all questions, the share `risk` is answered wrongly."""

    coverage: float
    risk: float


def risk_coverage(confidence: Sequence[float], wrong: Sequence[bool | None]) -> list[Risk]:
    """The risk-coverage curve (El-Yaniv and Wiener 2010): questions by falling confidence, a point after each answer.

    `wrong` tells of each question whether its answer is; None where there is no
    answer, so that the curve ends at the coverage that was reached. Of equal
    confidence all are taken at once.
    """
    ordered = sorted(zip(confidence, wrong, strict=True), key=lambda pair: -pair[0])
    answered = [(c, w) for c, w in ordered if w is not None]
    points, errors = [], 0
    for n, (sure, is_wrong) in enumerate(answered, 1):
        errors += is_wrong
        if n == len(answered) or answered[n][0] != sure:
            points.append(Risk(n / len(ordered), errors / n))
    return points


def area_under(curve: Sequence[Risk]) -> float | None:
    """The mean risk over the coverages of a curve, a step a point (AURC; Geifman et al. 2019); None of an empty one."""
    if not curve:
        return None
    before = (0.0, *(p.coverage for p in curve))
    return sum((p.coverage - b) * p.risk for p, b in zip(curve, before, strict=False)) / curve[-1].coverage


def mean(values: Iterable[float | bool | None]) -> float | None:
    """The mean of the values that are there, None when none is."""
    there = [float(v) for v in values if v is not None]
    return sum(there) / len(there) if there else None


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value below which a share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None
