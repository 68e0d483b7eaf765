"""An index that is searched elsewhere finds the same."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant import Assistant, Retriever
from assistant.question import understand
from evals.case import read_cases
from ingest.bounds import Bounds, Kept
from ingest.index import migrate
from ingest.settings import Settings
from ingest.within import Numbers, Within

CASES = Path(__file__).parents[2] / "evals" / "cases"
QUESTIONS = [c.question for name in ("corpus", "corpus-2") for c in read_cases(CASES / f"{name}.jsonl")][::4]


LABELS = [
    ("艾瑞", "2023"),
    ("商务部", "2023-11"),
    ("艾瑞", "2024-05-17"),
    ("", ""),
    ("商务部", "2025"),
    ("研究院", "2024"),
]


@pytest.fixture(scope="module")
def labelled(corpus_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the sample reports that have publishers and dates of every precision."""
    folder = tmp_path_factory.mktemp("labelled") / "index"
    shutil.copytree(corpus_index, folder)
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as db, db:
        documents = [n for (n,) in db.execute("SELECT document FROM listing ORDER BY document")]
        db.executemany(
            "UPDATE listing SET publisher = ?, date = ? WHERE document = ?",
            [(*LABELS[at % len(LABELS)], n) for at, n in enumerate(documents)],
        )
    return folder


@pytest.fixture(scope="module")
def assistant(labelled: Path) -> Assistant:
    """An assistant over that index in its folder."""
    return Assistant.open(labelled, Settings(_env_file=None))  # type: ignore[call-arg]


@pytest.fixture(scope="module")
def retriever(assistant: Assistant) -> Retriever:
    """Its retriever."""
    assert isinstance(assistant.retriever, Retriever)
    return assistant.retriever


@pytest.fixture(scope="module")
def moved(labelled: Path, assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over a copy of it in Milvus."""
    folder = tmp_path_factory.mktemp("moved") / "index"
    shutil.copytree(labelled, folder)
    migrate(folder, "milvus+file:milvus.db")
    opened = Assistant.open(folder, Settings(_env_file=None))  # type: ignore[call-arg]
    yield opened
    assert isinstance(opened.retriever, Retriever)
    opened.retriever.index.close()


BOUNDS = [
    Kept(publishers=["艾瑞"]),
    Kept(publishers=["商务部", "研究院"], since="2023"),
    Kept(since="2024"),
    Kept(until="2023-12"),
    Kept(since="2023-11-05", until="2024-05"),
    Kept(publishers=["艾瑞", ""], until="2024-05-17"),
]
"""Of every kind; those of documents are told by `bounds_of`."""


def bounds_of(retriever: Retriever) -> list[Kept]:
    """Bounds by documents, publishers and times, and some together."""
    paths = [d.path for d in retriever.documents()]
    return [*BOUNDS, Kept(documents=paths[::2]), Kept(documents=paths[:1]), Kept(documents=paths[1:], since="2024")]


def shared(ours: list[object], theirs: list[object]) -> float:
    """The share of what one found that the other found too."""
    return len(set(ours) & set(theirs)) / max(1, len(set(ours)))


def test_the_same_passages_are_found_by_terms(retriever: Retriever, moved: Assistant) -> None:
    """Of the ten of highest BM25 more than nineteen in twenty are the same, and their scores are nearly."""
    assert isinstance(moved.retriever, Retriever)
    agreement, apart = [], []
    for question in QUESTIONS:
        terms = understand(question).terms
        ours, theirs = (dict(r.index.lexical.search(terms, 10)) for r in (retriever, moved.retriever))
        assert [retriever.index.lexical.document_frequency(t) for t in terms] == [
            moved.retriever.index.lexical.document_frequency(t) for t in terms
        ]
        agreement.append(shared(list(ours), list(theirs)))
        apart += [abs(score - theirs[n]) / score for n, score in ours.items() if n in theirs]
    assert sum(agreement) / len(agreement) >= 0.95
    assert max(apart) < 0.1


def test_the_same_passages_are_retrieved(retriever: Retriever, moved: Assistant) -> None:
    """Ranked, the ten best passages agree as well, and the first is the same in all but a few questions."""
    assert isinstance(moved.retriever, Retriever)
    agreement, first = [], []
    for question in QUESTIONS:
        ours, theirs = ([(h.document, h.span) for h in r.retrieve(question, 10)] for r in (retriever, moved.retriever))
        agreement.append(shared(list(ours), list(theirs)))
        first.append(ours[0] == theirs[0])
    assert sum(agreement) / len(agreement) >= 0.95
    assert sum(first) / len(first) >= 0.98


def test_the_same_passages_are_retrieved_within_bounds(retriever: Retriever, moved: Assistant) -> None:
    """Kept to documents, publishers and times, the ten best agree as they do without; and none lies beyond."""
    assert isinstance(moved.retriever, Retriever)
    agreement, found, every = [], 0, bounds_of(retriever)
    for number, question in enumerate(QUESTIONS):
        kept = every[number % len(every)]
        ours, theirs = (r.retrieve(question, 10, **kept) for r in (retriever, moved.retriever))
        assert all(moved.retriever.holds(Bounds.of(**kept), hit.document) for hit in theirs)
        agreement.append(shared([(h.document, h.span) for h in ours], [(h.document, h.span) for h in theirs]))
        found += len(theirs)
    assert found > 5 * len(QUESTIONS)
    assert sum(agreement) / len(agreement) >= 0.95


def test_milvus_itself_keeps_to_bounds(retriever: Retriever, moved: Assistant) -> None:
    """By terms and by vectors it gives what lies within, as many as are asked for, and looks up no passage of the bounds."""
    assert isinstance(moved.retriever, Retriever)
    index, listing = moved.retriever.index, moved.retriever.index.catalog.listing

    def refuse(bounds: Bounds) -> Numbers:
        raise AssertionError(f"the passages within {bounds} were looked up")

    for kept in bounds_of(retriever):
        bounds = Bounds.of(**kept)
        numbers = set(listing.passages_within(bounds).tolist())
        within = Within(bounds, refuse)
        by_terms = index.lexical.search(understand("即时零售的市场规模有多大").terms, 200, within)
        by_vectors = index.vectors.search(moved.retriever.embedder.question("市场规模"), 200, within)
        assert {n for n, _ in by_terms} <= numbers
        assert {n for n, _ in by_vectors} == numbers
    nothing = Within(Bounds.of(documents=["none.pdf"]), refuse)
    assert index.lexical.search(["的"], 5, nothing) == []
    assert index.vectors.search(moved.retriever.embedder.question("市场规模"), 5, nothing) == []


def test_answers_are_the_same(assistant: Assistant, moved: Assistant) -> None:
    """Nine of ten answers are the same to the letter: tantivy rounds the lengths of passages, and close calls differ."""
    same = [assistant.ask(q).text == moved.ask(q).text for q in QUESTIONS[::3]]
    assert sum(same) / len(same) >= 0.9
