"""Who may use the page, and how they come in."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from assistant.app import page
from assistant.app.door import COOKIE, OPEN_FOR, TRIES, WITHIN, Door, token_of
from assistant.app.guard import USER, Guard
from assistant.app.users import Users, add_user, read_users, remove_user
from assistant.app.words import WORDS
from ingest.errors import BadSettings

PASSWORD = "一个很长的密码，够长了"  # noqa: S105
ASKS_FOR_PAGES = {"accept": "text/html"}


class Clock:
    """Seconds that a test lets pass."""

    now = 0.0

    def __call__(self) -> float:
        """The seconds now."""
        return self.now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    add_user(tmp_path / "users.json", "甲", PASSWORD)
    return tmp_path / "users.json"


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    """What is behind the door: it tells who came in."""
    response: Response = PlainTextResponse(str(scope.get(USER)))
    if Request(scope).url.path == "/page.css":
        response = PlainTextResponse("css")
    await response(scope, receive, send)


@pytest.fixture
def client(file: Path, clock: Clock) -> TestClient:
    return TestClient(
        Guard(inside, Door(Users(file), clock)), base_url="http://reports.example", follow_redirects=False
    )


def sign_in(client: TestClient, name: str = "甲", password: str = PASSWORD, **headers: str) -> int:
    return client.post("/login", data={"name": name, "password": password}, headers=headers).status_code


def test_passwords_are_kept_as_hashes_that_only_the_owner_reads(file: Path) -> None:
    """The file holds Argon2id, not the password."""
    text = file.read_text("utf-8")
    assert PASSWORD not in text
    assert "$argon2id$" in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_user_is_added_changed_and_removed(file: Path) -> None:
    """Each name stands in the file once."""
    assert add_user(file, "乙", PASSWORD)
    assert not add_user(file, "乙", PASSWORD + "x")
    assert [u.name for u in read_users(file)] == ["甲", "乙"]
    users = Users(file)
    assert users.knows("乙", PASSWORD + "x")
    assert not users.knows("乙", PASSWORD)
    remove_user(file, "乙")
    with pytest.raises(BadSettings):
        remove_user(file, "乙")


@pytest.mark.parametrize(
    ("name", "password"), [("", PASSWORD), ("a\n", PASSWORD), ("x" * 61, PASSWORD), ("乙", "short"), ("乙", "x" * 201)]
)
def test_a_name_or_password_that_is_none_is_refused(file: Path, name: str, password: str) -> None:
    """The file stays as it was."""
    before = file.read_bytes()
    with pytest.raises(BadSettings):
        add_user(file, name, password)
    assert file.read_bytes() == before


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"name": "x"}]', "[]"])
def test_a_file_that_names_nobody_guards_nothing(tmp_path: Path, text: str) -> None:
    """The page is not served behind it, and the advice is to add somebody."""
    (tmp_path / "users.json").write_text(text)
    with pytest.raises(BadSettings) as caught:
        Users(tmp_path / "users.json")
    assert "wenju users add" in caught.value.advice


def test_nothing_is_shown_before_somebody_came_in(client: TestClient) -> None:
    """Pages lead to the door, other requests are refused, web sockets are closed; the door's own style is served."""
    assert client.get("/", headers=ASKS_FOR_PAGES).headers["location"] == "/login"
    for path in ("/", "/source", "/text?document=a", "/page-picture", "/export", "/gradio_api/queue/data", "/config"):
        assert client.get(path).status_code == 401
        assert client.post(path).status_code == 401
    assert client.get("/page.css").text == "css"
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/"):
        pass


def test_who_knows_the_password_comes_in_and_goes_out(client: TestClient) -> None:
    """The token is kept from scripts and from other pages, and worth nothing after signing out."""
    reply = client.post("/login", data={"name": "甲", "password": PASSWORD})
    assert (reply.status_code, reply.headers["location"]) == (303, "./")
    cookie = reply.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/source").text == "甲"
    token = client.cookies[COOKIE]
    assert client.post("/logout").status_code == 200
    client.cookies.set(COOKIE, token)
    assert client.get("/source").status_code == 401


@pytest.mark.parametrize(("name", "password"), [("甲", "wrong"), ("nobody", PASSWORD), ("", ""), ("甲", "x" * 5000)])
def test_who_does_not_is_told_so(client: TestClient, name: str, password: str) -> None:
    """The page does not say whether it is the name or the password."""
    reply = client.post("/login", data={"name": name, "password": password}, headers={"accept-language": "en"})
    assert reply.status_code == 403
    assert WORDS["en"].wrong_sign_in in reply.text
    assert COOKIE not in client.cookies
    assert client.get("/source").status_code == 401


def test_guessing_is_stopped(client: TestClient, clock: Clock) -> None:
    """After some wrong passwords the right one does not help either, until a while has passed."""
    for _ in range(TRIES):
        assert sign_in(client, "甲", "wrong") == 403
    assert sign_in(client) == 429
    clock.now += WITHIN + 1
    assert sign_in(client) == 303


def test_a_session_ends(client: TestClient, file: Path, clock: Clock) -> None:
    """By time, with another password, and with its user."""
    for end in ("time", "password", "user"):
        assert sign_in(client) == 303
        assert client.get("/source").status_code == 200
        if end == "time":
            clock.now += OPEN_FOR + 1
        elif end == "password":
            add_user(file, "甲", PASSWORD)
        else:
            remove_user(file, "甲")
        os.utime(file, ns=(int(clock.now), int(1e18) + {"time": 1, "password": 2, "user": 3}[end]))
        assert client.get("/source").status_code == 401


def test_another_page_cannot_sign_anybody_in(client: TestClient) -> None:
    """A form elsewhere is refused, whatever it holds."""
    assert sign_in(client, origin="http://evil.example") == 403
    assert sign_in(client, origin="null") == 403
    assert COOKIE not in client.cookies


@pytest.mark.parametrize("cookies", ["", "x", f"{COOKIE}=", f"{COOKIE}=ab; a=b", "a=\x00; =;;", f'{COOKIE}="'])
def test_any_cookies_can_be_read(cookies: str, file: Path) -> None:
    """What is no token of ours opens nothing."""
    assert isinstance(token_of(cookies), str)
    assert Door(Users(file)).user_of(cookies) == ""


def test_others_reach_the_page_only_behind_a_door() -> None:
    """A host that others reach is taken once the page is guarded."""
    with page.bound("0.0.0.0", 0, guarded=True) as own:  # noqa: S104
        assert own.getsockname()[0] == "0.0.0.0"  # noqa: S104
    with pytest.raises(BadSettings) as caught:
        page.bound("0.0.0.0", 0)  # noqa: S104
    assert "--auth-file" in caught.value.advice
