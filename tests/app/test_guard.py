"""The headers that keep the page to itself, and the requests that are turned away."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant.app.guard import OWNER, PAGE_POLICY, TEXT_POLICY, USER, Guard, host_of, reader_of


@pytest.fixture
def client() -> TestClient:
    def told(request: object) -> PlainTextResponse:
        return PlainTextResponse("ok")

    paths = ("/", "/text", "/source", "/gradio_api/upload")
    app = Starlette(routes=[Route(path, told, methods=["GET", "POST"]) for path in paths])
    return TestClient(Guard(app), base_url="http://127.0.0.1:7860")


@pytest.mark.parametrize(("path", "policy"), [("/", PAGE_POLICY), ("/text", TEXT_POLICY), ("/source", TEXT_POLICY)])
def test_every_answer_says_what_may_be_loaded(client: TestClient, path: str, policy: str) -> None:
    """The page may load from this machine only; what is made of a document may run nothing at all."""
    headers = client.get(path).headers
    assert headers["content-security-policy"] == policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "http" not in policy


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "0.0.0.0:7860", ""])
def test_a_request_that_names_another_host_is_refused(client: TestClient, host: str) -> None:
    """A foreign name that points here gets no answer."""
    assert client.get("/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost:1", "LOCALHOST", "[::1]:7860", "[::1]"])
def test_the_names_of_this_machine_are_answered(client: TestClient, host: str) -> None:
    """Every loopback name, with or without a port, is this page's."""
    assert client.get("/", headers={"Host": host}).status_code == 200


def test_a_reader_is_who_signed_in_else_the_browser() -> None:
    """A browser is known by a hash of its cookie, which does not open its files; nobody is nobody."""
    assert reader_of({"type": "http", USER: "甲", OWNER: "user:甲"}) == "甲"
    one, other = (reader_of({"type": "http", OWNER: f"browser:{token}"}) for token in ("a" * 43, "b" * 43))
    assert one != other
    assert one.startswith("wenju-browser:")
    assert "aaa" not in one
    assert reader_of({"type": "http", OWNER: ""}) == ""


def test_no_file_can_be_uploaded(client: TestClient) -> None:
    """Gradio's door for files is closed."""
    assert client.post("/gradio_api/upload", content=b"x").status_code == 403


def test_the_host_is_told_from_its_port() -> None:
    """Addresses of the sixth version hold colons of their own."""
    assert host_of("[::1]:80") == "[::1]"
    assert host_of("[::1]") == "[::1]"
    assert host_of("localhost") == "localhost"
