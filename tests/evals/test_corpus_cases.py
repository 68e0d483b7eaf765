"""The reference questions about the sample reports, and what the product promises on them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.script import script_of
from evals.case import TYPES, Case
from evals.metrics import states
from evals.result import Report
from evals.run import evidence_places
from ingest.fold import squeeze

CORPUS = Path(__file__).parents[2] / "corpus"


def test_there_are_enough_cases_of_every_kind(corpus_cases: list[Case]) -> None:
    """Every type, both scripts and enough that cannot be answered are there."""
    types = Counter(c.type for c in corpus_cases)
    assert len(corpus_cases) >= 60
    assert set(types) == set(TYPES)
    assert types["unanswerable"] >= 12
    assert min(Counter(c.lang for c in corpus_cases).values()) >= len(corpus_cases) / 3


def test_a_case_is_in_the_script_that_it_names(corpus_cases: list[Case]) -> None:
    """Question and model answer are written in the case's script."""
    for case in corpus_cases:
        conversation = "".join((*case.history, case.question))
        assert script_of(conversation, case.lang) == case.lang, case.id
        assert script_of(case.answer, case.lang) == case.lang, case.id


def test_model_answers_state_their_facts(corpus_cases: list[Case]) -> None:
    """The answer that a case holds up as the model would pass itself."""
    for case in corpus_cases:
        for forms in case.must_include:
            assert any(states(case.answer, f) for f in forms), (case.id, forms)
        assert not any(states(case.answer, f) for f in case.must_not_include), case.id


def test_no_question_is_asked_twice(all_corpus_cases: list[Case], corpus_cases: list[Case]) -> None:
    """Over all files, each id stands once and so does each question with its history."""
    assert len(all_corpus_cases) > len(corpus_cases)
    assert len({c.id for c in all_corpus_cases}) == len(all_corpus_cases)
    assert len({(c.history, squeeze(c.question)) for c in all_corpus_cases}) == len(all_corpus_cases)


def test_facts_stand_in_the_evidence(corpus_cases: list[Case]) -> None:
    """Whoever quotes the supporting sentences states every fact."""
    for case in corpus_cases:
        quoted = "\n".join(case.evidence)
        for forms in case.must_include:
            assert any(states(quoted, f) for f in forms), (case.id, forms)


def test_answerable_cases_have_facts_and_evidence(corpus_cases: list[Case]) -> None:
    """What can be answered can be measured; what cannot has neither facts nor evidence."""
    for case in corpus_cases:
        assert bool(case.must_include) == bool(case.evidence) == case.answerable, case.id
        assert len(case.evidence) == len(case.evidence_doc), case.id
        assert all((CORPUS / name).is_file() for name in case.evidence_doc), case.id


def test_follow_ups_have_a_history(corpus_cases: list[Case]) -> None:
    """A follow-up follows something, and nothing else does."""
    for case in corpus_cases:
        assert case.history or case.type != "followup", case.id


def test_every_report_is_asked_about(all_corpus_cases: list[Case], corpus_assistant: Assistant) -> None:
    """No report of the corpus goes without a question."""
    asked = {name for c in all_corpus_cases for name in c.evidence_doc}
    assert asked == {d.path for d in corpus_assistant.retriever.documents()}


def test_every_evidence_is_found_in_the_corpus(corpus_cases: list[Case], corpus_assistant: Assistant) -> None:
    """Each supporting sentence stands in the report that its case names."""
    lost = [
        (case.id, evidence)
        for case in corpus_cases
        for evidence, places in zip(case.evidence, evidence_places(corpus_assistant, case), strict=True)
        if not places
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("figure", "least", "most"),
    [
        ("citations_exact", 1.0, 1.0),
        ("right_script", 1.0, 1.0),
        ("supported", 1.0, 1.0),
        ("recall@5", 0.93, 1.0),
        ("all_facts", 0.70, 1.0),
        ("refused_answerable", 0.0, 0.12),
    ],
)
def test_the_product_keeps_its_promises(corpus_report: Report, figure: str, least: float, most: float) -> None:
    """Over a file's questions, with the shipped model: exact citations, the right script, and floors of quality."""
    value = corpus_report.overall[figure]
    assert value is not None
    assert least <= value <= most


def test_figures_that_disagree_on_purpose_are_asked_about(corpus_cases: list[Case]) -> None:
    """Each case of a conflict wants both values."""
    conflicts = [c for c in corpus_cases if c.type == "conflict"]
    assert conflicts
    assert all(len(c.must_include) >= 2 for c in conflicts)
