"""What the script of the page asks for of the shelf: its two lists, files that come and go, and what an admin has done."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated, get_args

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from assistant.app import shelf_html
from assistant.app.filters import Choice
from assistant.app.guard import ADMIN, USER
from assistant.app.languages import Language, first_language
from assistant.app.related import questions_about
from assistant.app.routes import owner_of
from assistant.app.shelf import Deed, Shelf
from assistant.app.shelf_html import Wanted
from assistant.app.shelf_words import LIBRARY_WORDS
from assistant.app.told import told_of
from assistant.app.uploads import TooMuch
from assistant.script import Script

STATUS = {"size": 413, "files": 409, "all": 409, "type": 415, "name": 400, "nobody": 403}
"""What a file that is not taken is answered with."""
DEEDS: tuple[Deed, ...] = get_args(Deed)


def add_shelf(app: FastAPI, shelf: Shelf) -> None:
    """Add all of them to an application."""
    _add_lists(app, shelf)
    _add_uploads(app, shelf)
    _add_deeds(app, shelf)


def _add_lists(app: FastAPI, shelf: Shelf) -> None:
    @app.get("/shelf")
    def shown(
        request: Request,
        lang: str,
        tab: str = "shared",
        q: str = "",
        publisher: Annotated[list[str] | None, Query()] = None,
        since: str = "",
        until: str = "",
        page: int = 0,
    ) -> HTMLResponse:
        language, shared = first_language(lang), shelf.shared()
        brought = shelf.uploads.files(owner_of(request))
        if tab == "own":
            inside = shelf_html.own_html(
                brought,
                shelf.uploads.limits,
                language,
                admin=is_admin(request),
                signed_in=bool(request.scope.get(USER)),
            )
            inside = shelf_html.work_html(shelf.work, language) + inside
        else:
            wanted = Wanted(q, Choice(publishers=tuple(publisher or ()), since=since[:4], until=until[:4]), page)
            inside = shelf_html.shelf_html(shared, wanted, shelf.work, language, admin=is_admin(request))
        return HTMLResponse(shelf_html.frame_html(tab, inside, len(brought), len(shared.listed), language))

    @app.get("/choice")
    def choice(lang: str) -> HTMLResponse:
        return HTMLResponse(shelf_html.choice_html(first_language(lang), shelf.uploads.limits))


def _add_uploads(app: FastAPI, shelf: Shelf) -> None:
    uploads = shelf.uploads

    @app.get("/uploads")
    def listed(request: Request) -> JSONResponse:
        brought = uploads.files(owner_of(request))
        return JSONResponse([{"name": b.name, "state": b.state, "problem": b.problem} for b in brought])

    @app.post("/uploads")
    async def upload(request: Request, name: str, lang: str = "") -> JSONResponse:
        language, owner = first_language(lang), owner_of(request)
        uploads.folder.mkdir(parents=True, exist_ok=True)
        coming = uploads.folder / f"coming-{secrets.token_hex(8)}"
        try:
            await run_in_threadpool(uploads.allowed, owner, name)
            await _received(request, coming, uploads.limits.file)
            stored = await run_in_threadpool(uploads.take, owner, name, coming)
        except TooMuch as exc:
            return JSONResponse({"problem": _why_not(exc, shelf, language)}, STATUS[exc.kind])
        finally:
            coming.unlink(missing_ok=True)
        return JSONResponse({"name": stored}, 201)

    @app.post("/uploads/remove")
    async def remove(request: Request) -> Response:
        told = await told_of(request)
        done = await run_in_threadpool(uploads.remove, owner_of(request), str(told.get("name", "")))
        return Response(status_code=204 if done else 404)

    @app.get("/uploads/questions")
    def questions(request: Request, name: str, lang: str = "") -> JSONResponse:
        """Questions about a file, to begin with."""
        owner = owner_of(request)
        found = next((b.listed for b in uploads.files(owner) if b.name == name and b.listed), None)
        if found is None:
            return JSONResponse([])
        script: Script = "zh-Hant" if first_language(lang) == "zh-Hant" else "zh-Hans"
        return JSONResponse(list(questions_about(shelf.assistant(owner), found.path, script)))


async def _received(request: Request, to: Path, most: int) -> None:
    """Write what is sent to a file. Raises TooMuch as soon as it is more than `most` bytes."""
    size = 0
    with to.open("wb") as out:
        async for piece in request.stream():
            size += len(piece)
            if size > most:
                raise TooMuch("size", f"larger than {most} bytes")
            out.write(piece)


def _why_not(exc: TooMuch, shelf: Shelf, language: Language) -> str:
    words, limits = LIBRARY_WORDS[language], shelf.uploads.limits
    return {
        "size": words.too_large.format(limits.file // 2**20),
        "files": words.too_many.format(limits.files),
        "all": words.too_much,
        "type": words.wrong_type,
        "name": words.no_name,
        "nobody": words.nobody,
    }[exc.kind]


def _add_deeds(app: FastAPI, shelf: Shelf) -> None:
    @app.post("/shelf/work")
    async def order(request: Request) -> Response:
        told = await told_of(request)
        deed = next((d for d in DEEDS if d == told.get("deed")), None)
        if not is_admin(request):
            return Response(status_code=403)
        if deed is None:
            return Response(status_code=400)
        begun = shelf.order(deed, str(told.get("path", "")), owner_of(request))
        return Response(status_code=202 if begun else 409)

    @app.get("/shelf/work")
    def work() -> JSONResponse:
        return JSONResponse({"working": shelf.work is not None and not shelf.work.done})


def is_admin(request: Request) -> bool:
    """Whether who asks may change the shared index."""
    return request.scope.get(ADMIN) is True
