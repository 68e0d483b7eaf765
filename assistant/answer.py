"""Answer a question from the index: the one value that the chat, the command line and scripts show."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, zip_longest
from pathlib import Path
from typing import Self, Unpack

from assistant.broken import whole
from assistant.choose import BRIEF, FULL, Room, head_of
from assistant.confidence import REFUSE_BELOW, REFUSE_BELOW_BROUGHT, WEIGHTS, WEIGHTS_BROUGHT
from assistant.conflict import Disagreement, asks_whether
from assistant.copies import Also
from assistant.offered import ROW
from assistant.over import TextsRetriever
from assistant.question import Question, leans, looked_for, parts_of, sides_of, understand
from assistant.reading import Passages, Reader, Reading
from assistant.refusal import refusal
from assistant.rerank import reranker_of
from assistant.retrieve import Hit, Retriever
from assistant.rows import told, told_of_flat
from assistant.run import Run
from assistant.script import Script, in_script
from assistant.together import Together
from assistant.unknown_sides import unknown_sides
from assistant.verify import failures
from assistant.wording import CONFLICTS
from assistant.write import Writer
from ingest.bounds import Bounds, Kept
from ingest.clean.stages import damage_in, tidy
from ingest.document import Document, Span
from ingest.embed import SentenceTransformersEmbedder
from ingest.errors import ModelProblem
from ingest.settings import Settings, load_settings

RETRIEVED, COMPARED = 10, 30
NEAREST = 3
WIDENED = 12
BEFORE = 80
"""Characters before a sentence that are looked at for a negation that it was cut off from."""
EVIDENCE = 6
"""Passages that a language model is given."""
SIDE_UNKNOWN = -2.0
"""Log-odds, beside the threshold, of an answer to a comparison one side of which stands nowhere."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage of a source: `raw[start:end]` is marked in the original, `quote` is the same cleaned.

    `also` are the places where copies of the source say the same.
    """

    document: str
    title: str
    page: str
    span: Span
    quote: str
    score: float
    repaired: bool = False
    damaged: bool = False
    also: tuple[Also, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """As in the JSON of an answer."""
        return {
            "document": self.document,
            "title": self.title,
            "page": self.page,
            "start": self.span.start,
            "end": self.span.end,
            "quote": self.quote,
            "score": round(self.score, 4),
            "repaired": self.repaired,
            "damaged": self.damaged,
            "also": [a.to_dict() for a in self.also],
        }


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer and the numbers, from 0, of the citations it rests on.

    One that a language model wrote and its citations do not bear out is not
    `supported`; `doubts` say in words what of it they do not have.
    """

    text: str
    citations: tuple[int, ...]
    supported: bool = True
    doubts: tuple[str, ...] = ()


NOTHING = Sentence("", ())


