"""The reference questions, and an assistant over the sample reports that they ask about."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Assistant
from evals.case import Case, read_cases
from evals.result import Report
from evals.run import run
from ingest.embed import SentenceTransformersEmbedder
from ingest.pipeline import ingest
from ingest.settings import Settings

ROOT = Path(__file__).parents[2]
CASE_FILES = tuple(sorted((ROOT / "evals" / "cases").glob("corpus*.jsonl")))


@pytest.fixture(scope="session")
def corpus_assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over the sample reports, with the shipped model and no language model."""
    folder = tmp_path_factory.getbasetemp() / "corpus-index"
    settings = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]
    if not folder.exists():
        ingest([ROOT / "corpus"], folder, settings, SentenceTransformersEmbedder(settings.model_path()))
    return Assistant.open(folder, settings)


@pytest.fixture(scope="session")
def case_files() -> tuple[Path, ...]:
    """The files of reference questions about the sample reports."""
    return CASE_FILES


@pytest.fixture(scope="session")
def all_corpus_cases() -> list[Case]:
    """The reference questions of all files together."""
    return [case for file in CASE_FILES for case in read_cases(file)]


@pytest.fixture(scope="session", params=CASE_FILES, ids=lambda f: f.stem)
def corpus_cases(request: pytest.FixtureRequest) -> list[Case]:
    """The reference questions about the sample reports, file by file."""
    return read_cases(request.param)


@pytest.fixture(scope="session")
def corpus_report(corpus_assistant: Assistant, corpus_cases: list[Case]) -> Report:
    """The reference questions of one file, asked and measured."""
    return run(corpus_assistant, corpus_cases, {})
