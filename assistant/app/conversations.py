"""The conversations that are kept, each its user's, the choices they saved, and what readers thought of the answers: one SQLite file."""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.answer import Answer
from assistant.app.turns import Line, State, Turn, answer_from_json, answer_to_json
from ingest.errors import IndexProblem
from ingest.fold import fold

FILE = "conversations.sqlite"
LONGEST_TITLE = 60
MOST_SELECTIONS = 30
"""Choices of documents that one user can save."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    title TEXT NOT NULL,
    changed TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS conversations_of_user ON conversations(user, changed);
CREATE TABLE IF NOT EXISTS turns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    state TEXT NOT NULL,
    documents TEXT NOT NULL,
    answer TEXT,
    failure TEXT NOT NULL DEFAULT '["", ""]',
    folded TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS turns_of_conversation ON turns(conversation);
CREATE TABLE IF NOT EXISTS feedback (
    turn INTEGER PRIMARY KEY,
    user TEXT NOT NULL,
    good INTEGER NOT NULL,
    reason TEXT NOT NULL,
    note TEXT NOT NULL,
    question TEXT NOT NULL,
    history TEXT NOT NULL,
    answer TEXT NOT NULL,
    raw TEXT NOT NULL,
    identity TEXT NOT NULL,
    given TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS selections (
    user TEXT NOT NULL,
    name TEXT NOT NULL,
    choice TEXT NOT NULL,
    PRIMARY KEY (user, name)
);
"""
# Feedback holds all it is about: it outlives the conversation, and the documents that were cited.