@dataclass(frozen=True, slots=True)
class Conflict:
    """Values that sources give for the same thing, each with the number of its citation; `what` they measure, if it has one name."""

    values: tuple[str, ...]
    citations: tuple[int, ...]
    what: str = ""
    kind: str = "sources"

    def said_in(self, script: Script, marks: bool = False) -> str:
        """The disagreement in words, with the marks of its citations where these are wanted."""
        marked = [f"{v}[{i + 1}]" if marks else v for v, i in zip(self.values, self.citations, strict=True)]
        what = f"{self.what}，" if self.what else ""
        begins, *says = (in_script(words, script) for words in CONFLICTS[self.kind])
        values = "，".join(f"{said}{v}" for said, v in zip(says, marked, strict=True))
        return in_script(f"{begins}{what}{values}。", script)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its evidence. One that `abstained` cites the nearest passages instead.

    `notices` tell of what did not go as set, such as a language model that failed.
    """

    question: str
    script: Script
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    abstained: bool = False
    confidence: float = 0.0
    conflicts: tuple[Conflict, ...] = ()
    notices: tuple[str, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict, compare=False)

    @property
    def text(self) -> str:
        """The whole answer, without marks: its sentences, and what sources disagree about."""
        return "".join([*(s.text for s in self.sentences), *(c.said_in(self.script) for c in self.conflicts)])

    @property
    def marked_text(self) -> str:
        """The whole answer with [1] behind each sentence."""
        said = (s.text + "".join(f"[{i + 1}]" for i in s.citations) for s in self.sentences)
        return "".join([*said, *(c.said_in(self.script, marks=True) for c in self.conflicts)])

    def to_dict(self) -> dict[str, object]:
        """What `wenju ask --json` prints."""
        return {
            "text": self.text,
            "abstained": self.abstained,
            "script": self.script,
            "confidence": round(self.confidence, 4),
            "sentences": [
                {"text": s.text, "citations": list(s.citations), "supported": s.supported, "doubts": list(s.doubts)}
                for s in self.sentences
            ],
            "citations": [c.to_dict() for c in self.citations],
            "conflicts": [
                {"what": c.what, "kind": c.kind, "values": list(c.values), "citations": list(c.citations)}
                for c in self.conflicts
            ],
            "notices": list(self.notices),
            "timings_ms": self.timings_ms,
        }


@dataclass(frozen=True, slots=True)
class Event:
    """A step of a streamed answer: a finished sentence, or at last the whole answer."""

    sentence: Sentence | None = None
    citations: tuple[Citation, ...] = ()
    answer: Answer | None = None


class Assistant:
    """Answers questions over an index. Safe to use from several threads."""

    def __init__(
        self,
        retriever: Passages,
        writer: Writer | None = None,
        *,
        refuse_below: float | None = None,
        weights: str = WEIGHTS,
        room: Room = BRIEF,
    ) -> None:
        """`writer` is the language model that writes; without one answers are sentences of the sources.

        `refuse_below` is the confidence, in log-odds, below which a question is
        not answered, by default REFUSE_BELOW; `weights` names the file that it is read from.
        `room` says how long an answer may be.
        """
        self._room = room
        self._weights = weights
        self.retriever: Passages = retriever
        self.writer = writer
        self.refuse_below = refuse_below

    @classmethod
    def open(cls, index: str | Path | None = None, settings: Settings | None = None) -> Assistant:
        """Open an index, by default the one of the settings. Raises IndexMissing and IndexMismatch."""
        settings = settings or load_settings()
        return cls(Retriever.open(index, settings), Writer.of(settings))

    @classmethod
    def over(cls, texts: Sequence[str], settings: Settings | None = None) -> Assistant:
        """Answer over passages that the caller brings, without an index; their documents are called "0", "1" and so on."""
        settings = settings or load_settings()
        embedder = SentenceTransformersEmbedder.of(settings)
        brought = TextsRetriever(texts, embedder, settings.passage_size, reranker_of(settings))
        return cls(brought, Writer.of(settings), refuse_below=REFUSE_BELOW_BROUGHT, weights=WEIGHTS_BROUGHT, room=FULL)

    def beside(self, others: Sequence[Retriever]) -> Self:
        """The same assistant over other indexes too. Raises TypeError where this one has no index of its own."""
        if not isinstance(self.retriever, Retriever):
            raise TypeError("only an index can be asked together with others")
        both = copy(self)
        both.retriever = Together([self.retriever, *others])
        return both

    def warm_up(self) -> None:
        """Load what is loaded on first use, so that the first question is no slower than the others."""
        self.retriever.retrieve("文", 1)

    def ask(self, question: str, history: Sequence[str] = (), **kept: Unpack[Kept]) -> Answer:
        """Answer a question; `history` are the earlier questions of the conversation, oldest first.

        `documents`, `publishers`, `since` and `until` keep to some reports, as in `Retriever.retrieve`.
        """
        answer = None
        for event in self.stream(question, history, **kept):
            answer = event.answer
        if answer is None:
            raise AssertionError("a stream ends with its answer")
        return answer

    def stream(self, question: str, history: Sequence[str] = (), **kept: Unpack[Kept]) -> Iterator[Event]:
        """The same answer as it is written: each sentence with all citations so far, then the whole."""
        began = time.perf_counter()
        asked = understand(question, history)
        writer = self.writer
        notices: tuple[str, ...] = ()
        parts = looked_for(asked)
        if writer is not None and wants_putting(asked, history):
            try:
                put = [understand(text) for text in writer.put(asked.text, asked.script, history)]
                parts = [side for part in put for side in (part, *sides_of(part))]
            except ModelProblem as exc:
                writer, notices = None, (_told_of(exc),)
        bounds = Bounds.of(**kept)
        found = [self.retriever.retrieve(part, _as_many_as(part), **bounds.keywords()) for part in parts]
        retrieved = time.perf_counter()
        read = self._read(asked, parts, found, bounds)
        answer = None
        if read.sure < self._threshold:
            answer = refuse(asked, found[0])
        elif writer is not None:
            try:
                answer = yield from written(writer, asked, in_turn(found), history)
            except ModelProblem as exc:
                notices = (_told_of(exc),)
        if answer is None:
            both = with_both_sides(read.runs, read.disagreements, self.retriever.document)
            answer = extracted(asked, both, self.retriever.document, self.retriever.also_in)
        if not answer.abstained:
            answer = disagreeing(answer, read.disagreements, self.retriever.document)
        if answer.abstained or writer is None or notices:
            yield from _told(answer)
        done = time.perf_counter()
        timings = {"retrieve": _ms(retrieved - began), "read": _ms(done - retrieved), "total": _ms(done - began)}
        answer = replace(answer, confidence=read.sure, notices=notices, timings_ms=timings)
        yield Event(answer=answer, citations=answer.citations)

    @property
    def _threshold(self) -> float:
        return REFUSE_BELOW if self.refuse_below is None else self.refuse_below

    def _read(
        self, asked: Question, parts: Sequence[Question], found: Sequence[Sequence[Hit]], bounds: Bounds
    ) -> Reading:
        """What was found, read as a whole; where that does not answer, clause by clause."""
        reader = Reader(self.retriever, self._weights, self._room)
        whole = reader.read(parts, found, asks_whether(asked))
        if whole.sure >= self._threshold:
            # Found by the name alone within the same bounds: what lies outside of them is not known either.
            by_name = partial(self.retriever.retrieve, **bounds.keywords())
            gone = unknown_sides(asked, chain.from_iterable(found), whole.sure, by_name)
            return replace(whole, sure=self._threshold + SIDE_UNKNOWN) if gone else whole
        again = reader.read_by_clauses(asked, RETRIEVED, bounds)
        return again if again and again.sure >= self._threshold else whole


def wants_putting(asked: Question, history: Sequence[str]) -> bool:
    """Whether a language model had better put a question anew before passages are looked for: one that leans on others, or asks several things."""
    follows = bool(history) and leans(asked.folded, asked.terms)
    return follows or asked.kind == "comparison" or len(parts_of(asked)) > 1


def _as_many_as(part: Question) -> int:
    """How many passages are looked at for a part: many tell of two things, and few what sets them apart."""
    return COMPARED if part.kind == "comparison" and not part.side else RETRIEVED


def _told_of(problem: ModelProblem) -> str:
    return f"{problem} → {problem.advice}"


def _told(answer: Answer) -> Iterator[Event]:
    for sentence in answer.sentences:
        known = max(sentence.citations, default=-1) + 1
        yield Event(sentence=sentence, citations=answer.citations[:known])


def in_turn(found: Sequence[Sequence[Hit]]) -> list[Hit]:
    """The passages found for each part of a question, the first of each part first, then the second of each."""
    return list(dict.fromkeys(h for rank in zip_longest(*found) for h in rank if h is not None))


def written(
    writer: Writer, asked: Question, hits: Sequence[Hit], history: Sequence[str] = ()
) -> Generator[Event, None, Answer]:
    """The answer of a language model over the first passages; its citations are those that it names.

    Raises ModelProblem when it fails; what it wrote before then is withdrawn by the answer that follows.
    """
    evidence = [cite_hit(h) for h in hits[:EVIDENCE]]
    number: dict[int, int] = {}
    sentences: list[Sentence] = []
    texts = [f"《{c.title}》{c.quote}" if c.title else c.quote for c in evidence]
    for s in writer.write(asked.text, texts, asked.script, history):
        for n in s.evidence:
            number.setdefault(n, len(number))
        doubts = tuple(f.said_in(asked.script) for f in s.failures)
        sentences.append(Sentence(s.text, tuple(number[n] for n in s.evidence), s.supported, doubts))
        yield Event(sentence=sentences[-1], citations=tuple(evidence[n] for n in number))
    if not sentences:
        return refuse(asked, hits)
    return Answer(asked.text, asked.script, tuple(sentences), tuple(evidence[n] for n in number))


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


def extracted(
    asked: Question,
    runs: Sequence[Run],
    document_of: Callable[[str], Document],
    also_in: Callable[[str, Iterable[Also]], tuple[Also, ...]],
) -> Answer:
    """An answer of whole sentences of the sources, in the question's script; what its source denies is left out."""
    sentences: list[Sentence] = []
    citations: dict[tuple[str, Span], Citation] = {}
    pending = NOTHING
    for run in (part for r in runs for part in whole(r, document_of(r.document).view.text)):
        document = document_of(run.document)
        text = document.view.text
        held = [p for p in run.sentences if not failures(p.of(text), [text[max(0, p.start - BEFORE) : p.end]])]
        places = [place for place in (run.clean, run.head) if place and held]
        for place in places:
            cited = cite(run, place, document)
            citations.setdefault((run.document, place), replace(cited, also=also_in(cited.quote, run.hit.also)))
        numbers = tuple(list(citations).index((run.document, place)) for place in places)
        for place in held:
            words = place.of(text)
            if of_rows := told_of_flat(text, place, asked):
                words = of_rows
            elif ROW in words:
                words = told(words, run.head.of(text) if run.head else "", asked)
            pending = Sentence(pending.text + in_script(words, asked.script), (*pending.citations, *numbers))
            if not (run.goes_on and place == run.sentences[-1]):
                sentences.append(replace(pending, text=_closed(pending.text)))
                pending = NOTHING
    if pending.text:
        sentences.append(replace(pending, text=_closed(pending.text)))
    return Answer(asked.text, asked.script, tuple(sentences), tuple(citations.values()))


