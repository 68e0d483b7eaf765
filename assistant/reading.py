"""Read what was found for a question: how sure it is that the reports answer it, the sentences of the answer, where sources disagree."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol, Unpack

from assistant.choose import BRIEF, Room, choose
from assistant.confidence import confidence
from assistant.conflict import Disagreement, disagreement
from assistant.contrast import each_alone, going_on, set_apart, with_what_it_leans_on
from assistant.copies import Also
from assistant.extract import Candidate, candidates, of_its_row, of_its_year
from assistant.question import EACH, Question, clauses_of
from assistant.rank import Weighted
from assistant.retrieve import Hit
from assistant.run import Run
from ingest.bounds import EVERYTHING, Bounds, Kept
from ingest.catalog import Passage
from ingest.document import Document
from ingest.fold import fold
from ingest.listing import Listed

MOST = 3
"""Stretches of text that answer one question, at most; of several that are asked at once each has fewer."""
SURE_APART = 0.0
"""Log-odds that a comparison is answered where a sentence sets its two sides apart."""
SHORT_NAME = 4
MOST_OF_NAME = 0.5
"""The share of the pairs of characters of a longer name that a text has which tells of it."""


class Passages(Protocol):
    """Where an assistant finds what it answers from: an index, or texts that the caller brings."""

    def retrieve(
        self,
        question: str | Question,
        k: int = 5,
        *,
        history: Sequence[str] = (),
        **kept: Unpack[Kept],
    ) -> list[Hit]:
        """The `k` passages that bear most on a question, best first."""

    def weigh(self, question: Question) -> Weighted:
        """A question's terms with how much each tells."""

    def document(self, path: str) -> Document:
        """A document by its path."""

    def documents(self) -> list[Listed]:
        """All documents."""

    def passages_of(self, path: str) -> list[Passage]:
        """The passages of a document, in its order."""

    def unknown(self, bounds: Bounds) -> tuple[list[str], list[str]]:
        """The documents and the publishers that bounds name and that are not there."""

    def also_in(self, part: str, places: Iterable[Also]) -> tuple[Also, ...]:
        """Where a part of a passage stands in the copies that have the passage at `places`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read for a question: log-odds that it is answered, the sentences that answer, and the disagreements among them."""

    sure: float
    runs: tuple[Run, ...]
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads passages for the parts of a question; `weights` names the file that says how sure it is, `room` says how long an answer may be."""

    passages: Passages
    weights: str
    room: Room = BRIEF

    def read(self, parts: Sequence[Question], found: Sequence[Sequence[Hit]], whether: bool) -> Reading:
        """Read the passages found for each part.

        It is as sure as of the surest part; a comparison is answered, too, where each of its sides is.
        """
        sure = [-math.inf]
        of_sides: list[float] = []
        runs: list[Run] = []
        disagreements: list[Disagreement] = []
        most = 2 if sum(not p.side for p in parts) > 1 else MOST
        for i, (part, hits) in enumerate(zip(parts, found, strict=True)):
            weighted = self.passages.weigh(part)
            ranked = candidates(part, weighted, hits)
            if part.side:
                of_side = [c for c in ranked if tells_of(part.side, f"{c.text} {c.hit.heading}")]
                of_sides.append(confidence(part, weighted, of_side, self.weights))
                ranked = self._of_side(part, of_side, runs)
            else:
                sure.append(confidence(part, weighted, ranked, self.weights))
            ranked = of_its_row(of_its_year(ranked))
            compared = tuple(p.side for p in parts[i + 1 : i + 3] if p.side)
            if part.kind == "comparison" and not part.side and len(compared) == 2:
                apart = self._set_apart(part, compared, ranked, hits)
                sure += [SURE_APART] if apart else []
                chosen = self._compared(part, compared, ranked, apart, runs)
            else:
                chosen = choose(part, ranked, self._clean_text, apart_from=runs, most=most, room=self.room)
            if found_apart := disagreement(part, weighted, ranked, self.passages.document, whether):
                disagreements.append(found_apart)
                chosen = self._stating(found_apart, chosen) if whether or not part.multiple else chosen
            runs += chosen
        sure += map(min, zip(of_sides[::2], of_sides[1::2], strict=True))
        return Reading(max(sure), tuple(runs), tuple(disagreements))

    def read_by_clauses(self, question: Question, k: int, bounds: Bounds = EVERYTHING) -> Reading | None:
        """Read anew, with `k` passages for each clause of a question, what no one passage answers; None where it is of one clause.

        It is as sure as of the clause that it is least sure of: what leads to the
        question must be told, too.
        """
        clauses = clauses_of(question)
        if not clauses:
            return None
        read = [self.read([c], [self.passages.retrieve(c, k, **bounds.keywords())], whether=False) for c in clauses]
        runs = read[0].runs + tuple(
            run
            for r in read[1:]
            for run in r.runs[:1]
            if not any(run.clean.overlap(o.clean) and run.document == o.document for o in read[0].runs)
        )
        return Reading(min(r.sure for r in read), runs, read[0].disagreements)

    def _of_side(self, part: Question, of_side: Sequence[Candidate], runs: Sequence[Run]) -> list[Candidate]:
        """The best sentence about one side of a comparison; none where what is said tells of it already."""
        if not EACH.search(part.folded) and any(
            tells_of(part.side, r.clean.of(self._clean_text(r.document))) for r in runs
        ):
            return []
        return list(islice((c for c in of_side if not any(c.lies_in(r.document, r.clean) for r in runs)), 1))

    def _set_apart(
        self, part: Question, names: tuple[str, str], ranked: Sequence[Candidate], hits: Sequence[Hit]
    ) -> Candidate | None:
        """The sentence that sets two things apart, of those `ranked` or else of all passages found; None where none does."""
        return set_apart(part, names, ranked, tells_of) or set_apart(
            part, names, candidates(part, self.passages.weigh(part), hits, len(hits)), tells_of
        )

    def _compared(
        self,
        part: Question,
        names: tuple[str, str],
        ranked: Sequence[Candidate],
        apart: Candidate | None,
        runs: Sequence[Run],
    ) -> list[Run]:
        """What sets two things apart, in as few sentences as do; where none does, what is said of each."""
        if apart is None:
            alone = each_alone(names, ranked, tells_of)
            best = [run for c in alone for run in choose(part, [c], self._clean_text, apart_from=runs, most=1)]
            return best or choose(part, ranked, self._clean_text, apart_from=runs, most=2, room=self.room)
        found = choose(part, [apart], self._clean_text, apart_from=runs, most=1, room=self.room)
        if len(found) == 1:
            text = self._clean_text(found[0].document)
            found = [with_what_it_leans_on(found[0], names, text, tells_of)]
            if more := going_on(found[0], names, text):
                found.append(replace(found[0], clean=more, sentences=(more,), head=None))
        return found

    def _stating(self, found: Disagreement, runs: Sequence[Run]) -> list[Run]:
        """The runs that state one of the values which sources disagree about; the first where none does."""
        kept = [
            run
            for run in runs
            if any(
                c.document == run.document and c.stated_in(run.clean.of(self._clean_text(run.document)))
                for c in found.claims
            )
        ]
        return kept or list(runs[:1])

    def _clean_text(self, path: str) -> str:
        return self.passages.document(path).view.text


def tells_of(name: str, text: str) -> bool:
    """Whether a text has the folded name of a thing, a longer one in most of its pairs of characters."""
    folded = fold(text)
    if name in folded or len(name) <= SHORT_NAME:
        return name in folded
    pairs = [name[i : i + 2] for i in range(len(name) - 1)]
    return sum(p in folded for p in pairs) >= MOST_OF_NAME * len(pairs)
