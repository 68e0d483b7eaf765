"""An index over the sample reports, passages made by hand, and a language model that says what a test tells it to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, Hit, Retriever
from assistant.question import Question
from assistant.rank import Weighted
from ingest.document import Span
from ingest.embed import SentenceTransformersEmbedder
from ingest.pipeline import ingest
from ingest.settings import Settings

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="session")
def corpus_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the sample reports, made once with the shipped model; copy it before changing it."""
    folder = tmp_path_factory.getbasetemp() / "corpus-index"
    if not folder.exists():
        settings = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]
        ingest([CORPUS], folder, settings, SentenceTransformersEmbedder(settings.model_path()))
    return folder


@pytest.fixture(scope="session")
def assistant(corpus_index: Path) -> Assistant:
    """An assistant over the sample reports, without a language model."""
    return Assistant.open(corpus_index, Settings(_env_file=None))  # type: ignore[call-arg]


@pytest.fixture(scope="session")
def retriever(assistant: Assistant) -> Retriever:
    """The retriever over the sample reports."""
    return assistant.retriever


@pytest.fixture(scope="session")
def weigh() -> Callable[[Question], Weighted]:
    """Weighs a question's terms all alike."""

    def weigh(question: Question) -> Weighted:
        phrase = "".join(c for c in question.folded if c.isalnum())
        return Weighted.of(dict.fromkeys(question.terms, 1.0), phrase)

    return weigh


@pytest.fixture(scope="session")
def passage() -> Callable[..., Hit]:
    """Makes a hit of a whole document that is one passage."""

    def passage(text: str, heading: str = "", title: str = "", number: int = 0, document: str = "a.txt") -> Hit:
        whole = Span(0, len(text))
        features = {"coverage_with_headings": 1.0, "window": 1.0, "cosine": 0.5}
        return Hit(document, title, "", whole, whole, text, heading, 0.0, "", number=number, features=features)

    return passage


class ScriptedModel:
    """A server that speaks OpenAI's protocol and streams what it was told to say.

    `pieces` are streamed one by one, those of the first of `scripts` before them,
    one a request; `statuses` are answered first. Behind `break_after` pieces the
    connection is dropped, or, with `ends_early`, closed as if all had been said.
    Between two pieces it waits `pause` seconds. A piece in `raw` is sent as it
    is. `requests` are the bodies that came in, `left` is set when a client went.
    """

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.statuses: list[int] = []
        self.break_after: int | None = None
        self.scripts: list[list[str]] = []
        self.raw: frozenset[str] = frozenset()
        self.ends_early = False
        self.pause = 0.0
        self.left = threading.Event()
        self.requests: list[dict[str, Any]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """What a client takes as its base URL."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def close(self) -> None:
        """Stop to listen."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

            def do_POST(self) -> None:
                """Answer one request."""
                self.close_connection = True
                body = self.rfile.read(int(self.headers["Content-Length"]))
                model.requests.append(json.loads(body))
                if model.statuses:
                    self._fail(model.statuses.pop(0))
                else:
                    self._stream()

            def _fail(self, status: int) -> None:
                # Servers like to repeat the key that they were given.
                body = json.dumps({"error": {"message": f"refused {self.headers['Authorization']}"}}).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Retry-After-Ms", "5")
                self.end_headers()
                self.wfile.write(body)

            def _stream(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                pieces = model.scripts.pop(0) if model.scripts else model.pieces
                try:
                    for n, piece in enumerate(pieces):
                        if n == model.break_after:
                            if model.ends_early:
                                self.wfile.write(b"0\r\n\r\n")
                            return
                        self._send(piece if piece in model.raw else json.dumps(_chunk(piece)))
                        time.sleep(model.pause)
                    self._send(json.dumps(_chunk("", "stop")))
                    self._send("[DONE]")
                    self.wfile.write(b"0\r\n\r\n")
                except OSError:
                    model.left.set()

            def _send(self, data: str) -> None:
                event = f"data: {data}\n\n".encode()
                self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
                self.wfile.flush()

        return Handler


def _chunk(piece: str, finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": finish}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "scripted", "choices": [choice]}


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    """A language model behind HTTP that says what it is told to."""
    scripted = ScriptedModel()
    yield scripted
    scripted.close()
