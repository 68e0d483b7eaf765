"""Turn texts into vectors: a static model by itself, any other through sentence-transformers.

What holds for every model of that library stands here too: nothing is fetched
unless it is allowed, and the device decides on precision and batch size.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, cached_property
from itertools import chain, pairwise, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file

from ingest.document import Passages
from ingest.errors import ModelProblem
from ingest.settings import Settings
from ingest.terms import indexed_text, tokens

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Model = TypeVar("Model")
Vectors = npt.NDArray[np.float32]
UNITS_MARK = "wenju_units.txt"
"""A model folder with a file of this name reads text written as characters and pairs, as the lexical index does."""
INSTRUCTIONS = (
    (re.compile(r"bge-(?:small|base|large)-zh(?:-v1\.5)?"), "为这个句子生成表示以用于检索相关文章："),
    (
        re.compile(r"bge-(?:small|base|large)-en(?:-v1\.5)?"),
        "Represent this sentence for searching relevant passages: ",
    ),
)
"""What their model cards want before a question, of models whose files do not say it."""
ON_CPU, ON_ACCELERATOR = 32, 128
"""Passages that are embedded at once."""


class Recipe(NamedTuple):
    """A model of sentence-transformers by name, the device that it computes on, and what it has to be."""

    name: str
    device: str
    identity: str


class Embedder(Protocol):
    """What the index and the retriever need of an embedding model."""

    @property
    def identity(self) -> str:
        """Names the model and its weights; an index is bound to it."""

    @property
    def static(self) -> Path | None:
        """The folder of a static model over tokens, of which any process makes the vectors by `token_table`; else None."""

    @property
    def recipe(self) -> Recipe | None:
        """What another machine needs to make the same vectors; None where only this process can, and for a static model."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (texts, dimension), rows of length 1."""

    def question(self, text: str) -> Vectors:
        """One vector of shape (dimension,), of length 1."""


class SentenceTransformersEmbedder:
    """Any model that sentence-transformers loads. It is loaded when it is first needed."""

    def __init__(self, name: str, device: str = "cpu", instruction: str = "") -> None:
        """`name` is a folder or the name of a model on the hub, which is looked for on this machine first.

        `instruction` is put before questions; without one the model's own is, or that of `INSTRUCTIONS`.
        """
        self.name = name
        self._device = device
        self._instruction = instruction

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The embedding model of the settings."""
        return cls(settings.model_path(), settings.embedding_device, settings.embedding_instruction)

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
    def static(self) -> Path | None:
        """The model's folder where it is a mean of rows, one for each token; None for any other model."""
        folder = Path(self.name)
        return folder if (folder / UNITS_MARK).is_file() else None

    @property
    def recipe(self) -> Recipe | None:
        """What another machine needs to make the same vectors; None for a static model, which needs nothing."""
        if self.static:
            return None
        name = str(Path(self.name).absolute()) if Path(self.name).is_dir() else self.name
        return Recipe(name, self._device, self.identity)

    @cached_property
    def _model(self) -> SentenceTransformer:
        return sentence_transformer(self.name, self._device)

    def load(self) -> None:
        """Load the model now. Raises ModelProblem."""
        self._model  # noqa: B018  # it is kept

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (texts, dimension), rows of length 1; of a text longer than the model reads, the mean of its pieces'."""
        if self.static:
            return token_table(self.static).means(map(tokens, texts))
        pieces = [pieces_of(text, self._model.max_seq_length) for text in texts]
        vectors = self._model.encode_document(
            list(chain.from_iterable(pieces)),
            batch_size=ON_CPU if self._device == "cpu" else ON_ACCELERATOR,
            convert_to_numpy=True,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return means_of(np.asarray(vectors, np.float32), [len(p) for p in pieces])

    def question(self, text: str) -> Vectors:
        """One vector of shape (dimension,), of length 1; the question is put behind its instruction."""
        if self.static:
            return token_table(self.static).mean(tokens(text))
        vectors = self._model.encode_query(
            [text],
            prompt=self._before_questions,
            convert_to_numpy=True,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors[0], np.float32)

    @cached_property
    def _before_questions(self) -> str | None:
        """What is put before a question; None leaves it to the model."""
        if self._instruction or self._model.prompts.get("query"):
            return self._instruction or None
        return instruction_of(self.name) or None


def pieces_of(text: str, tokens: float | None) -> list[str]:
    """A text in as few pieces, of like length, as a model reads whole that takes so many tokens; None takes all.

    A Chinese character is mostly one token, and two tokens of each piece are the model's own.
    """
    if tokens is None or len(text) <= max(1, tokens - 2):
        return [text]
    count = math.ceil(len(text) / max(1, tokens - 2))
    edges = [len(text) * n // count for n in range(count + 1)]
    return [text[start:end] for start, end in pairwise(edges)]


def means_of(vectors: Vectors, counts: Sequence[int]) -> Vectors:
    """The means of so many vectors each, one after the other, of length 1; shape (counts, dimension)."""
    if all(count == 1 for count in counts):
        return vectors
    sums = np.add.reduceat(vectors, np.cumsum([0, *counts[:-1]]), axis=0)
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12), np.float32)


