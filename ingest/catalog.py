"""The catalog: documents, passages and their vectors in SQLite, the one copy that counts.

The lexical and the vector index can be made again from it, and are whenever
they do not open or do not match. A transaction takes documents in whole.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ingest import families, listing
from ingest.document import Block, Chunk, Document, Page, Passages, Span, View
from ingest.errors import IndexProblem
from ingest.packed import notes, packed_offsets, packed_text, unpacked_offsets, unpacked_text

Vectors = npt.NDArray[np.float32]

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL,
    format TEXT NOT NULL,
    encoding TEXT NOT NULL,
    title TEXT NOT NULL,
    raw BLOB NOT NULL,
    clean BLOB NOT NULL,
    starts BLOB NOT NULL,
    ends BLOB NOT NULL,
    notes TEXT NOT NULL,
    ingested TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    clean_start INTEGER NOT NULL,
    clean_end INTEGER NOT NULL,
    text TEXT NOT NULL,
    page TEXT NOT NULL,
    heading TEXT NOT NULL,
    repaired INTEGER NOT NULL,
    damaged INTEGER NOT NULL,
    vector BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS chunks_of_document ON chunks(document);
CREATE TABLE IF NOT EXISTS stamps (
    document INTEGER PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE,
    stamp TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS frequencies (term INTEGER PRIMARY KEY, passages INTEGER NOT NULL);
"""
PAGE_OF_IDS = 500
IDENTITY = "identity"
"""The fact that holds the identity."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk as the catalog knows it: with its number and its document's path and title."""

    number: int
    document: str
    title: str
    chunk: Chunk


class Known(NamedTuple):
    """A file as it was when it was read: its SHA-256, and its stamp, empty where it could have changed without a trace."""

    digest: str
    stamp: str


