"""Keys: made, listed, revoked, and what they open."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from assistant.listening import address_of, is_loopback
from assistant.serve.keys import Keyring, digest, holder, new_key, read_keys, revoke_key
from assistant.serve.live import Live
from assistant.serve.server import bound
from ingest.errors import BadSettings
from ingest.settings import Settings

Served = Callable[..., httpx.Client]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where keys are kept."""
    return tmp_path / "keys.json"


def test_a_key_opens_and_its_file_does_not_hold_it(file: Path) -> None:
    """Of a key only the hash is kept, in a file for its owner alone."""
    key, other = new_key(file, "研究部"), new_key(file, "ops")
    assert key != other
    assert key not in file.read_text("utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    keys = read_keys(file)
    assert [k.name for k in keys] == ["研究部", "ops"]
    assert [holder(keys, k) for k in (key, other)] == ["研究部", "ops"]


@pytest.mark.parametrize("wrong", ["", " ", "wenju_", "é", "\udc80", "x" * 10_000])
def test_nothing_else_opens(file: Path, wrong: str) -> None:
    """Neither another key, nor a hash out of the file, nor the key cut short."""
    key = new_key(file, "a")
    keys = read_keys(file)
    for tried in (wrong, key[:-1], key + "x", key.upper(), digest(key), keys[0].sha256):
        assert holder(keys, tried) is None


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 101])
def test_a_name_has_to_name_somebody(file: Path, name: str) -> None:
    """An empty name, one of several lines and an endless one are refused, and no file is made."""
    with pytest.raises(BadSettings):
        new_key(file, name)
    assert not file.exists()


def test_a_name_has_one_key(file: Path) -> None:
    """A second one is refused; after the first is revoked it is made."""
    first = new_key(file, "a")
    with pytest.raises(BadSettings, match="already"):
        new_key(file, "a")
    revoke_key(file, "a")
    second = new_key(file, "a")
    assert holder(read_keys(file), first) is None
    assert holder(read_keys(file), second) == "a"
    with pytest.raises(BadSettings, match="no key of b"):
        revoke_key(file, "b")


@pytest.mark.parametrize("text", ["", "{", "{}x", '[{"name": "a"}]', "[1]", '"a"'])
def test_a_file_of_something_else_is_refused(file: Path, text: str) -> None:
    """A file that holds no keys is told apart, and is not written over."""
    file.write_text(text, "utf-8")
    with pytest.raises(BadSettings):
        read_keys(file)
    with pytest.raises(BadSettings):
        new_key(file, "b")
    assert file.read_text("utf-8") == text


def test_two_do_not_write_at_once(file: Path) -> None:
    """While another process writes the keys, no key is made, and none is lost."""
    new_key(file, "a")
    file.with_name("keys.json.new").touch()
    with pytest.raises(BadSettings, match="being written"):
        new_key(file, "b")
    assert [k.name for k in read_keys(file)] == ["a"]


def test_a_keyring_sees_what_changes(file: Path) -> None:
    """A key that was made or revoked later counts at once; without its file none opens."""
    with pytest.raises(BadSettings):
        Keyring(file)
    first = new_key(file, "a")
    ring = Keyring(file)
    second = new_key(file, "b")
    assert [ring.holder(k) for k in (first, second)] == ["a", "b"]
    revoke_key(file, "a")
    assert [ring.holder(k) for k in (first, second)] == [None, "b"]
    file.unlink()
    assert ring.holder(second) is None


def test_a_server_needs_a_key(file: Path) -> None:
    """A file from which all keys were revoked opens no server to everybody."""
    new_key(file, "a")
    revoke_key(file, "a")
    with pytest.raises(BadSettings, match="holds no key"):
        Keyring(file)


@pytest.mark.server
def test_who_has_no_key_is_turned_away(live: Live, settings: Settings, served: Served, file: Path) -> None:
    """All but health and the description asks for the key; a revoked one opens nothing from then on."""
    key = new_key(file, "a")
    http = served(live, settings, Keyring(file))
    right = {"Authorization": f"Bearer {key}"}
    for wrong in ({}, {"Authorization": key}, {"Authorization": "Bearer x"}, {"Authorization": f"Basic {key}"}):
        for path in ("/documents", "/metrics", "/nothing"):
            refused = http.get(path, headers=wrong)
            assert refused.status_code == 401
            assert refused.json().keys() == {"error", "advice"}
            assert refused.headers["www-authenticate"] == "Bearer"
        assert http.post("/ask", json={"question": "问"}, headers=wrong).status_code == 401
        assert http.get("/health", headers=wrong).status_code == 200
        assert http.get("/openapi.json", headers=wrong).json()["components"]["securitySchemes"]
    assert http.get("/documents", headers=right).status_code == 200
    assert http.get("/documents", headers={**right, "Host": "wenju.example"}).status_code == 200
    revoke_key(file, "a")
    assert http.get("/documents", headers=right).status_code == 401


@pytest.mark.server
def test_the_log_names_the_holder_and_not_the_key(
    live: Live, settings: Settings, served: Served, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Who asked is noted by name."""
    key = new_key(file, "研究部")
    caplog.set_level("INFO", "wenju.serve")
    served(live, settings, Keyring(file)).get("/documents", headers={"Authorization": f"Bearer {key}"})
    assert [json.loads(r.getMessage())["key"] for r in caplog.records if r.name == "wenju.serve"] == ["研究部"]
    assert key not in caplog.text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", "", "127.0.0.1.nip.io"])  # noqa: S104
def test_without_keys_only_this_machine_is_served(host: str) -> None:
    """Any address that others may reach is refused with the two ways out of it."""
    assert not is_loopback(host)
    with pytest.raises(BadSettings) as refused:
        bound(host, 0, asks=False)
    assert "wenju keys new" in refused.value.advice
    assert "127.0.0.1" in refused.value.advice


def test_with_keys_others_are_served() -> None:
    """With keys any address may be listened on, and a port that is taken is told."""
    with bound("0.0.0.0", 0, asks=True) as own:  # noqa: S104
        port = own.getsockname()[1]
        assert address_of(own) == f"http://0.0.0.0:{port}"
        own.listen()
        with pytest.raises(BadSettings, match=str(port)):
            bound("0.0.0.0", port, asks=True)  # noqa: S104
