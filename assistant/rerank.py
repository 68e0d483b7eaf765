"""Put the first passages of the ranker anew, as a cross-encoder orders them: a model that reads question and passage at once.

It decides on the order alone. The scores that the passages had are dealt out
among them anew, best first: they stay log-odds on the scale of the ranker, on
which it was learned when to refuse, and which another model's figures are not on.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from assistant.question import Question
from ingest.catalog import Passage
from ingest.embed import loaded
from ingest.errors import ModelProblem
from ingest.fold import fold_case_kept
from ingest.settings import Settings
from ingest.terms import indexed_text

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

READ = 20
"""The first passages, those with the same words counted once, that a cross-encoder reads."""
DIGITS = 3
"""Of its log-odds behind the point: what is beyond depends on what else is read in the same batch."""
STEP = 1e-6
"""By so much at least the scores of passages that were put in order differ."""


class Reranker(Protocol):
    """What reads a question and a passage together."""

    def log_odds(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers the question, as log-odds, in the order of the texts."""


class CrossEncoderReranker:
    """Any cross-encoder that sentence-transformers loads, when it is first needed. Safe to use from several threads."""

    def __init__(self, name: str, device: str = "cpu") -> None:
        """`name` is a folder or the name of a model on the hub, which is looked for on this machine first."""
        self.name = name
        self._device = device
        # Its tokenizer keeps how texts are padded, and must not be used twice at once.
        self._lock = threading.Lock()

    @cached_property
    def _model(self) -> CrossEncoder:
        def load(**options: Any) -> CrossEncoder:
            from sentence_transformers import CrossEncoder

            model: CrossEncoder = CrossEncoder(self.name, device=self._device, **options)
            return model

        model = loaded(load, self.name, self._device, "WENJU_RERANKER")
        if _untrained(model):
            raise ModelProblem(
                f"{self.name}: not a cross-encoder: it was not trained to judge two texts",
                "give a cross-encoder in WENJU_RERANKER; a bi-encoder belongs in WENJU_EMBEDDING",
            )
        return model

    def log_odds(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers the question, as log-odds, in the order of the texts.

        Raises ModelProblem when the model is not there, or is one that says something else of two texts.
        """
        if not texts:
            return []
        with self._lock:
            model = self._model
            from torch.nn import Identity

            # Before the sigmoid, which is so near to 1 for good passages that it tells none from another.
            found = np.asarray(
                model.predict(
                    [(question, text) for text in texts],
                    batch_size=READ,
                    activation_fn=Identity(),
                    show_progress_bar=False,
                ),
                np.float64,
            )
        if found.shape != (len(texts),):
            raise ModelProblem(
                f"{self.name}: tells classes of two texts, not how well one answers the other",
                "give a cross-encoder with one figure for a pair in WENJU_RERANKER",
            )
        return [round(float(x), DIGITS) for x in found]


def _untrained(model: CrossEncoder) -> bool:
    """Whether the library put a head of random weights on a model that had none, as it does with a bi-encoder."""
    if getattr(model[0], "transformer_task", "") != "sequence-classification":
        return False
    made_as: Sequence[str] = getattr(model.config, "architectures", None) or ()
    return bool(made_as) and not any(name.endswith("ForSequenceClassification") for name in made_as)


@cache
def _kept(name: str, device: str) -> CrossEncoderReranker:
    return CrossEncoderReranker(name, device)


def reranker_of(settings: Settings) -> Reranker | None:
    """The cross-encoder of the settings, one in a process for all indexes; None where there is none."""
    return _kept(settings.reranker, settings.embedding_device) if settings.reranker else None


def read_again(
    reranker: Reranker, asked: Question, passages: Sequence[Passage], order: Sequence[int]
) -> dict[int, float]:
    """The log-odds of a cross-encoder for the first passages, by place; `order` are the places, best first.

    Passages with the same words are read once, and have the same. Question and passages
    are folded, so that neither's script tells; a follow-up is read behind what it leans on.
    """
    texts: dict[str, list[int]] = {}
    for at in order:
        chunk = passages[at].chunk
        text = fold_case_kept(indexed_text(chunk.heading, chunk.text))
        if len(texts) == READ and text not in texts:
            break
        texts.setdefault(text, []).append(at)
    found = reranker.log_odds(fold_case_kept(f"{asked.before} {asked.text}".strip()), list(texts))
    return {at: odds for places, odds in zip(texts.values(), found, strict=True) for at in places}


def dealt_out(
    order: Sequence[int], scores: Sequence[float], judged: Mapping[int, float]
) -> tuple[list[int], list[float]]:
    """The order and the scores of passages, of which the first were judged anew.

    `order` are the places by falling `scores`; its first are those of `judged`, which are put by
    falling judgement, and where that is the same stay as they were. The scores themselves are the
    same, but raised by a hair where two were the same.
    """
    first, rest = order[: len(judged)], order[len(judged) :]
    anew = sorted(first, key=lambda at: -judged[at])
    dealt, below = list(scores), scores[rest[0]] if rest else -np.inf
    for at, was in zip(reversed(anew), reversed(first), strict=True):
        dealt[at] = below = max(scores[was], below + STEP)
    return [*anew, *rest], dealt
