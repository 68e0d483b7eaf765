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
from itertools import chain

from assistant.copies import Also, Copies
from assistant.features import Found, features_of
from assistant.over import bm25
from assistant.question import Question, understand
from assistant.rank import Weighted
from assistant.retrieve import CANDIDATES, Hit, Ranked, Retriever, chosen, counted_once, defining
from ingest.catalog import Listed, Passage
from ingest.document import Document
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
        self._paths = tuple(frozenset(d.path for d in r.documents()) for r in self._all[1:])
        families = chain.from_iterable(r.index.catalog.families() for r in self._all)
        self._copies = Copies(families, self.document)

    def retrieve(
        self,
        question: str | Question,
        k: int = 5,
        *,
        history: Sequence[str] = (),
        documents: Iterable[str] | None = None,
        publishers: Iterable[str] | None = None,
        since: str = "",
        until: str = "",
    ) -> list[Hit]:
        """The `k` passages of all indexes that bear most on a question, best first.

        `history` are earlier questions of the conversation; `documents` keeps to these paths,
        `publishers`, `since` and `until` to documents of theirs and of these dates, as in `Retriever.retrieve`.
        Of passages that say the same the least damaged is given, once.
        """
        asked = understand(question, history) if isinstance(question, str) else question
        wanted = None if documents is None else frozenset(documents)
        if publishers is not None or since or until:
            wanted = frozenset(chosen(self.documents(), wanted, publishers, since, until))
        wider = 1
        while True:
            ranked = self._ranked(asked, wider, wanted)
            once = counted_once(ranked, k, self._copies, wanted)
            # Copies take the places of other passages among the candidates.
            if len(once) == min(k, len(ranked)) or wider * CANDIDATES >= len(self._largest):
                return once
            wider *= 4

    def _ranked(self, asked: Question, wider: int, wanted: frozenset[str] | None) -> Ranked:
        weighted = self.weigh(asked)
        passages: list[Passage] = []
        found: list[Found] = []
        for at, retriever in sorted(enumerate(self._all), key=lambda numbered: numbered[1] is not self._largest):
            kept = None if wanted is None else self._held(at, wanted)
            if kept is not None and not kept:
                continue
            some, as_found = retriever.candidates(asked, weighted, wider, kept)
            if retriever is not self._largest:
                as_found = rescored(weighted, some, as_found, passages)
            # By numbers that no passage of another index has.
            passages += [replace(p, number=p.number * len(self._all) + at) for p in some]
            found += as_found
        ranked = Ranked.of(passages, features_of(weighted, found), defining(asked, found))
        return ranked.read_again(self._all[0].reranker, asked)

    def _held(self, at: int, wanted: frozenset[str]) -> frozenset[str]:
        """Those of some paths that one of the indexes may have."""
        return wanted & self._paths[at - 1] if at else wanted.difference(*self._paths)

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
