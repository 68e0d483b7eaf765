"""Several indexes asked as one: the one that all share, and collections that a reader brought beside it.

What counts as a good passage must not depend on the index that it stands in.
A small collection has no frequencies worth counting, so a question's terms are
weighed by the largest index, BM25 in the others is computed by these weights,
and the candidates of all are ranked together. The citations tell by their paths
where they come from: no two of the indexes may have a document of the same path.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Unpack

from assistant.copies import Also, Copies
from assistant.features import Found, features_of
from assistant.over import bm25
from assistant.question import Question, understand
from assistant.rank import Weighted
from assistant.retrieve import Hit, Ranked, Retriever, defining, widened
from ingest.bounds import EVERYTHING, Bounds, Kept
from ingest.catalog import Passage
from ingest.document import Document
from ingest.listing import Listed
from ingest.terms import indexed_text, indexed_tokens

USUAL = 400.0
"""Tokens of a passage, where there is none in the largest index to compare with."""


class Together:
    """Several retrievers as one. Safe to use from several threads."""

    def __init__(self, retrievers: Sequence[Retriever]) -> None:
        """Raises ValueError when there is none. A path that two of them have is the first one's, whose reranker reads for all."""
        if not retrievers:
            raise ValueError("no retriever to ask")
        self._all = tuple(retrievers)
        self._largest = max(self._all, key=len)
        families = chain.from_iterable(r.index.catalog.families.all() for r in self._all)
        self._copies = Copies(families, self.document)

    def retrieve(
        self,
        question: str | Question,
        k: int = 5,
        *,
        history: Sequence[str] = (),
        **kept: Unpack[Kept],
    ) -> list[Hit]:
        """The `k` passages of all indexes that bear most on a question, best first.

        `history` are earlier questions of the conversation; the other keywords are those of `Retriever.retrieve`.
        Of passages that say the same the least damaged is given, once.
        """
        asked = understand(question, history) if isinstance(question, str) else question
        bounds = Bounds.of(**kept)
        holds = None if bounds == EVERYTHING else partial(self.holds, bounds)
        return widened(lambda wider: self._ranked(asked, wider, bounds), k, self._copies, len(self._largest), holds)

    def _ranked(self, asked: Question, wider: int, bounds: Bounds) -> Ranked:
        weighted = self.weigh(asked)
        passages: list[Passage] = []
        found: list[Found] = []
        for at, retriever in sorted(enumerate(self._all), key=lambda numbered: numbered[1] is not self._largest):
            some, as_found = retriever.candidates(asked, weighted, wider, bounds)
            if retriever is not self._largest:
                as_found = rescored(weighted, some, as_found, passages)
            # By numbers that no passage of another index has.
            passages += [replace(p, number=p.number * len(self._all) + at) for p in some]
            found += as_found
        ranked = Ranked.of(passages, features_of(weighted, found), defining(asked, found))
        return ranked.read_again(self._all[0].reranker, asked)

    def unknown(self, bounds: Bounds) -> tuple[list[str], list[str]]:
        """The documents and the publishers that bounds name and that none of the indexes has."""
        each = [r.unknown(bounds) for r in self._all]
        documents, publishers = (set[str].intersection(*map(set, names)) for names in zip(*each, strict=True))
        return sorted(documents), sorted(publishers)

    def holds(self, bounds: Bounds, path: str) -> bool:
        """Whether a document is in one of the indexes and within bounds."""
        return any(r.holds(bounds, path) for r in self._all)

    def weigh(self, question: Question) -> Weighted:
        """A question's terms with their weights in the largest index."""
        return self._largest.weigh(question)

    def document(self, path: str) -> Document:
        """A document of any of the indexes. Raises KeyError when there is none of that path."""
        for retriever in self._all[:-1]:
            try:
                return retriever.document(path)
            except KeyError:
                continue
        return self._all[-1].document(path)

    def documents(self) -> list[Listed]:
        """All documents: those of the first index by path, then those of the next."""
        return list(chain.from_iterable(r.documents() for r in self._all))

    def passages_of(self, path: str) -> list[Passage]:
        """The passages of a document, in its order."""
        return next((found for r in self._all if (found := r.passages_of(path))), [])

    def also_in(self, part: str, places: Iterable[Also]) -> tuple[Also, ...]:
        """Where a part of a passage stands in the copies that have the passage at `places`."""
        return self._copies.find_near(part, places)


def rescored(
    weighted: Weighted, passages: Sequence[Passage], found: Sequence[Found], beside: Sequence[Passage]
) -> list[Found]:
    """Candidates of a small index with the BM25 that they would have in the large one, of which `beside` are some passages."""
    read = [_tokens(p) for p in passages]
    # A few are enough to know how long its passages are.
    lengths = [_tokens(p).total() for p in beside[:8]]
    average = sum(lengths) / len(lengths) if lengths else USUAL
    return [
        replace(f, bm25=bm25(weighted, counts, counts.total(), average)) if f.bm25 else f
        for f, counts in zip(found, read, strict=True)
    ]


def _tokens(passage: Passage) -> Counter[str]:
    return Counter(indexed_tokens(indexed_text(passage.chunk.heading, passage.chunk.text)))