class Catalog:
    """The SQLite file of an index. Readers may share it while one process writes."""

    def __init__(self, file: Path) -> None:
        """Open the catalog, or begin one. Raises IndexProblem when the file is no catalog."""
        self.file = file
        try:
            self._db = sqlite3.connect(file, check_same_thread=False, timeout=30, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.executescript(SCHEMA + families.SCHEMA + listing.SCHEMA)
            self.listing, self.families = listing.Listing(self._db), families.Families(self._db)
        except sqlite3.DatabaseError as exc:
            raise IndexProblem(f"{file}: not a catalog ({exc})", "move it away and ingest again") from exc

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def identity(self) -> str:
        """What tells this catalog from all others: a server keeps the parts of many indexes."""
        if (kept := self.fact(IDENTITY)) is None:
            with self.transaction():
                kept = self.fact(IDENTITY) or secrets.token_hex(6)
                self.set_fact(IDENTITY, kept)
        return kept

    def copy_to(self, file: Path) -> None:
        """Write a copy as of this moment, whoever else reads and writes. Raises IndexProblem when that fails."""
        try:
            with closing(sqlite3.connect(file)) as copy:
                self._db.backup(copy)
        except sqlite3.Error as exc:
            raise IndexProblem(
                f"{self.file}: cannot be copied to {file} ({exc})", "is there room on the disk?"
            ) from exc

    def damage(self) -> str:
        """What SQLite finds wrong with the file; empty when nothing is. Reads all of it."""
        try:
            found = str(self._db.execute("PRAGMA integrity_check(1)").fetchone()[0])
        except sqlite3.DatabaseError as exc:
            return str(exc)
        return "" if found == "ok" else found

    def version(self) -> int:
        """A number that is another one once another process, or another catalog of this file, has written."""
        return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written within is kept, or nothing is."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def fact(self, name: str) -> str | None:
        """A named value kept beside the documents."""
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_fact(self, name: str, value: str) -> None:
        """Keep a named value."""
        self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def forget(self, *names: str) -> None:
        """Keep some named values no longer."""
        self._db.executemany("DELETE FROM facts WHERE name = ?", ((name,) for name in names))

    def put(self, passages: Passages) -> list[int]:
        """Take in a document with its passages and vectors, and return the passages' numbers.

        An older document of the same path has to be removed before. Call within a transaction.
        """
        document, vectors = passages.document, passages.vectors
        if vectors is None or len(vectors) != len(passages.chunks):
            raise ValueError(f"{document.path}: passages without vectors")
        row = self._db.execute(
            "INSERT INTO documents (path, sha256, format, encoding, title, raw, clean, starts, ends, notes, ingested)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                document.path, document.sha256, document.format, document.encoding, document.title,
                packed_text(document.raw), packed_text(document.view.text),
                packed_offsets(document.view.starts), packed_offsets(document.view.ends),
                notes(document), datetime.now(UTC).isoformat(timespec="seconds"),
            ),
        )  # fmt: skip
        number, numbers = int(row.lastrowid or 0), []
        for chunk, vector in zip(passages.chunks, vectors, strict=True):
            inserted = self._db.execute(
                "INSERT INTO chunks (document, start, end, clean_start, clean_end, text, page, heading, repaired, damaged, vector)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    number, chunk.span.start, chunk.span.end, chunk.clean.start, chunk.clean.end,
                    chunk.text, chunk.page, chunk.heading, chunk.repaired, chunk.damaged, vector.astype(np.float16).tobytes(),
                ),
            )  # fmt: skip
            numbers.append(int(inserted.lastrowid or 0))
        if passages.stamp:
            self._db.execute("INSERT INTO stamps VALUES (?, ?)", (number, passages.stamp))
        self.listing.put(number, document)
        self.families.put(number, passages.sketch, document.view.text)
        return numbers

    def remove(self, path: str) -> list[int]:
        """Take a document out and return the numbers its passages had. Call within a transaction."""
        found = self._db.execute(
            "SELECT c.id FROM chunks c JOIN documents d ON d.id = c.document WHERE d.path = ?", (path,)
        )
        numbers = [row[0] for row in found]
        with self.families.without(path):
            self._db.execute("DELETE FROM documents WHERE path = ?", (path,))
        return numbers

    def known(self) -> dict[str, Known]:
        """What is known of each document's file, by path."""
        rows = self._db.execute(
            "SELECT d.path, d.sha256, coalesce(s.stamp, '') FROM documents d LEFT JOIN stamps s ON s.document = d.id"
        )
        return {path: Known(digest, stamp) for path, digest, stamp in rows}

    def set_stamps(self, stamps: Mapping[str, str]) -> None:
        """Note the stamps of files that were found unchanged, by path. Call within a transaction."""
        self._db.executemany(
            "INSERT OR REPLACE INTO stamps SELECT id, ? FROM documents WHERE path = ?",
            ((stamp, path) for path, stamp in stamps.items()),
        )

    def document(self, path: str) -> Document:
        """A document with its view. Raises KeyError when there is none of that path."""
        row = self._db.execute(
            "SELECT d.path, sha256, format, encoding, title, raw, clean, starts, ends, notes, publisher, root, date"
            " FROM documents d JOIN listing l ON l.document = d.id WHERE d.path = ?",
            (path,),
        ).fetchone()
        if row is None:
            raise KeyError(path)
        told = json.loads(row[9])
        return Document(
            path=row[0],
            sha256=row[1],
            format=row[2],
            encoding=row[3],
            title=row[4],
            raw=unpacked_text(row[5]),
            view=View(unpacked_text(row[6]), unpacked_offsets(row[7]), unpacked_offsets(row[8])),
            pages=tuple(Page(label, Span(*span)) for label, *span in told["pages"]),
            blocks=tuple(Block(kind, Span(start, end), level) for kind, start, end, level in told["blocks"]),
            cleaned=tuple((name, n) for name, n in told["cleaned"]),
            repaired=tuple(Span(*s) for s in told["repaired"]),
            damaged=tuple(Span(*s) for s in told["damaged"]),
            warnings=tuple(told["warnings"]),
            publisher=row[10],
            root=row[11],
            date=row[12],
        )

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """The passages of these numbers that are there, by number."""
        found: dict[int, Passage] = {}
        for at in range(0, len(numbers), PAGE_OF_IDS):
            some = list(numbers[at : at + PAGE_OF_IDS])
            found |= {p.number: p for p in self._passages(f"c.id IN ({','.join('?' * len(some))})", some)}
        return found

    def passages_of(self, path: str) -> list[Passage]:
        """The passages of a document, in its order."""
        return list(self._passages("d.path = ? ORDER BY c.id", [path]))

    def _passages(self, condition: str, values: Sequence[object]) -> Iterator[Passage]:
        rows = self._db.execute(
            "SELECT c.id, d.path, d.title, c.start, c.end, c.clean_start, c.clean_end, c.text, c.page, c.heading,"  # noqa: S608
            " c.repaired, c.damaged"
            f" FROM chunks c JOIN documents d ON d.id = c.document WHERE {condition}",
            values,
        )
        for (
            n,
            path,
            title,
            start,
            end,
            clean_start,
            clean_end,
            text,
            page,
            heading,
            repaired,
            damaged,
        ) in rows.fetchall():
            chunk = Chunk(
                Span(start, end), Span(clean_start, clean_end), text, page, heading, bool(repaired), bool(damaged)
            )
            yield Passage(n, path, title, chunk)

    def texts(self) -> Iterator[tuple[int, str, str]]:
        """Number, heading and text of every passage, by number."""
        yield from self._db.execute("SELECT id, heading, text FROM chunks ORDER BY id")

    def vectors(self, batch: int) -> Iterator[tuple[list[int], Vectors]]:
        """All numbers with their vectors, in batches of shape (up to `batch`, dimension)."""
        rows = self._db.execute("SELECT id, vector FROM chunks ORDER BY id")
        while some := rows.fetchmany(batch):
            stacked = np.stack([np.frombuffer(v, np.float16) for _, v in some])
            yield [n for n, _ in some], stacked.astype(np.float32)

    def vectors_of(self, numbers: Sequence[int]) -> dict[int, Vectors]:
        """The vectors of those of these passages that are there, by number."""
        found: dict[int, Vectors] = {}
        for at in range(0, len(numbers), PAGE_OF_IDS):
            some = list(numbers[at : at + PAGE_OF_IDS])
            query = f"SELECT id, vector FROM chunks WHERE id IN ({','.join('?' * len(some))})"  # noqa: S608
            found |= {n: np.frombuffer(v, np.float16) for n, v in self._db.execute(query, some)}
        return found

    def rows(self, batch: int) -> Iterator[tuple[list[int], list[tuple[str, str]], Vectors]]:
        """Numbers, headings with texts, and vectors of all passages, by number, in batches."""
        rows = self._db.execute("SELECT id, heading, text, vector FROM chunks ORDER BY id")
        while some := rows.fetchmany(batch):
            stacked = np.stack([np.frombuffer(v, np.float16) for *_, v in some]).astype(np.float32)
            yield [n for n, *_ in some], [(heading, text) for _, heading, text, _ in some], stacked

    def numbers(self) -> set[int]:
        """The numbers of all passages."""
        return {n for (n,) in self._db.execute("SELECT id FROM chunks")}

    def last_number(self) -> int:
        """The highest number that a passage was ever given; 0 before the first."""
        row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'").fetchone()
        return int(row[0]) if row else 0

    def count_terms(self, passages: Mapping[int, int]) -> None:
        """Add to the numbers of passages that terms stand in, by the term's code. Call within a transaction."""
        self._db.executemany(
            "INSERT INTO frequencies VALUES (?, ?) ON CONFLICT (term) DO UPDATE SET passages = passages + excluded.passages",
            passages.items(),
        )

    def forget_terms(self) -> None:
        """Forget in how many passages terms stand. Call within a transaction."""
        self._db.execute("DELETE FROM frequencies")

    def frequency(self, term: int) -> int:
        """In how many passages the term of this code stands, as far as terms were counted."""
        row = self._db.execute("SELECT passages FROM frequencies WHERE term = ?", (term,)).fetchone()
        return int(row[0]) if row else 0

    def counts(self) -> tuple[int, int]:
        """How many documents and passages there are."""
        row = self._db.execute("SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM chunks)").fetchone()
        return int(row[0]), int(row[1])
