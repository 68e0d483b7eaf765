"""What all tests share: an environment without settings, quick embedders, and indexes to break."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import hypothesis
import pytest

TESTS = Path(__file__).parent


def _load(name: str, file: Path) -> None:
    """Make a file that is no test importable by its own name: no folder of tests is on the path."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)


_load("noise", TESTS / "noise.py")
_load("fakes", TESTS / "ingest" / "fakes.py")
_load("tiny_models", TESTS / "ingest" / "tiny_models.py")
_load("commands_started", TESTS / "assistant" / "serve" / "commands_started.py")

from fakes import HashEmbedder, fill  # noqa: E402

from ingest.pipeline import ingest  # noqa: E402
from ingest.settings import Settings  # noqa: E402

hypothesis.settings.register_profile("here", deadline=None, max_examples=100)
hypothesis.settings.register_profile("ci", deadline=None, max_examples=100, derandomize=True)
hypothesis.settings.register_profile("deep", deadline=None, max_examples=2000)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker of tests that take more than a few seconds."""
    config.addinivalue_line("markers", "slow: takes more than ten seconds")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees what the machine sets."""
    for name in [n for n in os.environ if n.startswith("WENJU_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def settings() -> Settings:
    """Settings from nowhere but their defaults, in one process."""
    return Settings(_env_file=None, workers=1)  # type: ignore[call-arg]


@pytest.fixture
def embedder() -> HashEmbedder:
    """A quick embedder that counts what it is asked."""
    return HashEmbedder()


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A folder of five short reports."""
    folder = tmp_path / "reports"
    fill(folder, 5)
    return folder


@pytest.fixture(scope="session")
def built_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of five reports, made once; copy it before changing it."""
    folder = tmp_path_factory.mktemp("built")
    fill(folder / "reports", 5)
    settings = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]
    ingest([folder / "reports"], folder / "index", settings, HashEmbedder())
    return folder / "index"
