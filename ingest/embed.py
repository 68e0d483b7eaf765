"""Turn texts into vectors, through sentence-transformers."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file

from ingest.errors import ModelProblem
from ingest.lexical import tokens

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = npt.NDArray[np.float32]
UNITS_MARK = "wenju_units.txt"
"""A model folder with a file of this name reads text written as characters and pairs, as the lexical index does."""


class Embedder(Protocol):
    """What the index and the retriever need of an embedding model."""

    @property
    def identity(self) -> str:
        """Names the model and its weights; an index is bound to it."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (texts, dimension), rows of length 1."""

    def question(self, text: str) -> Vectors:
        """One vector of shape (dimension,), of length 1."""


class SentenceTransformersEmbedder:
    """Any model that sentence-transformers loads. It is loaded when it is first needed."""

    def __init__(self, name: str, device: str = "cpu") -> None:
        """`name` is a folder or the name of a model on the hub, which is looked for on this machine first."""
        self.name = name
        self._device = device

    @cached_property
    def identity(self) -> str:
        """The name, and for a folder a hash of its files."""
        folder = Path(self.name)
        if not folder.is_dir():
            return self.name
        content = hashlib.sha256()
        for file in sorted(
            p for p in folder.rglob("*") if p.is_file() and p.suffix in {".json", ".safetensors", ".txt"}
        ):
            content.update(file.relative_to(folder).as_posix().encode())
            content.update(file.read_bytes())
        return f"{folder.name}@{content.hexdigest()[:12]}"

    @cached_property
    def _reads_units(self) -> bool:
        return (Path(self.name) / UNITS_MARK).is_file()

    @cached_property
    def _model(self) -> SentenceTransformer:
        """Raises ModelProblem at once when the model is not there."""
        if not Path(self.name).is_dir() and self.name.startswith((".", "/")):
            raise ModelProblem(f"{self.name}: no such folder", "check WENJU_EMBEDDING")
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
        from sentence_transformers import SentenceTransformer

        local: dict[str, Any] = {"local_files_only": True}
        try:
            return SentenceTransformer(self.name, device=self._device, **local)
        except (OSError, ValueError) as exc:
            if Path(self.name).is_dir():
                raise ModelProblem(
                    f"{self.name}: not a sentence-transformers model ({exc})", "check WENJU_EMBEDDING"
                ) from exc
        if os.environ.get("HF_HUB_OFFLINE") == "1" or os.environ.get("WENJU_DOWNLOAD") != "1":
            raise ModelProblem(
                f"{self.name}: not on this machine",
                "set WENJU_DOWNLOAD=1 to fetch it from the model hub once, or give a folder",
            )
        try:
            return SentenceTransformer(self.name, device=self._device)
        except (OSError, ValueError) as exc:
            raise ModelProblem(f"{self.name}: cannot be fetched ({exc})", "check the name and the network") from exc

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (texts, dimension), rows of length 1."""
        vectors = self._model.encode_document(
            self._prepared(texts), batch_size=1024 if self._reads_units else 32,
            convert_to_numpy=True, normalize_embeddings=True, show_progress_bar=False,
        )  # fmt: skip
        return np.asarray(vectors, np.float32)

    def question(self, text: str) -> Vectors:
        """One vector of shape (dimension,), of length 1; the model's own instruction for questions is used."""
        if self._reads_units and "_model" not in self.__dict__:
            return self._table.mean(tokens(text))
        vectors = self._model.encode_query(
            self._prepared([text]), convert_to_numpy=True, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors[0], np.float32)

    @cached_property
    def _table(self) -> TokenTable:
        return TokenTable(Path(self.name))

    def _prepared(self, texts: Sequence[str]) -> list[str]:
        return [" ".join(tokens(t)) for t in texts] if self._reads_units else list(texts)


class TokenTable:
    """The weights of a static model, read by themselves.

    For single questions: importing sentence-transformers takes longer than a
    user waits for an answer, and a mean of rows needs nothing of it.
    """

    def __init__(self, folder: Path) -> None:
        """Raises ModelProblem when the folder holds no static model."""
        try:
            vocabulary = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
            self._rows: dict[str, int] = dict(vocabulary)
            self._weights: Vectors = load_file(folder / "model.safetensors")["embedding.weight"]
        except (OSError, ValueError, KeyError, SafetensorError) as exc:
            raise ModelProblem(f"{folder}: not a static embedding model ({exc})", "install Wenju again") from exc

    def mean(self, units: Sequence[str]) -> Vectors:
        """The mean of the tokens' vectors (unknown ones count as zero), of length 1; shape (dimension,)."""
        rows = self._weights[[self._rows.get(u, 0) for u in units]] if units else self._weights[:1]
        mean = rows.mean(axis=0, dtype=np.float32)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)
