"""The engine whose vectors are on a Chroma server; the terms stay in the folder of the index."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

import numpy as np
import numpy.typing as npt

from ingest.catalog import Catalog
from ingest.circuit import Circuit
from ingest.embedded import derived, drop, fill_lexical
from ingest.engine import Access, without_secrets
from ingest.lexical import LexicalIndex
from ingest.matching import match
from ingest.server_vectors import FINDS_IN, WRITES_IN, Server, ServerVectors

Vectors = npt.NDArray[np.float32]
PORT, TLS_PORT = 8000, 443


class ChromaServer:
    """Terms in a folder beside the catalog, vectors in a collection named for the index."""

    def __init__(self, url: str, catalog: Catalog, access: Access) -> None:
        """Raises IndexUnreachable, IndexMissing while another process still makes it, and other IndexProblems."""
        where = without_secrets(url)
        self._catalog = catalog
        name, seconds = f"wenju-{catalog.identity()}", WRITES_IN if access == "write" else FINDS_IN
        self.vectors = ServerVectors(server_of(url), name, where, Circuit(where), seconds)
        done: tuple[str, ...] = ()
        if access == "read":
            match(self.vectors, catalog, access, where, terms=False)
        behind = "an ingest was cut off" if access == "write" and catalog.fact("derived") == "behind" else ""
        repairs: list[str] = []
        self.lexical = derived(
            catalog, "lexical", LexicalIndex, fill_lexical, behind, may_repair=access != "trust", repairs=repairs
        )
        if access == "write":
            done = match(self.vectors, catalog, access, where, terms=False)
        self.repairs = (*done, *repairs)

    def write(self, numbers: Sequence[int], terms: Sequence[str], vectors: Vectors, removed: Sequence[int]) -> None:
        """Add passages and remove others."""
        with self.lexical.writing(zip(numbers, terms, strict=True), removed):
            if removed:
                self.vectors.take(removed)
            if numbers:
                self.vectors.put(numbers, terms, vectors)

    def drop(self, *, terms: bool = True) -> None:
        """Remove the collection, and the folder of the terms."""
        if terms:
            drop(self._catalog, "lexical")
        self.vectors.drop()

    def close(self) -> None:
        """There is nothing to let go of: connections end when they are not used."""


def server_of(url: str) -> Server:
    """What a URL says of a server."""
    told = urlsplit(url)
    tls = told.scheme.endswith("https")
    key = unquote(told.password or told.username or "")
    return Server(told.hostname or "", told.port or (TLS_PORT if tls else PORT), tls, key)
