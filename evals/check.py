"""Check cases against the reports they ask about: whoever quotes the evidence must find it, and state every fact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

from assistant.json_lines import json_lines
from assistant.script import script_of
from evals.case import FIELDS, Case, Fault, Placed, parse_cases
from evals.metrics import locate, states
from ingest.document import Document
from ingest.fold import squeeze
from ingest.listing import Listed

OTHER_FIELDS = frozenset({"doc", "note"})
"""Fields that a file may have for its authors."""
CLOSE = 0.75


class Reports(Protocol):
    """Where the documents are that cases are about."""

    def documents(self) -> list[Listed]:
        """All documents."""

    def document(self, path: str) -> Document:
        """A document by its path."""


def check(files: Sequence[Path], reports: Reports) -> tuple[int, list[Fault]]:
    """How many cases some files hold, and everything that is wrong with them, in the order of files and lines."""
    checked = 0
    faults: list[Fault] = []
    ids: dict[str, tuple[Path, int]] = {}
    asked: dict[tuple[object, ...], tuple[Path, int]] = {}
    for file in files:
        placed, found = parse_cases(file)
        found += unknown_fields(file)
        for line, case in placed:
            found += [Fault(file, line, field, what) for field, what in faults_of(case, reports)]
            found += _known_already(Placed(line, case), file, ids, asked)
        checked += len(placed)
        faults += sorted(found, key=lambda f: f.line)
    return checked, faults


def unknown_fields(file: Path) -> Iterator[Fault]:
    """Fields that are written nearly like one that is known: what they hold would be passed over."""
    from json import JSONDecodeError, loads

    for number, line in json_lines(file):
        try:
            given = loads(line)
        except JSONDecodeError:
            continue
        for name in given.keys() - {*FIELDS, *OTHER_FIELDS} if isinstance(given, dict) else ():
            if meant := get_close_matches(name, FIELDS, 1, CLOSE):
                yield Fault(file, number, name, f"is no field; {meant[0]} is one")


def _known_already(
    placed: Placed, file: Path, ids: dict[str, tuple[Path, int]], asked: dict[tuple[object, ...], tuple[Path, int]]
) -> Iterator[Fault]:
    """Whether another file has the id already, or any the question."""
    here, case = (file, placed.line), placed.case
    first = ids.setdefault(case.id, here)
    if first[0] != file:
        yield Fault(
            *here, "id", f"{case.id!r} is the case of {first[0]}:{first[1]} already", "give each an id of its own"
        )
    question = (*map(squeeze, case.history), squeeze(case.question))
    first = asked.setdefault(question, here)
    if first != here:
        yield Fault(*here, "question", f"is asked in {first[0]}:{first[1]} already", "ask something else")


def faults_of(case: Case, reports: Reports) -> Iterator[tuple[str, str]]:
    """What is wrong with a case, as pairs of a field and what is wrong with it."""
    yield from _fields_that_go_together(case)
    yield from _scripts(case)
    yield from _evidence(case, reports)
    quoted = "\n".join(case.evidence)
    for i, forms in enumerate(case.must_include):
        if case.evidence and not any(states(quoted, form) for form in forms):
            yield f"must_include[{i}]", f"no evidence states {_either(forms)}"
        if case.answer and not any(states(case.answer, form) for form in forms):
            yield "answer", f"does not state {_either(forms)}"
    for i, wrong in enumerate(case.must_not_include):
        if states(case.answer, wrong):
            yield f"must_not_include[{i}]", f"the model answer states {wrong!r} itself"


def _fields_that_go_together(case: Case) -> Iterator[tuple[str, str]]:
    for name in ("must_include", "evidence"):
        if bool(getattr(case, name)) != case.answerable:
            told = (
                "is needed: the reports answer this"
                if case.answerable
                else "is not wanted: the reports do not answer this"
            )
            yield name, told
    if case.answerable and not case.answer:
        yield "answer", "is needed: what a right answer would say"
    for name in ("evidence_doc", "evidence_raw"):
        given = len(getattr(case, name))
        if given != len(case.evidence) and (given or name == "evidence_doc"):
            yield name, f"has {given} entries for {len(case.evidence)} evidences"
    if case.type == "followup" and not case.history:
        yield "history", "is needed: a follow-up follows a question"
    if case.type == "conflict" and len(case.must_include) < 2:
        yield "must_include", "has fewer than the two values that disagree"


def _scripts(case: Case) -> Iterator[tuple[str, str]]:
    for name, text in (("question", "".join((*case.history, case.question))), ("answer", case.answer)):
        if (script := script_of(text, case.lang)) != case.lang:
            yield name, f"is in {script}, and lang is {case.lang}"


def _evidence(case: Case, reports: Reports) -> Iterator[tuple[str, str]]:
    known = [d.path for d in reports.documents()]
    for i, evidence in enumerate(case.evidence):
        prefix = case.evidence_doc[i] if i < len(case.evidence_doc) else ""
        paths = [p for p in known if p.startswith(prefix)]
        raw = case.evidence_raw[i] if i < len(case.evidence_raw) else ""
        if not paths:
            yield f"evidence_doc[{i}]", f"no document of the index begins with {prefix!r}"
            continue
        documents = [reports.document(p) for p in paths]
        if not any(locate(d, evidence) for d in documents):
            yield f"evidence[{i}]", f"stands nowhere in the clean text of {', '.join(paths)}: {evidence!r}"
        if raw and not any(raw in d.raw for d in documents):
            yield f"evidence_raw[{i}]", f"stands nowhere in the raw text of {', '.join(paths)}: {raw!r}"


def _either(forms: Sequence[str]) -> str:
    return " or ".join(map(repr, forms))
