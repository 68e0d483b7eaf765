"""The catalog: documents, passages and their vectors in SQLite, the one copy that counts.

The lexical and the vector index can be made again from it, and are whenever
they do not open or do not match. A transaction takes documents in whole.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ingest.document import Block, Chunk, Document, Page, Passages, Span, View
from ingest.errors import IndexProblem

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
"""
PAGE_OF_IDS = 500


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk as the catalog knows it: with its number and its document's path and title."""

    number: int
    document: str
    title: str
    chunk: Chunk


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the catalog's table of documents. `passages` counts them; `ingested` is UTC, ISO 8601."""

    path: str
    title: str
    format: str
    sha256: str
    characters: int
    passages: int
    ingested: str
    publisher: str = ""
    date: str = ""


class Catalog:
    """The SQLite file of an index. Readers may share it while one process writes."""

    def __init__(self, file: Path) -> None:
        """Open the catalog, or begin one. Raises IndexProblem when the file is no catalog."""
        self.file = file
        try:
            self._db = sqlite3.connect(file, check_same_thread=False, timeout=30, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.executescript(SCHEMA)
        except sqlite3.DatabaseError as exc:
            raise IndexProblem(f"{file}: not a catalog ({exc})", "move it away and ingest again") from exc

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

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
                _packed_text(document.raw), _packed_text(document.view.text),
                _packed_offsets(document.view.starts), _packed_offsets(document.view.ends),
                _notes(document), datetime.now(UTC).isoformat(timespec="seconds"),
            ),
        )  # fmt: skip
        numbers = []
        for chunk, vector in zip(passages.chunks, vectors, strict=True):
            inserted = self._db.execute(
                "INSERT INTO chunks (document, start, end, clean_start, clean_end, text, page, heading, repaired, damaged, vector)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    row.lastrowid, chunk.span.start, chunk.span.end, chunk.clean.start, chunk.clean.end,
                    chunk.text, chunk.page, chunk.heading, chunk.repaired, chunk.damaged, vector.astype(np.float16).tobytes(),
                ),
            )  # fmt: skip
            numbers.append(int(inserted.lastrowid or 0))
        return numbers

    def remove(self, path: str) -> list[int]:
        """Take a document out and return the numbers its passages had. Call within a transaction."""
        found = self._db.execute(
            "SELECT c.id FROM chunks c JOIN documents d ON d.id = c.document WHERE d.path = ?", (path,)
        )
        numbers = [row[0] for row in found]
        self._db.execute("DELETE FROM documents WHERE path = ?", (path,))
        return numbers

    def digests(self) -> dict[str, str]:
        """The SHA-256 of each document's file, by path."""
        return dict(self._db.execute("SELECT path, sha256 FROM documents"))

    def roots(self) -> dict[str, str]:
        """The folder that each document was found in, by path; empty for a file that was named itself."""
        return dict(self._db.execute("SELECT path, coalesce(json_extract(notes, '$.root'), '') FROM documents"))

    def documents(self) -> list[Listed]:
        """All documents, by path."""
        rows = self._db.execute(
            "SELECT path, title, format, sha256, notes, (SELECT count(*) FROM chunks c WHERE c.document = d.id), ingested"
            " FROM documents d ORDER BY path"
        )
        return [_listed(*row) for row in rows]

    def document(self, path: str) -> Document:
        """A document with its view. Raises KeyError when there is none of that path."""
        row = self._db.execute(
            "SELECT path, sha256, format, encoding, title, raw, clean, starts, ends, notes FROM documents WHERE path = ?",
            (path,),
        ).fetchone()
        if row is None:
            raise KeyError(path)
        notes = json.loads(row[9])
        return Document(
            path=row[0],
            sha256=row[1],
            format=row[2],
            encoding=row[3],
            title=row[4],
            raw=_unpacked_text(row[5]),
            view=View(_unpacked_text(row[6]), _unpacked_offsets(row[7]), _unpacked_offsets(row[8])),
            pages=tuple(Page(label, Span(*span)) for label, *span in notes["pages"]),
            blocks=tuple(Block(kind, Span(start, end), level) for kind, start, end, level in notes["blocks"]),
            cleaned=tuple((name, n) for name, n in notes["cleaned"]),
            repaired=tuple(Span(*s) for s in notes["repaired"]),
            damaged=tuple(Span(*s) for s in notes["damaged"]),
            warnings=tuple(notes["warnings"]),
            publisher=notes.get("publisher", ""),
            root=notes.get("root", ""),
            date=notes.get("date", ""),
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

    def numbers_of(self, paths: Iterable[str]) -> frozenset[int]:
        """The numbers of all passages of some documents."""
        query = "SELECT c.id FROM chunks c JOIN documents d ON d.id = c.document WHERE d.path = ?"
        return frozenset(row[0] for path in paths for row in self._db.execute(query, (path,)))

    def texts(self) -> Iterator[tuple[int, str, str]]:
        """Number, heading and text of every passage, by number."""
        yield from self._db.execute("SELECT id, heading, text FROM chunks ORDER BY id")

    def vectors(self, batch: int) -> Iterator[tuple[list[int], Vectors]]:
        """All numbers with their vectors, in batches of shape (up to `batch`, dimension)."""
        rows = self._db.execute("SELECT id, vector FROM chunks ORDER BY id")
        while some := rows.fetchmany(batch):
            stacked = np.stack([np.frombuffer(v, np.float16) for _, v in some])
            yield [n for n, _ in some], stacked.astype(np.float32)

    def counts(self) -> tuple[int, int]:
        """How many documents and passages there are."""
        row = self._db.execute("SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM chunks)").fetchone()
        return int(row[0]), int(row[1])


def _listed(path: str, title: str, kind: str, sha256: str, notes: str, passages: int, ingested: str) -> Listed:
    told = json.loads(notes)
    known = told.get("publisher", ""), told.get("date", "")
    return Listed(path, title, kind, sha256, told["characters"], passages, ingested, *known)


def _notes(document: Document) -> str:
    return json.dumps(
        {
            "characters": len(document.raw),
            "pages": [(p.label, p.span.start, p.span.end) for p in document.pages],
            "blocks": [(b.kind, b.span.start, b.span.end, b.level) for b in document.blocks],
            "cleaned": document.cleaned,
            "repaired": [(s.start, s.end) for s in document.repaired],
            "damaged": [(s.start, s.end) for s in document.damaged],
            "warnings": document.warnings,
            "publisher": document.publisher,
            "root": document.root,
            "date": document.date,
        },
        ensure_ascii=False,
    )


def _packed_text(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8"), 1)


def _unpacked_text(blob: bytes) -> str:
    return zlib.decompress(blob).decode("utf-8")


def _packed_offsets(offsets: npt.NDArray[np.int32]) -> bytes:
    # Steps between neighbours are nearly all 1, which packs to almost nothing.
    return zlib.compress(np.diff(offsets, prepend=np.int32(0)).astype(np.int32).tobytes(), 1)


def _unpacked_offsets(blob: bytes) -> npt.NDArray[np.int32]:
    return np.cumsum(np.frombuffer(zlib.decompress(blob), np.int32), dtype=np.int32)
