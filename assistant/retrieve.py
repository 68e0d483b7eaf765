"""Find the passages that bear on a question."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Unpack

import numpy as np

from assistant.copies import MOST_NAMED, Also, Copies
from assistant.definition import defines
from assistant.features import Features, Found, features_of
from assistant.question import Question, in_digits, understand
from assistant.rank import CROSS_ENCODER, OTHER_WORDING, Weighted, in_words, matchable
from assistant.rerank import Reranker, dealt_out, read_again, reranker_of
from assistant.scope import SEVERAL, Labels, documents_named, speaks_of_documents
from assistant.synonyms import Synonyms, abbreviated, acronyms_of, read_synonyms, spelled_out, with_synonyms
from assistant.term_weights import weigh
from ingest.bounds import EVERYTHING, Bounds, Kept
from ingest.catalog import Passage, Vectors
from ingest.document import Document, Span
from ingest.duplicates import said
from ingest.embed import Embedder, SentenceTransformersEmbedder
from ingest.index import Index, open_index
from ingest.listing import Listed
from ingest.settings import Settings, load_settings
from ingest.within import Within

CANDIDATES = 50
"""Passages that the lexical index proposes."""
DENSE_CANDIDATES = 30
"""Passages that the vectors propose: one further back, without the words, is never among the first."""
COMPARED = 2000
"""Of no more passages than these that a question is kept to, each is compared with it by its vector."""
NAMES_READ = 10
"""Passages, of highest BM25, that are read for acronyms of names in the question."""
AMOUNTS_READ = 30
"""Passages, of highest BM25, whose amounts are compared with those of the question: it takes longer than all else."""
RANK = "rank.json"
DEFINES = 3.0
"""Log-odds given, where a definition is asked for, to a passage that says what the thing is."""
NAMED = 4.0
"""Log-odds given to passages of a document that the question names."""
OF_EACH, FAR_BEHIND = 3, 5.0
"""Where several reports are asked of, so many times as many passages are looked at, and so far behind the best is too far."""
DAMAGED = 0.3
"""Log-odds taken off a passage that lost characters: of two that say the same, the whole one comes first."""
ROUNDED = 6
"""Digits of a score behind the point."""
REPEATED = 80
"""Letters from which on a passage that another report has word for word is a repetition, and no accident."""
MOST_OPEN = 4
"""Indexes that are kept open for those who open them again."""
WHOLE = 0.9
"""The share of a passage that another one holds which may be shown in its place."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that bears on a question.

    `text` are its clean characters, in the source's script; `quote` the same,
    as a citation shows them. `span` is its raw range, `clean` its range in the clean text. `score` is the log-odds
    of being what was asked for; `features` is what it was computed from. `also`
    are the places where copies of the report say the same.
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
    also: tuple[Also, ...] = ()
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
            "also": [a.to_dict() for a in self.also],
        }


_opening = threading.Lock()
_opened: dict[tuple[object, ...], Retriever] = {}
"""Retrievers by what was asked for; the ones asked for last come last."""


