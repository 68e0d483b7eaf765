"""The choices of documents that readers saved under a name: what the script of the page asks for of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from assistant.app.conversations import Conversations
from assistant.app.guard import reader_of
from assistant.app.told import told_of

FACTS = ("publisher", "since", "until")
LONGEST = 500
"""Characters of a path, a title or a publisher."""


def add_selections(app: FastAPI, kept: Conversations) -> None:
    """Add the routes to an application."""

    @app.get("/selections")
    def listed(request: Request) -> JSONResponse:
        saved = kept.selections(reader_of(request.scope))
        return JSONResponse([{"name": name, "choice": json.loads(choice)} for name, choice in saved])

    @app.post("/selections")
    async def save(request: Request) -> Response:
        told = await told_of(request)
        choice = choice_told(told.get("choice"))
        if choice is None:
            return Response(status_code=400)
        text = json.dumps(choice, ensure_ascii=False)
        done = kept.save_selection(reader_of(request.scope), str(told.get("name", "")), text)
        return Response(status_code=204 if done else 409)

    @app.post("/selections/forget")
    async def forget(request: Request) -> Response:
        told = await told_of(request)
        done = kept.forget_selection(reader_of(request.scope), str(told.get("name", "")))
        return Response(status_code=204 if done else 404)


def choice_told(told: object) -> dict[str, Any] | None:
    """A choice as the page keeps it: documents as pairs of path and title, a publisher, years, and whether it is of own files.

    None where it is no such thing, or chooses nothing.
    """
    if not isinstance(told, Mapping) or not isinstance(documents := told.get("documents"), list):
        return None
    pairs = [d for d in documents if isinstance(d, list) and len(d) == 2 and all(_short(x) for x in d)]
    facts = {name: told[name] if _short(told.get(name)) else "" for name in FACTS}
    choice = {"documents": pairs, **facts, "own": told.get("own") is True}
    return choice if any(choice.values()) else None


def _short(told: object) -> bool:
    return isinstance(told, str) and len(told) <= LONGEST
