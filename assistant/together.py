"""Several indexes asked as one: the one that all share, and collections that a reader brought beside it.

What counts as a good passage must not depend on the index that it stands in.
A small collection has no frequencies worth counting, so a question's terms are
weighed by the largest index, and the passages of all others are scored anew by
these weights. The citations tell by their paths where they come from: no two
of the indexes may have a document of the same path.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from assistant.copies import Also
from assistant.over import bm25
from assistant.question import Question, understand
from assistant.rank import Weighted, passage_features, score
from assistant.retrieve import RANK, REPEATED, Hit, Retriever
from ingest.catalog import Listed, Passage
from ingest.document import Document
from ingest.duplicates import said
from ingest.terms import indexed_text, indexed_tokens

SCALE = 2.2
"""What BM25 can give for a term, as a multiple of its weight: k1 + 1."""


class Tokens(NamedTuple):
    """What a passage is indexed by, each token with how often."""

    counts: Counter[str]
    length: int


class Together:
    """Several retrievers as one. Safe to use from several threads."""

    def __init__(self, retrievers: Sequence[Retriever]) -> None:
        """Raises ValueError when there is none. A path that two of them have is the first one's."""
        if not retrievers:
            raise ValueError("no retriever to ask")
        self._all = tuple(retrievers)
        self._largest = max(self._all, key=len)
        self._paths = tuple(frozenset(d.path for d in r.documents()) for r in self._all[1:])

    def retrieve(
        self,
        question: str | Question,
        k: int = 5,
        *,
        history: Sequence[str] = (),
        documents: Iterable[str] | None = None,
    ) -> list[Hit]:
        """The `k` passages of all indexes that bear most on a question, best first.

        `history` are earlier questions of the conversation; `documents` keeps to these paths.
        """
        asked = understand(question, history) if isinstance(question, str) else question
        wanted = None if documents is None else frozenset(documents)
        ranks = [self._numbered(at, asked, k, wanted) for at in range(len(self._all))]
        return merged(self.weigh(asked), ranks, self._all.index(self._largest))[:k]

    def _numbered(self, at: int, asked: Question, k: int, wanted: frozenset[str] | None) -> list[Hit]:
        """What one of the indexes finds, by numbers that no other's passages have."""
        kept = self._held(at, wanted) if wanted is not None else None
        if kept is not None and not kept:
            return []
        hits = self._all[at].retrieve(asked, k, documents=kept)
        return [replace(h, number=h.number * len(self._all) + at) for h in hits]

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
        wanted = list(places)
        return tuple(also for r in self._all for also in r.also_in(part, wanted)) if wanted else ()


def merged(weighted: Weighted, ranks: Sequence[Sequence[Hit]], largest: int) -> list[Hit]:
    """The hits of several indexes in one order, each scored by the same weights; of those that say the same only the best.

    `largest` is the place among `ranks` of the index whose frequencies weighed the question.
    """
    if sum(map(bool, ranks)) < 2 and ranks[largest]:
        return list(ranks[largest])
    read = {h.number: _tokens(h) for rank in ranks for h in rank}
    of_largest = [read[h.number].length for h in ranks[largest]]
    lengths = of_largest or [t.length for t in read.values()]
    average = sum(lengths) / len(lengths) if lengths else 1.0
    lexical = {
        h.number: SCALE * weighted.total * h.features["bm25"]
        if at == largest
        else bm25(weighted, *read[h.number], average)
        for at, rank in enumerate(ranks)
        for h in rank
    }
    best = _best(weighted, ranks[largest], lexical)
    scored = [_scored(weighted, h, lexical[h.number], best) for rank in ranks for h in rank]
    return once(sorted(scored, key=lambda h: (-h.score, h.number)))


def _tokens(hit: Hit) -> Tokens:
    tokens = indexed_tokens(indexed_text(hit.heading, hit.text))
    return Tokens(Counter(tokens), len(tokens))


def _best(weighted: Weighted, hits: Sequence[Hit], lexical: dict[int, float]) -> float:
    """The highest BM25 of any passage: in the largest index it may be that of one which is no hit."""
    known = max(lexical.values(), default=0.0)
    told = next((h for h in hits if h.features["bm25_to_best"]), None)
    own = SCALE * weighted.total * told.features["bm25"] / told.features["bm25_to_best"] if told else 0.0
    return max(known, own)


def _scored(weighted: Weighted, hit: Hit, lexical: float, best: float) -> Hit:
    """A hit with its features by the common weights; what else its score was made of stays."""
    context = f"{hit.title}\n{hit.heading}"
    anew = passage_features(weighted, hit.text, context, lexical, best, hit.features["cosine"])
    features = {**hit.features, **anew}
    return replace(hit, score=hit.score - score(hit.features, RANK) + score(features, RANK), features=features)


def once(hits: Sequence[Hit]) -> list[Hit]:
    """Some hits, best first, those that say the same to the letter only once; the first names the places of the others."""
    kept: list[Hit] = []
    places: dict[str, int] = {}
    for hit in hits:
        letters = said(hit.text)
        at = places.setdefault(letters, len(kept)) if len(letters) >= REPEATED else len(kept)
        if at == len(kept):
            kept.append(hit)
        elif kept[at].document != hit.document:
            place = Also(hit.document, hit.page, hit.span.start, hit.span.end)
            kept[at] = replace(kept[at], also=(*kept[at].also, place, *hit.also))
    return kept
