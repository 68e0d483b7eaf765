"""The gate holds: whatever stage is broken on purpose, the comparison fails and blames it; unbroken code passes every time."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from math import log
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from noise import leak_pinyin

import assistant.answer
import assistant.cantonese
import assistant.extract
import assistant.question
import assistant.rank
import assistant.retrieve
import assistant.write
import ingest.clean.stages
import ingest.prepare
import ingest.terms
from assistant import Assistant, Citation
from assistant.features import Features
from assistant.question import understand
from assistant.script import Script
from assistant.write import Writer
from evals.case import Case, read_cases
from evals.compare import Baseline, Comparison, baseline_of, compare
from evals.parity import OTHER_SCRIPT, rewritten
from evals.result import Report
from evals.run import run
from ingest.document import Chunk, Document, Edit, Span
from ingest.embed import SentenceTransformersEmbedder
from ingest.lexical import LexicalIndex
from ingest.pipeline import ingest as ingest_paths
from ingest.settings import Settings
from ingest.terms import indexed_tokens
from ingest.within import Numbers

ROOT = Path(__file__).parents[2]
REPORTS = ("deepseek-r1-cost.md", "deepseek-r1-nature.txt", "smart-marketing-4d.txt", "dtc-brand-cases.md")
EVERY = 3
RERUNS = 20
PASSAGE_SIZE = 120
"""Characters: small passages, so that these few reports have more of them than are read for an answer."""
Monkey = pytest.MonkeyPatch


def indexed(folder: Path, reports: Path) -> Assistant:
    """An assistant over a fresh index of some reports, with the shipped model."""
    settings = Settings(_env_file=None, workers=1, passage_size=PASSAGE_SIZE)  # type: ignore[call-arg]
    ingest_paths([reports], folder, settings, SentenceTransformersEmbedder(settings.model_path()))
    return Assistant.open(folder, settings)


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Some of the reference questions that four of the reports answer, and some that nothing answers; every second in the other script."""
    read = [c for name in ("corpus", "corpus-2") for c in read_cases(ROOT / "evals" / "cases" / f"{name}.jsonl")]
    answered = [c for c in read if c.evidence_doc and set(c.evidence_doc) <= set(REPORTS)][::EVERY]
    unanswered = [c for c in read if not c.answerable][::8]
    return [rewritten(c, OTHER_SCRIPT) if i % 2 else c for i, c in enumerate([*answered, *unanswered])]


