"""The command `wenju serve` in a process of its own."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from commands_started import command

pytestmark = pytest.mark.server


@pytest.fixture
def started(corpus_index: Path) -> Iterator[subprocess.Popen[str]]:
    """A server that has said its address."""
    process = command("serve", "--index", corpus_index, "--port", 0)
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_good_order(started: subprocess.Popen[str], number: signal.Signals) -> None:
    """It says where it is, logs each request, answers what is under way when it is stopped, and ends without a traceback."""
    assert started.stdout is not None
    address = re.search(r"http://127\.0\.0\.1:\d+", started.stdout.readline())
    assert address
    codes: list[int] = []
    under_way = threading.Event()

    def body() -> Iterator[bytes]:
        yield b'{"question": '
        under_way.set()
        threading.Event().wait(0.3)
        yield '"即时零售是什么？"}'.encode()

    def ask() -> None:
        headers = {"Content-Type": "application/json"}
        codes.append(httpx.post(f"{address[0]}/ask", content=body(), headers=headers, timeout=30).status_code)

    asking = threading.Thread(target=ask)
    asking.start()
    under_way.wait()
    assert httpx.get(f"{address[0]}/health").status_code == 200
    started.send_signal(number)
    asking.join()
    _, errors = started.communicate(timeout=30)
    assert codes == [200]
    assert "Traceback" not in errors
    routes = [json.loads(line)["route"] for line in errors.splitlines()]
    assert sorted(routes) == ["/ask", "/health"]
    assert "即时零售" not in errors


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.1"])  # noqa: S104
def test_it_is_not_open_to_others(corpus_index: Path, host: str) -> None:
    """Without keys an address that others reach is refused with what to do, exit code 2."""
    refused = command("serve", "--index", corpus_index, "--host", host)
    said = " ".join(refused.communicate(timeout=60)[1].split())
    assert refused.returncode == 2
    assert "wenju keys new NAME" in said
    assert "Traceback" not in said


def test_keys_are_made_and_open_it(corpus_index: Path, tmp_path: Path) -> None:
    """The key that the command prints is the one that the server takes; the list has names alone."""
    file = tmp_path / "keys.json"
    made = command("keys", "new", "研究部", "--keys", file)
    key = made.communicate(timeout=60)[0].strip()
    assert key.startswith("wenju_")
    listed = command("keys", "list", WENJU_KEYS=str(file)).communicate(timeout=60)[0]
    assert "研究部" in listed
    assert key not in listed
    process = command("serve", "--index", corpus_index, "--port", 0, "--keys", file)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        assert httpx.get(f"{address}/documents").status_code == 401
        assert httpx.get(f"{address}/documents", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    finally:
        process.kill()
        process.communicate()
    assert command("keys", "revoke", "研究部", "--keys", file).wait(timeout=60) == 0
    emptied = command("serve", "--index", corpus_index, "--port", 0, "--keys", file)
    assert "holds no key" in " ".join(emptied.communicate(timeout=60)[1].split())
    assert emptied.returncode == 2


def test_the_index_may_come_later(tmp_path: Path) -> None:
    """Without an index it starts, says so, and tells everybody how to make one."""
    process = command("serve", "--index", tmp_path / "index", "--port", 0)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        answer = httpx.get(f"{address}/health")
        assert answer.status_code == 503
        assert "wenju ingest" in answer.json()["advice"]
    finally:
        process.kill()
        assert "no index here" in process.communicate()[1]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_url_of_nothing_is_told_at_once(tmp_path: Path, workers: int) -> None:
    """Before there is an index too, for which it would be waited in vain."""
    more = ("--port", 0, "--workers", workers)
    refused = command("serve", "--index", tmp_path / "index", *more, WENJU_INDEX_URL="nonsense://x:y")
    said = " ".join(refused.communicate(timeout=60)[1].split())
    assert refused.returncode == 2
    assert "nonsense://x:y: no URL of an index" in said
    assert "Traceback" not in said
