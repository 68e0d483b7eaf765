"""What readers bring and what admins do, in a real browser."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import NEEDS_BROWSER, PDF, OpenPage, ask, served

from assistant.app.shelf_words import LIBRARY_WORDS
from assistant.app.users import Role, add_user
from assistant.app.words import WORDS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = NEEDS_BROWSER
WORD = LIBRARY_WORDS["zh-Hans"]
MARS = "2031年火星咖啡的市场规模是多少？"
REPORT = "# 火星咖啡调研\n\n## 一、规模\n\n2031年火星咖啡的市场规模为47亿元。\n"
HOSTILE_NAME = "<img src=x onerror=window.hacked=1>\u202e [a](javascript:b).txt"
HOSTILE = "<script>window.hacked=2</script><img src=http://evil.example/x.png onerror='window.hacked=3'> 标题\n\n火星茶的均价为**9元**</mark><b>。\n"
PASSWORD = "一个很长的密码，够长了"  # noqa: S105


@pytest.fixture
def report(tmp_path: Path) -> Path:
    (tmp_path / "火星咖啡.md").write_text(REPORT, "utf-8")
    return tmp_path / "火星咖啡.md"


def bring(page: Page, *files: Path) -> None:
    """Bring files, and wait until all can be asked about."""
    page.locator("#choosing [data-tab=shared]").click()
    page.locator("#shelf[open] [role=tab][data-tab=own]").click()
    page.locator("#shelf .drop").wait_for()
    page.locator("#files").set_input_files(files)
    for file in files:
        page.locator(f'#shelf li[data-name="{file.name}"] .state.ready').wait_for()
    page.keyboard.press("Escape")


def test_a_file_is_brought_asked_about_and_removed(open_page: OpenPage, report: Path) -> None:
    """Its answer is marked as the reader's own, its words are marked, and it goes when it is deleted."""
    page = open_page("zh-CN")
    ask(page, MARS)
    assert page.locator(".answer.refused").count() == 1
    bring(page, report)
    page.locator("#own-count .count", has_text="1").wait_for()
    page.locator("#next button", has_text="火星咖啡").first.wait_for()
    ask(page, MARS)
    answer = page.locator(".answer").last
    assert "47亿元" in answer.inner_text()
    assert WORDS["zh-Hans"].own_file in answer.locator(".origin").first.inner_text()
    page.locator("#source .path", has_text="火星咖啡.md").wait_for()  # the source of the refusal stood there before
    assert page.locator("#source mark").text_content() == "2031年火星咖啡的市场规模为47亿元。"
    page.locator("#own-count").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#shelf [data-shelf=delete]").click()
    page.locator("#shelf .none", has_text=WORD.none_own).wait_for()
    page.keyboard.press("Escape")
    ask(page, MARS)
    assert page.locator(".answer").last.evaluate("a => a.classList.contains('refused')")


def test_a_pdf_is_brought_and_its_page_is_shown(open_page: OpenPage, tmp_path: Path) -> None:
    """The picture of the page comes from the reader's own file, with the cited lines marked."""
    own = shutil.copy(Path(__file__).parents[2] / "corpus" / PDF, tmp_path / "我的.pdf")
    page = open_page("zh-CN")
    bring(page, Path(own))
    page.locator("#own-count").click()
    page.locator("#shelf [data-shelf=only]").click()
    ask(page, "DTC是什么意思？")
    picture = page.locator("#source .sheet img")
    picture.wait_for()
    page.wait_for_function("document.querySelector('#source .sheet img').naturalWidth > 500")
    assert page.locator("#source .sheet mark").count() >= 1
    assert page.locator("#source .path").inner_text() == "我的.pdf"


def test_files_are_dropped_on_the_page(open_page: OpenPage) -> None:
    """Wherever they are let go, they are brought."""
    page = open_page("zh-CN")
    page.evaluate(
        """text => {
            const carried = new DataTransfer();
            carried.items.add(new File([text], "放下的.md"));
            document.getElementById("chat").dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true }));
        }""",
        REPORT,
    )
    page.locator("#own-count .count", has_text="1").wait_for()


