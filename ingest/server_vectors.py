"""Vectors on a Chroma server: what the clients of many machines share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import TypeVar

import chromadb
import httpx
import numpy as np
import numpy.typing as npt
from chromadb.api import ClientAPI
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import AuthorizationError, ChromaAuthError, ChromaError

from ingest.circuit import Circuit, unreachable
from ingest.errors import IndexProblem
from ingest.vectors import HNSW, nearest
from ingest.within import Hits, Within, kept

T = TypeVar("T")
Vectors = npt.NDArray[np.float32]
KNOWN_SERVER = "1"
"""The version of the servers that the client understands."""
CONNECTS_IN, WRITES_IN, FINDS_IN = 5.0, 60.0, 20.0
"""Seconds that a server may take: to answer at all, to take in a batch, and to answer who waits for an answer."""
PAGE = 5000
"""Numbers that are asked for at once."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a Chroma server listens; `key` is sent as a bearer key, for a proxy before it: Chroma itself asks for none."""

    host: str
    port: int
    tls: bool = False
    key: str = field(default="", repr=False)


class ServerVectors:
    """Nearest passages by cosine, in a collection of its own on a Chroma server. Safe to use from several threads."""

    keeps_within = False

    def __init__(self, server: Server, name: str, where: str, circuit: Circuit, answers_in: float) -> None:
        """Connect; a call may take `answers_in` seconds. Raises IndexUnreachable, and IndexProblem for a server of another version or that refuses the key."""
        self._server, self._name, self._where, self._circuit = server, name, where, circuit
        self._answers_in = answers_in
        self._client = self._guarded(self._connected)
        self._count: int | None = None
        self._vectors = self._guarded(
            lambda: self._client.get_or_create_collection(name, configuration=HNSW, embedding_function=None)
        )

    def __len__(self) -> int:
        """How many vectors there are; asked once, and again after each write."""
        if self._count is None:
            self._count = self._guarded(self._vectors.count)
        return self._count

    def numbers(self) -> Iterator[int]:
        """The numbers of all passages there."""
        for at in count(0, PAGE):
            ids = self._guarded(partial(self._vectors.get, limit=PAGE, offset=at, include=[]))["ids"]
            yield from map(int, ids)
            if len(ids) < PAGE:
                return

    def put(self, numbers: Sequence[int], terms: Sequence[str], vectors: Vectors) -> None:  # noqa: ARG002  # no terms here
        """Add vectors of shape (n, dimension); those of numbers that are there already stay as they are."""
        size = self._guarded(self._client.get_max_batch_size)
        for at in range(0, len(numbers), size):
            ids = [str(n) for n in numbers[at : at + size]]
            self._guarded(partial(self._vectors.add, ids=ids, embeddings=vectors[at : at + size]))
        self._count = None

    def take(self, numbers: Sequence[int]) -> None:
        """Remove vectors."""
        size = self._guarded(self._client.get_max_batch_size)
        for at in range(0, len(numbers), size):
            self._guarded(partial(self._vectors.delete, ids=[str(n) for n in numbers[at : at + size]]))
        self._count = None

    def search(self, vector: Vectors, k: int, within: Within | None = None) -> Hits:
        """The `k` nearest passages and their cosine, of one vector of shape (dimension,); of those `within`, if it is given."""
        wanted = min(k, len(self))
        if not wanted:
            return []
        found = self._guarded(
            lambda: self._vectors.query(query_embeddings=vector[None, :], n_results=wanted, include=["distances"])
        )
        return nearest(found) if within is None else kept(nearest(found), within.numbers)

    def drop(self) -> None:
        """Remove the collection."""
        self._guarded(lambda: self._client.delete_collection(self._name))

    def _connected(self) -> ClientAPI:
        given = self._server
        headers = {"Authorization": f"Bearer {given.key}"} if given.key else {}
        # Clients are shared by what they were made with, a stopped one too.
        settings = ChromaSettings(anonymized_telemetry=False)
        client = chromadb.HttpClient(given.host, given.port, ssl=given.tls, headers=headers, settings=settings)
        # It would wait for ever, and there is no setting for it.
        session = getattr(getattr(client, "_server", None), "_session", None)
        if isinstance(session, httpx.Client):
            session.timeout = httpx.Timeout(self._answers_in, connect=CONNECTS_IN)
        version = client.get_version()
        if version.split(".")[0] != KNOWN_SERVER:
            raise IndexProblem(
                f"{self._where}: a Chroma server of version {version}, {KNOWN_SERVER}.x is needed",
                f"run the one of chromadb {chromadb.__version__}: chroma run --path FOLDER",
            )
        return client

    def _guarded(self, call: Callable[[], T]) -> T:
        return self._circuit.call(lambda: self._once(call))

    def _once(self, call: Callable[[], T]) -> T:
        """One try. Raises IndexUnreachable where it may be worth another, IndexProblem else."""
        try:
            return call()
        except httpx.HTTPError as exc:
            raise unreachable(self._where, exc) from exc
        except (ChromaError, ValueError, KeyError) as exc:
            status = refusal_of(exc)
            if status in {401, 403}:
                raise IndexProblem(
                    f"{self._where}: does not take the key ({status})", "chroma+https://KEY@HOST in WENJU_INDEX_URL"
                ) from exc
            if status in {429, 502, 503, 504} or isinstance(exc.__context__, httpx.TransportError):
                raise unreachable(self._where, exc) from exc
            raise IndexProblem(
                f"{self._where}: no answer of a Chroma server to be made use of ({type(exc).__name__}: {exc})",
                f"run the one of chromadb {chromadb.__version__}: chroma run --path FOLDER",
            ) from exc


def refusal_of(exc: BaseException) -> int | None:
    """The HTTP status behind an error, where there is one."""
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, httpx.HTTPStatusError):
            return cause.response.status_code
        if isinstance(cause, AuthorizationError | ChromaAuthError):
            return 401
        cause = cause.__cause__ or cause.__context__
    return None
