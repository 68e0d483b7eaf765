"""Keeps the page to itself: nothing of another machine is loaded, no foreign site gets in, and each reader is known."""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.app.door import LOGIN, LOGOUT, Door, cookie_of
from assistant.app.own import collection_of
from assistant.app.uploads import SIGNED_IN

# Gradio runs inline scripts, compiles its templates and starts workers from blobs.
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; worker-src 'self' blob:;"
    " style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self';"
    " object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
)
TEXT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""For what is made of a document: not even our own scripts run there."""
DOOR_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
USER = "wenju.user"
"""Where the scope of a request tells who asks; nobody in particular where it does not."""
OWNER = "wenju.owner"
"""Where it tells whose files are asked about: who signed in, else a browser by its cookie."""
ADMIN = "wenju.admin"
"""Where it tells whether the shared index may be changed by who asks: by an admin, or by anybody at this machine without a door."""
BROWSER = "wenju-browser"
"""The cookie by which a browser is known again where nobody signs in."""
TOKEN = re.compile(r"[\w-]{43}")
REMEMBERED = 365 * 24 * 3600
UNGUARDED = ("/page.css", "/workspace.css")
"""What the door itself is drawn with."""
TEXT_PATHS = (
    "/text", "/source", "/page-picture", "/why", "/related", "/conversations", "/keeping", "/opinion", "/export",
    "/shelf", "/shelf/work", "/choice", "/uploads", "/uploads/questions", "/answer", "/selections", "/keys",
)  # fmt: skip
CLOSED_PATHS = ("/gradio_api/upload", "/upload")
"""Gradio takes files of any size from anyone there; this page takes them elsewhere, by its own rules."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


def reader_of(scope: Scope) -> str:
    """Whose conversations are shown: who signed in, else a browser, by a hash of its cookie; nobody's where neither is known."""
    user, owner = str(scope.get(USER, "")), str(scope.get(OWNER, ""))
    return user or (f"{BROWSER}:{collection_of(owner)}" if owner else "")


class Guard:
    """Adds the security headers, turns away Gradio's uploads, and lets in those who may.

    Without a door that is whoever names this machine as the host: a web page
    elsewhere could point a name of its own at 127.0.0.1 and read the answers
    (DNS rebinding); its requests would carry that name. With a door it is
    whoever has come in by it, and no page elsewhere is sent their cookie.
    """

    def __init__(self, app: ASGIApp, door: Door | None = None) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # the page opens no web sockets
            await send({"type": "websocket.close", "code": 1008})
            return
        path = scope["path"]
        at_door = self._door is not None and path in {LOGIN, LOGOUT}
        policy = DOOR_POLICY if at_door else TEXT_POLICY if path in TEXT_PATHS else PAGE_POLICY
        browser = self._remembered(scope)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = policy
                headers["X-Content-Type-Options"] = "nosniff"
                # A form that tells no origin could be another page's.
                headers["Referrer-Policy"] = "same-origin" if at_door else "no-referrer"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
                if browser:
                    headers.append("Set-Cookie", browser)
            await send(message)

        await (self._refusal(scope) or await self._entrance(scope, receive))(scope, receive, send_guarded)

    def _remembered(self, scope: Scope) -> str:
        """Know the browser where nobody signs in; the cookie that it is given when it opens the page for the first time."""
        if self._door is not None:
            return ""
        headers = Headers(scope=scope)
        token = cookie_of(headers.get("cookie", ""), BROWSER)
        known = bool(TOKEN.fullmatch(token))
        scope[ADMIN] = True
        scope[OWNER] = f"browser:{token}" if known else ""
        if known or scope["path"] != "/":
            return ""
        token = secrets.token_urlsafe(32)
        scope[OWNER] = f"browser:{token}"
        return f"{BROWSER}={token}; Max-Age={REMEMBERED}; Path=/; HttpOnly; SameSite=Strict"

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        if self._door is None and host_of(headers.get("host", "")) not in LOOPBACK:
            return PlainTextResponse("this page answers on 127.0.0.1 only", 400)
        if scope["path"].rstrip("/") in CLOSED_PATHS:
            return PlainTextResponse("files are taken by /uploads alone", 403)
        if scope["method"] == "POST" and not of_this_page(headers):
            return PlainTextResponse("sent by another page", 403)
        return None

    async def _entrance(self, scope: Scope, receive: Receive) -> ASGIApp:
        """The application for who has come in, else the door."""
        if self._door is None:
            return self._app
        request = Request(scope, receive)
        if scope["path"] in {LOGIN, LOGOUT}:
            return await self._door.answer(request)
        user = self._door.user_of(request.headers.get("cookie", ""))
        if not user and scope["path"] not in UNGUARDED:
            wants_page = scope["method"] == "GET" and "text/html" in request.headers.get("accept", "")
            return RedirectResponse(LOGIN, 303) if wants_page else PlainTextResponse("sign in first", 401)
        scope[USER] = user
        scope[OWNER] = f"{SIGNED_IN}{user}" if user else ""
        scope[ADMIN] = self._door.is_admin(user)
        return self._app


def of_this_page(headers: Headers) -> bool:
    """Whether what is sent comes from a page of this server, as far as a browser tells."""
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2].lower() == headers.get("host", "").lower()


def host_of(header: str) -> str:
    """The name in a Host header, without its port."""
    name, _, port = header.rpartition(":")
    return (name if name and port.isdigit() else header).lower()
