"""The door of the page: who comes in shows a password once, and a token from then on."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from assistant.app.languages import Language, first_language
from assistant.app.users import Users
from assistant.app.words import WORDS

COOKIE = "wenju-session"
OPEN_FOR = 12 * 3600
"""Seconds after which a password has to be shown again."""
TRIES, WITHIN = 5, 300
"""Wrong passwords for a name, or from an address, after which nobody is let in by it for so many seconds."""
LARGEST_FORM = 4096
LOGIN, LOGOUT = "/login", "/logout"


@dataclass(frozen=True, slots=True)
class Session:
    """Who came in, with which password (its hash), and until when."""

    user: str
    password: str
    until: float


class Door:
    """Lets users in. `clock` tells seconds."""

    def __init__(self, users: Users, clock: Callable[[], float] = time.monotonic) -> None:
        self._users = users
        self._clock = clock
        self._sessions: dict[str, Session] = {}
        self._failures: dict[str, list[float]] = {}

    def user_of(self, cookies: str) -> str:
        """Who shows a token; nobody when it is none of ours, too old, or its user's password is another one now."""
        token = token_of(cookies)
        session = self._sessions.get(token)
        if session is None:
            return ""
        if session.until < self._clock() or self._users.hash_of(session.user) != session.password:
            self._sessions.pop(token, None)
            return ""
        return session.user

    def is_admin(self, user: str) -> bool:
        """Whether a user may change what all share."""
        return self._users.role_of(user) == "admin"

    async def answer(self, request: Request) -> Response:
        """Show the door, let somebody in, or out."""
        language = first_language(request.headers.get("accept-language"))
        if request.url.path == LOGOUT:
            if request.method != "POST":
                return PlainTextResponse("", 405)
            self._sessions.pop(token_of(request.headers.get("cookie", "")), None)
            gone = PlainTextResponse("")
            gone.delete_cookie(COOKIE)
            return gone
        if request.method != "POST":
            return HTMLResponse(door_html(language))
        return await self._let_in(request, language)

    async def _let_in(self, request: Request, language: Language) -> Response:
        name, password = await _told(request)
        tried = [f"name {name}", f"address {request.client.host if request.client else ''}"]
        words = WORDS[language]
        if any(self._failed(key) >= TRIES for key in tried):
            return HTMLResponse(door_html(language, words.too_many_tries), 429, {"Retry-After": str(WITHIN)})
        known = self._users.hash_of(name)
        if not await run_in_threadpool(self._users.knows, name, password):
            for key in tried:
                self._failures.setdefault(key, []).append(self._clock())
            return HTMLResponse(door_html(language, words.wrong_sign_in), 403)
        token = secrets.token_urlsafe(32)
        now = self._clock()
        self._sessions = {t: s for t, s in self._sessions.items() if s.until >= now}
        self._sessions[token] = Session(name, known, now + OPEN_FOR)
        inside = RedirectResponse("./", 303)
        inside.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=request.url.scheme == "https")
        return inside

    def _failed(self, key: str) -> int:
        """How often a name or an address failed of late."""
        since = self._clock() - WITHIN
        self._failures = {k: late for k, times in self._failures.items() if (late := [t for t in times if t > since])}
        return len(self._failures.get(key, ()))


def token_of(cookies: str) -> str:
    """The token among the cookies of a request."""
    return cookie_of(cookies, COOKIE)


def cookie_of(cookies: str, name: str) -> str:
    """What a cookie of a request says; empty where there is none of that name."""
    try:
        found = SimpleCookie(cookies).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


async def _told(request: Request) -> tuple[str, str]:
    """The name and the password of a form; empty where it is none, or too large."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_FORM:
            return "", ""
    told = parse_qs(body.decode("utf-8", "replace"))
    return told.get("name", [""])[0], told.get("password", [""])[0]


def door_html(language: Language, problem: str = "") -> str:
    """The page that asks for name and password. It needs no script."""
    words = WORDS[language]
    told = f'<p class="note" role="alert">{escape(problem)}</p>' if problem else ""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(words.name)}</title>"
        '<link rel="stylesheet" href="page.css"><link rel="stylesheet" href="workspace.css"></head>'
        f'<body class="text-page door"><main><h1>{escape(words.name)}</h1>{told}<form method="post" action="login">'
        f'<label>{escape(words.user)}<input name="name" autocomplete="username" required autofocus></label>'
        f'<label>{escape(words.sign_in_word)}<input name="password" type="password" autocomplete="current-password" required></label>'
        f"<button>{escape(words.sign_in)}</button></form></main></body></html>"
    )