def instruction_of(name: str) -> str:
    """What a well-known model wants before questions, by its folder or hub name; empty for others.

    In the hub's cache the name stands in a folder above: `models--BAAI--bge-small-zh-v1.5/snapshots/...`.
    """
    parts = Path(name).parts
    names = {*parts[-1:], *(part.rsplit("--", 1)[-1] for part in parts if part.startswith("models--"))}
    return next((said for pattern, said in INSTRUCTIONS if any(map(pattern.fullmatch, names))), "")


@cache
def token_table(folder: Path) -> TokenTable:
    """The rows of a static model, read once in a process. Raises ModelProblem."""
    return TokenTable(folder)


def embedded(batch: Sequence[Passages], embedder: Embedder) -> list[Passages]:
    """The same with their vectors, but for those that have them already."""
    without = [p for p in batch if p.vectors is None]
    if not without:
        return list(batch)
    vectors = embedder.passages([indexed_text(c.heading, c.text) for p in without for c in p.chunks])
    done, start = [], 0
    for passages in batch:
        if passages.vectors is not None:
            done.append(passages)
            continue
        end = start + len(passages.chunks)
        done.append(replace(passages, vectors=vectors[start:end]))
        start = end
    return done


def sentence_transformer(name: str, device: str) -> SentenceTransformer:
    """A bi-encoder from a folder or the hub. Raises ModelProblem at once when it is not there."""

    def load(**options: Any) -> SentenceTransformer:
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(name, device=device, **options)

    return loaded(load, name, device, "WENJU_EMBEDDING")


def loaded(load: Callable[..., Model], name: str, device: str, setting: str) -> Model:
    """A model of sentence-transformers, which `load` makes from a folder or the hub; `setting` names it for the user.

    The network is used only where WENJU_DOWNLOAD=1 allows it and the model is not on this machine.
    Raises ModelProblem at once when it, or the device, is not there.
    """
    if not Path(name).is_dir() and name.startswith((".", "/")):
        raise ModelProblem(f"{name}: no such folder", f"check {setting}")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    options: dict[str, Any] = {"model_kwargs": {"dtype": precision(device)}}
    from transformers.utils.logging import disable_progress_bar, enable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]  # of reading files, which takes a moment
    try:
        return load(local_files_only=True, **options)
    except (OSError, ValueError) as exc:
        if Path(name).is_dir():
            raise ModelProblem(f"{name}: not a sentence-transformers model ({exc})", f"check {setting}") from exc
    if os.environ.get("HF_HUB_OFFLINE") == "1" or os.environ.get("WENJU_DOWNLOAD") != "1":
        raise ModelProblem(
            f"{name}: not on this machine",
            f"set WENJU_DOWNLOAD=1 to fetch it from the model hub once, or give a folder in {setting}",
        )
    enable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return load(**options)
    except (OSError, ValueError) as exc:
        raise ModelProblem(f"{name}: cannot be fetched ({exc})", "check the name and the network") from exc


def precision(device: str) -> str:
    """In which floats a model computes on a device: 16 bits on CUDA, of the wider range where the card has it; else 32.

    Raises ModelProblem where there is no such device.
    """
    if not device.startswith("cuda"):
        return "float32"
    import torch

    if not torch.cuda.is_available():
        raise ModelProblem(f"{device}: no such device on this machine", "set WENJU_EMBEDDING_DEVICE=cpu")
    return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float16"


class TokenTable:
    """The weights of a static model, read by themselves.

    A mean of rows needs nothing of sentence-transformers, whose import takes seconds
    and most of the memory of an ingest. The vectors are the same to float precision.
    """

    def __init__(self, folder: Path) -> None:
        """Raises ModelProblem when the folder holds no static model."""
        try:
            vocabulary = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
            self._rows: dict[str, int] = dict(vocabulary)
            weights = load_file(folder / "model.safetensors")["embedding.weight"]
        except (OSError, ValueError, KeyError, SafetensorError) as exc:
            raise ModelProblem(f"{folder}: not a static embedding model ({exc})", "install Wenju again") from exc
        self._weights = np.asarray(weights, np.float32)

    def means(self, texts: Iterable[Sequence[str]]) -> Vectors:
        """The vectors of texts, given as their tokens; shape (texts, dimension)."""
        rows = [self.mean(units) for units in texts]
        return np.stack(rows) if rows else np.zeros((0, self._weights.shape[1]), np.float32)

    def mean(self, units: Sequence[str]) -> Vectors:
        """The mean of the tokens' vectors (unknown ones count as zero), of length 1; shape (dimension,)."""
        numbers = np.fromiter(map(self._rows.get, units, repeat(0)), np.intp, len(units))
        rows = self._weights.take(numbers, axis=0) if units else self._weights[:1]
        mean = rows.mean(axis=0, dtype=np.float32)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)
