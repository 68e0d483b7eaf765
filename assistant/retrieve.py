"""Find the passages that bear on a question."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from assistant.question import Question, understand
from assistant.rank import Weighted, in_words, passage_features, score
from assistant.term_weights import weigh
from ingest.catalog import Listed, Passage
from ingest.document import Document, Span
from ingest.embed import Embedder, SentenceTransformersEmbedder
from ingest.index import Index, open_index
from ingest.settings import Settings, load_settings

CANDIDATES = 50
"""Passages that each of the two indexes proposes."""
RANK = "rank.json"
DAMAGED = 0.3
"""Log-odds taken off a passage that lost characters: of two that say the same, the whole one comes first."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that bears on a question.

    `text` are its clean characters, in the source's script; `quote` the same,
    as a citation shows them. `span` is its raw range, `clean` its range in the clean text. `score` is the log-odds
    of being what was asked for; `features` is what it was computed from.
    """

    document: str
    title: str
    page: str
    span: Span
    clean: Span
    text: str
    heading: str
    score: float
    why: str
    repaired: bool = False
    damaged: bool = False
    number: int = -1
    features: Mapping[str, float] = field(default_factory=dict, compare=False, hash=False)

    @property
    def quote(self) -> str:
        """The passage as a citation shows it."""
        return self.text

    def to_dict(self) -> dict[str, object]:
        """What a line of `wenju retrieve` holds for it."""
        return {
            "document": self.document,
            "title": self.title,
            "page": self.page,
            "start": self.span.start,
            "end": self.span.end,
            "text": self.text,
            "quote": self.quote,
            "score": round(self.score, 4),
            "why": self.why,
            "repaired": self.repaired,
            "damaged": self.damaged,
        }


class Retriever:
    """Reads an index. Safe to use from several threads."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self.index = index
        self._embedder = embedder
        self._lock = threading.RLock()
        self._document = lru_cache(maxsize=32)(index.catalog.document)

    @classmethod
    def open(cls, index: str | Path | None = None, settings: Settings | None = None) -> Retriever:
        """Open an index, by default the one of the settings.

        Raises IndexMissing, and IndexMismatch when it was made with another embedding model.
        """
        settings = settings or load_settings()
        embedder = SentenceTransformersEmbedder(settings.model_path(), settings.embedding_device)
        return cls(open_index(Path(index or settings.index), embedder.identity), embedder)

    def retrieve(
        self,
        question: str | Question,
        k: int = 5,
        *,
        history: Sequence[str] = (),
        documents: Iterable[str] | None = None,
    ) -> list[Hit]:
        """The `k` passages that bear most on a question, best first. Raises ValueError when `k` is below 0.

        `history` are earlier questions of the conversation; `documents` keeps to these paths.
        """
        if k < 0:
            raise ValueError(f"k is {k}: no fewer than 0 passages can be asked for")
        asked = understand(question, history) if isinstance(question, str) else question
        with self._lock:
            return self._retrieve(asked, k, None if documents is None else list(documents))

    def weigh(self, question: Question) -> Weighted:
        """A question's terms with their weights in this index."""
        lexical = self.index.lexical
        return weigh(question, max(1, len(lexical)), lexical.document_frequency)

    def document(self, path: str) -> Document:
        """A document of the index. Raises KeyError when there is none of that path."""
        with self._lock:
            return self._document(path)

    def documents(self) -> list[Listed]:
        """All documents of the index, by path."""
        with self._lock:
            return self.index.catalog.documents()

    def passages_of(self, path: str) -> list[Passage]:
        """The passages of a document, in its order."""
        with self._lock:
            return self.index.catalog.passages_of(path)

    def _retrieve(self, asked: Question, k: int, documents: list[str] | None) -> list[Hit]:
        allowed = None if documents is None else self.index.catalog.numbers_of(documents)
        wide = CANDIDATES if allowed is None else max(CANDIDATES, len(self.index.lexical))
        lexical = dict(self.index.lexical.search([*asked.terms, *asked.context], wide))
        dense = dict(self.index.vectors.search(self._embedder.question(asked.search_text), CANDIDATES))
        numbers = [n for n in dict.fromkeys([*lexical, *dense]) if allowed is None or n in allowed]
        weighted = self.weigh(asked)
        best = max(lexical.values(), default=0.0)
        hits = [
            hit_of(
                p, passage_features(weighted, p.chunk.text, _context(p), lexical.get(n, 0.0), best, dense.get(n, 0.0))
            )
            for n, p in self.index.catalog.passages(numbers).items()
        ]
        return sorted(hits, key=lambda h: (-h.score, h.number))[:k]


def _context(passage: Passage) -> str:
    return f"{passage.title}\n{passage.chunk.heading}"


def hit_of(passage: Passage, features: dict[str, float]) -> Hit:
    """A passage with its score and why it has it."""
    chunk = passage.chunk
    return Hit(
        document=passage.document,
        title=passage.title,
        page=chunk.page,
        span=chunk.span,
        clean=chunk.clean,
        text=chunk.text,
        heading=chunk.heading,
        score=score(features, RANK) - DAMAGED * chunk.damaged,
        why=in_words(features),
        repaired=chunk.repaired,
        damaged=chunk.damaged,
        number=passage.number,
        features=features,
    )
