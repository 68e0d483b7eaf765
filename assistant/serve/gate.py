"""The gate of the server: who comes in, with how much, and what is noted of it."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
import uuid
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.app.door import LOGIN, Door
from assistant.app.guard import LOOPBACK, host_of, of_this_page
from assistant.serve.keys import Keyring
from assistant.serve.measured import Measured
from assistant.serve.refusal import Refused, body_of

OPEN_PATHS = frozenset({"/health", "/openapi.json"})
"""What is told without a key: nothing of the reports."""
REQUEST_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
log = logging.getLogger("wenju.serve")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a request may bring, in bytes, and how many seconds it may take to bring it."""

    body: int = 1 << 20
    seconds: float = 10


class Gate:
    """Lets in who has a key or came in by the door of the chat, reads what they bring, and writes a line of JSON about each request.

    Without keys and door only this machine is let in: a web page elsewhere could point a
    name of its own at 127.0.0.1, but its requests would carry that name.
    """

    def __init__(
        self,
        app: ASGIApp,
        measured: Measured,
        keys: Keyring | None = None,
        limits: Limits | None = None,
        log_questions: bool = False,
        door: Door | None = None,
    ) -> None:
        self._app = app
        self._measured = measured
        self._keys = keys
        self._limits = limits or Limits()
        self._log_questions = log_questions
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        noted: dict[str, Any] = scope.setdefault("state", {})
        noted["request"] = request = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        status = int(HTTPStatus.INTERNAL_SERVER_ERROR)

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                told = MutableHeaders(scope=message)
                told["X-Request-ID"] = request
                told["X-Content-Type-Options"] = "nosniff"
                told["Cache-Control"] = "no-store"
            await send(message)

        self._measured.begin()
        try:
            try:
                self._admit(scope["path"], headers, noted)
                brought = await self._brought(headers, receive)
            except Refused as exc:
                told = {"WWW-Authenticate": "Bearer"} if exc.status == HTTPStatus.UNAUTHORIZED else {}
                # What else it brings is not read.
                told["Connection"] = "close"
                await JSONResponse(body_of(exc, scope["path"]), exc.status, told)(scope, receive, send_noted)
            else:
                await self._app(scope, _given_again(brought, receive), send_noted)
        finally:
            seconds = time.perf_counter() - began
            route = getattr(scope.get("route"), "path", "other")
            method = scope["method"] if scope["method"] in METHODS else "other"
            self._measured.end(method, route, status, seconds)
            self._note(noted, {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)})

    def _admit(self, path: str, headers: Headers, noted: dict[str, Any]) -> None:
        """Raises Refused for who may not come in."""
        if self._keys is None and self._door is None:
            if host_of(headers.get("host", "")) not in LOOPBACK:
                raise Refused(
                    HTTPStatus.BAD_REQUEST,
                    "this server answers on 127.0.0.1 only",
                    "ask it as http://127.0.0.1; to serve others: wenju keys new NAME --keys FILE",
                )
            return
        if path in OPEN_PATHS:
            return
        if name := self._holder(headers):
            noted["key"] = name
        elif user := self._signed_in(headers):
            noted["user"] = user
        else:
            raise Refused(
                HTTPStatus.UNAUTHORIZED,
                "no key of this server",
                "send Authorization: Bearer KEY; wenju keys new NAME makes one"
                + (f"; or sign in at {LOGIN}" if self._door else ""),
            )

    def _holder(self, headers: Headers) -> str | None:
        """Whose key a request shows."""
        scheme, _, key = headers.get("authorization", "").partition(" ")
        return self._keys.holder(key.strip()) if self._keys and scheme.lower() == "bearer" else None

    def _signed_in(self, headers: Headers) -> str:
        """Who came in by the door; nobody where another page asks in their name."""
        if self._door is None or not of_this_page(headers):
            return ""
        return self._door.user_of(headers.get("cookie", ""))

    async def _brought(self, headers: Headers, receive: Receive) -> bytes:
        """The whole body of a request. Raises Refused when it is too much, or does not come."""
        most = self._limits.body
        too_much = Refused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {most} bytes", "send a shorter question or history"
        )
        stated = headers.get("content-length", "0")
        if stated.isdigit() and int(stated) > most:
            raise too_much
        body = bytearray()
        try:
            async with asyncio.timeout(self._limits.seconds):
                while True:
                    message = await receive()
                    body += message.get("body", b"")
                    if len(body) > most:
                        raise too_much
                    if not message.get("more_body", False):
                        return bytes(body)
        except TimeoutError as exc:
            raise Refused(
                HTTPStatus.REQUEST_TIMEOUT,
                f"the request did not come within {self._limits.seconds:g} seconds",
                "send it in one go",
            ) from exc

    def _note(self, noted: dict[str, Any], more: dict[str, object]) -> None:
        kept: dict[str, Any] = {name: noted[name] for name in ("request", "key", "user") if name in noted}
        if self._log_questions and "question" in noted:
            kept["question"] = noted["question"]
        log.info(json.dumps({"at": round(time.time(), 3), **kept, **more}, ensure_ascii=False))


def _given_again(body: bytes, receive: Receive) -> Receive:
    """A body that was read, as if it were still to come; then what comes behind it."""
    waiting = [body]

    async def again() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return again