def copied(folder: Path, change: Callable[[str], str] = str) -> Path:
    folder.mkdir()
    for name in REPORTS:
        (folder / name).write_text(change((ROOT / "corpus" / name).read_text("utf-8")), "utf-8")
    return folder


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with four of the sample reports."""
    return copied(tmp_path_factory.mktemp("guards") / "reports")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, reports: Path) -> Assistant:
    """An assistant over them, with nothing broken."""
    return indexed(tmp_path_factory.mktemp("guards") / "index", reports)


@pytest.fixture(scope="module")
def before(sound: Assistant, cases: list[Case]) -> Report:
    """What is measured while nothing is broken."""
    return run(sound, cases, {})


@pytest.fixture(scope="module")
def baseline(before: Report) -> Baseline:
    """What the others are compared with."""
    return baseline_of(before)


def blamed_most(before: Report, after: Report) -> set[str]:
    """The two stages that are blamed for the most cases more."""
    more = Counter(after.blames) - Counter(before.blames)
    return {stage for stage, _ in more.most_common(2)}


def fell(comparison: Comparison) -> set[str]:
    return {c.name for c in comparison.losses}


def test_unbroken_code_passes_every_time(sound: Assistant, cases: list[Case], baseline: Baseline) -> None:
    """Twenty reruns, twenty passes, and not one figure changed."""
    some = cases[::3]
    verdicts = [compare(baseline, run(sound, some, {})) for _ in range(RERUNS)]
    assert [v.passes for v in verdicts] == [True] * RERUNS
    assert {v.changes for v in verdicts} == {()}
    assert {v.compared for v in verdicts} == {len(some)}


def test_an_index_made_anew_passes(tmp_path: Path, reports: Path, cases: list[Case], baseline: Baseline) -> None:
    """The gate ingests afresh: that alone changes nothing."""
    comparison = compare(baseline, run(indexed(tmp_path / "index", reports), cases, {}))
    assert comparison.passes
    assert comparison.changes == ()


def without_folding(monkeypatch: Monkey) -> None:
    """Questions and passages are matched in their own script."""
    for module in (ingest.terms, assistant.cantonese, assistant.question, assistant.rank, assistant.extract):
        for name in ("fold", "fold_case_kept"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, str)
    # What was folded before is kept, and would be told.
    monkeypatch.setattr(assistant.rank, "_matchable", assistant.rank._matchable.__wrapped__)


def cut_anywhere(monkeypatch: Monkey) -> None:
    """Passages of sixty characters, sentence or not."""

    def split(document: Document, size: int) -> tuple[Chunk, ...]:
        text, view = document.view.text, document.view
        spans = [Span(at, min(at + 60, len(text))) for at in range(0, len(text), 60)]
        return tuple(Chunk(view.span(s.start, s.end), s, s.of(text)) for s in spans)

    monkeypatch.setattr(ingest.prepare, "split", split)


def a_report_left_out(monkeypatch: Monkey) -> None:
    """One report is not found any more."""
    known = ingest.pipeline.discover
    monkeypatch.setattr(ingest.pipeline, "discover", lambda *given: (f for f in known(*given) if f.path != REPORTS[0]))


def a_greedy_cleaner(monkeypatch: Monkey) -> None:
    """The cleaner of boilerplate takes the second half of every report."""
    monkeypatch.setitem(
        ingest.clean.stages.BLOCKS,  # type: ignore[arg-type]
        "boilerplate",
        lambda view: [Edit(len(view) // 2, len(view), "\u2029")],
    )


@pytest.mark.parametrize(
    ("broken", "figures", "blamed"),
    [
        (without_folding, {"recall@1"}, {"wrongly refused"}),
        (cut_anywhere, {"facts", "ndcg"}, {"not retrieved"}),
        (a_report_left_out, {"facts", "recall@5"}, {"not ingested"}),
        (a_greedy_cleaner, {"all_facts", "recall@5"}, {"cleaned away"}),
    ],
)
def test_a_stage_of_the_ingest_that_is_broken_fails_the_gate(
    tmp_path: Path,
    monkeypatch: Monkey,
    reports: Path,
    cases: list[Case],
    before: Report,
    baseline: Baseline,
    broken: Callable[[Monkey], None],
    figures: set[str],
    blamed: set[str],
) -> None:
    """The figures that should fall do, and the stage is blamed most of all."""
    broken(monkeypatch)
    after = run(indexed(tmp_path / "index", reports), cases, {})
    comparison = compare(baseline, after)
    assert not comparison.passes
    assert figures <= fell(comparison)
    assert blamed <= blamed_most(before, after)


def test_a_cleaner_that_does_nothing_fails_the_gate(tmp_path: Path, monkeypatch: Monkey, cases: list[Case]) -> None:
    """Over reports with leaked pinyin, which are cleaned in the baseline, noise that is left is blamed."""
    noisy = copied(tmp_path / "noisy", lambda text: leak_pinyin(text, 5))
    before = run(indexed(tmp_path / "clean-index", noisy), cases, {})
    monkeypatch.setitem(ingest.clean.stages.INSIDE, "pinyin", lambda view: [])  # type: ignore[arg-type]
    after = run(indexed(tmp_path / "index", noisy), cases, {})
    comparison = compare(baseline_of(before), after)
    assert {"facts", "recall@5"} <= fell(comparison)
    assert "noise left" in blamed_most(before, after)


def drawn(*parts: object) -> float:
    """A number from 0 to 1 that depends on nothing but what is given."""
    return Random(zlib.crc32(repr(parts).encode())).random()  # noqa: S311


def worst_first(monkeypatch: Monkey) -> None:
    """The lexical index scores upside down. Four reports have fewer passages than it proposes: none is lost, each has a wrong score."""
    search = LexicalIndex.search

    def upside_down(
        self: LexicalIndex, terms: Sequence[str], k: int, within: Numbers | None = None
    ) -> list[tuple[int, float]]:
        found = search(self, terms, max(k, len(self)), within)
        numbers = [n for n, _ in found][::-1]
        return list(zip(numbers, (s for _, s in found), strict=True))[:k]

    monkeypatch.setattr(LexicalIndex, "search", upside_down)


Formula = Callable[[int, int, int, float], float]
"""The score of a term in a passage: how often it stands there, in how many passages it stands, how many there are,
and how long the passage is, in times the average."""


def bm25_without_lengths(count: int, holding: int, passages: int, length: float) -> float:
    """BM25 with b = 0: a term weighs as much in a long passage as in a short one."""
    return log(1 + (passages - holding + 0.5) / (holding + 0.5)) * count * 2.2 / (count + 1.2)


def lengths_upside_down(count: int, holding: int, passages: int, length: float) -> float:
    """BM25 in which a passage gains by its length instead of losing."""
    return bm25_without_lengths(count, holding, passages, length) * length**2


def counts_alone(count: int, holding: int, passages: int, length: float) -> float:
    """How often terms stand there, however common they are."""
    return float(count)


def scored_by(formula: Formula, assistant: Assistant) -> Callable[..., list[tuple[int, float]]]:
    """A search of the lexical index that scores by a formula, which tantivy cannot be told."""
    found = [p for d in assistant.retriever.documents() for p in assistant.retriever.passages_of(d.path)]
    counts = {p.number: Counter(indexed_tokens(f"{p.chunk.heading}\n{p.chunk.text}")) for p in found}
    holding = Counter(term for c in counts.values() for term in c)
    average = sum(c.total() for c in counts.values()) / len(counts)

    def search(
        self: LexicalIndex, terms: Sequence[str], k: int, within: Numbers | None = None
    ) -> list[tuple[int, float]]:
        assert within is None
        scores = {
            n: sum(formula(c[t], holding[t], len(counts), c.total() / average) for t in dict.fromkeys(terms) if t in c)
            for n, c in counts.items()
        }
        return sorted(((n, s) for n, s in scores.items() if s), key=lambda hit: (-hit[1], hit[0]))[:k]

    return search


def shuffled_ranks(monkeypatch: Monkey) -> None:
    """The ranker's scores say nothing."""

    def scores(self: Features, file: str) -> Any:
        return np.array([10 * drawn(file, *row) for row in self.values.tolist()])

    monkeypatch.setattr(Features, "scores", scores)


