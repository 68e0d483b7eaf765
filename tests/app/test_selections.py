"""Choices of reports that are saved under a name."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.app.conversations import MOST_SELECTIONS, Conversations
from assistant.app.guard import USER
from assistant.app.selections import LONGEST, add_selections, choice_told

CHOICE = {"documents": [["a.md", "报告甲"]], "publisher": "甲研究院", "since": "2023", "until": "", "own": False}


class SignedIn:
    """An application as a user sees it."""

    def __init__(self, app: ASGIApp, user: str) -> None:
        self._app, self._user = app, user

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as to that user."""
        await self._app({**scope, USER: self._user}, receive, send)


@pytest.fixture
def app() -> FastAPI:
    made = FastAPI()
    add_selections(made, Conversations())
    return made


def test_a_choice_is_its_readers(app: FastAPI) -> None:
    """It comes back as it was given, to who saved it; another name of it is another one; the same takes its place."""
    one, other = (TestClient(SignedIn(app, user)) for user in "甲乙")
    assert one.post("/selections", json={"name": " 零售 ", "choice": CHOICE}).status_code == 204
    assert one.get("/selections").json() == [{"name": "零售", "choice": CHOICE}]
    assert other.get("/selections").json() == []
    assert other.post("/selections/forget", json={"name": "零售"}).status_code == 404
    changed = {**CHOICE, "since": "2024"}
    assert one.post("/selections", json={"name": "零售", "choice": changed}).status_code == 204
    assert one.get("/selections").json() == [{"name": "零售", "choice": changed}]
    assert one.post("/selections/forget", json={"name": "零售"}).status_code == 204
    assert one.get("/selections").json() == []


def test_there_is_room_for_so_many(app: FastAPI) -> None:
    """One more is turned away, one in place of another is not."""
    client = TestClient(SignedIn(app, "甲"))
    for n in range(MOST_SELECTIONS):
        assert client.post("/selections", json={"name": f"{n}", "choice": CHOICE}).status_code == 204
    assert client.post("/selections", json={"name": "x", "choice": CHOICE}).status_code == 409
    assert client.post("/selections", json={"name": "0", "choice": CHOICE}).status_code == 204


@pytest.mark.parametrize("name", ["", " \n "])
def test_a_choice_needs_a_name(app: FastAPI, name: str) -> None:
    """White space is none."""
    assert TestClient(app).post("/selections", json={"name": name, "choice": CHOICE}).status_code == 409


@pytest.mark.parametrize(
    "told",
    [None, [], {}, {"documents": "a"}, {"documents": []}, {"documents": [["a"]]}, {"documents": [["a", 1]]},
     {"documents": [["a" * (LONGEST + 1), "b"]]}, {"documents": [], "publisher": 3, "own": "yes"}],
)  # fmt: skip
def test_what_chooses_nothing_is_not_saved(app: FastAPI, told: object) -> None:
    """Nor what is no choice at all."""
    assert choice_told(told) is None
    assert TestClient(app).post("/selections", json={"name": "n", "choice": told}).status_code == 400


def test_only_what_is_known_is_kept() -> None:
    """Other facts and documents that are none are left out."""
    told = {**CHOICE, "documents": [["a.md", "报告甲"], "x", ["y"]], "more": "?"}
    assert choice_told(told) == CHOICE


def test_choices_are_there_after_a_restart(tmp_path: Path) -> None:
    """They lie in the file of the conversations."""
    kept = Conversations(tmp_path)
    assert kept.save_selection("甲", "零售", "{}")
    kept.close()
    assert Conversations(tmp_path).selections("甲") == [("零售", "{}")]