class Retriever:
    """Reads an index. Safe to use from several threads."""

    def __init__(
        self, index: Index, embedder: Embedder, synonyms: Synonyms | None = None, reranker: Reranker | None = None
    ) -> None:
        """`synonyms` are the user's, see `assistant.synonyms`; `reranker` puts the first passages anew, see `assistant.rerank`."""
        self.index = index
        self.embedder = embedder
        self.reranker = reranker
        self._synonyms: Synonyms = synonyms or {}
        self._spelled_out = lru_cache(maxsize=1000)(self._read_acronym)
        self._abbreviated = lru_cache(maxsize=1000)(self._read_names)
        self._lock = threading.RLock()
        self._document = lru_cache(maxsize=32)(index.catalog.document)
        self._within = lru_cache(maxsize=8)(partial(Within, passages=index.catalog.listing.passages_within))
        self.copies = Copies(index.catalog.families.all(), self._document)

    @classmethod
    def open(cls, index: str | Path | None = None, settings: Settings | None = None) -> Retriever:
        """Open an index, by default the one of the settings. One that is open and has not changed is given again.

        Raises IndexMissing, IndexMismatch when it was made with another embedding model, IndexUnreachable,
        and BadSettings for a file of synonyms with a fault.
        """
        settings = settings or load_settings()
        synonyms = read_synonyms(settings.synonyms) if settings.synonyms else {}
        folder, reranker = Path(index or settings.index), reranker_of(settings)
        model = settings.model_path(), settings.embedding_device, settings.embedding_instruction
        asked = cls, folder.resolve(), settings.index_url, *model, reranker, tuple(synonyms.items())
        with _opening:
            known = _opened.pop(asked, None)
            if known is None or not known.index.is_current():
                embedder = SentenceTransformersEmbedder(*model)
                found = open_index(folder, embedder.identity, settings.index_url)
                known = cls(found, embedder, synonyms, reranker)
            _opened[asked] = known
            while len(_opened) > MOST_OPEN:
                del _opened[next(iter(_opened))]
        return known

    def __len__(self) -> int:
        """How many passages there are."""
        return len(self.index.lexical)

    def retrieve(
        self,
        question: str | Question,
        k: int = 5,
        *,
        history: Sequence[str] = (),
        **kept: Unpack[Kept],
    ) -> list[Hit]:
        """The `k` passages that bear most on a question, best first. Raises ValueError when `k` is below 0.

        `history` are earlier questions of the conversation. `documents` keeps to these paths, `publishers` to
        theirs, `since` and `until` to documents of these dates or between them: see `ingest.bounds`.
        Documents that the question names (天猫那份白皮书, 2023年的报告里) come first,
        and where it asks of several reports one passage of each does.
        Of passages that say the same in copies of a report the least damaged is given, once.
        """
        if k < 0:
            raise ValueError(f"k is {k}: no fewer than 0 passages can be asked for")
        asked = understand(question, history) if isinstance(question, str) else question
        bounds = Bounds.of(**kept)
        with self._lock:
            if SEVERAL.search(asked.folded):
                return one_of_each(self._retrieve(asked, k * OF_EACH, bounds), k)
            return self._retrieve(asked, k, bounds)

    def retrieve_many(self, questions: Iterable[str | Question], k: int = 5) -> list[list[Hit]]:
        """The `k` passages of each of several questions, in their order."""
        return [self.retrieve(question, k) for question in questions]

    def weigh(self, question: Question) -> Weighted:
        """A question's terms with their weights in this index."""
        lexical = self.index.lexical
        return weigh(self.reworded(question), max(1, len(lexical)), lexical.document_frequency)

    def reworded(self, question: Question) -> Question:
        """The question, to be looked for also in the user's synonyms, in what reports spell its acronyms out as, and in the acronyms of its names."""
        spelled = {a: full for a in acronyms_of(question) if (full := self._spelled_out(a))}
        others = {**self._abbreviated(question), **spelled, **self._synonyms}
        return with_synonyms(question, others) if others else question

    def _read_acronym(self, acronym: str) -> tuple[str, ...]:
        with self._lock:
            found = [n for n, _ in self.index.lexical.search([acronym], CANDIDATES)]
            return spelled_out(acronym, (p.chunk.text for p in self.index.catalog.passages(found).values()))

    def _read_names(self, question: Question) -> Synonyms:
        with self._lock:
            found = [n for n, _ in self.index.lexical.search(question.terms, NAMES_READ)]
            return abbreviated(question, (p.chunk.text for p in self.index.catalog.passages(found).values()))

    def document(self, path: str) -> Document:
        """A document of the index. Raises KeyError when there is none of that path."""
        with self._lock:
            return self._document(path)

    def documents(self) -> list[Listed]:
        """All documents of the index, by path."""
        with self._lock:
            return self.index.catalog.listing.documents()

    def passages_of(self, path: str) -> list[Passage]:
        """The passages of a document, in its order."""
        with self._lock:
            return self.index.catalog.passages_of(path)

    def unknown(self, bounds: Bounds) -> tuple[list[str], list[str]]:
        """The documents and the publishers that bounds name and that the index has not."""
        with self._lock:
            return self.index.catalog.listing.unknown(bounds)

    def holds(self, bounds: Bounds, path: str) -> bool:
        """Whether a document is there and within bounds."""
        with self._lock:
            return self.index.catalog.listing.holds(bounds, path)

    def also_in(self, part: str, places: Iterable[Also]) -> tuple[Also, ...]:
        """Where a part of a passage stands in the copies that have the passage at `places`."""
        with self._lock:
            return self.copies.find_near(part, places)

    def _lexical(self, asked: Question, weighted: Weighted, k: int, within: Within | None) -> dict[int, float]:
        """BM25 by passage: of the question as it is put, or of the wording that it is highest in, as if it weighed the same."""
        asked = self.reworded(asked)
        terms = [*asked.terms, *asked.context, *in_digits(asked)]
        found = dict(self.index.lexical.search(terms, k, within))
        for wording, other in zip(asked.wordings, weighted.others, strict=True):
            as_much = OTHER_WORDING * weighted.total / other.total
            for number, bm25 in self.index.lexical.search([*wording.terms, *wording.context], k, within):
                found[number] = max(found.get(number, 0.0), bm25 * as_much)
        return found

    def _nearest(self, vector: Vectors, k: int, within: Within | None) -> list[int]:
        """The passages nearest to a vector; where the engine keeps to no bounds, up to COMPARED within them are held against it."""
        vectors = self.index.vectors
        if within is not None and not vectors.keeps_within and len(within.numbers) <= COMPARED:
            cosines = self._cosines(vector, within.numbers.tolist())
            return heapq.nlargest(k, cosines, key=cosines.__getitem__)
        return [n for n, _ in vectors.search(vector, k, within)]

    def _retrieve(self, asked: Question, k: int, bounds: Bounds) -> list[Hit]:
        holds = None if bounds == EVERYTHING else partial(self.holds, bounds)
        return widened(lambda wider: self._ranked(asked, wider, bounds), k, self.copies, len(self.index.lexical), holds)

    def _ranked(self, asked: Question, wider: int, bounds: Bounds) -> Ranked:
        weighted = self.weigh(asked)
        passages, found = self.candidates(asked, weighted, wider, bounds)
        more = defining(asked, found)
        if speaks_of_documents(asked.folded):
            named = documents_named(asked.folded, self._labels)
            more = [m + NAMED * (p.document in named) for m, p in zip(more, passages, strict=True)]
        return Ranked.of(passages, features_of(weighted, found), more).read_again(self.reranker, asked)

    @cached_property
    def _labels(self) -> Labels:
        return Labels(self.index.catalog.listing.labels())

    def candidates(
        self, asked: Question, weighted: Weighted, wider: int = 1, bounds: Bounds = EVERYTHING
    ) -> tuple[list[Passage], list[Found]]:
        """The passages that the two indexes propose for a question, and as what they are ranked.

        `wider` times as many as usual, of the documents within bounds.
        """
        with self._lock:
            within = None if bounds == EVERYTHING else self._within(bounds)
            lexical = self._lexical(asked, weighted, wider * CANDIDATES, within)
            vector = self.embedder.question(asked.search_text)
            nearest = self._nearest(vector, wider * DENSE_CANDIDATES, within)
            passages = self.index.catalog.passages([*dict.fromkeys((*lexical, *nearest))])
            cosines = self._cosines(vector, list(passages))
        read_closely = frozenset(heapq.nlargest(AMOUNTS_READ, lexical, key=lexical.__getitem__))
        found = [
            found_in(p, weighted if n in read_closely else None, lexical.get(n, 0.0), cosines.get(n, 0.0))
            for n, p in passages.items()
        ]
        return list(passages.values()), found

    def _cosines(self, vector: Vectors, numbers: Sequence[int]) -> dict[int, float]:
        """How near passages are to a vector, those too that it did not propose."""
        vectors = self.index.catalog.vectors_of(numbers)
        near = np.stack([*vectors.values()]) @ vector if vectors else ()
        return {n: round(float(cosine), ROUNDED) for n, cosine in zip(vectors, near, strict=True)}