def refuses_too_much(monkeypatch: Monkey) -> None:
    monkeypatch.setattr(assistant.answer, "REFUSE_BELOW", 5.0)


def never_refuses(monkeypatch: Monkey) -> None:
    monkeypatch.setattr(assistant.answer, "REFUSE_BELOW", -99.0)


def shifted_offsets(monkeypatch: Monkey) -> None:
    """Citations point one character too far."""
    cite = assistant.answer.cite_place

    def shifted(clean: Span, document: Document, score: float) -> Citation:
        citation = cite(clean, document, score)
        span = Span(citation.span.start + 1, citation.span.end + 1)
        return replace(citation, span=span)

    monkeypatch.setattr(assistant.answer, "cite_place", shifted)


@pytest.mark.parametrize(
    ("broken", "figures", "blamed"),
    [
        (worst_first, {"f1"}, set()),
        (shuffled_ranks, {"facts", "recall@5", "ndcg"}, {"ranked low"}),
        (refuses_too_much, {"facts", "answered"}, {"wrongly refused"}),
        (never_refuses, {"refused"}, {"not refused"}),
        (shifted_offsets, set(), {"not exact"}),
    ],
)
def test_a_stage_of_the_answer_that_is_broken_fails_the_gate(
    monkeypatch: Monkey,
    sound: Assistant,
    cases: list[Case],
    before: Report,
    baseline: Baseline,
    broken: Callable[[Monkey], None],
    figures: set[str],
    blamed: set[str],
) -> None:
    """The same, over the same index."""
    broken(monkeypatch)
    after = run(sound, cases, {})
    comparison = compare(baseline, after)
    assert not comparison.passes
    assert figures <= fell(comparison)
    assert bool(comparison.inexact) == (broken is shifted_offsets)
    assert blamed <= blamed_most(before, after)


def test_lexical_scores_are_what_they_are_said_to_be(monkeypatch: Monkey, sound: Assistant, cases: list[Case]) -> None:
    """The formula written out, with the lengths in it, finds as tantivy does: the breakages below differ in one thing."""

    def whole(count: int, holding: int, passages: int, length: float) -> float:
        return bm25_without_lengths(count, holding, passages, length) * (count + 1.2) / (count + 0.3 + 0.9 * length)

    search, lexical = scored_by(whole, sound), sound.retriever.index.lexical
    for case in cases[:20]:
        terms = understand(case.question).terms
        own, written = ([n for n, _ in find(terms, 5)] for find in (lexical.search, partial(search, lexical)))
        assert len({*own} & {*written}) >= 4


@pytest.mark.parametrize("formula", [bm25_without_lengths, lengths_upside_down, counts_alone])
def test_what_the_ranker_makes_up_for_is_told_and_stops_nothing(
    monkeypatch: Monkey, sound: Assistant, cases: list[Case], baseline: Baseline, formula: Formula
) -> None:
    """The lexical index only proposes, and passages are of nearly one length.

    So b = 0, and worse, change a few ranks, which are named by case, and no answer that could be told from noise.
    """
    monkeypatch.setattr(LexicalIndex, "search", scored_by(formula, sound))
    comparison = compare(baseline, run(sound, cases, {}))
    assert comparison.passes
    assert any(c.worse or c.better for c in comparison.changes)
    assert comparison.compared == len(cases)


class MadeUp(Writer):
    """A language model that leaves questions as they are, quotes the first passage and puts a figure of its own to it."""

    def put(self, question: str, script: Script, history: Sequence[str] = ()) -> list[str]:
        """The question itself."""
        return [question]

    def _stream(self, question: str, evidence: Sequence[str], script: Script, *more: Any) -> Iterator[str]:
        yield f"{evidence[0].split('。')[0].strip()}，共计98765头大象。[1]"


def test_a_verifier_that_is_off_fails_the_gate(monkeypatch: Monkey, sound: Assistant, cases: list[Case]) -> None:
    """Figures that a language model made up are marked in the baseline; unmarked they are blamed on the verifier."""
    written = Assistant(sound.retriever, MadeUp("http://localhost:9", "scripted"))
    before = run(written, cases, {})
    assert before.overall["honest"] == 1
    assert before.overall["support_rate"] == 0
    monkeypatch.setattr(assistant.write, "failures", lambda *given: ())
    after = run(written, cases, {})
    comparison = compare(baseline_of(before), after)
    assert fell(comparison) == {"honest"}
    assert "not verified" in blamed_most(before, after)
