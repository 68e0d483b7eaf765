"""Reference questions: their format on disk and what may be wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple, get_args

from assistant.json_lines import json_lines
from assistant.script import Script
from ingest.errors import BadCases

TYPES = (
    "fact_number", "fact_date", "fact_entity", "list", "definition", "reason", "comparison",
    "table_lookup", "conflict", "cross_doc", "followup", "unanswerable",
)  # fmt: skip
LONGEST = 80
"""Characters of a wrong value that a fault shows."""


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


FIELDS = tuple(f.name for f in fields(Case))
NEEDED = ("id", "lang", "type", "question")
CORRECT = "correct it"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a case: the file and its line, the field ("" for the whole line), what, and what to do."""

    file: Path
    line: int
    field: str
    what: str
    advice: str = CORRECT

    def __str__(self) -> str:
        """As compilers tell it, so that editors find the place."""
        return f"{self.file}:{self.line}: {f'field {self.field}: ' if self.field else ''}{self.what}"


class Placed(NamedTuple):
    """A case and the line of its file that it stands on."""

    line: int
    case: Case


def read_cases(file: Path) -> list[Case]:
    """Read a JSON-lines file of cases. Raises BadCases with file, line and field of the first fault."""
    placed, faults = parse_cases(file)
    if faults:
        raise BadCases(str(faults[0]), faults[0].advice)
    return [p.case for p in placed]


def parse_cases(file: Path) -> tuple[list[Placed], list[Fault]]:
    """The cases of a file that can be read, and the faults of those that cannot.

    Raises BadCases when the file is no text, or has no line with anything in it.
    """
    placed: list[Placed] = []
    faults: list[Fault] = []
    for number, line in json_lines(file):
        found = list(_faults(line, file, number))
        faults += found
        if not found:
            placed.append(Placed(number, _case(json.loads(line))))
    if not placed and not faults:
        raise BadCases(f"{file}: no cases in it", "give a file with one JSON object a line")
    seen: dict[str, int] = {}
    for number, case in placed:
        first = seen.setdefault(case.id, number)
        if first != number:
            told = f"{case.id!r} is the case of line {first} already"
            faults.append(Fault(file, number, "id", told, "give each an id of its own"))
    return placed, sorted(faults, key=lambda f: f.line)


def _faults(line: str, file: Path, number: int) -> Iterator[Fault]:
    """What is wrong with the form of a line."""
    try:
        given = json.loads(line)
    except ValueError as exc:
        yield Fault(file, number, "", f"not JSON ({exc})", "one JSON object a line")
        return
    if not isinstance(given, dict):
        yield Fault(file, number, "", f"a JSON object is needed, not {_short(given)}", "one JSON object a line")
        return
    for name in NEEDED:
        if not isinstance(given.get(name), str) or not given[name].strip():
            yield Fault(file, number, name, f"a text is needed, not {_short(given.get(name))}", "add it")
    for name, known in (("type", TYPES), ("lang", get_args(Script))):
        if isinstance(given.get(name), str) and given[name] not in known:
            yield Fault(file, number, name, f"{given[name]!r} is none of {', '.join(known)}")
    if not isinstance(given.get("answer", ""), str | None):
        yield Fault(file, number, "answer", f"a text is needed, not {_short(given['answer'])}")
    if not _is_list(facts := given.get("must_include")):
        yield Fault(file, number, "must_include", f"a list of facts is needed, not {_short(facts)}")
    elif not all(isinstance(fact, list) and fact and _are_texts(fact) for fact in facts or ()):
        told = f"each fact is a list of the forms in which it is accepted, not {_short(facts)}"
        yield Fault(file, number, "must_include", told)
    for name in LISTS:
        if not _is_list(given.get(name)) or not _are_texts(given.get(name) or ()):
            yield Fault(file, number, name, f"a list of texts is needed, not {_short(given[name])}")


LISTS = ("must_not_include", "evidence", "evidence_doc", "evidence_raw", "history", "tags")


def _is_list(given: object) -> bool:
    return given is None or isinstance(given, list)


def _are_texts(given: Sequence[object]) -> bool:
    return all(isinstance(v, str) for v in given)


def _short(given: object) -> str:
    shown = repr(given)
    return shown if len(shown) <= LONGEST else shown[:LONGEST] + "…"


def _case(given: dict[str, Any]) -> Case:
    """A case from an object without faults."""
    whole: dict[str, Any] = {name: given[name] for name in NEEDED}
    whole |= {name: tuple(given.get(name) or ()) for name in LISTS}
    facts = tuple(tuple(fact) for fact in given.get("must_include") or ())
    return Case(answer=given.get("answer") or "", must_include=facts, **whole)
