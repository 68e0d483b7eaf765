"""Put a new case together: what may be picked as its evidence, and the line that is added to a file."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Protocol

from assistant.retrieve import Hit
from assistant.script import script_of
from evals.case import Case
from ingest.document import Document, Span
from ingest.errors import BadCases
from ingest.fold import fold_case_kept
from ingest.split import sentences

PICK = re.compile(r"(\d+)(?:\.(\d+)(?:-(\d+))?)?")
FORMS = re.compile(r"\s*[|｜]\s*")
FIRST_ID = "q001"


class Sources(Protocol):
    """Where the documents are that passages come from."""

    def document(self, path: str) -> Document:
        """A document by its path."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch that supports an answer: as it is matched, as its file has it, and where."""

    document: str
    text: str
    raw: str


def offered(hits: Sequence[Hit]) -> list[list[Span]]:
    """The sentences of each passage, as ranges of its text, in the numbers by which they are picked."""
    return [list(sentences(hit.text)) for hit in hits]


def pick(numbers: str, hits: Sequence[Hit], sources: Sources) -> list[Evidence]:
    """The evidence that an author picks: ``2`` is a whole passage, ``2.1`` a sentence of it, ``2.1-3`` several.

    Sentences that follow each other make one evidence. Raises ValueError with what cannot be picked.
    """
    chosen: set[tuple[int, int]] = set()
    of_passages = offered(hits)
    for word in re.split(r"[\s,，、]+", numbers.strip()):
        m = PICK.fullmatch(word)
        if not m or not 1 <= int(m[1]) <= len(hits):
            raise ValueError(f"{word!r}: no passage of that number")
        passage, known = int(m[1]) - 1, len(of_passages[int(m[1]) - 1])
        first, last = (int(m[2]), int(m[3] or m[2])) if m[2] else (1, known)
        if not 1 <= first <= last <= known:
            raise ValueError(f"{word!r}: passage {m[1]} has the sentences 1 to {known}")
        chosen |= {(passage, n) for n in range(first - 1, last)}
    runs = groupby(enumerate(sorted(chosen)), key=lambda pair: (pair[1][0], pair[1][1] - pair[0]))
    picked = []
    for _, run in runs:
        places = [place for _, place in run]
        spans = [of_passages[passage][n] for passage, n in places]
        picked.append(_evidence(hits[places[0][0]], Span(spans[0].start, spans[-1].end), sources))
    return picked


def _evidence(hit: Hit, place: Span, sources: Sources) -> Evidence:
    document = sources.document(hit.document)
    start = hit.clean.start + place.start
    raw = document.view.span(start, start + len(place)).of(document.raw)
    return Evidence(hit.document, " ".join(fold_case_kept(place.of(hit.text)).split()), raw)


def next_id(known: Sequence[Case]) -> str:
    """An id behind the last one of a file: its number one higher, in as many digits."""
    last = re.fullmatch(r"(.*?)(\d+)", known[-1].id) if known else None
    name = f"{last[1]}{int(last[2]) + 1:0{len(last[2])}}" if last else FIRST_ID
    return name if name not in {c.id for c in known} else f"{name}-{len(known) + 1}"


def put_together(
    id_: str,
    kind: str,
    question: str,
    history: Sequence[str],
    evidence: Sequence[Evidence],
    facts: Sequence[str],
    answer: str,
) -> Case:
    """The case of what an author gave; each fact is a text with its forms parted by ``|``."""
    return Case(
        id=id_,
        lang=script_of("".join((*history, question))),
        type=kind,
        question=question,
        answer=answer,
        must_include=tuple(tuple(FORMS.split(fact.strip())) for fact in facts),
        evidence=tuple(e.text for e in evidence),
        evidence_doc=tuple(e.document for e in evidence),
        evidence_raw=tuple(e.raw for e in evidence),
        history=tuple(history),
    )


def append(file: Path, case: Case) -> None:
    """Add a case to a file, as a line. Raises BadCases when the file cannot be written."""
    given = {name: value for name, value in asdict(case).items() if value}
    try:
        before = file.read_text("utf-8") if file.exists() else ""
        gap = "\n" if before and not before.endswith("\n") else ""
        with file.open("a", encoding="utf-8") as out:
            out.write(gap + json.dumps(given, ensure_ascii=False) + "\n")
    except (OSError, UnicodeDecodeError) as exc:
        raise BadCases(f"{file}: {exc}", "name a JSON-lines file that can be written") from exc
