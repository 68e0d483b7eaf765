"""The server while a part of its index is kept by another one that is away."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from fakes import ChromaProcess

from assistant.serve.live import Live
from ingest import circuit
from ingest.index import migrate
from ingest.settings import Settings

pytestmark = pytest.mark.server

ASKED = {"question": "DeepSeek-R1 的通讯作者是谁？"}


def test_it_says_who_is_away_and_goes_on_when_they_are_back(
    tmp_path: Path, corpus_index: Path, served: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the start and in between every question has 503 with the name of the other server, and 200 when it is back."""
    monkeypatch.setattr(circuit.Circuit.__init__, "__defaults__", ((0.01,), 0.1, time.monotonic, time.sleep))
    chroma = ChromaProcess(tmp_path / "chroma")
    shutil.copytree(corpus_index, tmp_path / "index")
    try:
        migrate(tmp_path / "index", chroma.url)
        settings = Settings(_env_file=None, index=tmp_path / "index")  # type: ignore[call-arg]
        chroma.kill()
        client = served(Live(settings, pause=0), settings)  # type: ignore[operator]
        for _ in range(2):
            refused = client.post("/ask", json=ASKED)
            assert refused.status_code == 503
            assert chroma.url in refused.json()["error"]
            assert refused.json()["advice"]
        chroma.start()
        time.sleep(0.2)
        first = client.post("/ask", json=ASKED)
        assert first.status_code == 200
        chroma.kill()
        for path in ("/ask", "/retrieve"):
            assert client.post(path, json=ASKED).status_code == 503
        assert client.get("/documents").status_code == client.get("/health").status_code == 200
        chroma.start()
        time.sleep(0.2)
        assert client.post("/ask", json=ASKED).json()["text"] == first.json()["text"]
    finally:
        chroma.kill()
