"""The command `wenju serve --workers`: several processes that answer as one server."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from commands_started import command, until
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from ingest.index import migrate

pytestmark = pytest.mark.server

ASKED = {"question": "即时零售是什么？"}


class Served(NamedTuple):
    """A server, and where it is."""

    process: subprocess.Popen[str]
    address: str

    def get(self, path: str, **more: object) -> httpx.Response:
        """Ask over a connection of its own, which any of the processes may take."""
        return httpx.get(self.address + path, timeout=60, **more)  # type: ignore[arg-type]

    def ask(self) -> httpx.Response:
        """Ask a question over a connection of its own."""
        return httpx.post(f"{self.address}/ask", json=ASKED, timeout=60)

    def counts(self) -> dict[str, float]:
        """What /metrics counts, by name and labels."""
        lines = self.get("/metrics").text.splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[:1] != "#")}

    def pids(self) -> set[int]:
        """The processes that answer."""
        told = (re.fullmatch(r'process_cpu_seconds_total\{pid="(\d+)"\}', name) for name in self.counts())
        return {int(name[1]) for name in told if name}

    def is_gone(self) -> bool:
        """Whether nobody listens any more."""
        port = int(self.address.rsplit(":", 1)[1])
        with socket.socket() as own:
            return own.connect_ex(("127.0.0.1", port)) != 0

    def errors(self) -> str:
        """What stood on stderr by its end."""
        return self.process.communicate(timeout=120)[1]


def alive(pid: int) -> bool:
    """Whether a process is there, and not only its remains."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """Starts servers of two processes, which are ended with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(index: Path, *more: object) -> Served:
        process = command("serve", "--index", index, "--port", 0, "--workers", 2, *more)
        started.append(process)
        assert process.stdout is not None
        return Served(process, process.stdout.readline().split()[-1])

    yield start
    for process in started:
        process.kill()  # its children end by themselves
        process.communicate()


def test_both_answer_and_end_in_good_order(corpus_index: Path, serve: Callable[..., Served]) -> None:
    """One line says that it is ready; what both served is counted together; each ends with what it has under way."""
    server = serve(corpus_index)
    pids = server.pids()
    assert len(pids) == 2
    for _ in range(12):
        assert server.ask().status_code == 200
    counts = server.counts()
    assert counts['wenju_answers_total{abstained="false"}'] == 12
    assert counts['wenju_requests_total{method="POST",route="/ask",status="200"}'] == 12
    assert counts["wenju_requests_under_way"] == 1, "the one that asks for the counts"
    assert counts["wenju_index_opened"] == 2
    codes: list[int] = []
    under_way = threading.Barrier(5, timeout=120)

    def body() -> Iterator[bytes]:
        yield b'{"question": '
        under_way.wait()
        threading.Event().wait(0.3)
        yield '"即时零售是什么？"}'.encode()

    def ask() -> None:
        headers = {"Content-Type": "application/json"}
        codes.append(httpx.post(f"{server.address}/ask", content=body(), headers=headers, timeout=60).status_code)

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for thread in asking:
        thread.start()
    until(lambda: server.counts()["wenju_requests_under_way"] == 5)
    under_way.wait()
    server.process.terminate()
    for thread in asking:
        thread.join()
    told, errors = server.process.communicate(timeout=120)
    assert codes == [200] * 4
    assert told == "", "the line that it is ready was the only one"
    assert server.process.returncode == 0
    assert "Traceback" not in errors
    assert "即时零售" not in errors
    assert {json.loads(line)["route"] for line in errors.splitlines()} == {"/ask", "/metrics"}
    assert not any(map(alive, pids))
    assert server.is_gone()


def test_one_that_dies_is_replaced(corpus_index: Path, serve: Callable[..., Served]) -> None:
    """The other one goes on answering, what the dead one served still counts, and the log tells of it."""
    server = serve(corpus_index)
    before = server.pids()
    for _ in range(8):
        assert server.ask().status_code == 200
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    until(lambda: not alive(victim))
    assert server.ask().status_code == 200
    until(lambda: len(server.pids() - before) == 1 and victim not in server.pids())
    assert server.counts()['wenju_answers_total{abstained="false"}'] == 9
    assert server.counts()["wenju_requests_under_way"] == 1
    server.process.terminate()
    (told,) = [json.loads(line) for line in server.errors().splitlines() if "ended" in line]
    assert (told["process"], told["ended"], told["replaced"]) == (victim, -signal.SIGKILL, True)


def test_none_is_left_behind(corpus_index: Path, serve: Callable[..., Served]) -> None:
    """Where the one that watches over them is killed, they end, and the port is free."""
    server = serve(corpus_index)
    pids = server.pids()
    server.process.kill()
    until(lambda: not any(map(alive, pids)))
    assert server.is_gone()