def with_both_sides(
    runs: Sequence[Run], disagreements: Iterable[Disagreement], document_of: Callable[[str], Document]
) -> list[Run]:
    """The runs of an answer, and the sentences of a disagreement whose values these do not state yet."""
    both = list(runs)
    for claim in (c for d in disagreements for c in d.claims):
        text = document_of(claim.document).view.text
        stated = any(r.document == claim.document and claim.stated_in(r.clean.of(text)) for r in both)
        if claim.candidate and not stated:
            head = head_of(claim.candidate, text, claim.place.start)
            score = claim.candidate.score
            both.append(Run(claim.document, claim.candidate.hit, score, claim.place, (claim.place,), head))
    return both


def disagreeing(
    answer: Answer, disagreements: Iterable[Disagreement], document_of: Callable[[str], Document]
) -> Answer:
    """An answer that tells where its sources disagree, with a citation for each value."""
    citations = list(answer.citations)
    conflicts = []
    for found in {frozenset((c.document, c.value) for c in d.claims): d for d in disagreements}.values():
        numbers = []
        for claim in found.claims:
            document = document_of(claim.document)
            known = (i for i, c in enumerate(citations) if c.document == claim.document and claim.stated_in(c.quote))
            number = next(known, len(citations))
            if number == len(citations):
                score = claim.candidate.score if claim.candidate else 0.0
                citations.append(cite_place(readable_alone(claim.place, document), document, score))
            numbers.append(number)
        values = tuple(in_script(c.value, answer.script) for c in found.claims)
        conflicts.append(Conflict(values, tuple(numbers), in_script(found.what, answer.script), found.kind))
    return replace(answer, citations=tuple(citations), conflicts=tuple(conflicts))


