"""Keeps the page to itself: nothing of another machine is loaded, and no foreign site gets in."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
TEXT_PATHS = (
    "/text", "/source", "/page-picture", "/why", "/related", "/conversations", "/keeping", "/opinion", "/export",
)  # fmt: skip
CLOSED_PATHS = ("/gradio_api/upload", "/upload")
"""Gradio takes files of any size from anyone there, and this page wants none."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Guard:
    """Adds the security headers, and turns away uploads and requests that name another host.

    A web page elsewhere could point a name of its own at 127.0.0.1 and read the
    answers (DNS rebinding); its requests would carry that name.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        policy = TEXT_POLICY if path in TEXT_PATHS else PAGE_POLICY

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
            await send(message)

        await (self._refusal(scope) or self._app)(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        if host_of(Headers(scope=scope).get("host", "")) not in LOOPBACK:
            return PlainTextResponse("this page answers on 127.0.0.1 only", 400)
        if scope["path"].rstrip("/") in CLOSED_PATHS:
            return PlainTextResponse("this page takes no files", 403)
        if scope["method"] == "POST" and not _of_this_page(Headers(scope=scope)):
            return PlainTextResponse("sent by another page", 403)
        return None


def _of_this_page(headers: Headers) -> bool:
    """Whether what is sent comes from a page of this server, as far as a browser tells."""
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2].lower() == headers.get("host", "").lower()


def host_of(header: str) -> str:
    """The name in a Host header, without its port."""
    name, _, port = header.rpartition(":")
    return (name if name and port.isdigit() else header).lower()
