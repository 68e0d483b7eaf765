"""The page of both sides in a real browser: it stands alone, and its switches work without a script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from noise import SENTENCES, drop_emoji, leak_pinyin, wrap_in_site

from assistant.sides import side_by_side
from assistant.sides_html import page
from ingest.read.formats import read

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium: apt-get install chromium"),
]


@pytest.fixture(scope="module", params=["light", "dark"])
def opened(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[Page]:
    """A noisy report as a page of its own, opened from the disk; nothing but that file may be asked for."""
    text = (
        wrap_in_site(leak_pinyin(drop_emoji("\n\n".join(SENTENCES), 300), 30)) + "\n<b>粗</b><script>hacked()</script>"
    )
    file = tmp_path_factory.mktemp("sides") / "a.html"
    file.write_text(page(side_by_side(read(text.encode(), "a.txt"), 400)), "utf-8")
    asked: list[str] = []
    told: list[str] = []
    shown = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=request.param)
    shown.on("request", lambda r: asked.append(r.url))
    shown.on("console", lambda m: told.append(m.text))
    shown.goto(file.as_uri())
    yield shown
    shown.close()
    assert asked == [file.as_uri()]
    assert told == []


def ground(shown: Page, selector: str) -> str:
    return str(shown.eval_on_selector(selector, "e => getComputedStyle(e).backgroundColor"))


def test_a_switch_hides_the_marks_of_its_cleaner(opened: Page) -> None:
    """Without its switch a cleaner's marks look like text, those of others stay, and it can be put on again."""
    before = ground(opened, "mark.pinyin")
    others = ground(opened, "mark.emoji")
    assert before not in {"rgba(0, 0, 0, 0)", others}
    opened.click("nav label[for=show-pinyin]")
    assert ground(opened, "mark.pinyin") == "rgba(0, 0, 0, 0)"
    assert ground(opened, "mark.emoji") == others
    opened.click(".overview label[for=show-pinyin]")
    assert ground(opened, "mark.pinyin") == before


def test_the_language_can_be_chosen(opened: Page) -> None:
    """The labels are in one language at a time."""
    assert opened.is_visible("nav >> text=拼音残留")
    assert not opened.is_visible("nav >> text=Leaked pinyin")
    opened.click("label[for=in-en]")
    assert opened.is_visible("nav >> text=Leaked pinyin")
    assert not opened.is_visible("nav >> text=拼音残留")
    opened.click("label[for=in-zh]")


def test_the_sides_stand_beside_each_other(opened: Page) -> None:
    """A passage's raw and clean texts begin at the same height, and the page is not wider than its window."""
    raw, clean = (
        opened.locator(f"main .row.changed:not(.gone) .{side}").first.bounding_box() for side in ("raw", "clean")
    )
    assert raw is not None
    assert clean is not None
    assert raw["y"] == clean["y"]
    assert raw["x"] + raw["width"] <= clean["x"] + 1
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_tags_of_the_text_are_text(opened: Page) -> None:
    """What a document holds of markup is read, not obeyed."""
    assert "<script>hacked()</script>" in opened.inner_text("main")
    assert opened.locator("script, main b").count() == 0


def test_only_changed_passages_can_be_shown(opened: Page) -> None:
    """The last switch hides passages in which nothing was changed."""
    everything = opened.locator("main > .row:visible").count()
    opened.click("nav label.only")
    assert 0 < opened.locator("main > .row:visible").count() <= everything
    assert opened.locator("main > .row:not(.changed):visible").count() == 0
    opened.click("nav label.only")
