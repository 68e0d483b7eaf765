"""The reference questions, and an assistant over the sample reports that they ask about."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Assistant
from evals.case import Case, read_cases
from evals.run import Report, run
from ingest.embed import SentenceTransformersEmbedder
from ingest.pipeline import ingest
from ingest.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def corpus_assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over the sample reports, with the shipped model and no language model."""
    folder = tmp_path_factory.getbasetemp() / "corpus-index"
    settings = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]
    if not folder.exists():
        ingest([ROOT / "corpus"], folder, settings, SentenceTransformersEmbedder(settings.model_path()))
    return Assistant.open(folder, settings)


@pytest.fixture(scope="session")
def corpus_cases() -> list[Case]:
    """The reference questions about the sample reports."""
    return read_cases(ROOT / "evals" / "cases" / "corpus.jsonl")


@pytest.fixture(scope="session")
def corpus_report(corpus_assistant: Assistant, corpus_cases: list[Case]) -> Report:
    """All reference questions, asked and measured."""
    return run(corpus_assistant, corpus_cases, {})
