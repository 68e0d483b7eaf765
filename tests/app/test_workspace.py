"""What analysts do beside asking and reading, in a real browser: ask again, filter, keep, take along, and tell what they think."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2 as pdfium
import pytest
from browsing import NEEDS_BROWSER, PDF, SIZE, SLOW, UNKNOWN, OpenPage, ask, served

from assistant import Assistant
from assistant.app.shelf_words import LIBRARY_WORDS
from assistant.app.users import add_user
from assistant.app.words import WORDS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = NEEDS_BROWSER
WORD = WORDS["zh-Hans"]
LIBRARY = LIBRARY_WORDS["zh-Hans"]
MARKET = "2023年即时零售的市场规模是多少？"
STORE = "前置仓是什么？"


def settled(page: Page, answers: int) -> None:
    """Wait until so many answers are there and none is being written."""
    page.wait_for_function(
        "n => document.querySelectorAll('.answer').length === n && !document.querySelector('.answer.writing')"
        " && !document.body.classList.contains('going')",
        arg=answers,
    )


def test_the_last_question_is_edited(open_page: OpenPage) -> None:
    """What is asked instead takes the place of the question and of its answer."""
    page = open_page("zh-CN")
    ask(page, STORE)
    ask(page, MARKET)
    page.locator("a.deed[href*='do=edit']").click()
    box = page.locator("#question textarea")
    assert box.input_value() == MARKET
    box.fill("2022年即时零售的市场规模是多少？")
    page.keyboard.press("Enter")
    page.locator(".asked", has_text="2022年").wait_for()
    settled(page, 2)
    assert page.locator(".asked").all_inner_texts() == [STORE, "2022年即时零售的市场规模是多少？"]
    assert "8400亿元" in page.locator(".answer").last.inner_text()
    assert box.input_value() == ""


def test_escape_leaves_the_question_as_it_was(open_page: OpenPage) -> None:
    """Editing that is given up changes nothing, and the next question is a new one."""
    page = open_page("zh-CN")
    ask(page, STORE)
    page.locator("a.deed[href*='do=edit']").click()
    page.locator("body.editing").wait_for()
    page.keyboard.press("Escape")
    page.locator("body:not(.editing)").wait_for()
    assert page.locator("#question textarea").input_value() == ""
    ask(page, MARKET)
    assert page.locator(".asked").all_inner_texts() == [STORE, MARKET]


def test_escape_stops_an_answer_and_it_is_asked_again(open_page: OpenPage) -> None:
    """Esc stops; "answer again" asks the same question in its place."""
    page = open_page("zh-CN")
    page.locator("#question textarea").fill(SLOW)
    page.keyboard.press("Enter")
    page.locator(".answer.writing a.cite").first.wait_for()
    page.keyboard.press("Escape")
    page.locator(".answer.stopped").wait_for()
    page.wait_for_function("location.search.includes('conversation=')")
    page.locator("a.deed[href*='do=retry']").click()
    page.locator(".answer.answered").wait_for()
    settled(page, 1)
    assert page.locator(".asked").all_inner_texts() == [SLOW]


def test_related_questions_are_asked_by_a_click(open_page: OpenPage, browsed_assistant: Assistant) -> None:
    """They come after the answer, and each has an answer of its own."""
    page = open_page("zh-CN")
    ask(page, MARKET)
    offered = page.locator("#next button")
    offered.first.wait_for()
    questions = offered.all_inner_texts()
    assert 1 <= len(questions) <= 3
    assert not any(browsed_assistant.ask(q).abstained for q in questions)
    offered.first.click()
    page.locator(".asked", has_text=questions[0]).wait_for()
    settled(page, 2)
    assert page.locator(".answer").last.evaluate("a => a.classList.contains('answered')")


def test_the_page_of_a_pdf_is_shown_with_the_cited_lines_marked(
    open_page: OpenPage, browsed_assistant: Assistant
) -> None:
    """The picture is there, the mark lies on it, and the text is one switch away."""
    question = "DTC是什么意思？"
    cited = browsed_assistant.ask(question).citations[0]
    assert cited.document == PDF
    page = open_page("zh-CN")
    ask(page, question)
    picture = page.locator("#source .sheet img")
    picture.wait_for()
    page.wait_for_function("document.querySelector('#source .sheet img').naturalWidth > 500")
    sheet, mark = picture.bounding_box(), page.locator("#source .sheet mark").first.bounding_box()
    assert sheet is not None
    assert mark is not None
    assert sheet["x"] < mark["x"] < sheet["x"] + sheet["width"]
    assert sheet["y"] < mark["y"] < sheet["y"] + sheet["height"]
    page.locator("#source [data-text=clean]").click()
    page.locator("#source .reading.clean mark").wait_for()
    assert page.locator("#source mark").text_content() == cited.quote
    page.locator("#source [data-text=picture]").click()
    page.locator("#source [data-by='1']:not([disabled])").click()
    page.locator("#source .leafing", has_text="第 2 /").wait_for()


def test_an_answer_is_copied(open_page: OpenPage) -> None:
    """The clipboard holds what was said with the numbers of its sources, and the sources below."""
    page = open_page("zh-CN")
    ask(page, MARKET)
    page.locator("a.deed[href*='do=copy']").click()
    page.locator("#told.shown", has_text=WORD.copied).wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "1.2万亿元" in copied
    assert "《即时零售：市场与前景》（零售.md）" in copied


def test_the_reasons_for_the_sources_are_told(open_page: OpenPage) -> None:
    """One entry for each citation in words, and the way back to the source."""
    page = open_page("zh-CN")
    ask(page, MARKET)
    page.locator("a.deed[href*='do=why']").click()
    reasons = page.locator("#source .why li")
    reasons.first.wait_for()
    assert WORD.by_terms in reasons.first.inner_text()
    assert any(w in reasons.first.inner_text() for w in (WORD.very_strong, WORD.strong))
    reasons.first.locator("a.cite").click()
    page.locator("#source .reading:not(.why) mark").wait_for()


def test_a_link_to_a_citation_is_copied_and_opens_it(open_page: OpenPage, browsed_assistant: Assistant) -> None:
    """The address in the clipboard shows the passage marked in its text."""
    page = open_page("zh-CN")
    ask(page, SIZE)
    page.locator("#source .link").click()
    page.locator("#source .link", has_text=WORD.copied).wait_for()
    address = page.evaluate("navigator.clipboard.readText()")
    page.goto(address)
    assert page.locator("mark").text_content() == browsed_assistant.ask(SIZE).citations[0].quote
    assert page.locator(".note").count() == 0


def test_publishers_and_years_choose_the_documents(open_page: OpenPage) -> None:
    """Only what fits is cited; a choice that nothing fits is told, and can be widened."""
    page = open_page("zh-CN")
    page.locator(".head-deeds [data-shelf=open]").click()
    page.locator("#shelf [data-choice=publisher]").select_option("乙研究院")
    page.locator("#shelf li", has_text="即时零售：市场与前景").wait_for(state="detached")
    assert page.locator("#shelf li .title").all_inner_texts() == ["倉儲物流觀察"]
    page.keyboard.press("Escape")
    assert page.locator("#scope").inner_text() == "乙研究院"
    ask(page, MARKET)
    assert set(page.locator(".answer .title").all_inner_texts()) == {"倉儲物流觀察"}
    page.locator("#choosing [data-tab=shared]").click()
    page.locator("#shelf [data-choice=until]").select_option("2023")
    page.locator("#shelf .none", has_text=LIBRARY.nothing_found).wait_for()
    page.keyboard.press("Escape")
    ask(page, MARKET)
    assert page.locator(".answer.failed").inner_text().startswith(WORD.nothing_fits)


def test_conversations_are_kept_found_renamed_and_deleted(open_page: OpenPage) -> None:
    """A conversation is there after a reload, opens from the list, and goes when it is deleted."""
    page = open_page("zh-CN")
    title = "前置仓每单的履约成本是多少？"
    ask(page, title)
    page.wait_for_function("location.search.includes('conversation=')")
    page.reload()
    page.locator(".answer.answered").wait_for()
    assert page.locator(".asked").all_inner_texts() == [title]
    page.locator("#clear").click()
    page.locator("#chat .example").first.wait_for()
    page.locator("#show-list").click()
    page.locator("#search").fill("前置倉 履約")
    line = page.locator("#kept li", has_text=title)
    line.first.wait_for()
    line.first.locator(".open").click()
    page.locator(".asked", has_text=title).wait_for()
    page.locator("#kept li[aria-current]").wait_for()  # the list was made anew for the conversation that was opened
    with page.expect_response(lambda reply: "/conversations?" in reply.url and "&q=&" in reply.url):
        page.locator("#search").fill("")
    page.once("dialog", lambda dialog: dialog.accept("我的成本问题"))
    page.locator("#kept li[aria-current] [data-list=rename]").click()
    page.locator("#kept li[aria-current]", has_text="我的成本问题").wait_for()
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#kept li[aria-current] [data-list=delete]").click()
    page.locator("#chat .example").first.wait_for()
    page.locator("#kept li", has_text="我的成本问题").wait_for(state="detached")


@pytest.mark.parametrize("form", ["md", "docx"])
def test_a_conversation_is_taken_along(open_page: OpenPage, form: str) -> None:
    """The file is named by the conversation and holds what was asked."""
    page = open_page("zh-CN")
    ask(page, MARKET)
    page.locator("#show-list").click()
    page.locator(f"[data-export={form}]:not([disabled])").wait_for()
    with page.expect_download() as saved:
        page.locator(f"[data-export={form}]").click()
    assert saved.value.suggested_filename.endswith(f".{form}")
    data = Path(saved.value.path()).read_bytes()
    assert MARKET.encode() in data if form == "md" else data.startswith(b"PK")


def test_a_conversation_is_printed_whole(open_page: OpenPage, tmp_path: Path) -> None:
    """On paper stand all questions and answers with their sources, dark or not, and nothing that is pressed."""
    page = open_page("zh-CN")
    for question in (MARKET, STORE, UNKNOWN):
        ask(page, question)
    page.locator("#show-list").click()
    page.locator("[data-export=print]:not([disabled])").wait_for()
    page.locator("#next button").first.wait_for()
    page.pdf(path=tmp_path / "a.pdf", format="A5")
    with pdfium.PdfDocument(tmp_path / "a.pdf") as pages:
        assert len(pages) > 1
        text = "".join(page.get_textpage().get_text_range() for page in pages)
    said = re.sub(r"\s", "", text)
    for told in (MARKET, STORE, UNKNOWN, "1.2万亿元", "即时零售：市场与前景", WORD.badge_refused):
        assert re.sub(r"\s", "", told) in said
    for pressed in (WORD.retry, WORD.conversations, WORD.ask_again, WORD.search, WORD.copy):
        assert pressed not in said


def test_the_keyboard_is_explained_and_leads_anywhere(open_page: OpenPage) -> None:
    """`?` tells the keys, `/` goes to the question, Ctrl+K searches the library; in the box they are letters."""
    page = open_page("zh-CN")
    page.locator("#show-list").focus()
    page.keyboard.press("?")
    page.locator("#card[open] .keys", has_text=WORD.key_steps).wait_for()
    page.keyboard.press("Escape")
    page.locator("#card[open]").wait_for(state="detached")
    page.locator("#show-list").focus()
    page.keyboard.press("/")
    page.wait_for_function("document.activeElement.matches('#question textarea')")
    page.keyboard.type("/?")
    assert page.locator("#question textarea").input_value() == "/?"
    assert page.locator("#card[open]").count() == 0
    page.keyboard.press("Control+k")
    page.wait_for_function("document.activeElement.id === 'find'")
    page.keyboard.press("Escape")
    page.locator("#shelf[open]").wait_for(state="detached")
    page.locator("#keys").click()
    page.locator("#card[open] .keys").wait_for()
    page.locator("#card [data-card=close]").click()
    page.locator("#card[open]").wait_for(state="detached")


def test_readers_tell_what_they_think(open_page: OpenPage) -> None:
    """A thumb up at once, a thumb down with its reason; the page shows which was given."""
    page = open_page("zh-CN")
    ask(page, UNKNOWN)
    page.locator("a.deed[href*='do=good']").click()
    page.locator("a.thumb.given", has_text=WORD.helpful).wait_for()
    page.locator("a.deed[href*='do=bad']").click()
    page.locator("#card label", has_text=WORD.should_answer).click()
    page.locator("#card textarea").fill("在第三章")
    page.locator("#card .send").click()
    page.locator("a.thumb.given", has_text=WORD.unhelpful).wait_for()
    assert page.locator("a.thumb.given").count() == 1
    page.reload()
    page.locator("a.thumb.given", has_text=WORD.unhelpful).wait_for()


def test_the_workspace_fits_a_phone(open_page: OpenPage) -> None:
    """The list is a drawer, nothing is wider than the screen, and related questions scroll in their own row."""
    page = open_page("zh-CN", width=390, height=844)
    ask(page, MARKET)
    page.locator("#next button").first.wait_for()
    fits = "document.documentElement.scrollWidth <= innerWidth && document.body.scrollHeight <= innerHeight"
    page.wait_for_function(fits)
    page.locator("#show-list").click()
    page.locator("#kept li").first.wait_for()
    page.wait_for_function(fits)
    page.keyboard.press("Escape")
    page.locator("#keeping").wait_for(state="hidden")


def test_who_signs_in_has_their_own_conversations(browser: Browser, browsed_index: Path, tmp_path: Path) -> None:
    """The door comes first; behind it each sees only what they asked; signing out shuts it again."""
    shown = "一个很长的密码，够长了"
    for name in ("甲", "乙"):
        add_user(tmp_path / "users.json", name, shown)
    with served(browsed_index, "guarded", tmp_path / "users.json") as address:
        for name in ("甲", "乙"):
            context = browser.new_context(locale="zh-CN")
            page = context.new_page()
            page.set_default_timeout(60_000)
            page.goto(address)
            page.locator("input[name=name]").fill(name)
            page.locator("input[name=password]").fill(shown)
            page.locator("button").click()
            page.locator("html.spoken").wait_for(state="attached")
            page.locator("#show-list").click()
            page.locator("#kept .none").wait_for()
            ask(page, MARKET)
            page.locator("#source mark").wait_for()
            page.locator("#kept li", has_text=MARKET).wait_for()
            page.locator("[data-list=leave]").click()
            page.locator("input[name=password]").wait_for()
            page.goto(address)
            page.locator("input[name=password]").wait_for()
            context.close()
