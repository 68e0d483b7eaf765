"""Embedding models that are there, and those that are not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from ingest.embed import SentenceTransformersEmbedder
from ingest.errors import ModelProblem
from ingest.settings import SHIPPED_MODEL


def test_identity_follows_the_files(tmp_path: Path) -> None:
    """A model folder is known by its content: its place does not matter, a changed file does."""
    small = tmp_path / "model"
    shutil.copytree(SHIPPED_MODEL, small, ignore=shutil.ignore_patterns("*.safetensors"))
    moved = tmp_path / "elsewhere" / "model"
    shutil.copytree(small, moved)
    before = SentenceTransformersEmbedder(str(small)).identity
    assert before == SentenceTransformersEmbedder(str(moved)).identity
    (moved / "modules.json").write_text("[]", "utf-8")
    assert before != SentenceTransformersEmbedder(str(moved)).identity


def test_identity_of_a_hub_model_is_its_name() -> None:
    """A model from the hub is known by its name, and naming it loads nothing."""
    assert SentenceTransformersEmbedder("someone/some-model").identity == "someone/some-model"


def test_a_folder_that_is_not_there_is_a_model_problem() -> None:
    """A missing folder is reported at once, with the setting to look at."""
    with pytest.raises(ModelProblem, match="no such folder") as caught:
        SentenceTransformersEmbedder("./nowhere").passages(["文"])
    assert "WENJU_EMBEDDING" in caught.value.advice


def test_a_folder_without_a_model_is_a_model_problem(tmp_path: Path) -> None:
    """A folder that holds something else is no model."""
    (tmp_path / "modules.json").write_text("garbage", "utf-8")
    with pytest.raises(ModelProblem, match="not a sentence-transformers model"):
        SentenceTransformersEmbedder(str(tmp_path)).question("文")


def test_a_name_that_is_not_here_is_not_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A hub name that is not on this machine fails at once, and says how to allow the download."""
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(ModelProblem, match="not on this machine") as caught:
        SentenceTransformersEmbedder("nobody/no-such-model").question("文")
    assert "WENJU_DOWNLOAD=1" in caught.value.advice
    assert os.environ.get("WENJU_DOWNLOAD") is None
