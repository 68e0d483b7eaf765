"""The vectors of the passages, kept by Chroma. The only file that knows Chroma."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from ingest.errors import IndexProblem
from ingest.within import Hits, Within, kept

# Chroma is imported where vectors are opened: it takes most of a second, and an ingest that finds nothing new opens none.
if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.types import QueryResult

T = TypeVar("T")
Vectors = npt.NDArray[np.float32]
COLLECTION = "passages"
GRAPH_LIST = "index_metadata.pickle"
"""Which vectors a graph on the disk holds. There is none without it."""
# With the defaults a tenth of the neighbours is lost at 40,000 vectors.
HNSW: CreateCollectionConfiguration = {
    "hnsw": {"space": "cosine", "ef_construction": 200, "max_neighbors": 32, "ef_search": 100}
}


_opened: set[str] = set()
"""The folders that this process opened at some time."""


class VectorIndex:
    """Nearest passages by cosine, in a folder of its own."""

    keeps_within = False

    def __init__(self, folder: Path) -> None:
        """Open the vectors in `folder`, or begin them. Raises IndexProblem when they do not open."""
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings as ChromaSettings
        from chromadb.errors import ChromaError

        self.folder = folder
        self._count: int | None = None
        if not folder.exists() and str(folder) in _opened:
            # Chroma would give the client of a removed folder of the same path back.
            SharedSystemClient.clear_system_cache()
        _opened.add(str(folder))
        try:
            self._client: ClientAPI = chromadb.PersistentClient(
                str(folder), ChromaSettings(anonymized_telemetry=False, is_persistent=True)
            )
            self._vectors = self._client.get_or_create_collection(
                COLLECTION, configuration=HNSW, embedding_function=None
            )
        except (ChromaError, ValueError, OSError) as exc:
            raise IndexProblem(f"{folder}: the vectors do not open ({exc})") from exc

    def __len__(self) -> int:
        # Counting takes longer than a search, so it is done once, and again when something is written.
        if self._count is None:
            self._count = self._guarded(self._vectors.count)
        return self._count

    def close(self) -> None:
        """Let go of the files and threads that Chroma keeps for each folder."""
        from chromadb.api.client import Client

        if isinstance(self._client, Client):
            self._client.close()

    def write(self, numbers: Sequence[int], vectors: Vectors, removed: Sequence[int] = ()) -> None:
        """Add vectors of shape (n, dimension) under the passages' numbers and remove others."""
        self._count = None
        size = self._client.get_max_batch_size()
        for at in range(0, len(removed), size):
            ids = [str(n) for n in removed[at : at + size]]
            self._guarded(partial(self._vectors.delete, ids=ids))
        for at in range(0, len(numbers), size):
            ids = [str(n) for n in numbers[at : at + size]]
            rows = vectors[at : at + size]
            self._guarded(partial(self._vectors.add, ids=ids, embeddings=rows))

    def search(self, vector: Vectors, k: int, within: Within | None = None) -> Hits:
        """The `k` nearest passages and their cosine, of one vector of shape (dimension,); of those `within`, if it is given."""
        count = len(self)
        if not count:
            return []
        found = self._guarded(
            lambda: self._vectors.query(
                query_embeddings=vector[None, :], n_results=min(k, count), include=["distances"]
            )
        )
        return nearest(found) if within is None else kept(nearest(found), within.numbers)

    @staticmethod
    def state(folder: Path) -> str:
        """Sizes and checksums of the files of the graph in `folder`, which change only when something is written.

        Chroma takes the process down with it when one of them was cut short, so they are checked before it opens them.
        Up to a thousand vectors it has no graph on the disk, only files that it makes anew at each opening: empty then.
        """
        return " ".join(f"{f.name}:{f.stat().st_size}:{_checksum(f):08x}" for f in _graph_files(folder))

    @staticmethod
    def marks(folder: Path) -> str:
        """Sizes and times of the same files: no write leaves both, and nothing of them has to be read."""
        return " ".join(f"{f.name}:{f.stat().st_size}:{f.stat().st_mtime_ns}" for f in _graph_files(folder))

    def _guarded(self, call: Callable[[], T]) -> T:
        from chromadb.errors import ChromaError

        try:
            return call()
        except ChromaError as exc:
            raise IndexProblem(f"{self.folder}: the vectors do not answer ({exc})") from exc


def nearest(found: QueryResult) -> list[tuple[int, float]]:
    """What Chroma found for one vector: numbers with their cosine."""
    ids, distances = found["ids"][0], (found["distances"] or [[]])[0]
    return [(int(i), 1 - float(d)) for i, d in zip(ids, distances, strict=True)]


def _graph_files(folder: Path) -> list[Path]:
    """The files of the graph, none where there is none on the disk."""
    return sorted(f for listed in folder.glob(f"*/{GRAPH_LIST}") for f in listed.parent.iterdir())


def _checksum(file: Path) -> int:
    checksum = 0
    with file.open("rb") as opened:
        while block := opened.read(1 << 20):
            checksum = zlib.crc32(block, checksum)
    return checksum
