"""An index that is searched elsewhere finds the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Assistant, Retriever
from assistant.question import understand
from evals.case import read_cases
from ingest.index import migrate
from ingest.settings import Settings

CASES = Path(__file__).parents[2] / "evals" / "cases"
QUESTIONS = [c.question for name in ("corpus", "corpus-2") for c in read_cases(CASES / f"{name}.jsonl")][::4]


@pytest.fixture(scope="module")
def moved(corpus_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over the sample reports in Milvus."""
    folder = tmp_path_factory.mktemp("moved") / "index"
    shutil.copytree(corpus_index, folder)
    migrate(folder, "milvus+file:milvus.db")
    opened = Assistant.open(folder, Settings(_env_file=None))  # type: ignore[call-arg]
    yield opened
    assert isinstance(opened.retriever, Retriever)
    opened.retriever.index.close()


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


def test_answers_are_the_same(assistant: Assistant, moved: Assistant) -> None:
    """Nine of ten answers are the same to the letter: tantivy rounds the lengths of passages, and close calls differ."""
    same = [assistant.ask(q).text == moved.ask(q).text for q in QUESTIONS[::3]]
    assert sum(same) / len(same) >= 0.9