def test_what_is_not_taken_is_told(open_page: OpenPage, tmp_path: Path) -> None:
    """A kind that is not read is turned away with the reason; a broken file stays with its problem."""
    (tmp_path / "a.exe").write_bytes(b"MZ")
    (tmp_path / "坏.pdf").write_bytes(b"no pdf")
    page = open_page("zh-CN")
    page.locator("#files").set_input_files([tmp_path / "a.exe"])
    page.locator("#told.shown", has_text=WORD.wrong_type).wait_for()
    page.locator("#files").set_input_files([tmp_path / "坏.pdf"])
    page.locator("#own-count .count", has_text="1").wait_for()
    page.locator("#own-count").click()
    page.locator("#shelf .state.failed").wait_for()
    assert page.locator("#shelf .problem").inner_text()


def test_a_hostile_file_is_shown_as_text(open_page: OpenPage, tmp_path: Path) -> None:
    """Neither its name nor its title nor its text is markup, in the list, in the answer and in the source."""
    (tmp_path / HOSTILE_NAME).write_text(HOSTILE, "utf-8")
    page = open_page("zh-CN")
    page.locator("#files").set_input_files([tmp_path / HOSTILE_NAME])
    page.locator("#own-count .count", has_text="1").wait_for()
    page.locator("#own-count").click()
    page.locator("#shelf .state.ready").wait_for()
    assert "<script>" in page.locator("#shelf .title").inner_text()
    assert "\u202e" not in page.locator("#shelf").inner_html()
    page.keyboard.press("Escape")
    ask(page, "火星茶的均价是多少？")
    assert "**9元**" in page.locator(".answer").inner_text()
    assert "<img src=x" in page.locator("#source .path").inner_text()
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src*=evil], a[href^=javascript], #shelf script, #source script").count() == 0


def test_two_browsers_do_not_see_each_others_files_and_conversations(open_page: OpenPage, report: Path) -> None:
    """Without signing in a browser is known by its cookie: another one neither lists, finds nor opens what is the first's."""
    first, second = open_page("zh-CN"), open_page("zh-CN")
    bring(first, report)
    ask(first, MARS)
    first.locator("#source mark").wait_for()
    link = first.locator("#source a.open").get_attribute("href")
    first.locator("#show-list").click()
    first.locator("#kept li", has_text=MARS).wait_for()
    assert WORDS["zh-Hans"].whose_browser in first.locator("#keeping").inner_text()
    second.goto(first.url)  # names the first one's conversation
    second.locator("html.spoken").wait_for(state="attached")
    second.locator("#show-list").click()
    second.locator("#kept .none", has_text=WORDS["zh-Hans"].none_kept).wait_for()
    second.wait_for_function("!location.search.includes('conversation=')")
    assert second.locator(".asked").count() == 0
    ask(second, MARS)
    assert second.locator(".answer.refused").count() == 1
    assert second.locator("#own-count").is_hidden()
    assert second.request.get(f"{second.url.split('?')[0]}{link}").status == 404
    assert first.request.get(f"{first.url.split('?')[0]}{link}").status == 200


def signed_in(browser: Browser, address: str, name: str, width: int = 1280) -> Page:
    """The page of a user who signed in."""
    page = browser.new_context(locale="zh-CN", viewport={"width": width, "height": 844}).new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button").click()
    page.locator("html.spoken").wait_for(state="attached")
    return page


