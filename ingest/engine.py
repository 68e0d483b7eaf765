"""Where an index is searched: what finds passages by their terms and by their vectors, chosen by a URL.

    (empty)                          in the index's own folder: tantivy and Chroma
    chroma://HOST:PORT               vectors on a Chroma server, terms in the folder
    chroma+https://KEY@HOST          the same behind TLS and a proxy that asks for a bearer key
    milvus://USER:PASSWORD@HOST:PORT terms and vectors in Milvus; milvus+https as well
    milvus+file:FILE                 Milvus Lite, a file, absolute or beside the catalog

The catalog stays in the folder of the index and is the truth; all of this is made from it.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from typing import Literal, Protocol
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from ingest.catalog import Catalog
from ingest.errors import BadSettings
from ingest.within import Hits, Within

Vectors = npt.NDArray[np.float32]
Access = Literal["write", "read", "trust"]
"""What an engine is opened for: to write, and it is first made to match the catalog; to read, and one that
does not match is made to or refused; to read what another process is writing just now, as it is."""

EMBEDDED = ""
FORMS = "chroma://HOST:PORT, chroma+https://HOST, milvus://HOST:PORT, milvus+https://HOST or milvus+file:FILE"
SCHEMES = ("chroma", "chroma+https", "milvus", "milvus+https", "milvus+file")


class Lexical(Protocol):
    """Finds passages by their terms."""

    def __len__(self) -> int:
        """How many passages there are."""

    def search(self, terms: Sequence[str], k: int, within: Within | None = None) -> Hits:
        """The `k` passages of highest BM25 for the terms, with their scores; of those of `within` alone, if it is given."""

    def document_frequency(self, term: str) -> int:
        """In how many passages a term stands."""


class Dense(Protocol):
    """Finds passages by their vectors."""

    keeps_within: bool
    """Whether it looks for the nearest within bounds; else for the nearest of all, of which those within are given."""

    def __len__(self) -> int:
        """How many passages there are."""

    def search(self, vector: Vectors, k: int, within: Within | None = None) -> Hits:
        """The `k` nearest passages and their cosine, of one vector of shape (dimension,); if `within` is given see `keeps_within`."""


class Engine(Protocol):
    """Both, and what is written to both. `repairs` tells what had to be made again when it was opened."""

    repairs: tuple[str, ...]

    @property
    def lexical(self) -> Lexical:
        """What finds passages by their terms."""

    @property
    def vectors(self) -> Dense:
        """What finds passages by their vectors."""

    def write(self, numbers: Sequence[int], terms: Sequence[str], vectors: Vectors, removed: Sequence[int]) -> None:
        """Add passages and remove others. Writing the same again changes nothing. Raises IndexProblem."""

    def drop(self, *, terms: bool = True) -> None:
        """Remove all that was derived, or all but the `terms` where they are kept in the folder of the index."""

    def close(self) -> None:
        """Let go of it."""


def open_engine(url: str, catalog: Catalog, access: Access) -> Engine:
    """Open what a URL names. Raises BadSettings for one that names nothing, IndexUnreachable and other IndexProblems."""
    kind = checked(url).partition(":")[0].partition("+")[0]
    if kind == "chroma":
        from ingest.chroma_server import ChromaServer

        return ChromaServer(url, catalog, access)
    if kind == "milvus":
        if importlib.util.find_spec("pymilvus") is None:
            raise BadSettings("Milvus needs a library that is not installed", "pip install -e '.[milvus]'")
        from ingest.milvus import Milvus

        return Milvus(url, catalog, access)
    if access == "trust":
        from ingest.being_written import BeingWritten

        return BeingWritten(catalog)
    from ingest.embedded import Embedded

    return Embedded(catalog)


def counts_terms(url: str) -> bool:
    """Whether the catalog counts in how many passages terms stand, for the engine that a URL names."""
    return url.startswith("milvus")


def for_several(url: str) -> bool:
    """Whether several processes may read at a time what a URL names: Milvus Lite lets one open its file."""
    return not url.startswith("milvus+file")


def checked(url: str) -> str:
    """The URL. Raises BadSettings when it is none that is known."""
    if url == EMBEDDED:
        return url
    try:
        told = urlsplit(url)
        where = told.path if told.scheme == "milvus+file" else told.hostname
        told.port  # noqa: B018  # raises where it is no number
    except ValueError as exc:
        raise BadSettings(f"{without_secrets(url)}: no URL of an index ({exc})", f"use {FORMS}") from exc
    if told.scheme not in SCHEMES or not where:
        raise BadSettings(f"{without_secrets(url)}: no URL of an index", f"use {FORMS}, or leave it empty")
    return url


def without_secrets(url: str) -> str:
    """A URL without the user, password or key in it."""
    return re.sub(r"(?<=://)[^/]*@", "", url)
