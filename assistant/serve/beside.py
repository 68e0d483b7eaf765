"""The interface and the chat page at one address, each behind its own guard, with one list of users for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.app.door import Door
from assistant.app.guard import Guard


@dataclass(frozen=True, slots=True)
class Page:
    """The chat page, and the door that its users come in by; without one it serves this machine alone."""

    app: FastAPI
    door: Door | None = None


class Beside:
    """Gives the interface the requests for its routes, and the page all others.

    Neither is reached but through its guard, so that no path leads around it. The
    guards stay two: the interface reads small bodies whole and answers programs,
    the page streams, takes files and says what a browser may load.
    """

    def __init__(self, interface: ASGIApp, routes: Sequence[BaseRoute], page: Page) -> None:
        self._interface = interface
        self._routes = routes
        self._page = Guard(page.app, page.door)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request by the one that has its path."""
        # The interface keeps the page open for as long as itself.
        own = scope["type"] == "lifespan" or (
            scope["type"] == "http" and any(route.matches(scope)[0] is not Match.NONE for route in self._routes)
        )
        await (self._interface if own else self._page)(scope, receive, send)
