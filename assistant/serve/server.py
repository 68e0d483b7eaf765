"""Start the server: its address, its keys, its log; stop it in good order."""

from __future__ import annotations

import importlib.util
import logging
import socket
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from assistant import listening
from assistant.listening import address_of
from assistant.serve.api import Service, application
from assistant.serve.chat_completions import add_chat_completions
from assistant.serve.crew import Crew
from assistant.serve.gate import Gate, Limits
from assistant.serve.keys import Keyring
from assistant.serve.live import Live
from assistant.serve.measured import Measured
from ingest.errors import BadSettings, IndexMissing, IndexUnreachable
from ingest.settings import Settings

AT_ONCE = 2
"""Questions that are worked on at the same time: an answer is all computing, and more threads only stand in each other's way."""
AT_ONCE_OF_A_MODEL = 16
"""The same where a language model writes: most of the time of an answer is waiting for it."""
WAITING = 64
ENDING = 10
"""Seconds that requests under way are given when the server stops."""


def service_of(live: Live, settings: Settings) -> Service:
    """What is served."""
    at_once = AT_ONCE_OF_A_MODEL if settings.llm_base_url and settings.llm_model else AT_ONCE
    return Service(live, Crew(at_once, WAITING, settings.serve_seconds), Measured())


def gated(
    live: Live, settings: Settings, keys: Keyring | None = None, limits: Limits | None = None, *, mcp: bool = False
) -> ASGIApp:
    """The whole server as a web application; with `mcp` its tools are at /mcp."""
    service = service_of(live, settings)
    add_mcp, beside = mounted_mcp(service) if mcp else (None, None)
    app = application(service, keys=keys is not None, beside=beside)
    add_chat_completions(app, service)
    if add_mcp:
        add_mcp(app)
    return Gate(app, service.measured, keys, limits, settings.log_questions)


def mounted_mcp(service: Service) -> tuple[Callable[[FastAPI], None], AbstractAsyncContextManager[None]]:
    """What adds the tools to an application, and what has to be open meanwhile. Raises BadSettings without the extra."""
    check_mcp()
    from assistant.serve.mcp_server import mcp_server, mounted

    return mounted(mcp_server(service))


def serve_stdio(settings: Settings) -> None:
    """Offer the tools over stdin and stdout until they are closed. Raises BadSettings without the extra."""
    check_mcp()
    from assistant.serve.mcp_server import mcp_server

    with suppress(KeyboardInterrupt):
        mcp_server(service_of(Live(settings), settings)).run("stdio")


def check_mcp() -> None:
    """Raises BadSettings when the library for MCP is not installed."""
    if importlib.util.find_spec("mcp") is None:
        raise BadSettings("MCP needs a library that is not installed", "pip install -e '.[mcp]'")


class Announced(uvicorn.Server):
    """A server that says on stdout, once, that it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer."""
        await super().startup(sockets)
        if sockets and self.started:
            print(f"Wenju is ready: {address_of(sockets[0])}", flush=True)


def serve(settings: Settings, host: str, port: int, *, mcp: bool = False) -> None:
    """Serve the index of the settings until Ctrl-C; port 0 takes any free one. `mcp` adds the tools at /mcp.

    Raises BadSettings for a host that others can reach when there are no keys,
    for a file that holds none, and for a port that cannot be had. An index that
    is not there yet, or whose server does not answer, is waited for.
    """
    keys = Keyring(settings.keys) if settings.keys else None
    with bound(host, port, keys is not None) as own:
        log_to_stderr()
        live = Live(settings)
        try:
            live.assistant()
        except (IndexMissing, IndexUnreachable) as exc:
            print(f"note: {exc}; until then every question is answered with 503 → {exc.advice}", file=sys.stderr)
        config = uvicorn.Config(
            gated(live, settings, keys, mcp=mcp),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=ENDING,
        )
        with suppress(KeyboardInterrupt):
            Announced(config).run(sockets=[own])


def log_to_stderr() -> None:
    """A line of JSON for each request."""
    log = logging.getLogger("wenju.serve")
    log.setLevel(logging.INFO)
    log.propagate = False
    if not log.handlers:
        log.addHandler(logging.StreamHandler())


NO_KEYS = """others could read every report, for there are no keys to ask for
wenju keys new NAME --keys FILE, then wenju serve --keys FILE; or wenju serve --host 127.0.0.1"""


def bound(host: str, port: int, keys: bool) -> socket.socket:
    """A socket on an address: any with keys, of this machine alone without. Raises BadSettings."""
    return listening.bound(host, port, others="" if keys else NO_KEYS, taken="wenju serve --port PORT")
