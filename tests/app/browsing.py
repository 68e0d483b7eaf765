"""A small index served by a process of its own, and a real browser on its page."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assistant import Assistant
from ingest.embed import SentenceTransformersEmbedder
from ingest.pipeline import ingest
from ingest.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
NEEDS_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium: apt-get install chromium"),
]

REPORTS = {
    "零售.md": "# 即时零售：市场与前景\n\n## 一、定义\n\n即时零售是指消费者线上下单，商品从附近门店出货并在半小时内送达的零售模式。\n\n"
    "## 二、规模\n\n据测算，2023年即时零售😀的市场规模为1.2万亿元🎉，此后每年增长三成。2022年即时零售的市场规模为8400亿元。\n\n"
    "## 三、挑战\n\n" + "配送的成本仍然偏高，骑手也不容易招到。\n\n" * 30,
    "物流.md": "# 倉儲物流觀察\n\n## 一、前置倉\n\n前置倉是指設在社區附近、只服務線上訂單的小型倉庫，通常只存放暢銷商品。\n\n"
    "## 二、成本\n\n調查發現，前置倉每單的履約成本為12.5元，其中騎手薪資占了六成以上。\n",
    "恶意.txt": "<img src=http://evil.example/t.png onerror=hacked()>标题\n\n"
    "量子咖啡机的价格为**88元**，</mark></div>，<script>hacked=1</script>，<img src='http://evil.example/x.png' onerror='hacked=2'>，$$x^2$$，[点我](javascript:hacked())，${window.hacked=3}，很便宜。\n",
}
PDF = "dtc-guide.pdf"
SIDECARS = {
    "零售.md": "publisher: 甲研究院\ndate: 2023-05-01\n",
    "物流.md": "publisher: 乙研究院\ndate: 2024-02-01\n",
}
SIZE = "2023年即時零售的市場規模是多少？"
HOSTILE = "量子咖啡机的价格是多少？"
UNKNOWN = "Kubernetes?"
SLOW = "请慢慢回答，即时零售是什么？"
HELD = "等一等：2023年即时零售的市场规模是多少？"
"""Is answered when a file `go` lies in the folder of the conversations."""

SERVE = """
import os, sys, time
from assistant import Assistant
from pathlib import Path
from assistant.app import page

page.WAITING = int(os.environ.get("WAITING", page.WAITING))

class Slow(Assistant):
    def stream(self, question, history=(), **bounds):
        while "等一等" in question and not Path(kept, "go").exists():
            time.sleep(0.05)
        for event in super().stream(question, history, **bounds):
            yield event
            if "慢慢" in question:
                time.sleep(8)

index, kept, live, *users = sys.argv[1:]
if live == "live":
    from assistant.serve.live import Live
    from ingest.settings import load_settings
    answers = Live(load_settings(index=index)).assistant
else:
    answers = Slow(Assistant.open(index).retriever)
page.serve(answers, port=0, folder=Path(kept), users=Path(users[0]) if users else None)
"""


@pytest.fixture(scope="session")
def browsed_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    settings = Settings(_env_file=None, workers=1)
    (folder / "reports").mkdir()
    for name, text in REPORTS.items():
        (folder / "reports" / name).write_text(text, "utf-8")
    shutil.copy(Path(__file__).parents[2] / "corpus" / PDF, folder / "reports")
    for name, facts in SIDECARS.items():
        (folder / "reports" / f"{name}.meta.yaml").write_text(facts, "utf-8")
    ingest([folder / "reports"], folder / "index", settings, SentenceTransformersEmbedder(settings.model_path()))
    return folder / "index"


@pytest.fixture(scope="session")
def browsed_assistant(browsed_index: Path) -> Assistant:
    return Assistant.open(browsed_index)


@pytest.fixture(scope="session")
def url(browsed_index: Path) -> Iterator[str]:
    """The address of a page served by a process of its own."""
    with served(browsed_index, "kept") as address:
        yield address


def end(server: subprocess.Popen[str]) -> None:
    """End a server as Ctrl-C does. Raises TimeoutExpired where it does not end by itself."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(30)
    except subprocess.TimeoutExpired:
        server.kill()
        raise


@contextmanager
def served(index: Path, kept: str, *users: Path, live: bool = False, waiting: int = 200) -> Iterator[str]:
    """Serve an index, as it is or as it changes, and give the address of the page; so many questions may wait in line."""
    root = Path(__file__).parents[2]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WENJU_")} | {
        "PYTHONPATH": str(root),
        "WAITING": str(waiting),
    }
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(index), str(index.parent / kept), "live" if live else "", *map(str, users)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=index,
        env=environment,
    )
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        found = re.fullmatch(r"Wenju is ready: (http://127\.0\.0\.1:\d+) .*文据已就绪\n", line)
        assert found, line
        yield found[1]
    finally:
        end(server)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of a file: while it is open, no other event loop can run in this thread."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


OpenPage = Callable[..., "Page"]


@pytest.fixture
def open_page(browser: Browser, url: str) -> Iterator[OpenPage]:
    """Opens the page; at the end, no request may have left this machine and no script may have failed."""
    contexts: list[Any] = []
    left: list[str] = []
    failed: list[str] = []

    def opened(language: str = "zh-TW", address: str = "", width: int = 1280, height: int = 860) -> Page:
        context = browser.new_context(locale=language, viewport={"width": width, "height": height})
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"])

        def intercept(route: Any) -> None:
            if route.request.url.startswith((url, "data:", "blob:")):
                route.continue_()
            else:
                left.append(route.request.url)
                route.abort()

        context.route("**/*", intercept)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.on("console", lambda message: failed.append(message.text) if message.type == "error" else None)
        page.goto(url + address)
        page.locator("html.spoken").wait_for(state="attached")
        page.locator("#source .hint").wait_for(state="attached")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert left == []
    assert failed == []


def ask(page: Page, question: str) -> None:
    """Ask, and wait for the whole answer."""
    page.locator("body:not(.going)").wait_for()  # until the one before has ended, Enter sends nothing
    before = page.locator(".answer").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_function(
        "at => { const answer = document.querySelectorAll('.answer')[at];"
        " return answer && !answer.classList.contains('writing') && !document.body.classList.contains('going') }",
        arg=before,
    )
