"""The assistant of a server, over an index that comes, changes and goes."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.serve.live import Live
from assistant.serve.server import mounted_mcp, serve_stdio, service_of
from ingest.errors import BadSettings, IndexMissing
from ingest.settings import Settings


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The time that was set."""
        return self.now


def test_an_index_that_is_not_there_is_looked_for_now_and_then(tmp_path: Path, corpus_index: Path) -> None:
    """It is missed until the next look, and then used."""
    clock = Clock()
    live = Live(Settings(_env_file=None, index=tmp_path / "index"), pause=5, clock=clock)  # type: ignore[call-arg]
    for _ in range(2):
        with pytest.raises(IndexMissing) as missing:
            live.assistant()
        assert "wenju ingest" in missing.value.advice
    shutil.copytree(corpus_index, tmp_path / "index")
    clock.now = 4.9
    with pytest.raises(IndexMissing):
        live.assistant()
    clock.now = 5
    assert live.assistant().retriever.documents()
    assert live.opened == 1


def test_there_is_something_to_show_before_there_is_an_index(tmp_path: Path, corpus_index: Path) -> None:
    """One assistant without a report, that tells what is missing when it is asked; then the one over the index."""
    clock = Clock()
    live = Live(Settings(_env_file=None, index=tmp_path / "index"), pause=5, clock=clock)  # type: ignore[call-arg]
    nothing = live.or_none_yet()
    assert nothing is live.or_none_yet()
    assert nothing.retriever.documents() == []
    assert "no index here" in live.lacking()
    assert "wenju ingest" in live.lacking()
    with pytest.raises(IndexMissing, match="no index here"):
        nothing.ask("DeepSeek-R1 的通讯作者是谁？")
    shutil.copytree(corpus_index, tmp_path / "index")
    clock.now = 5
    assert live.or_none_yet() is live.assistant()
    assert live.lacking() == ""
    assert nothing.ask("DeepSeek-R1 的通讯作者是谁？").citations


def test_an_index_that_does_not_change_is_opened_once(corpus_index: Path) -> None:
    """Many threads at once are given one assistant."""
    live = Live(Settings(_env_file=None, index=corpus_index), pause=0)  # type: ignore[call-arg]
    with ThreadPoolExecutor(8) as pool:
        assistants = list(pool.map(lambda _: live.assistant(), range(32)))
    assert len(set(map(id, assistants))) == 1
    assert live.opened == 1


def test_an_index_that_goes_is_kept(tmp_path: Path, corpus_index: Path) -> None:
    """While an index is made anew, the one from before answers."""
    shutil.copytree(corpus_index, tmp_path / "index")
    live = Live(Settings(_env_file=None, index=tmp_path / "index"), pause=0)  # type: ignore[call-arg]
    before = live.assistant()
    (tmp_path / "index" / "manifest.json").unlink()
    (tmp_path / "index" / "catalog.sqlite").unlink()
    assert live.assistant() is before
    assert before.retriever.documents()


def test_without_its_library_there_is_no_mcp(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has to be installed is told."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for start in (lambda: mounted_mcp(service_of(Live(settings), settings)), lambda: serve_stdio(settings)):
        with pytest.raises(BadSettings) as missing:
            start()
        assert "[mcp]" in missing.value.advice
