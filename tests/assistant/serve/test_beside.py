"""The chat page and the interface at one address: who is let in where, and that each keeps its own guard."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import httpx
import pytest

from assistant.app.door import COOKIE
from assistant.app.guard import DOOR_POLICY, PAGE_POLICY, TEXT_POLICY
from assistant.app.users import Users, add_user, remove_user
from assistant.serve.keys import Keyring, new_key
from assistant.serve.live import Live
from assistant.serve.server import bound, chat_page, gated, serve
from ingest.errors import BadSettings
from ingest.settings import Settings

pytestmark = pytest.mark.server

ROOT = Path(__file__).parents[3]
PASSWORD = "一个很长的密码，够长了"  # noqa: S105
QUESTION = {"question": "DeepSeek-R1 的訓練花了多少美元？"}
Start = Callable[..., httpx.Client]


@pytest.fixture
def users(tmp_path: Path) -> Path:
    add_user(tmp_path / "users.json", "甲", PASSWORD)
    return tmp_path / "users.json"


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A file of keys, and the header that one of them makes."""
    key = new_key(tmp_path / "keys.json", "研究部")
    return tmp_path / "keys.json", {"Authorization": f"Bearer {key}"}


@pytest.fixture
def start(live: Live, tmp_path: Path, running: Callable[[object], AbstractContextManager[str]]) -> Iterator[Start]:
    """Starts a server with the page over the sample reports, and gives a client of it."""
    with ExitStack() as stack:

        def started(users: Path | None = None, keys: Path | None = None) -> httpx.Client:
            settings = Settings(_env_file=None, conversations=tmp_path / "kept")  # type: ignore[call-arg]
            page = stack.enter_context(chat_page(live, settings, Users(users) if users else None))
            address = stack.enter_context(running(gated(live, settings, Keyring(keys) if keys else None, page=page)))
            return stack.enter_context(httpx.Client(base_url=address, timeout=60))

        yield started


def sign_in(http: httpx.Client, **headers: str) -> int:
    return http.post("/login", data={"name": "甲", "password": PASSWORD}, headers=headers).status_code