@dataclass(frozen=True, slots=True)
class Kept:
    """A line of the list of conversations. `changed` is UTC, ISO 8601."""

    id: str
    title: str
    changed: str
    turns: int


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader thought of an answer.

    `reason` is one of `REASONS` or empty. `raw` are the characters of the files
    that each citation marked, `identity` that of the index then. `given` is UTC, ISO 8601.
    """

    turn: int
    user: str
    good: bool
    reason: str
    note: str
    question: str
    history: tuple[str, ...]
    answer: Answer
    raw: tuple[str, ...]
    identity: str
    given: str


class Conversations:
    """Keeps conversations. Safe to use from several threads. A user is any name; whoever has none owns what the name "" does."""

    def __init__(self, folder: Path | None = None) -> None:
        """Keep them in a folder, which is made; without one, until the end of the process.

        Raises IndexProblem when the file there cannot be used.
        """
        self._lock = threading.RLock()
        try:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
            file = ":memory:" if folder is None else str(folder / FILE)
            self._db = sqlite3.connect(file, check_same_thread=False, timeout=30, isolation_level=None)
            if folder is not None:
                (folder / FILE).chmod(0o600)
            self._db.execute("PRAGMA journal_mode = WAL")
            # A power cut may take the last questions along; the file stays whole.
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.executescript(SCHEMA)
        except (sqlite3.DatabaseError, OSError) as exc:
            raise IndexProblem(
                f"{folder}: conversations cannot be kept here ({exc})", "set WENJU_CONVERSATIONS to another folder"
            ) from exc

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def copy_to(self, file: Path) -> None:
        """Write a copy as of this moment, whoever else reads and writes. Raises IndexProblem when that fails."""
        try:
            with self._lock, closing(sqlite3.connect(file)) as copy:
                self._db.backup(copy)
        except sqlite3.Error as exc:
            raise IndexProblem(
                f"conversations cannot be copied to {file} ({exc})", "is there room on the disk?"
            ) from exc

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def begin(self, user: str, question: str) -> str:
        """Begin a conversation with a question as its title, and return its name, which nobody can guess."""
        name = secrets.token_urlsafe(9)
        with self._writing() as db:
            db.execute("INSERT INTO conversations VALUES (?, ?, ?, ?)", (name, user, titled(question), _now()))
        return name

    def owns(self, user: str, conversation: str) -> bool:
        """Whether there is such a conversation, and it is the user's."""
        return bool(self._rows("SELECT 1 FROM conversations WHERE id = ? AND user = ?", (conversation, user)))

    def listed(self, user: str, words: str = "") -> list[Kept]:
        """A user's conversations, the last changed first; with `words`, those that hold them, in either script."""
        wanted = fold(words).split()
        lines = self._rows(
            "SELECT c.id, c.title, c.changed, count(t.id), coalesce(group_concat(t.folded, ' '), '') FROM conversations c"
            " LEFT JOIN turns t ON t.conversation = c.id WHERE c.user = ? GROUP BY c.id ORDER BY c.changed DESC, c.rowid DESC",
            (user,),
        )
        return [
            Kept(name, title, changed, count)
            for name, title, changed, count, folded in lines
            if all(w in f"{fold(title)} {folded}" for w in wanted)
        ]

    def rename(self, user: str, conversation: str, title: str) -> bool:
        """Give a conversation another title; whether there was such a one, and a title in it."""
        told = titled(title)
        with self._writing() as db:
            changed = db.execute(
                "UPDATE conversations SET title = ? WHERE id = ? AND user = ? AND ? != ''",
                (told, conversation, user, told),
            )
        return changed.rowcount > 0

    def delete(self, user: str, conversation: str) -> bool:
        """Forget a conversation; whether there was such a one."""
        with self._writing() as db:
            return db.execute("DELETE FROM conversations WHERE id = ? AND user = ?", (conversation, user)).rowcount > 0

    def title(self, conversation: str) -> str:
        """The title of a conversation; empty where there is none."""
        found = self._rows("SELECT title FROM conversations WHERE id = ?", (conversation,))
        return found[0][0] if found else ""

    def ask(self, conversation: str, question: str, documents: Sequence[str] = ()) -> Turn:
        """Add a question to a conversation."""
        with self._writing() as db:
            added = db.execute(
                "INSERT INTO turns (conversation, question, state, documents, folded) VALUES (?, ?, 'asked', ?, ?)",
                (conversation, question, json.dumps(list(documents), ensure_ascii=False), fold(question)),
            )
            db.execute("UPDATE conversations SET changed = ? WHERE id = ?", (_now(), conversation))
        turn = self.turn(int(added.lastrowid or 0))
        if turn is None:
            raise AssertionError("a turn that was just added is there")
        return turn

    def settle(
        self, turn: int, state: State, answer: Answer | None = None, failure: tuple[str, str] = ("", "")
    ) -> None:
        """Keep what came of a question that is still open; what came of it first stays."""
        kept = None if answer is None else json.dumps(answer_to_json(answer), ensure_ascii=False)
        with self._writing() as db:
            db.execute(
                "UPDATE turns SET state = ?, answer = ?, failure = ?, folded = folded || ' ' || ?"
                " WHERE id = ? AND state = 'asked'",
                (state, kept, json.dumps(failure, ensure_ascii=False), fold(answer.text) if answer else "", turn),
            )

    def withdraw(self, turn: int) -> None:
        """Take a question out of its conversation."""
        with self._writing() as db:
            db.execute("DELETE FROM turns WHERE id = ?", (turn,))

    def turns(self, conversation: str) -> list[Turn]:
        """The turns of a conversation, in order."""
        return [_turn(row) for row in self._rows(f"{TURN} WHERE t.conversation = ? ORDER BY t.id", (conversation,))]

    def turn(self, number: int) -> Turn | None:
        """A turn by its number; None where there is none."""
        found = self._rows(f"{TURN} WHERE t.id = ?", (number,))
        return _turn(found[0]) if found else None

    def outline(self, conversation: str) -> list[Line]:
        """The turns of a conversation without what was answered, in order: of a long one that is read at once."""
        rows = self._rows(f"{LINE} WHERE t.conversation = ? ORDER BY t.id", (conversation,))
        return [Line(number, question, state, _good(good)) for number, question, state, good in rows]

    def selections(self, user: str) -> list[tuple[str, str]]:
        """The choices of documents that a user saved: name and choice, as it was given, by name."""
        return [
            (name, choice)
            for name, choice in self._rows("SELECT name, choice FROM selections WHERE user = ? ORDER BY name", (user,))
        ]

    def save_selection(self, user: str, name: str, choice: str) -> bool:
        """Save a choice under a name, in place of one that has it; whether there was room, and a name."""
        told = titled(name)
        with self._writing() as db:
            others = db.execute("SELECT count(*) FROM selections WHERE user = ? AND name != ?", (user, told))
            if not told or others.fetchone()[0] >= MOST_SELECTIONS:
                return False
            db.execute("INSERT OR REPLACE INTO selections VALUES (?, ?, ?)", (user, told, choice))
        return True

    def forget_selection(self, user: str, name: str) -> bool:
        """Forget a choice; whether there was such a one."""
        with self._writing() as db:
            return db.execute("DELETE FROM selections WHERE user = ? AND name = ?", (user, name)).rowcount > 0

    def think(self, feedback: Feedback) -> None:
        """Keep what a reader thought of an answer, in place of what was thought of it before."""
        with self._writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    feedback.turn, feedback.user, feedback.good, feedback.reason, feedback.note, feedback.question,
                    json.dumps(feedback.history, ensure_ascii=False),
                    json.dumps(answer_to_json(feedback.answer), ensure_ascii=False),
                    json.dumps(feedback.raw, ensure_ascii=False), feedback.identity, feedback.given,
                ),
            )  # fmt: skip

    def feedback(self) -> list[Feedback]:
        """What all readers thought, in the order of the turns."""
        rows = self._rows(
            "SELECT turn, user, good, reason, note, question, history, answer, raw, identity, given FROM feedback ORDER BY turn"
        )
        return [
            Feedback(
                turn, user, bool(good), reason, note, question, tuple(json.loads(history)),
                answer_from_json(json.loads(answer)), tuple(json.loads(raw)), identity, given,
            )
            for turn, user, good, reason, note, question, history, answer, raw, identity, given in rows
        ]  # fmt: skip


OPINION = "FROM turns t LEFT JOIN feedback f ON f.turn = t.id"
LINE = f"SELECT t.id, t.question, t.state, f.good {OPINION}"
PLACE = "(SELECT count(*) FROM turns b WHERE b.conversation = t.conversation AND b.id <= t.id)"
TURN = f"SELECT t.id, t.conversation, {PLACE}, t.question, t.state, t.documents, t.answer, t.failure, f.good {OPINION}"


def _turn(row: Sequence[Any]) -> Turn:
    number, conversation, place, question, state, documents, answer, failure, good = row
    what, advice = json.loads(failure)
    return Turn(
        number=number,
        conversation=conversation,
        place=place,
        question=question,
        state=state,
        answer=answer_from_json(json.loads(answer)) if answer else None,
        documents=tuple(json.loads(documents)),
        failure=(what, advice),
        good=_good(good),
    )


def _good(kept: int | None) -> bool | None:
    return None if kept is None else bool(kept)


def titled(question: str) -> str:
    """A question as a title: on one line, and not too long."""
    line = " ".join(question.split())
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