def test_keys_open_each_and_none_when_they_are_revoked(
    corpus_index: Path, tmp_path: Path, serve: Callable[..., Served]
) -> None:
    """Each process reads the file of keys as it is now; the tools of models keep nothing that another would not know."""
    file = tmp_path / "keys.json"
    keys = [command("keys", "new", name, "--keys", file).communicate(timeout=60)[0].strip() for name in ("甲", "乙")]
    server = serve(corpus_index, "--keys", file, "--mcp")

    async def called(key: str) -> bool:
        async with (
            create_mcp_http_client(headers={"Authorization": f"Bearer {key}"}) as http,
            Client(streamable_http_client(f"{server.address}/mcp", http_client=http)) as client,
        ):
            return not (await client.call_tool("ask", ASKED)).is_error

    async def all_called(key: str) -> bool:
        return all(await asyncio.gather(*(called(key) for _ in range(8))))

    def codes(key: str) -> set[int]:
        headers = {"Authorization": f"Bearer {key}"}
        with ThreadPoolExecutor(8) as pool:  # more than one process can take at a time
            asked = [pool.submit(server.get, "/documents", headers=headers) for _ in range(24)]
        return {each.result().status_code for each in asked}

    assert server.get("/documents").status_code == 401
    assert [codes(key) for key in keys] == [{200}, {200}]
    assert asyncio.run(all_called(keys[0]))
    assert command("keys", "revoke", "甲", "--keys", file).wait(timeout=60) == 0
    assert [codes(key) for key in keys] == [{401}, {200}]


def test_an_index_that_comes_later_is_there_for_each(
    tmp_path: Path, corpus_index: Path, serve: Callable[..., Served]
) -> None:
    """That there is none is told once; when it is there, every process has it within a while."""
    server = serve(tmp_path / "index")
    assert {server.get("/health").status_code for _ in range(20)} == {503}
    shutil.copytree(corpus_index, tmp_path / "beside")
    (tmp_path / "beside").rename(tmp_path / "index")
    # One that has looked a moment ago looks again in a second.
    until(lambda: {server.get("/health").status_code for _ in range(20)} == {200})

    def all_have_it() -> bool:
        with ThreadPoolExecutor(8) as pool:  # more than one process can take at a time
            codes = {asked.result().status_code for asked in [pool.submit(server.ask) for _ in range(8)]}
        return codes == {200} and server.counts()["wenju_index_opened"] == 2

    until(all_have_it)
    server.process.terminate()
    assert server.errors().count("no index here") == 1


def test_an_index_that_cannot_be_used_is_told_once(tmp_path: Path, corpus_index: Path) -> None:
    """With what to do and the exit code of a mistake, as by one process."""
    shutil.copytree(corpus_index, tmp_path / "index")
    manifest = tmp_path / "index" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text("utf-8")) | {"embedding": "another"}), "utf-8")
    refused = command("serve", "--index", tmp_path / "index", "--port", 0, "--workers", 2)
    told, errors = refused.communicate(timeout=120)
    assert refused.returncode == 2
    assert told == ""
    assert errors.count("IndexMismatch") == 1
    assert "ERROR" not in errors, "nothing stands behind what to do"
    assert "--rebuild" in errors
    assert "Traceback" not in errors


def test_a_file_for_one_process_is_not_served_by_two(tmp_path: Path, corpus_index: Path) -> None:
    """What only one of them could open is told before any is started."""
    shutil.copytree(corpus_index, tmp_path / "index")
    migrate(tmp_path / "index", "milvus+file:milvus.db")
    refused = command("serve", "--index", tmp_path / "index", "--port", 0, "--workers", 2)
    said = " ".join(refused.communicate(timeout=120)[1].split())
    assert refused.returncode == 2
    assert "one process opens at a time" in said
    assert "wenju migrate" in said


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--chat"], "the chat page is served by one process"),
        (["--auth-file", "users.json"], "the chat page is served by one process"),
        (["--stdio"], "over stdin and stdout one process answers"),
        (["--host", "0.0.0.0"], "wenju keys new NAME"),  # noqa: S104
    ],
)
def test_what_needs_one_process_is_refused(corpus_index: Path, more: list[str], told: str) -> None:
    """With the reason and what to do, exit code 2."""
    refused = command("serve", "--index", corpus_index, "--workers", 2, *more)
    said = " ".join(refused.communicate(timeout=60)[1].split())
    assert refused.returncode == 2
    assert told in said
    assert "Traceback" not in said
