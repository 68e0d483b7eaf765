"""What is told of each document of a catalog without looking at its text: the table that lists, and what is chosen by it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from ingest.bounds import Bounds
from ingest.document import Document
from ingest.within import Numbers

# In a table of its own: what stands behind the texts of a document is only reached through them.
SCHEMA = """
CREATE TABLE IF NOT EXISTS listing (
    document INTEGER PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE,
    publisher TEXT NOT NULL,
    date TEXT NOT NULL,
    root TEXT NOT NULL,
    characters INTEGER NOT NULL,
    cleaned INTEGER NOT NULL,
    repaired INTEGER NOT NULL,
    damaged INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    warnings TEXT NOT NULL,
    ingested TEXT NOT NULL
);
"""
OLDER = """
INSERT OR IGNORE INTO listing
SELECT id, coalesce(json_extract(notes, '$.publisher'), ''), coalesce(json_extract(notes, '$.date'), ''),
    coalesce(json_extract(notes, '$.root'), ''), json_extract(notes, '$.characters'),
    (SELECT coalesce(sum(json_extract(value, '$[1]')), 0) FROM json_each(notes, '$.cleaned')),
    json_array_length(notes, '$.repaired'), json_array_length(notes, '$.damaged'), json_array_length(notes, '$.pages'),
    json_extract(notes, '$.warnings'), ingested
FROM documents WHERE id NOT IN (SELECT document FROM listing)
"""
"""Lists the documents of an index that was made before there was this table."""
WITHIN = """
(:documents IS NULL OR d.path IN (SELECT value FROM json_each(:documents)))
AND (:publishers IS NULL OR l.publisher IN (SELECT value FROM json_each(:publishers)))
AND (:since = '' OR (l.date <> '' AND substr(l.date, 1, length(:since)) >= substr(:since, 1, length(l.date))))
AND (:until = '' OR (l.date <> '' AND substr(l.date, 1, length(:until)) <= substr(:until, 1, length(l.date))))
"""
"""`Bounds.hold`, of `documents d` and `listing l`."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the catalog's table of documents. `passages` counts them; `ingested` is UTC, ISO 8601.

    `cleaned` are the characters that were taken out, `repaired` and `damaged` the stretches that were
    put right and that could not be; `root` is the folder that it was found in, empty for a file that was named itself.
    """

    path: str
    title: str
    format: str
    sha256: str
    characters: int
    passages: int
    ingested: str
    publisher: str = ""
    date: str = ""
    cleaned: int = 0
    repaired: int = 0
    damaged: int = 0
    pages: int = 0
    warnings: tuple[str, ...] = ()
    root: str = ""


class Listing:
    """The table of a catalog's documents."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Documents that are not listed yet, of an older index, are now."""
        self._db = db
        documents, listed = db.execute(
            "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM listing)"
        ).fetchone()
        if listed < documents:
            db.execute(OLDER)

    def put(self, number: int, document: Document) -> None:
        """List a document. Call within a transaction."""
        self._db.execute(
            "INSERT INTO listing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number, document.publisher, document.date, document.root, len(document.raw),
                sum(n for _, n in document.cleaned), len(document.repaired), len(document.damaged), len(document.pages),
                json.dumps(document.warnings, ensure_ascii=False), datetime.now(UTC).isoformat(timespec="seconds"),
            ),
        )  # fmt: skip

    def documents(self) -> list[Listed]:
        """All documents, by path."""
        rows = self._db.execute(
            "SELECT d.path, d.title, d.format, d.sha256, l.characters,"
            " (SELECT count(*) FROM chunks c WHERE c.document = d.id), l.ingested, l.publisher, l.date, l.cleaned,"
            " l.repaired, l.damaged, l.pages, l.warnings, l.root"
            " FROM listing l JOIN documents d ON d.id = l.document ORDER BY d.path"
        )
        return [Listed(*(*told, tuple(json.loads(warnings)), root)) for *told, warnings, root in rows]

    def labels(self) -> Iterator[tuple[str, str, str, str]]:
        """Path, title, publisher and date of all documents."""
        yield from self._db.execute(
            "SELECT d.path, d.title, l.publisher, l.date FROM listing l JOIN documents d ON d.id = l.document"
        )

    def paths(self) -> list[str]:
        """The paths of all documents."""
        return [path for (path,) in self._db.execute("SELECT path FROM documents")]

    def digests(self) -> dict[str, str]:
        """The SHA-256 of each document's file, by path."""
        return dict(self._db.execute("SELECT path, sha256 FROM documents"))

    def roots(self) -> dict[str, str]:
        """The folder that each document was found in, by path; empty for a file that was named itself."""
        return dict(self._db.execute("SELECT d.path, l.root FROM listing l JOIN documents d ON d.id = l.document"))

    def move(self, moves: Mapping[str, str], roots: Mapping[str, str]) -> None:
        """Let documents go by the paths that their files have now. `moves` gives the old path for each new one.

        `roots` are the folders that they belong to now, by the new paths. Call within a transaction.
        """
        self._db.executemany(
            "UPDATE listing SET root = ? WHERE document = (SELECT id FROM documents WHERE path = ?)",
            ((roots.get(path, ""), old) for path, old in moves.items()),
        )
        self._db.executemany("UPDATE documents SET path = ? WHERE path = ?", moves.items())

    def numbers(self, paths: Iterable[str]) -> list[int]:
        """The numbers of documents, in no order; of those that are there."""
        query = "SELECT id FROM documents WHERE path IN (SELECT value FROM json_each(?))"
        return [n for (n,) in self._db.execute(query, (_listed(paths),))]

    def told_of(self, passages: Iterable[int]) -> dict[int, tuple[int, str, str]]:
        """Number, publisher and date of the document that each passage is from."""
        rows = self._db.execute(
            "SELECT c.id, c.document, l.publisher, l.date FROM chunks c JOIN listing l ON l.document = c.document"
            " WHERE c.id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(passages)),),
        )
        return {passage: (document, publisher, date) for passage, document, publisher, date in rows}

    def passages_within(self, bounds: Bounds) -> Numbers:
        """The numbers of the passages of the documents within bounds, in their order; of shape (passages,)."""
        rows = self._db.execute(
            "SELECT c.id FROM documents d JOIN listing l ON l.document = d.id JOIN chunks c ON c.document = d.id"  # noqa: S608
            f" WHERE {WITHIN}",
            _values(bounds),
        )
        return np.sort(np.fromiter((n for (n,) in rows), np.int64))

    def holds(self, bounds: Bounds, path: str) -> bool:
        """Whether a document is there and within bounds."""
        query = f"SELECT 1 FROM documents d JOIN listing l ON l.document = d.id WHERE d.path = :path AND {WITHIN}"  # noqa: S608
        return self._db.execute(query, {**_values(bounds), "path": path}).fetchone() is not None

    def unknown(self, bounds: Bounds) -> tuple[list[str], list[str]]:
        """The documents and the publishers that bounds name and that are not there."""
        missing = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT {0} FROM {1}) ORDER BY value"
        documents, publishers = (
            [value for (value,) in self._db.execute(missing.format(column, table), (_listed(names or ()),))]
            for names, column, table in (
                (bounds.documents, "path", "documents"),
                (bounds.publishers, "publisher", "listing"),
            )
        )
        return documents, publishers


def _values(bounds: Bounds) -> dict[str, str | None]:
    documents, publishers = (None if some is None else _listed(some) for some in (bounds.documents, bounds.publishers))
    return {"documents": documents, "publishers": publishers, "since": bounds.since, "until": bounds.until}


def _listed(names: Iterable[str]) -> str:
    return json.dumps(sorted(names))