def cite(run: Run, place: Span, document: Document) -> Citation:
    """The citation of a range of clean text that a run rests on, with its raw range."""
    return cite_place(readable_alone(place, document), document, run.score)


def cite_place(clean: Span, document: Document, score: float) -> Citation:
    """The citation of a range of a document's clean text."""
    span = document.view.span(clean.start, clean.end)
    return Citation(
        document=document.path,
        title=document.title,
        page=document.page_at(span.start),
        span=span,
        quote=clean.of(document.view.text),
        score=score,
        repaired=any(span.overlap(r) for r in document.repaired),
        damaged=damage_in(document, span),
    )


def readable_alone(clean: Span, document: Document) -> Span:
    """A range of clean text, widened by a few characters where its raw text by itself would clean to another one.

    Slipped bytes can only be read together: cut apart, they are no evidence of
    their characters. Only plain text is slipped.
    """
    if document.format != "txt":
        return clean
    text, raw = document.view.text, document.raw
    for more in range(WIDENED + 1):
        for before, after in ((0, more), (more, 0), (more, more)):
            wider = Span(max(0, clean.start - before), min(len(text), clean.end + after))
            if tidy(document.view.span(wider.start, wider.end).of(raw)) == wider.of(text):
                return wider
    return clean


def _closed(text: str) -> str:
    """A sentence on one line, with a full stop where the source has no mark at its end."""
    text = re.sub(r"(?<=[\u2e80-\uffef,])\s*\n\s*(?=[\u2e80-\uffef])", "", text.strip())
    text = re.sub(r"(?<=[\u2e80-\uffef])\s+(?=[\u2e80-\uffef])", "", " ".join(text.split("\n")))
    return text if text[-1:] in "。！？!?…；;：:”」』" else text.rstrip("，,、") + "。"


def cite_hit(hit: Hit) -> Citation:
    """The citation of a whole passage."""
    return Citation(
        hit.document, hit.title, hit.page, hit.span, hit.text, hit.score, hit.repaired, hit.damaged, hit.also
    )


def refuse(asked: Question, hits: Sequence[Hit]) -> Answer:
    """Say that the reports do not tell, and point at the nearest passages."""
    nearest = tuple(cite_hit(h) for h in hits[:NEAREST])
    said = Sentence(refusal(asked, hits, NEAREST), tuple(range(len(nearest))))
    return Answer(asked.text, asked.script, (said,), nearest, abstained=True)
