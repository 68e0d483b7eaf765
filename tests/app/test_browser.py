"""The page in a real browser, over a small index: what analysts see and do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from browsing import HOSTILE, NEEDS_BROWSER, SIZE, SLOW, UNKNOWN, OpenPage, ask

from assistant import Assistant
from assistant.app.languages import LANGUAGES, Language
from assistant.app.shelf_words import LIBRARY_WORDS
from assistant.app.words import WORDS
from assistant.script import converted

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = NEEDS_BROWSER


def test_a_traditional_question_finds_a_simplified_report_and_its_words_are_marked(
    open_page: OpenPage, browsed_assistant: Assistant
) -> None:
    """The answer is Traditional, and [1] opens the Simplified source with exactly the quotation marked."""
    page = open_page()
    ask(page, SIZE)
    cited = browsed_assistant.ask(SIZE).citations[0]
    assert "1.2萬億元" in page.locator(".answer p").first.inner_text()
    page.locator(".answer a.cite", has_text="[1]").first.click()
    mark = page.locator("#source mark")
    mark.wait_for()
    assert mark.count() == 1
    assert mark.text_content() == cited.quote
    assert "1.2万亿元" in cited.quote
    assert "即时零售：市场与前景" in page.locator("#source h2").inner_text()
    assert "二、规模" in page.locator("#source .facts").inner_text()
    assert mark.evaluate("m => { const a = m.getBoundingClientRect(), b = m.closest('.reading').getBoundingClientRect();"
                         " return a.top >= b.top && a.bottom <= b.bottom }")  # fmt: skip


def test_the_text_as_filed_marks_the_characters_of_the_file(open_page: OpenPage, browsed_assistant: Assistant) -> None:
    """Switched to the text as filed, the mark is raw[start:end], emoji and all; and the whole text is the file."""
    page = open_page()
    ask(page, SIZE)
    cited = browsed_assistant.ask(SIZE).citations[0]
    raw = browsed_assistant.retriever.document(cited.document).raw
    page.locator("#source [data-text=raw]").click()
    page.locator("#source .reading.raw").wait_for()
    assert page.locator("#source mark").text_content() == cited.span.of(raw)
    assert "😀" in cited.span.of(raw)
    page.locator("#source [data-whole='1']").click()
    page.locator("#source [data-whole='1'][aria-pressed=true]").wait_for()
    assert page.locator("#source .reading").text_content() == raw
    assert page.evaluate("document.activeElement.dataset.whole") == "1"


def test_citations_can_be_stepped_through(open_page: OpenPage) -> None:
    """Next and previous go through an answer's citations and end where they do."""
    page = open_page()
    ask(page, "即时零售是什么？前置仓是什么？")
    numbers = page.locator(".answer").last.locator(".sources a.cite").all_inner_texts()
    assert len(numbers) >= 2
    page.locator(".answer a.cite", has_text="[1]").first.click()
    previous, following = page.locator("#source [data-step='-1']"), page.locator("#source [data-step='1']")
    assert previous.is_disabled()
    first = page.locator("#source mark").text_content()
    following.click()
    page.locator("#source .number", has_text="[2]").wait_for()
    assert page.locator("#source mark").text_content() != first
    assert page.locator(".answer a.cite.open").first.inner_text() == "[2]"
    previous.click()
    page.locator("#source .number", has_text="[1]").wait_for()
    assert page.locator("#source mark").text_content() == first


def test_a_follow_up_leans_on_the_question_before(open_page: OpenPage, browsed_assistant: Assistant) -> None:
    """The second answer is the one that the history of the conversation calls for."""
    page = open_page("zh-CN")
    ask(page, "2023年即时零售的市场规模是多少？")
    ask(page, "那2022年呢？")
    expected = browsed_assistant.ask("那2022年呢？", history=["2023年即时零售的市场规模是多少？"])
    shown = page.locator(".answer").last.locator("p").first.inner_text()
    assert re.sub(r"\[\d+\]|\s", "", shown) == re.sub(r"\s", "", expected.text)
    assert page.locator(".asked").all_inner_texts() == ["2023年即时零售的市场规模是多少？", "那2022年呢？"]


