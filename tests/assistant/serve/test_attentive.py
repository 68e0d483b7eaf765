"""Clients that connect and say nothing, or not enough."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from assistant.serve.attentive import Attentive

LINE = b"GET / HTTP/1.1\r\n"
WHOLE = LINE + b"Host: x\r\n\r\n"


class Hasty(Attentive):
    """The same with less patience."""

    seconds = 1.5


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads what comes and says that it has."""
    while (await receive()).get("more_body"):
        pass
    await PlainTextResponse("read")(scope, receive, send)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a server that waits a second and a half for the head of a request."""
    own = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=Hasty, lifespan="off", log_level="critical", timeout_keep_alive=60)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [own]}, daemon=True)
    thread.start()
    yield own.getsockname()[1]
    server.should_exit = True
    thread.join()


def all_of(client: socket.socket) -> bytes:
    """What a client is told until the connection is closed; a failure where it stays open."""
    told = b""
    while block := client.recv(65536):
        told += block
    return told


@pytest.mark.parametrize("said", [b"", b"G", LINE + b"Host: x\r\n"])
def test_a_head_that_does_not_come_is_not_waited_for(port: int, said: bytes) -> None:
    """The connection is closed, whether or not something of it was there; a request in pieces is none of these."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(said)
        assert all_of(client) == b""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        for byte in WHOLE:
            client.sendall(bytes([byte]))
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_it_holds_for_the_second_request_too(port: int) -> None:
    """After an answer the connection may rest, but a head that was begun has to come."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(WHOLE)
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
        client.sendall(LINE)
        assert all_of(client) == b""


def test_a_body_has_its_own_time(port: int) -> None:
    """What comes behind the head is not hurried by this, and neither is who rests between two requests."""

    def slowly() -> Iterator[bytes]:
        yield b"a"
        threading.Event().wait(1.5 * Hasty.seconds)
        yield b"b"

    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        assert client.post("/", content=slowly()).text == "read"
        threading.Event().wait(1.5 * Hasty.seconds)
        assert client.get("/").text == "read"