def test_users_keep_their_files_apart_and_only_an_admin_changes_the_reports(
    browser: Browser, browsed_index: Path, report: Path, tmp_path: Path
) -> None:
    """A wrong password is refused; a reader sees no deeds of an admin, who adds a file to what all share."""
    index = tmp_path / "index"
    shutil.copytree(browsed_index, index)
    users = tmp_path / "users.json"
    roles: dict[str, Role] = {"读者": "reader", "管理员": "admin"}
    for name, role in roles.items():
        add_user(users, name, PASSWORD, role)
    with served(index, "kept", users, live=True) as address:
        refused = browser.new_page()
        refused.goto(address)
        refused.locator("input[name=name]").fill("读者")
        refused.locator("input[name=password]").fill("不是这个密码，不是")
        refused.locator("button").click()
        refused.locator(".note").wait_for()
        reader, admin = (signed_in(browser, address, name) for name in roles)
        bring(admin, report)
        ask(reader, MARS)
        assert reader.locator(".answer.refused").count() == 1
        reader.locator(".head-deeds [data-shelf=open]").click()
        reader.locator("#shelf .documents li").first.wait_for()
        assert reader.locator("#shelf [data-deed]").count() == 0
        forced = "fetch('shelf/work', {method: 'POST', body: JSON.stringify({deed: 'remove', path: '零售.md'})}).then(r => r.status)"
        assert reader.evaluate(forced) == 403
        reader.keyboard.press("Escape")
        admin.locator("#own-count").click()
        admin.once("dialog", lambda dialog: dialog.accept())
        admin.locator("#shelf [data-deed=promote]").click()
        admin.locator("#shelf .work", has_text=WORD.done_promote).wait_for()
        ask(reader, MARS)
        assert "47亿元" in reader.locator(".answer").last.inner_text()
        admin.locator("[role=tab][data-tab=shared]").click()
        line = admin.locator('#shelf li[data-path="火星咖啡.md"]')
        line.wait_for()
        admin.once("dialog", lambda dialog: dialog.accept())
        line.locator("[data-deed=remove]").click()
        line.wait_for(state="detached")
        for page in (refused, reader, admin):
            page.context.close()


def test_the_shelf_fits_a_phone(open_page: OpenPage, report: Path) -> None:
    """Nothing is wider than the screen, in either of its lists."""
    page = open_page("zh-CN", width=390, height=844)
    fits = "document.documentElement.scrollWidth <= innerWidth && document.querySelector('#shelf').scrollWidth <= innerWidth"
    bring(page, report)
    page.wait_for_function(fits)
    page.locator("#choosing [data-tab=shared]").click()
    page.locator("#shelf li").first.wait_for()
    page.wait_for_function(fits)
    page.locator("#shelf li label").first.click()
    page.locator("#shelf .shelf-foot .send").click()
    page.locator("#choosing.narrowed").wait_for()
    page.wait_for_function(fits)


def test_a_report_is_found_among_many_by_the_keyboard(open_page: OpenPage) -> None:
    """The search has the focus when the shelf opens, finds in either script, and Escape closes it."""
    page = open_page("zh-CN")
    page.locator("#choosing [data-tab=shared]").focus()
    page.keyboard.press("Enter")
    page.locator("#shelf[open]").wait_for()
    page.wait_for_function("document.activeElement.id === 'find'")
    page.keyboard.type("仓储")
    page.wait_for_function("document.querySelectorAll('#shelf .documents li').length === 1")
    assert page.locator("#shelf .documents .title").inner_text() == "倉儲物流觀察"
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.press("Escape")  # empties the search
    page.wait_for_function("document.querySelectorAll('#shelf .documents li').length > 1")
    page.keyboard.press("Escape")
    page.locator("#shelf[open]").wait_for(state="detached")


def test_a_choice_of_reports_is_saved_taken_and_forgotten(open_page: OpenPage) -> None:
    """It is there after a reload, is chosen by a click and told by its name, keeps questions to itself, and can go."""
    page = open_page("zh-CN")
    page.locator("#choosing [data-tab=shared]").click()
    page.locator("#shelf li", has_text="倉儲物流觀察").locator("label").click()
    page.locator("#shelf .shelf-foot.narrowed").wait_for()
    page.once("dialog", lambda dialog: dialog.accept("<b>物流</b>"))
    page.locator("#shelf [data-shelf=save]").click()
    chip = page.locator("#selections .selection.chosen", has_text="<b>物流</b>")
    chip.wait_for()
    page.reload()
    page.locator("html.spoken").wait_for(state="attached")
    page.locator("#choosing [data-tab=shared]").click()
    page.locator("#selections .selection:not(.chosen) button").first.click()
    chip.wait_for()
    page.keyboard.press("Escape")
    page.locator("#scope", has_text="<b>物流</b>").wait_for()
    ask(page, "即時零售的市場規模是多少？")
    assert set(page.locator(".answer .title").all_inner_texts()) == {"倉儲物流觀察"}
    page.locator("#choosing [data-tab=shared]").click()
    page.locator("#shelf .selection.chosen").wait_for()
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#selections .selection button").last.click()
    page.locator("#selections .selection").wait_for(state="detached")
    page.locator("#scope", has_text="倉儲物流觀察").wait_for(state="attached")