def test_page_and_interface_answer_this_machine_alone_without_keys_and_users(start: Start) -> None:
    """Both are there, each refuses another host's name, and each answer has its own guard's headers."""
    http = start()
    page, text = http.get("/"), http.get("/source", params={"lang": "zh-Hans"})
    assert page.status_code == text.status_code == 200
    assert "page.js" in page.text
    assert page.headers["content-security-policy"] == PAGE_POLICY
    assert text.headers["content-security-policy"] == TEXT_POLICY
    assert page.headers["referrer-policy"] == "no-referrer"
    answer = http.post("/ask", json=QUESTION)
    assert answer.json()["citations"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"]
    assert http.get("/openapi.json").json()["paths"].keys() >= {"/ask", "/documents"}
    for path in ("/", "/source", "/documents", "/health", "/nothing"):
        assert http.get(path, headers={"Host": "evil.example"}).status_code == 400
    assert http.post("/gradio_api/upload", content=b"x").status_code == 403
    assert http.post("/ask", content=b"x" * ((1 << 20) + 1)).status_code == 413
    assert http.post("/choice", headers={"Origin": "http://evil.example"}).status_code == 403


def test_the_page_asks_for_a_password_and_the_interface_for_a_key(
    start: Start, users: Path, keys: tuple[Path, dict[str, str]]
) -> None:
    """Neither opens what is the other's: a key no page, and nothing opens anything to who has neither."""
    file, key = keys
    http = start(users, file)
    door = http.get("/", headers={"Accept": "text/html"})
    assert (door.status_code, door.headers["location"]) == (303, "/login")
    assert http.get("/login").headers["content-security-policy"] == DOOR_POLICY
    for path in ("/", "/config", "/source", "/shelf", "/conversations", "/page.js", "/nothing", "/ask/"):
        assert http.get(path).status_code == 401
        assert http.get(path, headers=key).status_code == 401
    for path in ("/documents", "/metrics", "/documents/dtc-guide.pdf/passages"):
        refused = http.get(path)
        assert refused.status_code == 401
        assert "/login" in refused.json()["advice"]
        assert http.get(path, headers={"Cookie": f"{COOKIE}=x"}).status_code == 401
        assert http.get(path, headers=key).status_code == 200
    assert http.post("/ask", json=QUESTION).status_code == 401
    assert http.post("/ask", json=QUESTION, headers={**key, "Host": "wenju.example"}).status_code == 200
    assert http.get("/health").status_code == 200
    ways = http.get("/openapi.json").json()["components"]["securitySchemes"]
    assert {w["type"] for w in ways.values()} == {"http", "apiKey"}


def test_who_signed_in_may_use_the_interface_from_the_page_alone(
    start: Start, users: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The session opens both; not to another page in its name, and not once its user is gone. The log tells who asked."""
    http = start(users)
    assert http.post("/ask", json=QUESTION).status_code == 401
    assert sign_in(http, Origin="http://evil.example") == 403
    assert http.get("/documents").status_code == 401
    assert sign_in(http) == 303
    assert http.get("/").status_code == 200
    with caplog.at_level(logging.INFO, "wenju.serve"):
        logging.getLogger("wenju.serve").addHandler(caplog.handler)
        assert http.post("/ask", json=QUESTION, headers={"Origin": str(http.base_url)}).json()["citations"]
        logging.getLogger("wenju.serve").removeHandler(caplog.handler)
    assert json.loads(caplog.messages[0])["user"] == "甲"
    for origin in ("http://evil.example", "null"):
        assert http.post("/ask", json=QUESTION, headers={"Origin": origin}).status_code == 401
        assert http.get("/documents", headers={"Origin": origin}).status_code == 401
    assert http.post("/logout").status_code == 200
    assert http.get("/documents").status_code == 401
    assert sign_in(http) == 303
    add_user(users, "乙", PASSWORD)
    remove_user(users, "甲")
    assert http.get("/documents").status_code == http.get("/source").status_code == 401


def test_the_page_may_start_before_its_index(
    tmp_path: Path, corpus_index: Path, running: Callable[[object], AbstractContextManager[str]]
) -> None:
    """It opens with nothing to ask about, and has the reports once they are ingested; a question told why meanwhile."""
    folder = tmp_path / "index"
    settings = Settings(_env_file=None, index=folder, conversations=tmp_path / "kept")  # type: ignore[call-arg]
    late = Live(settings, pause=0)
    with (
        chat_page(late, settings) as page,
        running(gated(late, settings, page=page)) as address,
        httpx.Client(base_url=address, timeout=60) as http,
    ):
        assert "page.js" in http.get("/").text
        assert "dtc-guide.pdf" not in http.get("/shelf", params={"lang": "zh-Hans"}).text
        refused = http.post("/ask", json=QUESTION)
        assert (refused.status_code, "wenju ingest" in refused.json()["advice"]) == (503, True)
        shutil.copytree(corpus_index, folder)
        assert http.post("/ask", json=QUESTION).json()["citations"]
        assert "dtc-guide.pdf" in http.get("/shelf", params={"lang": "zh-Hans"}).text


def test_what_would_be_open_is_not_served(users: Path, keys: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    """Others are let in where somebody is asked for, and no page stands open beside keys; the error says what to do."""
    with pytest.raises(BadSettings) as caught:
        bound("0.0.0.0", 0, asks=False, chat=True)  # noqa: S104
    assert "--auth-file" in caught.value.advice
    settings = Settings(_env_file=None, index=tmp_path / "index", keys=keys[0])  # type: ignore[call-arg]
    with pytest.raises(BadSettings, match="keys keep") as caught:
        serve(settings, "127.0.0.1", 0, chat=True)
    assert "--auth-file" in caught.value.advice
    with pytest.raises(BadSettings) as caught:
        serve(settings, "127.0.0.1", 0, users=users)
    assert "--chat" in caught.value.advice


def test_the_command_serves_both_and_ends_in_good_order(corpus_index: Path, users: Path, tmp_path: Path) -> None:
    """`wenju serve --chat --auth-file FILE` says where it is, lets its user in, and ends at Ctrl-C without a traceback."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "evals.cli",
            "serve",
            "--chat",
            "--index",
            corpus_index,
            "--port",
            "0",
            "--auth-file",
            users,
        ],
        cwd=ROOT,
        env=os.environ | {"WENJU_CONVERSATIONS": str(tmp_path / "kept")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        with httpx.Client(base_url=process.stdout.readline().split()[-1], timeout=60) as http:
            assert http.get("/documents").status_code == 401
            assert sign_in(http) == 303
            assert http.get("/").status_code == http.get("/documents").status_code == 200
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert "Traceback" not in errors
        assert process.returncode == 0
    finally:
        process.kill()
        process.communicate()


def test_tools_over_stdin_have_no_page() -> None:
    """What cannot be had together is told, with exit code 2."""
    command = [sys.executable, "-m", "evals.cli", "serve", "--stdio", "--chat"]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "--stdio" in done.stderr
