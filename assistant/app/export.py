"""A conversation as a text to take along: what was asked and told, with a footnote for each citation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answer import Answer, Conflict
from assistant.app.bubbles import one_line
from assistant.app.labels import Words
from assistant.app.own import shown_path
from assistant.app.turns import Turn
from assistant.visible import visible

MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~$!&]")
LINE_START = re.compile(r"^(\s*\d*)([-+=.)])")


@dataclass(frozen=True, slots=True)
class Told:
    """A question with its answer: pieces of text, each with the numbers of its footnotes, and remarks."""

    question: str
    pieces: tuple[tuple[str, tuple[int, ...]], ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """A conversation with the footnotes of all its answers, numbered from 1 through the whole of it."""

    title: str
    turns: tuple[Told, ...]
    footnotes: tuple[str, ...]


def exported(title: str, turns: Sequence[Turn], words: Words) -> Export:
    """A conversation, in the words of a language, ready to be written in some format."""
    told: list[Told] = []
    footnotes: list[str] = []
    for turn in turns:
        if turn.answer is None:
            remark = turn.failure[0] if turn.state == "failed" else words.stopped
            told.append(Told(_shown(turn.question), (), (_shown(remark),)))
            continue
        first = len(footnotes) + 1
        footnotes += [_shown(f) for f in _footnotes(turn.answer, words)]
        told.append(Told(_shown(turn.question), _pieces(turn.answer, first), _remarks(turn, turn.answer, words)))
    return Export(_shown(title), tuple(told), tuple(footnotes))


def _shown(text: str) -> str:
    return visible(text.replace("\u2029", "\n"))


def _footnotes(answer: Answer, words: Words) -> list[str]:
    notes = []
    for c in answer.citations:
        flaws = [word for word, there in ((words.repaired, c.repaired), (words.damaged, c.damaged)) if there]
        notes.append(
            "".join(
                [words.quoted(one_line(c.quote), c.title, c.page, shown_path(c.document)), *(f" ({f})" for f in flaws)]
            )
        )
    return notes


def _pieces(answer: Answer, first: int) -> tuple[tuple[str, tuple[int, ...]], ...]:
    pieces = [(_shown(s.text), tuple(first + i for i in s.citations)) for s in answer.sentences]
    # A run of sentences that rest on the same has its marks at its end.
    following = [p[1] for p in pieces[1:]] + [None]
    return tuple(
        (text, () if marks == after else marks) for (text, marks), after in zip(pieces, following, strict=True)
    )


def _remarks(turn: Turn, answer: Answer, words: Words) -> tuple[str, ...]:
    remarks = [_disagreement(c, words) for c in answer.conflicts]
    remarks += [d for s in answer.sentences for d in s.doubts]
    if any(not s.supported for s in answer.sentences):
        remarks.append(words.unsupported)
    if answer.abstained:
        remarks.append(words.refused)
    if turn.state == "stopped":
        remarks.append(words.stopped)
    return tuple(_shown(r) for r in (*remarks, *answer.notices))


def _disagreement(conflict: Conflict, words: Words) -> str:
    says = words.places(conflict.kind)
    values = (
        [f"{said} {value}" for said, value in zip(says, conflict.values, strict=False)] if says else conflict.values
    )
    return " ".join(w for w in (f"{words.disagreement(conflict.kind)}:", conflict.what, " / ".join(values)) if w)


def copied(turn: Turn, words: Words) -> str:
    """The answer of a turn with its sources, as plain text to be put into a document or a mail."""
    told = exported("", [turn], words)
    marked = "".join(text + "".join(f"[{n}]" for n in notes) for t in told.turns for text, notes in t.pieces)
    remarks = (f"（{r}）" for t in told.turns for r in t.remarks)
    notes = (f"[{n}] {note}" for n, note in enumerate(told.footnotes, 1))
    return "\n".join([marked, *remarks, "", *notes]).strip() + "\n"


def markdown(export: Export) -> str:
    """A conversation as Markdown with footnotes; nothing that was asked or told is read as markup."""
    parts = [f"# {_inert(export.title)}"]
    for told in export.turns:
        text = "".join(_inert(text) + "".join(f"[^{n}]" for n in notes) for text, notes in told.pieces)
        parts += [f"## {_inert(told.question)}", text, *(f"> {_inert(r)}" for r in told.remarks)]
    notes = (f"[^{n}]: {_inert(note)}" for n, note in enumerate(export.footnotes, 1))
    return "\n\n".join(p for p in [*parts, *notes] if p) + "\n"


def _inert(text: str) -> str:
    """A text on one line that Markdown sees nothing in."""
    return LINE_START.sub(r"\1\\\2", MARKUP.sub(lambda m: "\\" + m[0], " ".join(text.split("\n"))))
