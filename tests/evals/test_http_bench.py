"""What asking over HTTP costs is counted as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest

from evals.bench.http import in_turns, named, over_http, told


def test_figures_are_those_of_the_times() -> None:
    """Percentiles are in milliseconds, throughput counts what was answered in the time."""
    figures = told([0.01] * 90 + [0.1] * 10, 20, 1.5)
    assert figures == {"answers": 100, "per_second": 5.0, "p50_ms": 10.0, "p95_ms": 100.0, "cpu_ms": 15.0}


class Silent(BaseHTTPRequestHandler):
    """Answers, and leaves no log."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def answering(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server of this process, for as long as it is asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def working() -> Iterator[str]:
    """A server of two processes, as it counts, each of which spends a second on an answer."""
    asked = 0

    class Handler(Silent):
        def do_GET(self) -> None:
            """Tell what was counted."""
            self.send_response(200)
            self.end_headers()
            told = "".join(f'process_cpu_seconds_total{{pid="{n}"}} {asked}.0\n' for n in (1, 2))
            self.wfile.write(f"# HELP process_cpu_seconds_total CPU\n{told}".encode())

        def do_POST(self) -> None:
            """Answer."""
            nonlocal asked
            asked += 1
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()

    with answering(Handler) as address:
        yield address


def test_turns_are_added_up(working: str) -> None:
    """Servers are asked in turns; of each all answers count, and the CPU of all its processes."""
    runs = in_turns({1: working, 2: working}, ["问", "答"], 1, 0.2)
    for run in runs.values():
        assert run.lasted == pytest.approx(0.2)
        assert run.cpu == 2 * len(run.times) > 0
    assert [named(n, 1) for n in runs] == ["1 client", "1 client, 2 workers"]


@pytest.fixture
def refusing() -> Iterator[str]:
    """A server that refuses everything."""

    class Handler(Silent):
        def do_POST(self) -> None:
            """Refuse."""
            self.send_response(503)
            self.end_headers()

    with answering(Handler) as address:
        yield address


def test_refusals_are_no_answers(refusing: str) -> None:
    """A server that refuses is not fast: the run ends with its refusal."""
    with pytest.raises(httpx.HTTPStatusError):
        asyncio.run(over_http(refusing, ["问"], 2, 5))