@pytest.mark.parametrize(
    ("browser_language", "language"),
    [("zh-CN", "zh-Hans"), ("zh-TW", "zh-Hant"), ("zh-HK", "zh-Hant"), ("en-US", "en"), ("fr-FR", "zh-Hans")],
)
def test_labels_follow_the_browser(open_page: OpenPage, browser_language: str, language: Language) -> None:
    """Every label is in the browser's language."""
    page = open_page(browser_language)
    expect_labels(page, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_address_can_choose_the_language(open_page: OpenPage, language: Language) -> None:
    """`?lang=` comes before the browser."""
    expect_labels(open_page("fr-FR", f"/?lang={language}"), language)


def test_the_chosen_language_is_kept_and_so_is_the_conversation(open_page: OpenPage) -> None:
    """Choosing a language changes the labels in place, and the next visit begins in it."""
    page = open_page("zh-TW")
    ask(page, SIZE)
    page.locator("#language label", has_text="English").click()
    page.locator("#brand h1", has_text="Wenju").wait_for()
    assert page.locator(".answer").count() == 1
    page.locator("#source .copy", has_text=WORDS["en"].copy).wait_for()
    page.reload()
    page.locator(".answer").wait_for()
    page.locator("#clear").click()
    page.locator(".welcome").wait_for()
    expect_labels(page, "en")


def expect_labels(page: Page, language: Language) -> None:
    words = WORDS[language]
    shelf = LIBRARY_WORDS[language]
    for part, label in (
        ("#brand h1", words.name),
        ("#question .submit-button", words.ask),
        ("#clear", words.clear),
        ("#scope", shelf.all),
        ("#choosing [data-shelf=choose]", shelf.add),
        (".head-deeds [data-shelf=open]", words.shelf),
        (".welcome h2", words.welcome),
        ("#source .hint", words.no_source),
    ):
        page.locator(part, has_text=label).wait_for()
    for part in (
        f'#question textarea[placeholder="{words.placeholder}"]',
        f'html[lang="{language}"]',
        f'#chat [role=log][aria-label="{words.conversation}"]',
    ):
        page.locator(part).wait_for()


def test_examples_are_asked_by_a_click(open_page: OpenPage) -> None:
    """An example question is from the documents, in the page's script, and has an answer."""
    page = open_page("zh-TW")
    example = page.locator("#chat .example", has_text="前置倉").first
    question = example.inner_text().strip()
    example.click()
    page.locator(".answer.answered").wait_for()
    assert page.locator(".asked").inner_text() == question


def test_a_hostile_document_is_shown_as_text(open_page: OpenPage) -> None:
    """Markup, Markdown and scripts in a document are characters, in the answer as in the source."""
    page = open_page("zh-CN")
    ask(page, HOSTILE)
    page.locator("#source [data-text=raw]").click()
    page.locator("#source .reading.raw").wait_for()
    for place in (page.locator(".answer p").first, page.locator("#source mark")):
        text = place.text_content() or ""
        for piece in ("**88元**", "<script>hacked=1</script>", "$$x^2$$", "[点我](javascript:", "${window"):
            assert piece in text
    assert "<img src=http://evil.example" in page.locator("#source h2").inner_text()
    with page.context.expect_page() as opened:
        page.locator("#source a.open").click()
    whole = opened.value
    whole.locator("mark").wait_for()
    for shown in (page, whole):
        assert shown.evaluate("window.hacked") is None
        assert shown.locator("img[src*=evil], a[href^=javascript], .katex").count() == 0
    assert whole.locator("script, img").count() == 0


def test_a_hostile_question_is_shown_as_text(open_page: OpenPage) -> None:
    """What a reader types is text too."""
    page = open_page()
    ask(page, "<img src=x onerror='window.hacked=1'> **R1**\n\n# 大 `x`？")
    assert page.locator(".asked").inner_text() == "<img src=x onerror='window.hacked=1'> **R1**\n\n# 大 `x`？"
    assert page.evaluate("window.hacked") is None


def test_a_refusal_is_shown_as_such_with_the_nearest_passages(
    open_page: OpenPage, browsed_assistant: Assistant
) -> None:
    """What the reports do not tell is said, and the nearest passages can be opened."""
    refused = browsed_assistant.ask(UNKNOWN)
    assert refused.abstained
    page = open_page("en-US")
    ask(page, UNKNOWN)
    bubble = page.locator(".answer.refused")
    assert WORDS["en"].badge_refused.lower() in bubble.inner_text().lower()
    assert bubble.locator(".near").count() == len(refused.citations)
    last = bubble.locator("a.cite").last
    number = last.inner_text()
    last.click()
    page.locator("#source .number", has_text=number).wait_for()
    page.locator("#source mark").first.wait_for()


def test_enter_asks_and_shift_enter_breaks_the_line(open_page: OpenPage) -> None:
    """Shift+Enter writes a second line, Enter sends both."""
    page = open_page()
    box = page.locator("#question textarea")
    box.fill("即時零售")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("是什麼？")
    assert box.input_value() == "即時零售\n是什麼？"
    assert page.locator(".asked").count() == 0
    page.keyboard.press("Enter")
    page.locator(".answer.answered, .answer.refused").wait_for()
    page.wait_for_function("document.querySelector('#question textarea').value === ''")


def test_enter_that_picks_a_word_of_an_input_method_asks_nothing(open_page: OpenPage) -> None:
    """While an input method composes, Enter belongs to it."""
    page = open_page()
    box = page.locator("#question textarea")
    box.fill("jishi")
    for kind in ("keydown", "keypress"):
        box.dispatch_event(kind, {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True})
    # Whatever Enter had asked would stand before the next question.
    ask(page, SIZE)
    assert page.locator(".asked").all_inner_texts() == [SIZE]


def test_an_answer_can_be_stopped(open_page: OpenPage) -> None:
    """Stopping keeps the sentences that were written, and the next question is answered."""
    page = open_page("en-US")
    page.locator("#question textarea").fill(SLOW)
    page.keyboard.press("Enter")
    page.locator(".answer.writing a.cite").first.wait_for()
    page.locator("#stop").click()
    page.locator(".answer.stopped").wait_for()
    assert "即时零售" in page.locator(".answer.stopped").inner_text()
    assert page.locator("#chat [data-testid=status-tracker]:not(.hide)").count() == 0  # it would take every click
    ask(page, SIZE)
    assert page.locator(".answer.answered").count() == 1


def test_an_answer_goes_on_while_another_conversation_is_read(open_page: OpenPage) -> None:
    """What is written of it stays out of the other; who comes back sees it end, and can go on."""
    page = open_page("zh-CN")
    ask(page, SIZE)
    page.locator("#clear").click()
    page.locator("#chat .example").first.wait_for()
    page.locator("#question textarea").fill(SLOW)
    page.keyboard.press("Enter")
    page.locator(".answer.writing a.cite").first.wait_for()
    page.locator("#show-list").click()
    page.locator("#kept li", has_text=SIZE).locator(".open").click()
    page.locator(".answer.answered", has_text="1.2萬億元").wait_for()
    page.locator("body:not(.going)").wait_for()
    page.locator("#kept li", has_text=SLOW).locator(".open").click()
    page.locator(".answer.writing").wait_for()
    page.locator(".answer.answered").wait_for()
    assert page.locator(".asked").all_inner_texts() == [SLOW]
    page.locator("a.deed[href*='do=retry']").wait_for()
    ask(page, SIZE)
    assert page.locator(".asked").all_inner_texts() == [SLOW, SIZE]


def test_clearing_begins_anew(open_page: OpenPage) -> None:
    """The conversation, the source and the history are gone, and the examples are back."""
    page = open_page()
    ask(page, SIZE)
    page.locator("#clear").click()
    page.locator("#chat .example").first.wait_for()
    page.locator("#source .hint").wait_for(state="attached")
    assert page.locator(".answer").count() == 0
    ask(page, "前置倉是什麼？")
    assert page.locator(".answer").get_attribute("id") == "answer-1"


def test_the_filter_keeps_to_the_chosen_documents(open_page: OpenPage) -> None:
    """A document chosen in the shelf is the only one that is cited, until all are asked again."""
    page = open_page()
    page.locator("#choosing [data-tab=shared]").click()
    page.locator("#shelf li", has_text="倉儲物流觀察").locator("label").click()
    page.locator("#shelf .shelf-foot .send").click()
    assert page.locator("#scope").inner_text() == "倉儲物流觀察"
    ask(page, "即時零售的市場規模是多少？")
    assert set(page.locator(".answer .title").all_inner_texts()) == {"倉儲物流觀察"}
    page.locator("#choosing [data-tab=shared]").click()
    assert page.locator("#shelf li", has_text="倉儲物流觀察").locator("input").is_checked()
    page.locator("#shelf [data-shelf=clear]").click()
    page.keyboard.press("Escape")
    ask(page, SIZE)
    assert "即时零售：市场与前景" in page.locator(".answer").last.locator(".title").all_inner_texts()


def test_a_quotation_is_copied_with_its_reference(open_page: OpenPage, browsed_assistant: Assistant) -> None:
    """The clipboard holds the quotation, the title and the path."""
    page = open_page()
    ask(page, SIZE)
    page.locator("#source .copy").click()
    page.locator("#source .copy", has_text=WORDS["zh-Hant"].copied).wait_for()
    quote = browsed_assistant.ask(SIZE).citations[0].quote
    assert page.evaluate("navigator.clipboard.readText()") == f"「{quote}」——《即时零售：市场与前景》（零售.md）"


def test_the_whole_text_opens_in_a_tab_at_the_mark(open_page: OpenPage, browsed_assistant: Assistant) -> None:
    """The link shows the whole document with the passage marked and in view."""
    page = open_page()
    ask(page, SIZE)
    with page.context.expect_page() as opened:
        page.locator("#source a.open").click()
    whole = opened.value
    whole.locator("mark").wait_for()
    assert whole.locator("mark").text_content() == browsed_assistant.ask(SIZE).citations[0].quote
    assert whole.locator("mark").evaluate("m => m.getBoundingClientRect().top < innerHeight")
    whole.locator("nav a", has_text=WORDS["zh-Hant"].raw).click()
    whole.locator("main.raw mark").wait_for()


def test_the_page_fits_a_phone(open_page: OpenPage) -> None:
    """Nothing is wider than the screen; a citation opens a sheet that Escape closes, giving back the focus."""
    page = open_page("zh-CN", width=390, height=844)
    fits = "document.documentElement.scrollWidth <= innerWidth && document.body.scrollHeight <= innerHeight"
    page.wait_for_function(fits)
    ask(page, "2023年即时零售的市场规模是多少？")
    page.wait_for_function(fits)
    sheet = page.locator("#source-column")
    assert not sheet.is_visible()
    page.locator(".answer a.cite").first.click()
    page.locator(".source-open #source mark").wait_for()
    page.wait_for_function(
        "Math.abs(document.querySelector('#source-column').getBoundingClientRect().bottom - innerHeight) < 1"
    )
    box = sheet.bounding_box()
    assert box is not None
    assert box["x"] == 0
    assert box["width"] == 390
    assert box["y"] + box["height"] == pytest.approx(844, abs=1)
    page.wait_for_function("document.activeElement.id === 'source'")
    page.keyboard.press("Escape")
    sheet.wait_for(state="hidden")
    page.wait_for_function("document.activeElement.className.startsWith('cite')")
    page.wait_for_function(fits)


def test_citations_are_reached_by_the_keyboard(open_page: OpenPage) -> None:
    """A citation takes the focus and Enter opens it."""
    page = open_page()
    ask(page, "即时零售是什么？前置仓是什么？")
    page.locator("#clear").focus()
    cite = page.locator(".answer a.cite", has_text="[2]").first  # the first is opened with the answer
    cite.focus()
    page.keyboard.press("Enter")
    page.locator("#source .number", has_text="[2]").wait_for()
    page.locator("#source mark").wait_for()
    assert cite.get_attribute("aria-current") == "true"


def test_everything_that_can_be_operated_has_a_name(open_page: OpenPage) -> None:
    """No visible button, link or field is without words for a screen reader, and no bubble is read as markup."""
    page = open_page()
    ask(page, SIZE)
    nameless = page.evaluate(
        "[...document.querySelectorAll('button, a[href], input, textarea, select')].filter(e => e.checkVisibility() &&"
        " !(e.innerText || e.ariaLabel || e.title || e.closest('label')?.innerText)).map(e => e.outerHTML.slice(0, 200))"
    )
    assert nameless == []
    assert page.locator("#chat [aria-label*='<']").count() == 0


def test_a_quotation_is_shown_in_the_script_of_its_reader(open_page: OpenPage, browsed_assistant: Assistant) -> None:
    """The same characters are marked, in the other script, and back again."""
    page = open_page()
    ask(page, SIZE)
    quote = browsed_assistant.ask(SIZE).citations[0].quote
    page.locator("#source [data-script]").click()
    page.locator("#source [data-script][aria-pressed=true]").wait_for()
    assert page.locator("#source mark").text_content() == converted(quote, "zh-Hant")
    assert page.evaluate("document.activeElement.dataset.script") == ""
    page.locator("#source [data-script]").click()
    page.locator("#source [data-script][aria-pressed=false]").wait_for()
    assert page.locator("#source mark").text_content() == quote


def test_the_reader_chooses_light_or_dark(open_page: OpenPage) -> None:
    """The choice goes before the system's, and is kept."""
    page = open_page("zh-CN")
    ground = "getComputedStyle(document.querySelector('#source-column')).backgroundColor"
    light = page.evaluate(ground)
    for _ in range(2):
        page.locator("#theme").click()
    assert page.locator("#theme").get_attribute("title") == WORDS["zh-Hans"].theme_dark
    page.wait_for_function(f"{ground} !== '{light}'")
    page.reload()
    page.locator("html.spoken").wait_for(state="attached")
    page.wait_for_function(f"{ground} !== '{light}'")
    page.locator("#theme").click()
    page.wait_for_function(f"{ground} === '{light}'")


def test_dark_is_dark(browser: Browser, url: str) -> None:
    """Where the system is dark, the page is, and its text is light."""
    context = browser.new_context(color_scheme="dark", locale="zh-CN")
    page = context.new_page()
    page.goto(url)
    page.locator("html.spoken").wait_for(state="attached")
    lightness = "c => c.match(/[\\d.]+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0)"
    ground, ink = (
        page.evaluate(f"({lightness})(getComputedStyle(document.querySelector('{where}')).{what})")
        for where, what in (("#source-column", "backgroundColor"), ("#source", "color"))
    )
    assert ground < 150
    assert ink > 500
    context.close()
