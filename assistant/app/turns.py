"""A turn of a conversation, a question with its answer, as it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeVar, cast

from assistant.answer import Answer, Citation, Conflict, Sentence
from assistant.copies import Also
from assistant.script import Script
from ingest.document import Span

State = Literal["asked", "answered", "stopped", "failed"]
Of = TypeVar("Of")


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it.

    `number` is the turn's own among all that are kept, `place` the one it has in
    its conversation, from 1. `answer` is what was written of it where it was
    stopped. `documents` are those that it kept to, all where there are none.
    `failure` is what went wrong and the next step. `good` is what its reader
    thought of it.
    """

    number: int
    conversation: str
    place: int
    question: str
    state: State
    answer: Answer | None = None
    documents: tuple[str, ...] = ()
    failure: tuple[str, str] = ("", "")
    good: bool | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What there is to know of a turn before its answer is read."""

    number: int
    question: str
    state: State
    good: bool | None = None


def answer_to_json(answer: Answer) -> dict[str, object]:
    """All of an answer, as it is kept."""
    return {"question": answer.question, **answer.to_dict()}


def answer_from_json(facts: Mapping[str, Any]) -> Answer:
    """An answer as it was kept."""
    return Answer(
        question=facts["question"],
        script=cast("Script", facts["script"]),
        sentences=tuple(_of(Sentence, s) for s in facts["sentences"]),
        citations=tuple(_citation(c) for c in facts["citations"]),
        abstained=facts["abstained"],
        confidence=facts["confidence"],
        conflicts=tuple(_of(Conflict, c) for c in facts["conflicts"]),
        notices=tuple(facts["notices"]),
        timings_ms=facts["timings_ms"],
    )


def _citation(facts: Mapping[str, Any]) -> Citation:
    also = tuple(Also(**a) for a in facts["also"])
    return _of(Citation, {**facts, "span": Span(facts["start"], facts["end"]), "also": also})


def _of(kind: type[Of], facts: Mapping[str, Any]) -> Of:
    """A dataclass of what was kept of it; what an older version did not keep has its default."""
    known = {f.name for f in fields(cast("Any", kind))}
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in facts.items() if k in known})