def widened(
    ranked: Callable[[int], Ranked], k: int, copies: Copies, passages: int, holds: Callable[[str], bool] | None
) -> list[Hit]:
    """The first `k` passages, counted once, of candidates that are `ranked`: so many times as many of them as is needed.

    Copies take the places of others among the candidates. `passages` is how many there are in all.
    """
    wider = -(-k // CANDIDATES) or 1
    while True:
        found = ranked(wider)
        once = counted_once(found, k, copies, holds)
        if len(once) == min(k, len(found)) or wider * CANDIDATES >= passages:
            return once
        wider *= 4


def one_of_each(hits: Sequence[Hit], k: int) -> list[Hit]:
    """The first `k` of some hits: the best of each document that is not far behind the best of all, then the others.

    Their scores are in order all the same.
    """
    first = list({h.document: h for h in reversed(hits)}.values())
    leading = {h.number for h in first if h.score >= hits[0].score - FAR_BEHIND}
    ordered = sorted(hits, key=lambda h: (h.number not in leading, -h.score, h.number))[:k]
    scores = sorted((h.score for h in ordered), reverse=True)
    return [replace(h, score=s) for h, s in zip(ordered, scores, strict=True)]


def defining(asked: Question, found: Iterable[Found]) -> list[float]:
    """What is added to the score of each candidate for saying what the thing is that is asked about."""
    return [DEFINES * defines(asked, f.text) for f in found]


def counted_once(ranked: Ranked, k: int, copies: Copies, holds: Callable[[str], bool] | None = None) -> list[Hit]:
    """The first `k` of ranked passages, best first, of those that say the same only one, which names the others.

    Of copies that one stands for all whose passage and document are less damaged
    and held less noise. Only documents are named that `holds` tells of, if it is given.
    """
    kept: list[Hit] = []
    words: dict[str, int] = {}
    for passage, hit_of_it in ranked:
        kin = [path for path in copies.of(passage.document) if holds is None or holds(path)]
        there = {h.document for h in kept} & {*kin}
        if len(kept) == k and not there:
            continue
        hit = hit_of_it()
        at, whole = _twin(kept, copies.find(hit.text, there))
        if at is not None:
            if whole and _flaws(hit, copies) < _flaws(kept[at], copies):
                kept[at] = replace(hit, also=copies.find(hit.text, kin[:MOST_NAMED]))
        elif len(kept) < k:
            letters = said(hit.text)
            known = words.setdefault(letters, len(kept)) if len(letters) >= REPEATED else len(kept)
            if known == len(kept) or kept[known].document == hit.document:
                kept.append(replace(hit, also=copies.find(hit.text, kin[:MOST_NAMED])))
            else:
                place = Also(hit.document, hit.page, hit.span.start, hit.span.end)
                kept[known] = replace(kept[known], also=(*kept[known].also, place))
    return sorted(kept, key=lambda h: (-h.score, h.number))


def _twin(kept: Sequence[Hit], places: Sequence[Also]) -> tuple[int | None, bool]:
    """Which hit holds most of a passage that stands at `places` too, and whether that one holds the whole of the hit."""
    for place in places:
        span = Span(place.start, place.end)
        for at, other in enumerate(kept):
            shared = other.span.overlap(span) if other.document == place.document else 0
            if 2 * shared >= len(span) > 0:
                return at, shared >= WHOLE * len(other.span)
    return None, False


def _flaws(hit: Hit, copies: Copies) -> tuple[bool, bool, int, float]:
    return hit.damaged, hit.repaired, *copies.flaws(hit.document)


def found_in(passage: Passage, weighted: Weighted | None, bm25: float, cosine: float) -> Found:
    """A passage as its features are read from it; its amounts are put in the words of a question that is given."""
    chunk = passage.chunk
    context = f"{passage.title}\n{chunk.heading}"
    text, around = matchable(chunk.text, weighted), matchable(context, weighted)
    return Found(text, around, bm25, cosine, passage.document, passage.number)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Passages with their features and scores; `order` are their places, best first.

    `given` is what the scores hold beside the features, `judged` what a cross-encoder says, by place.
    """

    passages: Sequence[Passage]
    features: Features
    scores: Sequence[float]
    order: Sequence[int]
    given: Sequence[float] = ()
    judged: Mapping[int, float] = field(default_factory=dict)

    @classmethod
    def of(cls, passages: Sequence[Passage], features: Features, more: Sequence[float] = ()) -> Ranked:
        """Rank passages, in the order of their features; `more` is added to their scores."""
        # Rounded, so that passages that say the same weigh the same whatever place they had in an array.
        learned = features.scores(RANK).round(ROUNDED).tolist()
        given = [m - DAMAGED * p.chunk.damaged for m, p in zip(more or [0.0] * len(passages), passages, strict=True)]
        scores = [s + g for s, g in zip(learned, given, strict=True)]
        return cls(
            passages,
            features,
            scores,
            sorted(range(len(passages)), key=lambda at: (-scores[at], passages[at].number)),
            given,
        )

    def read_again(self, reranker: Reranker | None, asked: Question) -> Ranked:
        """The same, the first of them as a cross-encoder orders them. Raises ModelProblem when it is not there.

        What is given to passages beside their features, such as to those of a report that is named, is given to its log-odds too.
        """
        if reranker is None or not self.order:
            return self
        judged = read_again(reranker, asked, self.passages, self.order)
        order, scores = dealt_out(self.order, self.scores, {at: x + self.given[at] for at, x in judged.items()})
        return replace(self, scores=scores, order=order, judged=judged)

    def __len__(self) -> int:
        return len(self.order)

    def __iter__(self) -> Iterator[tuple[Passage, Callable[[], Hit]]]:
        """Each passage with what makes the hit of it: most are passed over."""
        return ((self.passages[at], partial(self.hit, at)) for at in self.order)

    def hit(self, at: int) -> Hit:
        """The passage at a place among `passages` as a hit."""
        features = self.features.of(at)
        if at in self.judged:
            features[CROSS_ENCODER] = self.judged[at]
        return hit_of(self.passages[at], self.scores[at], features)


def hit_of(passage: Passage, score: float, features: dict[str, float]) -> Hit:
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
        score=score,
        why=in_words(features),
        repaired=chunk.repaired,
        damaged=chunk.damaged,
        number=passage.number,
        features=features,
    )
