"""Retrieval over passages that the caller brings: no index, nothing on the disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Unpack

from assistant.copies import Also
from assistant.features import features_of
from assistant.question import Question, understand
from assistant.rank import OTHER_WORDING, Weighted
from assistant.rerank import Reranker
from assistant.retrieve import Hit, Ranked, found_in
from assistant.term_weights import weigh_in_general
from ingest.bounds import Bounds, Kept
from ingest.catalog import Passage
from ingest.clean.stages import clean
from ingest.document import Document, View
from ingest.embed import Embedder
from ingest.listing import Listed
from ingest.split import split
from ingest.terms import indexed_tokens

K1, B = 1.2, 0.75


class TextsRetriever:
    """Finds passages in a few texts, each a document called by its number: "0", "1" and so on."""

    def __init__(
        self, texts: Sequence[str], embedder: Embedder, passage_size: int, reranker: Reranker | None = None
    ) -> None:
        self._embedder = embedder
        self._reranker = reranker
        self._documents = {str(i): clean(Document(str(i), "txt", text, View.of(text))) for i, text in enumerate(texts)}
        chunks = [(d, c) for d in self._documents.values() for c in split(d, passage_size)]
        self._passages = [Passage(n, d.path, "", c) for n, (d, c) in enumerate(chunks)]
        self._counts = [Counter(indexed_tokens(p.chunk.text)) for p in self._passages]
        self._vectors = [embedder.question(p.chunk.text) for p in self._passages]

    def retrieve(
        self,
        question: str | Question,
        k: int = 5,
        *,
        history: Sequence[str] = (),
        **kept: Unpack[Kept],
    ) -> list[Hit]:
        """The `k` passages that bear most on a question, best first; nobody published a text, and it has no date."""
        asked = understand(question, history) if isinstance(question, str) else question
        bounds = Bounds.of(**kept)
        weighted = self.weigh(asked)
        scores = self._bm25(weighted)
        vector = self._embedder.question(asked.search_text)
        passages = [p for p in self._passages if bounds.hold(p.document)]
        found = [found_in(p, weighted, scores[p.number], float(self._vectors[p.number] @ vector)) for p in passages]
        ranked = Ranked.of(passages, features_of(weighted, found)).read_again(self._reranker, asked)
        return [ranked.hit(at) for at in ranked.order[:k]]

    def also_in(self, part: str, places: Iterable[Also]) -> tuple[Also, ...]:  # noqa: ARG002
        """Nowhere: a caller's texts are not compared with each other."""
        return ()

    def weigh(self, question: Question) -> Weighted:
        """A question's terms with their weights in general prose: a few texts are too few to count in."""
        return weigh_in_general(question)

    def document(self, path: str) -> Document:
        """A text as a document. Raises KeyError when there is none of that number."""
        return self._documents[path]

    def documents(self) -> list[Listed]:
        """All texts, by number."""
        counts = Counter(p.document for p in self._passages)
        return [Listed(d.path, "", "txt", "", len(d.raw), counts[d.path], "") for d in self._documents.values()]

    def passages_of(self, path: str) -> list[Passage]:
        """The passages of a text, in its order."""
        return [p for p in self._passages if p.document == path]

    def unknown(self, bounds: Bounds) -> tuple[list[str], list[str]]:
        """The documents that bounds name and that are not there, and all publishers."""
        return sorted((bounds.documents or frozenset()) - self._documents.keys()), sorted(bounds.publishers or ())

    def _bm25(self, weighted: Weighted) -> list[float]:
        """BM25 of every passage."""
        lengths = [sum(c.values()) for c in self._counts]
        average = sum(lengths) / len(lengths) if lengths else 1.0
        return [bm25(weighted, c, n, average) for c, n in zip(self._counts, lengths, strict=True)]


def bm25(weighted: Weighted, counts: Mapping[str, int], length: int, average: float) -> float:
    """BM25 of a passage, with the weights in place of the IDF (Robertson and Zaragoza 2009).

    `counts` are its tokens, each with how often, `length` how many there are, `average` how many a passage has.
    It is that of the wording that it is highest in, as if each weighed the same.
    """
    norm = K1 * (1 - B + B * length / average)

    def as_put(asked: Weighted) -> float:
        return sum(w * counts[t] * (K1 + 1) / (counts[t] + norm) for t, w in asked.terms.items() if t in counts)

    others = (OTHER_WORDING * weighted.total / o.total * as_put(o) for o in weighted.others)
    return max([as_put(weighted), *others])
