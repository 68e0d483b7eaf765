"""The server while a part of its index is kept by another one that goes away, hangs, and comes back."""

from __future__ import annotations

import shutil
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from commands_started import until
from fakes import ChromaProcess

from assistant.serve.live import Live
from ingest import circuit
from ingest.index import migrate
from ingest.settings import Settings

pytestmark = pytest.mark.server

ASKED = {"question": "DeepSeek-R1 的通讯作者是谁？"}
REST = 30.0


class Between:
    """Hands what is sent to it on to a Chroma server; it sees each query, and can hold them back."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"chroma://127.0.0.1:{self._listener.getsockname()[1]}"
        self.queries = 0
        self.let_through = threading.Event()
        self.let_through.set()
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._hand_on, args=(near,), daemon=True).start()

    def _hand_on(self, near: socket.socket) -> None:
        with near, suppress(OSError), socket.create_connection(("127.0.0.1", self._port)) as far:
            threading.Thread(target=_copy, args=(far, near), daemon=True).start()
            while data := near.recv(1 << 20):
                if b"/query" in data.split(b"\r\n", 1)[0]:
                    self.queries += 1
                    self.let_through.wait()
                far.sendall(data)

    def close(self) -> None:
        """Hand on nothing more."""
        self.let_through.set()
        self._listener.close()


def _copy(source: socket.socket, to: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 20):
            to.sendall(data)
    # Whoever waits for an answer is told that there will be none.
    for end in (source, to):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


class Clock:
    """Tells the time that it was set to; who sleeps is woken when `morning` has come, which it has as a rule."""

    def __init__(self) -> None:
        self.now = 0.0
        self.morning = threading.Event()
        self.morning.set()

    def __call__(self) -> float:
        """What it is."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Wait, however long that may be."""
        self.morning.wait()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the circuits to come: three more tries, then a rest of 30 s."""
    made = Clock()
    defaults = ((0.1, 0.4, 1.6), REST, made, made.sleep)
    monkeypatch.setattr(circuit.Circuit.__init__, "__defaults__", defaults)
    return made


@pytest.fixture
def chroma(tmp_path: Path) -> Iterator[ChromaProcess]:
    """A real Chroma server."""
    started = ChromaProcess(tmp_path / "chroma")
    yield started
    started.signal(signal.SIGCONT)
    started.kill()


@pytest.fixture
def between(chroma: ChromaProcess) -> Iterator[Between]:
    """What stands between it and the index."""
    stands = Between(chroma.port)
    yield stands
    stands.close()


@pytest.fixture
def settings(tmp_path: Path, corpus_index: Path, between: Between) -> Settings:
    """Settings of an index whose vectors are on that server."""
    shutil.copytree(corpus_index, tmp_path / "index")
    migrate(tmp_path / "index", between.url)
    return Settings(_env_file=None, index=tmp_path / "index")  # type: ignore[call-arg]


@pytest.fixture
def client(settings: Settings, clock: Clock, served: Callable[..., httpx.Client]) -> httpx.Client:
    """A client of a server over it that has answered a question."""
    http = served(Live(settings, pause=0), settings)
    assert http.post("/ask", json=ASKED).status_code == 200
    return http


def test_it_starts_without_the_other_and_answers_when_that_is_there(
    settings: Settings, clock: Clock, chroma: ChromaProcess, between: Between, served: Callable[..., httpx.Client]
) -> None:
    """Every question has 503 with the name of the other server until then."""
    chroma.kill()
    client = served(Live(settings, pause=0), settings)
    for _ in range(2):
        refused = client.post("/ask", json=ASKED)
        assert refused.status_code == 503
        assert between.url in refused.json()["error"]
        assert refused.json()["advice"]
    chroma.start()
    clock.now += REST
    assert client.post("/ask", json=ASKED).status_code == 200


def test_the_circuit_opens_in_mid_query_and_closes_again(
    client: httpx.Client, clock: Clock, chroma: ChromaProcess, between: Between
) -> None:
    """Killed while it has a question before it: 503, then 503 without being asked, and after a rest the answer of before."""
    answer = client.post("/ask", json=ASKED).json()["text"]
    between.let_through.clear()
    seen = between.queries
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(client.post, "/ask", json=ASKED)
        until(lambda: between.queries > seen)
        chroma.kill()
        between.let_through.set()
        refused = asking.result(timeout=60)
    assert refused.status_code == 503
    assert between.url in refused.json()["error"]
    assert "asked again" not in refused.json()["error"], "it was tried, in vain"
    seen = between.queries
    for path, body in (("/ask", ASKED), ("/ask", ASKED | {"stream": True}), ("/retrieve", ASKED)):
        refused = client.post(path, json=body)
        assert refused.status_code == 503
        assert f"asked again in {REST:.0f} s" in refused.json()["error"]
    assert client.get("/documents").status_code == client.get("/health").status_code == 200
    chroma.start()
    assert client.post("/ask", json=ASKED).status_code == 503, "the rest is not over"
    assert between.queries == seen
    clock.now += REST
    assert client.post("/ask", json=ASKED).json()["text"] == answer
    assert client.post("/retrieve", json=ASKED).status_code == 200
    assert between.queries > seen


def test_who_comes_back_soon_is_not_missed(
    client: httpx.Client, clock: Clock, chroma: ChromaProcess, between: Between
) -> None:
    """A server that was started again while a question waited for it: that question has its answer."""
    answer = client.post("/ask", json=ASKED).json()["text"]
    between.let_through.clear()
    seen = between.queries
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(client.post, "/ask", json=ASKED)
        until(lambda: between.queries > seen)
        clock.morning.clear()
        chroma.kill()
        between.let_through.set()
        chroma.start()
        clock.morning.set()
        answered = asking.result(timeout=60)
    assert answered.status_code == 200
    assert answered.json()["text"] == answer


def test_who_hangs_keeps_nobody(
    settings: Settings,
    clock: Clock,
    chroma: ChromaProcess,
    served: Callable[..., httpx.Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server that takes questions and gives no answers is told as one that is away, and is asked again after a rest."""
    monkeypatch.setattr("ingest.chroma_server.FINDS_IN", 5.0)
    monkeypatch.setattr(circuit, "LONG", 0.0)  # the clock stands still
    client = served(Live(settings, pause=0), settings)
    answer = client.post("/ask", json=ASKED).json()["text"]
    chroma.signal(signal.SIGSTOP)
    refused = client.post("/ask", json=ASKED)
    assert refused.status_code == 503
    assert "asked again" not in refused.json()["error"]
    assert "asked again" in client.post("/ask", json=ASKED).json()["error"]
    chroma.signal(signal.SIGCONT)

    def answered() -> bool:
        clock.now += REST
        return client.post("/ask", json=ASKED).status_code == 200

    until(answered)
    assert client.post("/ask", json=ASKED).json()["text"] == answer
