"""What sites wrap around a text comes off, and nothing of the text with it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from noise import SENTENCES, paragraphs, wrap_in_portal, wrap_in_site

from ingest.clean.boilerplate import find_boilerplate
from ingest.clean.stages import clean
from ingest.document import BREAK, View
from ingest.read.text import read_text

SITE_WORDS = ("_第1頁", "未讀", "免費閱讀", "下載本文檔", "版權說明", "文檔簡介", "溫馨提示", "本站", "評論", "0/150")
PORTAL_WORDS = ("浏览次数", "返回搜狐", "推荐阅读", "新能源车", "奶茶店", "/p>")


def without(text: str) -> str:
    view = View.of(text)
    return view.edit(find_boilerplate(view)).text


def lines(text: str) -> list[str]:
    return [line for line in text.replace(BREAK, "\n").splitlines() if line.strip()]


@given(paragraphs())
@example("\n\n".join(SENTENCES))
def test_a_document_sharing_site_is_unwrapped(text: str) -> None:
    """The head and tail of a document-sharing site go, and every paragraph stays, with its map."""
    damaged = wrap_in_site(text)
    cleaned = clean(read_text(damaged.encode(), "a.txt"))
    assert lines(cleaned.view.text) == lines(text)
    assert not any(word in cleaned.view.text for word in SITE_WORDS)
    view = cleaned.view
    assert all(damaged[s:e] == c for c, s, e in zip(view.text, view.starts, view.ends, strict=True) if c != BREAK)
    assert [name for name, _ in cleaned.cleaned] == ["boilerplate"]


@given(paragraphs())
@example("\n\n".join(SENTENCES))
def test_a_news_portal_is_unwrapped(text: str) -> None:
    """The head, the tail with its headlines and the stray tag of a news portal go, and every paragraph stays."""
    cleaned = clean(read_text(wrap_in_portal(text).encode(), "a.txt"))
    assert lines(cleaned.view.text) == lines(text)
    assert not any(word in cleaned.view.text for word in PORTAL_WORDS)


def test_the_title_is_taken_before_the_head_is_cut() -> None:
    """A scraped page without a title of its own is called by the first line of its head, the page mark aside."""
    cleaned = clean(read_text(wrap_in_site("即时零售报告\n\n" + SENTENCES[0]).encode(), "a.txt"))
    assert cleaned.title == "即时零售报告"


def test_controls_inside_the_text_go() -> None:
    """A control in the middle of the text is cut out and leaves a break."""
    text = f"{SENTENCES[0]}\n展开全文\n{SENTENCES[1]}\n返回搜狐，查看更多\n"
    assert without(text).replace(BREAK, "\n").split() == "".join((SENTENCES[0], "\n", SENTENCES[1])).split()
    assert BREAK in without(text)


@pytest.mark.parametrize(
    "text",
    [
        "评论\n这部电影的评论两极分化。",
        "温馨提示\n请带好随身物品。\n下车时请注意站台间隙。",
        "本平台支持收藏和分享。用户可以下载本文档，也可以免费阅读。",
        "第3页的表格说明了一切。",
        "推荐阅读\n三月新能源车销量出炉",
    ],
)
def test_one_such_phrase_is_text(text: str) -> None:
    """A single phrase that sites use may be what the author wrote, and stays."""
    assert without(text) == text


def test_a_list_of_metrics_is_text() -> None:
    """A report may list what users do, one word a line; so may one that a site wrapped."""
    text = f"{SENTENCES[0]}\n互动指标\n点赞\n收藏\n分享\n评论\n{SENTENCES[1]}"
    assert without(text) == text
    assert lines(without(wrap_in_site(text))) == lines(text)


def test_controls_beside_sure_ones_go() -> None:
    """A word that may be text is a control where it stands among lines that nobody writes."""
    text = f"{SENTENCES[0]}\n收藏\n分享\n下载本文档\n评论\n0/150\n{SENTENCES[1]}"
    assert lines(without(text)) == [SENTENCES[0], SENTENCES[1]]


def test_the_tags_of_a_reasoning_model_are_text() -> None:
    """A report on language models may quote `<think>` and `</think>` on lines of their own."""
    text = f"{SENTENCES[4]}\n<think>\n{SENTENCES[6]}\n</think>\n{SENTENCES[7]}"
    assert without(text) == text
