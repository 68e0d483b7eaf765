"""Questions that wait in line, and those that are not taken, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from browsing import HELD, NEEDS_BROWSER, SIZE, OpenPage, ask, served

from assistant.app.languages import Language
from assistant.app.users import add_user
from assistant.app.words import WORDS

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = NEEDS_BROWSER
TAGS: dict[str, Language] = {"zh-CN": "zh-Hans", "zh-TW": "zh-Hant", "en-US": "en"}
MARKET = "2023年即时零售的市场规模是多少？"


def send(page: Page, question: str) -> None:
    """Ask, and wait for nothing."""
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")


def test_a_full_line_is_told_in_the_readers_language_and_the_question_is_kept(
    browser: Browser, browsed_index: Path
) -> None:
    """Two questions are being answered and one waits: a fourth is not taken, stays in its box, and is asked again by a click."""
    with served(browsed_index, "full", waiting=1) as address:
        context = {tag: browser.new_context(locale=tag) for tag in TAGS}

        def opened(tag: str) -> Page:
            page = context[tag].new_page()
            page.set_default_timeout(60_000)
            page.goto(address)
            page.locator("html.spoken").wait_for(state="attached")
            return page

        first, second, third, *others = [opened("zh-CN") for _ in range(3)] + [opened(tag) for tag in TAGS]
        for page in (first, second):
            send(page, HELD)
            page.locator(".answer.writing .waiting").wait_for()
        with third.expect_response("**/queue/join*"):
            send(third, HELD)
        third.locator("#in-line", has_text=WORDS["zh-Hans"].in_line).wait_for()
        for page, language in zip(others, TAGS.values(), strict=True):
            send(page, MARKET)
            notice = page.locator("#refused")
            notice.wait_for()
            words = WORDS[language]
            assert notice.inner_text() == f"{words.queue_full} {words.ask_again}"
            assert page.locator("#question textarea").input_value() == MARKET
            assert page.locator(".answer").count() == 0
            assert page.locator(".toast-body:visible").count() == 0
        (browsed_index.parent / "full" / "go").touch()
        for page in (first, second, third):
            page.locator(".answer.answered").wait_for()
        for page in others:
            page.locator("#refused button").click()
            page.locator(".answer.answered").wait_for()
            assert page.locator(".asked").all_inner_texts() == [MARKET]
            page.wait_for_function("document.querySelector('#question textarea').value === ''")
            assert page.locator("#refused").is_hidden()
        for one in context.values():
            one.close()


def test_a_question_that_does_not_arrive_is_told_and_kept(browser: Browser, url: str) -> None:
    """Where the server cannot be reached the page says so; what was asked and the question are there when it is back."""
    page = browser.new_context(locale="zh-CN").new_page()
    page.set_default_timeout(60_000)
    page.goto(url)
    page.locator("html.spoken").wait_for(state="attached")
    ask(page, SIZE)
    page.route("**/queue/join*", lambda route: route.abort())
    # Gradio finds its server again and makes the page anew: its first event then asks for the labels.
    with page.expect_response("**/run/predict*"):
        send(page, MARKET)
    page.locator("#refused", has_text=WORDS["zh-Hans"].not_reached).wait_for()
    page.locator(".asked", has_text=SIZE).wait_for()
    page.wait_for_function("told => document.querySelector('#question textarea').value === told", arg=MARKET)
    page.unroute("**/queue/join*")
    page.locator("#refused button").click()
    page.locator(".asked", has_text=MARKET).wait_for()
    page.locator("body:not(.going)").wait_for()
    assert page.locator(".asked").all_inner_texts() == [SIZE, MARKET]
    assert page.locator("#refused").is_hidden()
    page.context.close()


def test_an_edit_that_is_not_taken_can_be_sent_again(browser: Browser, url: str) -> None:
    """It still takes the place of the question before, once the server answers."""
    page = browser.new_context(locale="zh-CN").new_page()
    page.set_default_timeout(60_000)
    page.goto(url)
    page.locator("html.spoken").wait_for(state="attached")
    ask(page, SIZE)
    page.route("**/queue/join*", lambda route: route.fulfill(status=503, json={"detail": "Queue is full."}))
    page.locator("a.deed[href*='do=edit']").click()
    send(page, MARKET)
    page.locator("#refused", has_text=WORDS["zh-Hans"].queue_full).wait_for()
    assert page.locator(".asked").all_inner_texts() == [SIZE]
    page.unroute("**/queue/join*")
    page.locator("#refused button").click()
    page.locator(".asked", has_text=MARKET).wait_for()
    page.locator("body:not(.going)").wait_for()
    assert page.locator(".asked").all_inner_texts() == [MARKET]
    page.context.close()


def test_a_question_is_sent_once_while_it_waits(open_page: OpenPage) -> None:
    """Until it is answered, Enter and the button send no other; what is typed meanwhile stays."""
    page = open_page("zh-CN")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/queue/join" in request.url else None)
    send(page, "请慢慢回答，即时零售是什么？")
    page.locator(".answer.writing a.cite").first.wait_for()
    send(page, MARKET)
    page.locator("#stop").click()
    page.locator(".answer.stopped").wait_for()
    page.locator("body:not(.going)").wait_for()
    assert len(sent) == 1
    assert page.locator("#question textarea").input_value() == MARKET
    page.keyboard.press("Enter")
    page.locator(".answer.answered").wait_for()
    assert len(sent) == 2


def test_a_server_that_goes_away_while_it_answers_is_told(browser: Browser, url: str, browsed_index: Path) -> None:
    """The page does not wait for ever: the question is in its box again."""
    page = browser.new_context(locale="zh-CN").new_page()
    page.set_default_timeout(60_000)
    page.goto(url)
    page.locator("html.spoken").wait_for(state="attached")
    send(page, HELD)
    page.locator(".answer.writing .waiting").wait_for()
    page.route("**/shelf/work", lambda route: route.abort())
    page.locator("#refused", has_text=WORDS["zh-Hans"].not_reached).wait_for()
    assert page.locator("#question textarea").input_value() == HELD
    page.locator("body:not(.going)").wait_for()
    (browsed_index.parent / "kept" / "go").touch()
    page.context.close()


def test_answers_are_stopped_in_order_when_the_server_ends(browser: Browser, browsed_index: Path) -> None:
    """It does not wait for what is being answered; what was asked is there when it serves again, and can be asked again."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(60_000)
    with served(browsed_index, "ended") as address:
        page.goto(address)
        page.locator("html.spoken").wait_for(state="attached")
        send(page, HELD)
        page.locator(".answer.writing .waiting").wait_for()
    with served(browsed_index, "ended") as address:
        page.goto(address)
        page.locator("html.spoken").wait_for(state="attached")
        page.locator("#show-list").click()
        page.locator("#kept li", has_text=HELD).locator(".open").click()
        page.locator(".answer.stopped a.deed[href*='do=retry']").wait_for()
    context.close()


def test_who_has_to_sign_in_again_finds_the_question_again(
    browser: Browser, browsed_index: Path, tmp_path: Path
) -> None:
    """A sign-in that ran out leads to the door, and behind it the question stands in its box."""
    shown = "一个很长的密码，够长了"
    add_user(tmp_path / "users.json", "甲", shown)
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(60_000)

    def sign_in() -> None:
        page.locator("input[name=name]").fill("甲")
        page.locator("input[name=password]").fill(shown)
        page.locator("button").click()
        page.locator("html.spoken").wait_for(state="attached")

    with served(browsed_index, "again", tmp_path / "users.json") as address:
        page.goto(address)
        sign_in()
        context.clear_cookies()
        send(page, MARKET)
        page.locator("input[name=password]").wait_for()
        sign_in()
        page.locator("#refused", has_text=WORDS["zh-Hans"].signed_out).wait_for()
        assert page.locator("#question textarea").input_value() == MARKET
        page.locator("#refused button").click()
        page.locator(".answer.answered").wait_for()
        assert page.locator("#refused").is_hidden()
    context.close()
