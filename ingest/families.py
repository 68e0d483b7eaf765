"""Which documents of a catalog are the same report: what they are known again by, and who is whose copy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from ingest.document import Sketch
from ingest.duplicates import are_copies, bands, joined, sketch, worth_comparing
from ingest.packed import unpacked_text

SCHEMA = """
CREATE TABLE IF NOT EXISTS texts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key BLOB NOT NULL UNIQUE,
    signature BLOB NOT NULL,
    figures BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS sketches (
    document INTEGER PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE,
    text INTEGER REFERENCES texts(id)
);
CREATE INDEX IF NOT EXISTS sketches_of_text ON sketches(text);
CREATE TABLE IF NOT EXISTS bands (band INTEGER, text INTEGER, PRIMARY KEY (band, text)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bands_of_text ON bands(text);
CREATE TABLE IF NOT EXISTS copies (one INTEGER, other INTEGER, PRIMARY KEY (one, other)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS copies_of_other ON copies(other);
"""
# Of documents that say the same to the letter there is one row in `texts`: a thousand of them are one text, not
# half a million pairs. `copies` holds each pair of texts that are copies, and families are what hangs together by it.
# So they depend on the documents that are there, and not on the order in which they came.


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """A document of a family: `damaged` stretches of it could not be read, `noise` is the share that was cleaned out."""

    path: str
    damaged: int = 0
    noise: float = 0.0


Family = tuple[Member, ...]
"""Documents that are the same report, by path."""


class Families:
    """The copies among a catalog's documents."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def put(self, document: int, found: Sketch | None, clean: str) -> None:
        """Note what text a document holds, and which others that one is a copy of. Call within a transaction."""
        text = None if found is None else self._text(found, clean)
        self._db.execute("INSERT INTO sketches VALUES (?, ?)", (document, text))

    def _text(self, found: Sketch, clean: str) -> int:
        """The number of a text; a new one is compared with those that may be its copies."""
        known = self._db.execute("SELECT id FROM texts WHERE key = ?", (found.key,)).fetchone()
        if known:
            return int(known[0])
        row = self._db.execute(
            "INSERT INTO texts (key, signature, figures) VALUES (?, ?, ?)",
            (found.key, found.signature.tobytes(), found.figures.tobytes()),
        )
        number, own_bands = int(row.lastrowid or 0), bands(found)
        likely = self._db.execute(
            "SELECT id, key, signature, figures FROM texts"  # noqa: S608
            f" WHERE id IN (SELECT text FROM bands WHERE band IN ({','.join('?' * len(own_bands))}))",
            own_bands,
        )
        for other, *stored in likely.fetchall():
            if worth_comparing(found, _sketch(*stored)) and are_copies(clean, self._clean_of(other)):
                self._db.execute("INSERT INTO copies VALUES (?, ?)", (other, number))
        self._db.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", ((band, number) for band in own_bands))
        return number

    def _clean_of(self, text: int) -> str:
        """The clean text of one of the documents that hold a text."""
        row = self._db.execute(
            "SELECT clean FROM documents WHERE id = (SELECT min(document) FROM sketches WHERE text = ?)", (text,)
        ).fetchone()
        return unpacked_text(row[0])

    def compare_the_rest(self) -> None:
        """Compare the documents that were taken in before documents were compared. Call within a transaction."""
        rest = "SELECT id, clean FROM documents WHERE id NOT IN (SELECT document FROM sketches) ORDER BY id"
        for document, packed in self._db.execute(rest).fetchall():
            clean = unpacked_text(packed)
            self.put(document, sketch(clean), clean)

    def all_compared(self) -> bool:
        """Whether each document was compared with the others."""
        counts = self._db.execute("SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM sketches)").fetchone()
        return bool(counts[0] == counts[1])

    def all(self) -> list[Family]:
        """The documents that are the same report as others, in families of two or more, by path.

        A copy of a copy is of the family. Removing what links two others parts them.
        """
        rows = self._db.execute(
            "SELECT s.text, d.path, l.damaged, l.cleaned, l.characters FROM sketches s"
            " JOIN documents d ON d.id = s.document JOIN listing l ON l.document = d.id"
            " WHERE s.text IN (SELECT one FROM copies UNION SELECT other FROM copies"
            " UNION SELECT text FROM sketches WHERE text IS NOT NULL GROUP BY text HAVING count(*) > 1)"
        )
        members: dict[int, list[Member]] = {}
        for text, path, damaged, cleaned, characters in rows:
            members.setdefault(text, []).append(Member(path, damaged, round(cleaned / max(1, characters), 2)))
        linked = joined(members, self._db.execute("SELECT one, other FROM copies"))
        families = (sorted(m for text in group for m in members[text]) for group in linked)
        return sorted(tuple(family) for family in families if len(family) > 1)

    @contextmanager
    def without(self, path: str) -> Iterator[None]:
        """Forget the text of a document that is taken out within, unless others hold it. Call within a transaction."""
        text = self._db.execute(
            "SELECT s.text FROM sketches s JOIN documents d ON d.id = s.document WHERE d.path = ?", (path,)
        ).fetchone()
        yield
        if text and not self._db.execute("SELECT 1 FROM sketches WHERE text IS ?", text).fetchone():
            self._db.execute("DELETE FROM copies WHERE one = ? OR other = ?", text * 2)
            self._db.execute("DELETE FROM bands WHERE text = ?", text)
            self._db.execute("DELETE FROM texts WHERE id = ?", text)


def _sketch(key: bytes, signature: bytes, figures: bytes) -> Sketch:
    return Sketch(key, np.frombuffer(signature, np.uint32), np.frombuffer(figures, np.uint32))
