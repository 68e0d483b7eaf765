"""Connections over which no request comes are not kept: whoever opens them has a few seconds to ask."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SECONDS = 10.0
"""That a client may take until the head of a request is there."""


class Attentive(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, with an end to its patience.

    The gate sees a request when its head is there, and gives its body a time;
    uvicorn closes connections that rest between two requests. Of a head that is
    never begun, or never comes to an end, neither knows.
    """

    seconds = SECONDS
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """A client has come."""
        super().connection_made(transport)
        self._wait()

    def on_message_begin(self) -> None:
        """The first byte of a head is there."""
        super().on_message_begin()
        self._wait()

    def on_headers_complete(self) -> None:
        """All of it is there."""
        self._wait_no_more()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.seconds, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
