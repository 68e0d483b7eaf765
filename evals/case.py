"""Reference questions: their format on disk and what may be wrong with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from assistant.script import Script
from ingest.errors import BadCases

TYPES = (
    "fact_number", "fact_date", "fact_entity", "list", "definition", "reason", "comparison",
    "table_lookup", "conflict", "cross_doc", "followup", "unanswerable",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what a right answer must and must not state.

    `must_include` lists facts, each as the Simplified forms that are accepted.
    `evidence` are the supporting sentences, cleaned and folded, one for each of
    `evidence_doc`; `evidence_raw` the same as the file has them, where it is known.
    """

    id: str
    lang: Script
    type: str
    question: str
    answer: str
    must_include: tuple[tuple[str, ...], ...] = ()
    must_not_include: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    evidence_doc: tuple[str, ...] = ()
    evidence_raw: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether the reports answer it."""
        return self.type != "unanswerable"


def read_cases(file: Path) -> list[Case]:
    """Read a JSON-lines file of cases. Raises BadCases with file, line and field."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise BadCases(f"{file}: {exc}", "give a JSON-lines file in UTF-8") from exc
    cases = [_case(line, f"{file}:{n}") for n, line in enumerate(lines, 1) if line.strip()]
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise BadCases(f"{file}: two cases are called {case.id}", "give each an id of its own")
        seen.add(case.id)
    if not cases:
        raise BadCases(f"{file}: no cases in it", "give a file with one JSON object a line")
    return cases


def _case(line: str, where: str) -> Case:
    try:
        given: dict[str, Any] = json.loads(line)
    except ValueError as exc:
        raise BadCases(f"{where}: not JSON ({exc})", "one JSON object a line") from exc
    for name in ("id", "lang", "type", "question"):
        if not isinstance(given.get(name), str) or not given[name]:
            raise BadCases(f"{where}: field {name}: a text is needed, not {given.get(name)!r}", "add it")
    if given["type"] not in TYPES:
        raise BadCases(f"{where}: field type: {given['type']!r} is none of {', '.join(TYPES)}", "correct it")
    if given["lang"] not in get_args(Script):
        raise BadCases(f"{where}: field lang: {given['lang']!r} is none of {', '.join(get_args(Script))}", "correct it")
    return Case(
        id=given["id"],
        lang=given["lang"],
        type=given["type"],
        question=given["question"],
        answer=given.get("answer") or "",
        must_include=tuple(_texts(fact, where, "must_include") for fact in given.get("must_include") or ()),
        must_not_include=_texts(given.get("must_not_include"), where, "must_not_include"),
        evidence=_texts(given.get("evidence"), where, "evidence"),
        evidence_doc=_texts(given.get("evidence_doc"), where, "evidence_doc"),
        evidence_raw=_texts(given.get("evidence_raw"), where, "evidence_raw"),
        history=_texts(given.get("history"), where, "history"),
        tags=_texts(given.get("tags"), where, "tags"),
    )


def _texts(given: object, where: str, name: str) -> tuple[str, ...]:
    values: Sequence[object] = given if isinstance(given, list) else [] if given is None else [None]
    if not all(isinstance(v, str) for v in values):
        raise BadCases(f"{where}: field {name}: a list of texts is needed, not {given!r}", "correct it")
    return tuple(str(v) for v in values)
