"""Settings from the command line, the environment and a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import BadSettings
from ingest.settings import SHIPPED_MODEL, Settings, load_settings


@pytest.fixture(autouse=True)
def _away_from_any_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_shipped_model_is_the_default() -> None:
    """Without settings the model that comes with the project is used."""
    assert load_settings().model_path() == str(SHIPPED_MODEL)
    assert load_settings(embedding="other").model_path() == "other"


def test_what_is_given_comes_before_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The command line comes first, then the environment, then the `.env` file."""
    (tmp_path / ".env").write_text("WENJU_PASSAGE_SIZE=300\nWENJU_WORKERS=3\nOTHER=1\n", "utf-8")
    monkeypatch.setenv("WENJU_PASSAGE_SIZE", "200")
    assert load_settings(passage_size=100).passage_size == 100
    assert load_settings(passage_size=None).passage_size == 200
    assert load_settings().workers == 3


def test_a_value_that_means_nothing_names_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bad value is reported with the name of its variable and advice."""
    monkeypatch.setenv("WENJU_PASSAGE_SIZE", "gross")
    with pytest.raises(BadSettings, match=r"WENJU_PASSAGE_SIZE.*'gross'") as caught:
        load_settings()
    assert "WENJU_PASSAGE_SIZE" in caught.value.advice
    with pytest.raises(BadSettings, match="WENJU_PASSAGE_SIZE"):
        load_settings(passage_size=10)


def test_only_what_shapes_an_index_is_in_its_fingerprint() -> None:
    """Another passage size makes another index; more workers or another server do not."""
    plain = load_settings()
    assert plain.fingerprint() == load_settings(workers=3, llm_model="x", index=Path("y")).fingerprint()
    assert plain.fingerprint() != load_settings(passage_size=200).fingerprint()


def test_the_key_stays_out_of_what_is_printed() -> None:
    """Settings can be printed without giving the key of a language model away."""
    assert "secret" not in repr(load_settings(llm_api_key="secret"))


def test_what_is_secret_is_shown_as_set_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every setting is shown by its variable; of passwords and keys one sees that they are set, in an address too."""
    for name in ("WENJU_LLM_API_KEY", "WENJU_PDF_PASSWORD"):
        monkeypatch.setenv(name, "geheim")
    monkeypatch.setenv("WENJU_LLM_BASE_URL", "https://me:geheim@models.example/v1")
    shown = load_settings(workers=3).shown()
    assert shown.keys() == {f"WENJU_{name.upper()}" for name in Settings.model_fields}
    assert shown["WENJU_WORKERS"] == "3"
    assert shown["WENJU_LLM_API_KEY"] == shown["WENJU_PDF_PASSWORD"] == "***"
    assert shown["WENJU_LLM_BASE_URL"] == "https://***@models.example/v1"
    assert "geheim" not in str(shown)
    monkeypatch.delenv("WENJU_LLM_API_KEY")
    assert load_settings().shown()["WENJU_LLM_API_KEY"] == ""
