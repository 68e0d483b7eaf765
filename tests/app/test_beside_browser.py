"""The page in a real browser where it is served beside the interface, behind one door."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from browsing import NEEDS_BROWSER, SIZE, ask, end

from assistant import Assistant
from assistant.app.users import add_user

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = NEEDS_BROWSER
ROOT = Path(__file__).parents[2]
STATUS = "async (body) => { const reply = await fetch('/ask', body); return [reply.status, await reply.text()] }"


def test_who_signs_in_asks_and_opens_the_source_of_a_citation(
    browser: Browser, browsed_index: Path, browsed_assistant: Assistant, tmp_path: Path
) -> None:
    """The door, the answer, the marked words; and the page's session asks the interface the same. No script fails."""
    shown, failed = "一个很长的密码，够长了", list[str]()
    add_user(tmp_path / "users.json", "甲", shown)
    command = [sys.executable, "-m", "evals.cli", "serve", "--chat", "--port", "0", "--index", str(browsed_index)]
    server = subprocess.Popen(
        [*command, "--auth-file", str(tmp_path / "users.json")],
        cwd=ROOT,
        env=os.environ | {"WENJU_CONVERSATIONS": str(tmp_path / "kept")},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        address = server.stdout.readline().split()[-1]
        context = browser.new_context(locale="zh-TW")
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(address)
        page.locator("input[name=name]").fill("甲")
        page.locator("input[name=password]").fill(shown)
        page.locator("button").click()
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.on("console", lambda message: failed.append(message.text) if message.type == "error" else None)
        page.locator("html.spoken").wait_for(state="attached")
        ask(page, SIZE)
        page.locator(".answer a.cite", has_text="[1]").first.click()
        page.locator("#source mark").wait_for()
        assert page.locator("#source mark").text_content() == browsed_assistant.ask(SIZE).citations[0].quote
        body = {"method": "POST", "headers": {"Content-Type": "application/json"}, "body": f'{{"question": "{SIZE}"}}'}
        status, answer = page.evaluate(STATUS, body)
        assert status == 200
        assert "1.2萬億元" in answer
        assert failed == []
        context.close()
    finally:
        end(server)
