"""The engine in Milvus, from Milvus Lite in a file to a cluster. The only file that knows Milvus.

Each passage is one row: its number, its vector, its terms as a sparse vector (see
`ingest.bm25`), so that characters and pairs reach Milvus as they are, and what bounds
ask of its document (see `ingest.columns`). In how many passages a term stands is
counted in the catalog.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import numpy as np
import numpy.typing as npt
from pymilvus import DataType, MilvusClient
from pymilvus.exceptions import MilvusException

from ingest.bm25 import dimension, idf, term_counts, weights
from ingest.catalog import Catalog
from ingest.circuit import REST, Circuit, unreachable
from ingest.columns import Columns, columns_of, expression
from ingest.engine import Access, without_secrets
from ingest.errors import IndexProblem
from ingest.matching import AT_ONCE, match
from ingest.terms import indexed_text, terms_of
from ingest.within import Hits, Within

T = TypeVar("T")
Vectors = npt.NDArray[np.float32]
MEAN_LENGTH = "mean terms"
"""The fact in the catalog that tells how many terms a passage had in the mean when the first were written."""
MOST_FOUND = 16_384
"""Milvus gives no more."""
SECONDS, FINDS_IN = 60.0, 20.0
"""That a call may take, and one to a cluster that somebody waits for."""
LOST = {1, 2}
"""Codes of errors of the connection; a server that says no has others."""
NOT_LOADED, RELEASED = 101, re.compile("not loaded|'released'")
"""How a server says that it has to be told to load a collection; Milvus Lite has no code for it."""
RECONNECTS = {"grpc.max_reconnect_backoff_ms": round(1000 * REST)}
"""A connection that was lost is looked for anew as often as calls are let through; by itself gRPC waits up to two minutes."""
ROWS = 1000
"""Rows that are sent together: a message holds 64 MB."""
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it logs what it raises, with the traceback


class Milvus:
    """Terms and vectors in one collection named for the index."""

    def __init__(self, url: str, catalog: Catalog, access: Access) -> None:
        """Raises IndexUnreachable and other IndexProblems."""
        where = without_secrets(url)
        self._catalog = catalog
        self._held = Collection(url, f"wenju_{catalog.identity()}", where, catalog)
        if self._held.is_old() and access != "trust":
            if access == "read":
                raise IndexProblem(
                    f"{where}: was filled by an older version", "wenju ingest PATH... fills it anew, without embedding"
                )
            self._held.drop()
        if access == "write":
            _count_all_terms(catalog)
        self.repairs = match(self._held, catalog, access, where, terms=True)
        self.lexical = ByTerms(self._held, catalog)
        self.vectors = ByVectors(self._held)

    def write(self, numbers: Sequence[int], terms: Sequence[str], vectors: Vectors, removed: Sequence[int]) -> None:
        """Add passages and remove others."""
        if removed:
            self._held.take(removed)
        if numbers:
            self._held.put(numbers, terms, vectors)
        self.lexical.forget()

    def drop(self, *, terms: bool = True) -> None:  # noqa: ARG002  # terms and vectors are in one collection
        """Remove the collection, and what was counted for it."""
        self._held.drop()
        with self._catalog.transaction():
            self._catalog.forget(MEAN_LENGTH)
            self._catalog.forget_terms()

    def close(self) -> None:
        """Let go of the connection."""
        self._held.close()


def _count_all_terms(catalog: Catalog) -> None:
    """Count the terms of passages that were stored before this engine was chosen."""
    if catalog.fact(MEAN_LENGTH) is not None:
        return
    length, passages = 0, 0
    with catalog.transaction():
        catalog.forget_terms()
        for _, texts, _ in catalog.rows(AT_ONCE):
            terms = [terms_of(indexed_text(*t)) for t in texts]
            catalog.count_terms(term_counts(terms))
            length += sum(len(t.split()) for t in terms)
            passages += len(terms)
        if passages:
            catalog.set_fact(MEAN_LENGTH, str(length / passages))


class Collection:
    """The rows of an index. Begun with the first passages, which tell the dimension of vectors."""

    def __init__(self, url: str, name: str, where: str, catalog: Catalog) -> None:
        self._name, self._where, self._catalog = name, where, catalog
        self._circuit = Circuit(where)
        told = urlsplit(url)
        self._finds_in: float | None = FINDS_IN
        if told.scheme == "milvus+file":
            file = Path(unquote(told.path))
            place: dict[str, Any] = {"uri": str(file if file.is_absolute() else catalog.file.parent / file)}
            self._finds_in = None  # nobody is lost on the way to a file
        else:
            tls = "https" if told.scheme.endswith("https") else "http"
            place = {"uri": f"{tls}://{told.hostname}:{told.port or 19530}", "db_name": told.path.strip("/")}
            place["grpc_options"] = RECONNECTS
            if told.username:
                place["token"] = ":".join(unquote(part) for part in (told.username, told.password) if part)
        self._client: MilvusClient = self.guarded(lambda: MilvusClient(timeout=SECONDS, **place))
        self._there: bool = self.guarded(lambda: self._client.has_collection(name))
        self._count: int | None = None if self._there else 0
        if self._there:
            self.guarded(lambda: self._client.load_collection(name))

    def __len__(self) -> int:
        """How many rows there are; asked once, and again after each write."""
        if self._count is None:
            counted = self.guarded(
                lambda: self._client.query(
                    self._name, filter="", output_fields=["count(*)"], consistency_level="Strong"
                )
            )
            self._count = int(counted[0]["count(*)"])
        return self._count

    def is_old(self) -> bool:
        """Whether its rows lack what bounds ask of."""
        if not self._there:
            return False
        told = self.guarded(lambda: self._client.describe_collection(self._name))
        return not {*Columns._fields} <= {field["name"] for field in told["fields"]}

    def numbers(self) -> Iterator[int]:
        """The numbers of all rows."""
        last = -1
        while self._there:
            rows = self.guarded(
                partial(
                    self._client.query,
                    self._name,
                    filter=f"number > {last} and number <= {last + MOST_FOUND}",
                    output_fields=["number"],
                    limit=MOST_FOUND,
                    consistency_level="Strong",
                )
            )
            yield from (int(row["number"]) for row in rows)
            last += MOST_FOUND
            if last > self._catalog.last_number():
                return

    def put(self, numbers: Sequence[int], terms: Sequence[str], vectors: Vectors) -> None:
        """Add rows, or write the same again."""
        if not self._there:
            self._begin(vectors.shape[1])
        mean = self._mean_length(terms)
        for at in range(0, len(numbers), ROWS):
            part = slice(at, at + ROWS)
            told = self._catalog.listing.told_of(numbers[part])
            rows = [
                {"number": n, "terms": weights(t, mean), "vector": v, **columns_of(*told[n])._asdict()}
                for n, t, v in zip(numbers[part], terms[part], vectors[part], strict=True)
            ]
            self.guarded(partial(self._client.upsert, self._name, rows))
        self._count = None

    def take(self, numbers: Sequence[int]) -> None:
        """Remove rows."""
        if self._there:
            for at in range(0, len(numbers), ROWS):
                self.guarded(partial(self._client.delete, self._name, ids=list(numbers[at : at + ROWS])))
            self._count = None

    def find(self, field: str, query: object, metric: str, k: int, within: Within | None) -> Hits:
        """The numbers and scores of the `k` best rows, best first, of equal ones the first; of those `within`, if it is given."""
        only = "" if within is None else expression(within.bounds, self._catalog.listing.numbers)
        if not self._there or k < 1 or only is None:
            return []
        found = self.guarded(
            lambda: self._client.search(
                self._name, [query], anns_field=field, limit=min(k, MOST_FOUND), output_fields=["number"],
                filter=only, timeout=self._finds_in,
                search_params={"metric_type": metric, "params": {"ef": max(100, min(k, MOST_FOUND))}},
            )
        )  # fmt: skip
        hits = [(int(hit["number"]), float(hit["distance"])) for hit in found[0]]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))

    def drop(self) -> None:
        """Remove the collection."""
        self.guarded(lambda: self._client.drop_collection(self._name))
        self._there, self._count = False, 0

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def guarded(self, call: Callable[[], T]) -> T:
        """What a call gives. Raises IndexUnreachable and other IndexProblems."""
        return self._circuit.call(lambda: self._once(call))

    def _once(self, call: Callable[[], T]) -> T:
        try:
            return self._loaded(call)
        except MilvusException as exc:
            said = str(exc.message)
            if exc.code in LOST and "auth" not in said.lower():
                raise unreachable(self._where, said) from exc
            if "auth" in said.lower() or exc.code == 1400:
                raise IndexProblem(
                    f"{self._where}: does not take the user or the password", "milvus://USER:PASSWORD@HOST:PORT"
                ) from exc
            raise IndexProblem(f"{self._where}: Milvus says {said}", "wenju migrate --to URL makes it anew") from exc

    def _loaded(self, call: Callable[[], T]) -> T:
        """What a call gives; a collection that the server has let go of, as some do when they are started again, is loaded first."""
        try:
            return call()
        except MilvusException as exc:
            if exc.code != NOT_LOADED and not RELEASED.search(str(exc.message)):
                raise
            self._client.load_collection(self._name)
            return call()

    def _begin(self, dimension_of_vectors: int) -> None:
        schema: Any = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("number", DataType.INT64, is_primary=True)
        schema.add_field("terms", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension_of_vectors)
        for name in Columns._fields:
            schema.add_field(name, DataType.INT64)
        fields: Any = MilvusClient.prepare_index_params()
        fields.add_index("terms", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        fields.add_index("vector", index_type="HNSW", metric_type="COSINE", params={"M": 32, "efConstruction": 200})
        for name in Columns._fields:
            fields.add_index(name, index_type="INVERTED")
        # Who has written sees it in the next search.
        self.guarded(
            lambda: self._client.create_collection(
                self._name, schema=schema, index_params=fields, consistency_level="Strong"
            )
        )
        self._there = True

    def _mean_length(self, terms: Sequence[str]) -> float:
        """The length that others are held against; that of these, where they are the first. It stays, as the weights do."""
        kept = self._catalog.fact(MEAN_LENGTH)
        if kept is None:
            kept = str(sum(len(t.split()) for t in terms) / max(1, len(terms)))
            with self._catalog.transaction():
                self._catalog.set_fact(MEAN_LENGTH, kept)
        return float(kept)


class ByTerms:
    """BM25 over the rows of a collection."""

    def __init__(self, held: Collection, catalog: Catalog) -> None:
        self._held, self._catalog = held, catalog
        self._frequency = lru_cache(maxsize=20_000)(catalog.frequency)

    def __len__(self) -> int:
        return len(self._held)

    def document_frequency(self, term: str) -> int:
        """In how many passages a term stands."""
        return self._frequency(dimension(term))

    def search(self, terms: Sequence[str], k: int, within: Within | None = None) -> Hits:
        """The `k` passages of highest BM25 for the terms, with their scores; of those `within` alone, if it is given."""
        known = {t: n for t in dict.fromkeys(terms) if (n := self.document_frequency(t))}
        query = {dimension(t): idf(n, len(self)) for t, n in known.items()}
        return self._held.find("terms", query, "IP", k, within) if query else []

    def forget(self) -> None:
        """Ask anew in how many passages terms stand."""
        self._frequency.cache_clear()


class ByVectors:
    """Nearest rows of a collection by cosine."""

    keeps_within = True

    def __init__(self, held: Collection) -> None:
        self._held = held

    def __len__(self) -> int:
        return len(self._held)

    def search(self, vector: Vectors, k: int, within: Within | None = None) -> Hits:
        """The `k` nearest passages and their cosine, of one vector of shape (dimension,); of those `within` alone, if it is given."""
        return self._held.find("vector", vector, "COSINE", k, within)
