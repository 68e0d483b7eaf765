"""A real server in a thread, over the sample reports."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from assistant.serve.gate import Limits
from assistant.serve.keys import Keyring
from assistant.serve.live import Live
from assistant.serve.server import gated
from ingest.settings import Settings

Served = Callable[..., httpx.Client]


@contextmanager
def _running(app: object) -> Iterator[str]:
    """The address of an application that is served until the end of the block."""
    own = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, timeout_graceful_shutdown=2))  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run, kwargs={"sockets": [own]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{own.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        own.close()


@pytest.fixture(scope="session")
def running() -> Callable[[object], AbstractContextManager[str]]:
    """Serves an application until the end of a block, which is given its address."""
    return _running


@pytest.fixture(scope="session")
def live(corpus_index: Path) -> Live:
    """The assistant over the sample reports, as a server holds it."""
    held = Live(Settings(_env_file=None, index=corpus_index))  # type: ignore[call-arg]
    held.assistant()
    return held


@pytest.fixture(scope="session")
def url(live: Live) -> Iterator[str]:
    """A server over the sample reports that asks for no key."""
    with _running(gated(live, Settings(_env_file=None))) as address:  # type: ignore[call-arg]
        yield address


@pytest.fixture(scope="session")
def client(url: str) -> Iterator[httpx.Client]:
    """A client of it."""
    with httpx.Client(base_url=url, timeout=30) as http:
        yield http


@pytest.fixture
def served() -> Iterator[Served]:
    """Starts more servers, for one test."""
    with ExitStack() as stack:

        def start(
            live: Live, settings: Settings, keys: Keyring | None = None, limits: Limits | None = None
        ) -> httpx.Client:
            address = stack.enter_context(_running(gated(live, settings, keys, limits)))
            return stack.enter_context(httpx.Client(base_url=address, timeout=30))

        yield start
