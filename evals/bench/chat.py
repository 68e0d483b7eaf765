"""How fast the chat is: its start, the first words of an answer, and many readers at once.

    wenju bench chat BENCH [--index FOLDER]

The chat is a process of its own, as `wenju chat` starts it, over the reading
passages among news. One reader is a real browser: from Enter to the first
sentence that is seen. Many readers speak to the server as their browsers do,
each with questions of their own, and each waits for the answer before the next
one. What they are told is held against what the assistant says by itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import numpy as np

from assistant import Answer, Assistant

READERS = 50
ROUNDS = 3
"""Questions that each of many readers asks."""
ALONE = 15
"""Questions that are asked in a browser, one after the other."""
CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 120


@dataclass(frozen=True, slots=True)
class Served:
    """A chat that answers: where, and the seconds from the start of its process until then."""

    address: str
    process: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a question: seconds to its first sentence and to its end, and whether it was answered as it should be."""

    first: float
    whole: float
    right: bool


@contextmanager
def served(index: Path) -> Iterator[Served]:
    """A chat over an index, which forgets its conversations at the end."""
    with TemporaryDirectory() as folder:
        environment = os.environ | {"WENJU_CONVERSATIONS": folder}
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "evals.cli", "chat", "--index", str(index), "--port", "0"],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        try:
            if process.stdout is None:
                raise AssertionError("stdout is piped")
            address = process.stdout.readline().split()[3]
            yield Served(address, process.pid, time.perf_counter() - began)
        finally:
            process.terminate()
            process.wait()


def in_browser(address: str, asked: Sequence[str]) -> dict[str, dict[str, float]]:
    """Seconds until the page can be used, and from Enter to the first sentence that is seen."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        opened = []
        for _ in range(3):
            page = browser.new_context(locale="zh-CN").new_page()
            began = time.perf_counter()
            page.goto(address)
            page.locator("html.spoken").wait_for(state="attached")
            page.locator("#question textarea").fill("问")
            opened.append(time.perf_counter() - began)
        words = []
        for question in asked:
            page.locator("#question textarea").fill(question)
            page.evaluate(WATCH)
            page.keyboard.press("Enter")
            words.append(float(page.evaluate("() => window.firstWords")) / 1000)
            page.locator("body:not(.going)").wait_for(timeout=1000 * PATIENCE)
        browser.close()
    return {"page, s": _spread(opened), "first words, one reader, s": _spread(words)}


WATCH = """() => {
    const before = document.querySelectorAll("#chat .answer").length;
    let began = 0;
    document.addEventListener("keydown", () => (began = performance.now()), { once: true, capture: true });
    window.firstWords = new Promise((told) => {
        const look = () => {
            const answer = document.querySelectorAll("#chat .answer")[before];
            if (answer?.querySelector(".sentence, .verdict")) told(performance.now() - began);
            else requestAnimationFrame(look);
        };
        look();
    });
}"""


class Reader:
    """Speaks to the chat as the page of one reader does."""

    def __init__(self, http: httpx.AsyncClient, config: Mapping[str, Any], name: str) -> None:
        self._http = http
        self._name = name
        self._parts = {c["id"]: c for c in config["components"]}
        self._events = {d["api_name"]: d for d in config["dependencies"]}

    def _body(self, event: str, **given: str) -> dict[str, object]:
        wanted = self._events[event]
        parts = [self._parts[i]["props"] for i in wanted["inputs"]]
        data = [given.get(str(p.get("elem_id")), p.get("value")) for p in parts]
        return {"data": data, "event_data": None, "fn_index": wanted["id"], "session_hash": self._name}

    async def ask(self, question: str, expected: str) -> Asked:
        """Ask in a conversation of its own, and read the answer to its end."""
        began, first, conversation = time.perf_counter(), 0.0, ""
        joined = await self._http.post("gradio_api/queue/join", json=self._body("ask", question=question))
        joined.raise_for_status()
        async with self._http.stream("GET", "gradio_api/queue/data", params={"session_hash": self._name}) as told:
            async for line in told.aiter_lines():
                if not first and ("sentence" in line or "verdict" in line):
                    first = time.perf_counter() - began
                if not conversation and "process_generating" in line:
                    conversation = str(json.loads(line.removeprefix("data: "))["output"]["data"][2])
                if "process_completed" in line:
                    break
        whole = time.perf_counter() - began
        wanted = {"conversation": conversation, "lang": "zh-Hans", "form": "md"}
        kept = (await self._http.get("export", params=wanted)).text
        return Asked(first or whole, whole, expected in letters(kept))


async def at_once(address: str, told: Sequence[tuple[str, str]], readers: int) -> list[Asked]:
    """What came of questions that many readers ask, all beginning at the same moment."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE, limits=limits) as http:
        config = (await http.get("config")).json()

        async def reads(number: int) -> list[Asked]:
            reader = Reader(http, config, f"reader{number}")
            return [await reader.ask(*told[(number * ROUNDS + turn) % len(told)]) for turn in range(ROUNDS)]

        return [asked for each in await asyncio.gather(*(reads(n) for n in range(readers))) for asked in each]


def figures(index: Path, asked: Sequence[str], readers: int = READERS) -> dict[str, dict[str, float]]:
    """The figures of an index, its questions being `asked`, as rows of seconds."""
    assistant = Assistant.open(index)
    began = time.process_time()
    told = [(q, letters(said(assistant.ask(q)))) for q in asked[: readers * ROUNDS]]
    cost = (time.process_time() - began) / len(told)
    with served(index) as chat:
        table = {"start of the server, s": {"p50": chat.seconds}}
        if CHROMIUM.exists():
            table |= in_browser(chat.address, asked[:ALONE])
        before = _cpu_seconds(chat.process)
        began = time.perf_counter()
        came = asyncio.run(at_once(chat.address, told, readers))
        lasted, worked = time.perf_counter() - began, _cpu_seconds(chat.process) - before
    table["first words, all at once, s"] = _spread([a.first for a in came])
    table["whole answer, all at once, s"] = _spread([a.whole for a in came])
    table["all at once"] = {
        "readers": readers,
        "answers": len(came),
        "wrong": sum(not a.right for a in came),
        "answers_a_second": len(came) / lasted,
        "cpu_of_an_answer_s": worked / len(came),
        "cpu_without_the_chat_s": cost,
    }
    return table


def said(answer: Answer) -> str:
    """What an answer says in sentences: a disagreement is put in other words in what is taken along."""
    return "".join(s.text for s in answer.sentences)


def letters(text: str) -> str:
    """The letters and digits of a text, without the numbers of its footnotes."""
    return "".join(c for c in re.sub(r"\[\^\d+\]", "", text) if c.isalnum())


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    p50, p95 = np.percentile(seconds, [50, 95])
    return {"p50": float(p50), "p95": float(p95), "most": max(seconds)}


def _cpu_seconds(process: int) -> float:
    """The CPU time of a process so far, where the system tells it (Linux); else 0."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text("utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
