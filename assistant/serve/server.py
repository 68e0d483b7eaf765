"""Start the server: its address, its keys, its log; stop it in good order."""

from __future__ import annotations

import importlib.util
import logging
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from assistant import listening
from assistant.app.door import COOKIE, Door
from assistant.app.users import Users
from assistant.listening import address_of
from assistant.serve.api import Service, application
from assistant.serve.attentive import Attentive
from assistant.serve.beside import Beside, Page
from assistant.serve.chat_completions import add_chat_completions
from assistant.serve.crew import Crew
from assistant.serve.gate import Gate, Limits
from assistant.serve.keys import Keyring
from assistant.serve.live import Live
from assistant.serve.measured import Measured
from ingest.errors import BadSettings
from ingest.settings import Settings

AT_ONCE = 2
"""Questions that are worked on at the same time: an answer is all computing, and more threads only stand in each other's way."""
AT_ONCE_OF_A_MODEL = 16
"""The same where a language model writes: most of the time of an answer is waiting for it."""
WAITING = 64
ENDING = 10
"""Seconds that requests under way are given when the server stops."""


def service_of(live: Live, settings: Settings, measured: Measured | None = None) -> Service:
    """What is served."""
    at_once = AT_ONCE_OF_A_MODEL if settings.llm_base_url and settings.llm_model else AT_ONCE
    measured = measured or Measured()
    live.tell_openings(measured.opened)
    return Service(live, Crew(at_once, WAITING, settings.serve_seconds), measured)


def gated(
    live: Live,
    settings: Settings,
    keys: Keyring | None = None,
    limits: Limits | None = None,
    *,
    mcp: bool = False,
    page: Page | None = None,
    measured: Measured | None = None,
) -> ASGIApp:
    """The whole server as a web application; with `mcp` its tools are at /mcp, and `page` is at /.

    Who signed in on the page may use the other routes too. Counts go to `measured`, if it is given.
    """
    service = service_of(live, settings, measured)
    beside: list[AbstractAsyncContextManager[Any]] = []
    add_mcp = None
    if mcp:
        add_mcp, tools = mounted_mcp(service)
        beside.append(tools)
    if page:
        beside.append(page.app.router.lifespan_context(page.app))
    door = page.door if page else None
    app = application(service, keys=keys is not None, session=COOKIE if door else "", beside=beside)
    add_chat_completions(app, service)
    if add_mcp:
        add_mcp(app)
    gate = Gate(app, service.measured, keys, limits, settings.log_questions, door)
    return Beside(gate, app.routes, page) if page else gate


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

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None]) -> None:
        """`ending` is called when it ends, before it waits for what is being answered."""
        super().__init__(config)
        self._ending = ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer."""
        await super().startup(sockets)
        if sockets and self.started:
            print(f"Wenju is ready: {address_of(sockets[0])}", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End."""
        self._ending()
        await super().shutdown(sockets)


def serve(
    settings: Settings, host: str, port: int, *, mcp: bool = False, chat: bool = False, users: Path | None = None
) -> None:
    """Serve the index of the settings until Ctrl-C; port 0 takes any free one.

    `mcp` adds the tools at /mcp, `chat` the page for readers at /, which asks for
    the password of one of `users`. Raises BadSettings for a host that others can
    reach when there is nothing to ask for, for a file that holds no keys or users,
    for a page that would be open beside keys, and for a port that cannot be had. An
    index that is not there yet, or whose server does not answer, is waited for.
    """
    keys = Keyring(settings.keys) if settings.keys else None
    known = Users(users) if users else None
    if chat and keys and not known:
        raise BadSettings(*OPEN_BESIDE_KEYS)
    if users and not chat:
        raise BadSettings("the users of a file come in by the chat page, which is not served", "add --chat")
    with bound(host, port, bool(keys or known), chat=chat) as own, ExitStack() as stack:
        log_to_stderr()
        live = Live(settings)
        page = stack.enter_context(chat_page(live, settings, known)) if chat else None
        if lacking := live.lacking():
            print(lacking, file=sys.stderr)
        config = configuration(gated(live, settings, keys, mcp=mcp, page=page))
        with suppress(KeyboardInterrupt):
            Announced(config, page.app.state.end if page else lambda: None).run(sockets=[own])


def configuration(app: ASGIApp | Callable[[], ASGIApp], *, workers: int = 1, watched_every: int = 5) -> uvicorn.Config:
    """How an application is served; by several `workers` what makes it is given, and each has to answer within so many seconds."""
    return uvicorn.Config(
        app,
        http=Attentive,
        factory=workers > 1,
        workers=workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=ENDING,
        timeout_worker_healthcheck=watched_every,
    )


@contextmanager
def chat_page(live: Live, settings: Settings, users: Users | None = None) -> Iterator[Page]:
    """The chat page over the same index, with what it keeps open meanwhile. Raises IndexProblem for a folder that cannot be written to."""
    from assistant.app.page import opened_page

    with opened_page(live.or_none_yet, settings, settings.conversations_folder(), users) as app:
        yield Page(app, Door(users) if users else None)


def log_to_stderr() -> None:
    """A line of JSON for each request."""
    log = logging.getLogger("wenju.serve")
    log.setLevel(logging.INFO)
    log.propagate = False
    if not log.handlers:
        log.addHandler(logging.StreamHandler())


NO_KEYS = """others could read every report, for there are no keys to ask for
wenju keys new NAME --keys FILE, then wenju serve --keys FILE; or wenju serve --host 127.0.0.1"""

NO_USERS = """others could read every report, for the page asks for no password
wenju users add NAME --auth-file FILE, then wenju serve --chat --auth-file FILE; or wenju serve --chat --host 127.0.0.1"""
OPEN_BESIDE_KEYS = (
    "the page would show everybody what the keys keep to a few",
    "wenju users add NAME --auth-file FILE, then wenju serve --chat --auth-file FILE",
)


def bound(host: str, port: int, asks: bool, *, chat: bool = False) -> socket.socket:
    """A socket on an address: any where it `asks` who comes, else of this machine alone. Raises BadSettings."""
    others = "" if asks else NO_USERS if chat else NO_KEYS
    return listening.bound(host, port, others=others, taken="wenju serve --port PORT")
