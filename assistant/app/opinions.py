"""What readers think of answers: the reasons they can give, and the reference questions made of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from assistant.answer import Answer, Assistant
from assistant.app.conversations import Feedback
from assistant.app.labels import Words
from assistant.app.turns import Turn
from assistant.question import Kind, understand
from ingest.fold import fold

REASONS = ("wrong", "incomplete", "source", "refused", "unclear", "other")
LONGEST_NOTE = 1000
TYPES: Mapping[Kind, str] = {
    "number": "fact_number",
    "date": "fact_date",
    "name": "fact_entity",
    "place": "fact_entity",
    "reason": "reason",
    "definition": "definition",
    "list": "list",
    "comparison": "comparison",
    "method": "list",
    "other": "fact_entity",
}
"""What a reference question is called that asks for something."""


def reasons(words: Words) -> tuple[tuple[str, str], ...]:
    """Each reason with its words."""
    told = (words.wrong, words.incomplete, words.wrong_source, words.should_answer, words.unclear, words.other_reason)
    return tuple(zip(REASONS, told, strict=True))


def opinion(
    assistant: Assistant,
    user: str,
    turn: Turn,
    answer: Answer,
    history: Iterable[str],
    good: bool,
    reason: str,
    note: str,
) -> Feedback:
    """What a reader thinks of an answer, with all that it is about."""
    raw = []
    for c in answer.citations:
        try:
            raw.append(c.span.of(assistant.retriever.document(c.document).raw))
        except KeyError:  # removed since it was cited
            raw.append("")
    return Feedback(
        turn=turn.number,
        user=user,
        good=good,
        reason=reason if reason in REASONS else "",
        note=note.strip()[:LONGEST_NOTE],
        question=turn.question,
        history=tuple(history),
        answer=answer,
        raw=tuple(raw),
        identity=identity(assistant),
        given=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def identity(assistant: Assistant) -> str:
    """A hash of what an index holds: the paths and bytes of its documents."""
    contents = "\n".join(f"{d.path} {d.sha256}" for d in sorted(assistant.retriever.documents(), key=lambda d: d.path))
    return hashlib.sha256(contents.encode()).hexdigest()[:12]


def case_of(feedback: Feedback) -> dict[str, object]:
    """A reference question, as a line of a case file.

    A good answer is the one that is wanted, with its citations as the evidence; of
    a bad one only the question is kept, tagged by the reason, for somebody to answer.
    """
    answer = feedback.answer
    asked = understand(feedback.question, feedback.history)
    # An answer that was wrong to refuse, or wrong, still tells what is asked for.
    unanswerable = answer.abstained and feedback.good
    kind = "unanswerable" if unanswerable else "followup" if feedback.history else TYPES[asked.kind]
    case: dict[str, object] = {
        "id": f"reader-{feedback.turn}",
        "lang": asked.script,
        "type": kind,
        "question": feedback.question,
        "answer": answer.text if feedback.good else "",
        "history": list(feedback.history),
        "tags": ["reader", "good" if feedback.good else "bad", *([feedback.reason] if feedback.reason else [])],
    }
    if feedback.good and not unanswerable:
        cited = [(c, raw) for c, raw in zip(answer.citations, feedback.raw, strict=True) if raw]
        case["evidence"] = [fold(c.quote) for c, _ in cited]
        case["evidence_doc"] = [c.document for c, _ in cited]
        case["evidence_raw"] = [raw for _, raw in cited]
    return case


def cases(feedback: Iterable[Feedback]) -> str:
    """All that readers thought as a case file."""
    return "".join(json.dumps(case_of(f), ensure_ascii=False) + "\n" for f in feedback)
