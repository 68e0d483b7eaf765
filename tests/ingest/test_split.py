"""Sentences and passages."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise import drop_emoji, leak_pinyin, paragraphs, wrap_in_site

from ingest.clean.stages import clean, tidy
from ingest.document import BREAK, Block, Document, Edit, Page, Span, View
from ingest.read.text import read_text
from ingest.split import LONGEST_SENTENCE, sentences, split

ONE_CHUNK = 4000


def document(text: str, *, blocks: tuple[Block, ...] = (), pages: tuple[Page, ...] = ()) -> Document:
    return Document(path="a.txt", format="txt", raw=text, view=View.of(text), blocks=blocks, pages=pages)


def headings(text: str, *titles: tuple[int, str]) -> tuple[Block, ...]:
    """Headings of a text, given by their levels and words."""
    starts = [(level, title, text.index(title)) for level, title in titles]
    return tuple(Block("heading", Span(at, at + len(title)), level) for level, title, at in starts)


def cut(text: str) -> list[str]:
    return [s.of(text) for s in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("他来了。她走了！为什么？", ["他来了。", "她走了！", "为什么？"]),
        ("他说：“走吧。”她没动。", ["他说：“走吧。”", "她没动。"]),
        ("（见附录。）下一句。", ["（见附录。）", "下一句。"]),
        ("真的吗？！是的。", ["真的吗？！", "是的。"]),
        ("他想……然后走了。", ["他想……", "然后走了。"]),
        ("增长3.5%，约4.2万元。", ["增长3.5%，约4.2万元。"]),
        ("见https://a.org/x?id=1&b=2。", ["见https://a.org/x?id=1&b=2。"]),
        ("It grew fast. Then it stopped.", ["It grew fast.", "Then it stopped."]),
        ("The U.S. Army of approx. ten.", ["The U.S. Army of approx. ten."]),
        ("第一行\n第二行\n\n  第三行  ", ["第一行", "第二行", "第三行"]),
        (f"前文{BREAK}后文", ["前文", "后文"]),
        ("没有句号", ["没有句号"]),
        ("行尾\r\n下一行\r\n", ["行尾", "下一行"]),
        (" \n ", []),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    """Sentences end at their marks, with the quotes that close there, and at line ends and breaks."""
    assert cut(text) == expected


def test_a_run_without_ends_is_cut_at_weaker_marks() -> None:
    """A run too long for a sentence is cut behind a semicolon, else a comma, else a space, else anywhere."""
    for mark in ("；", "，", " "):
        text = ("甲" * 99 + mark) * 20
        parts = cut(text)
        assert len(parts) > 1
        assert all(len(p) <= LONGEST_SENTENCE for p in parts)
        assert "".join("".join(parts).split()) == "".join(text.split())
        assert all(p.endswith(mark.strip() or "甲") or p == parts[-1] or mark == " " for p in parts)
    assert [len(p) for p in cut("甲" * 1500)] == [700, 700, 100]


def test_a_cut_at_a_space_leaves_no_space() -> None:
    """Sentences have no white space around them, wherever they were cut."""
    assert all(p == p.strip() for p in cut("甲乙丙丁 " * 300))


def test_a_line_break_inside_a_sentence_does_not_end_it() -> None:
    """A long line that stops between two Chinese characters goes on in the next; a short one is a heading or an item."""
    long = "甲" * 120
    assert cut(f"{long}\n\n乙丙。丁") == [f"{long}\n\n乙丙。", "丁"]
    assert cut(f"{long}。\n乙丙。") == [f"{long}。", "乙丙。"]
    assert cut(f"{long}{BREAK}乙丙。") == [long, "乙丙。"]
    assert cut("小标题\n乙丙。") == ["小标题", "乙丙。"]


@given(st.text(alphabet="甲乙a1。！？…. \n“”；，" + BREAK, max_size=300))
def test_sentences_leave_out_nothing_but_white_space(text: str) -> None:
    """The sentences of any text stand in order, are not empty, and all but white space is in one."""
    spans = list(sentences(text))
    assert all(s.of(text).strip() for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert "".join("".join(s.of(text) for s in spans).split()) == "".join(text.split())
    assert not any(BREAK in s.of(text) for s in spans)


def test_sentences_are_packed_up_to_the_size() -> None:
    """A passage takes whole sentences while they fit."""
    text = "".join(f"第{n}句话写满了二十个字正好是这么长的。" for n in range(10))
    chunks = split(document(text), 60)
    assert len(chunks) > 2
    assert "".join(c.text for c in chunks) == text
    assert all(len(c.text) <= 60 for c in chunks)


def test_a_sentence_longer_than_the_size_is_a_passage() -> None:
    """A sentence that does not fit stands alone, whole."""
    long = "很长" * 100 + "。"
    assert [c.text for c in split(document("短句。" + long + "短句。"), 50)] == ["短句。", long, "短句。"]


def test_no_passage_runs_across_a_break() -> None:
    """Where a block was cut out a new passage begins, however short the two are."""
    text = f"甲。{BREAK}乙。"
    assert [c.text for c in split(document(text), 400)] == ["甲。", "乙。"]


def test_a_heading_begins_a_passage_and_names_it() -> None:
    """A passage begins with its heading and knows the path of headings above it."""
    text = "报告\n第一章\n甲。\n第一节\n乙。\n第二章\n丙。"
    blocks = headings(text, (1, "报告"), (2, "第一章"), (3, "第一节"), (2, "第二章"))
    assert [(c.text, c.heading) for c in split(document(text, blocks=blocks), 20)] == [
        ("报告\n第一章\n甲。", "报告 > 第一章"),
        ("第一节\n乙。", "报告 > 第一章 > 第一节"),
        ("第二章\n丙。", "报告 > 第二章"),
    ]


def test_short_sections_share_a_passage() -> None:
    """Sections of a line or two stand together, under the heading of the first, until the passage holds enough."""
    text = "报告\n第一章\n甲。\n第一节\n乙。\n第二章\n" + "丙。" * 60
    blocks = headings(text, (1, "报告"), (2, "第一章"), (3, "第一节"), (2, "第二章"))
    chunks = split(document(text, blocks=blocks), 100)
    assert chunks[0].text.startswith("报告\n第一章\n甲。\n第一节\n乙。\n第二章\n丙。")
    assert [c.heading for c in chunks] == ["报告 > 第一章", "报告 > 第二章"]


def test_a_long_section_keeps_its_heading() -> None:
    """Every passage of a section carries the section's heading, not only the first."""
    text = "标题\n" + "这是同一节里的一句话。" * 30
    chunks = split(document(text, blocks=headings(text, (1, "标题"))), 100)
    assert len(chunks) > 2
    assert {c.heading for c in chunks} == {"标题"}


def test_a_heading_may_begin_with_white_space() -> None:
    """A heading whose cleaned words stand behind a space still begins a passage."""
    text = "甲。\n 第二章\n乙。"
    blocks = (Block("heading", Span(3, 7), 2),)
    assert [c.text for c in split(document(text, blocks=blocks), 10)] == ["甲。", "第二章\n乙。"]


def test_headings_are_not_joined_across_a_break() -> None:
    """Two headings with a block cut out between them do not share a passage."""
    text = f"第一章{BREAK}第二章\n乙。"
    blocks = headings(text, (2, "第一章"), (2, "第二章"))
    assert not any(BREAK in c.text for c in split(document(text, blocks=blocks), 400))


def test_a_passage_knows_its_page_and_its_damage() -> None:
    """A passage has the label of the page that it begins on, and says whether it holds damage."""
    text = "甲甲甲。\n乙乙\ue000乙。"
    pages = (Page("i", Span(0, 4)), Page("1", Span(5, len(text))))
    first, second = split(clean(document(text, pages=pages)), 5)
    assert (first.page, first.damaged) == ("i", False)
    assert (second.page, second.damaged) == ("1", True)


def test_a_text_of_nothing_has_no_passages() -> None:
    """White space makes no passage."""
    assert split(document(" \n\n "), 400) == ()


@given(paragraphs(), st.lists(st.integers(0, 2000), max_size=4), st.integers(50, 400))
def test_passages_are_whole_sentences_in_order(text: str, breaks: list[int], size: int) -> None:
    """Passages begin and end where sentences do, hold every sentence once and in order, and cross no break."""
    view = View.of(text).edit([Edit(b, b, BREAK) for b in {b % len(text) for b in breaks}])
    chunks = split(Document(path="a.txt", format="txt", raw=text, view=view), size)
    spans = list(sentences(view.text))
    starts, ends = {s.start for s in spans}, {s.end for s in spans}
    assert all(c.clean.start in starts and c.clean.end in ends for c in chunks)
    held = [s for c in chunks for s in spans if c.clean.start <= s.start and s.end <= c.clean.end]
    assert held == spans
    assert not any(BREAK in c.text for c in chunks)
    assert all(c.text == c.clean.of(view.text) for c in chunks)


@given(paragraphs(least=3), st.integers(5, 60), st.integers(3, 30), st.integers(50, 400), st.booleans())
def test_a_passage_is_the_clean_form_of_its_range(text: str, step: int, leak: int, size: int, in_site: bool) -> None:
    """LAW 1: the raw range of a passage, cleaned by itself or looked up in the view, is the passage's text."""
    damaged = drop_emoji(leak_pinyin(text, leak), step)
    if in_site:
        damaged = wrap_in_site(damaged)
    cleaned = clean(read_text(damaged.encode(), "a.txt"))
    chunks = split(cleaned, size)
    assert chunks
    for chunk in chunks:
        assert cleaned.view.within(chunk.span) == chunk.text
        assert tidy(chunk.span.of(cleaned.raw)) == chunk.text
        assert chunk.clean.of(cleaned.view.text) == chunk.text


def test_a_table_stands_under_its_caption() -> None:
    """The caption above a table, cut off by a break, is the last of the passage's headings."""
    text = f"市场\n各家的份额见表2。\n表2 2023年市场份额{BREAK}平台 | 份额\n美团 | 45%"
    chunks = split(document(text, blocks=headings(text, (1, "市场"))), 400)
    assert [c.heading for c in chunks] == ["市场", "市场 > 表2 2023年市场份额"]
    assert [c.heading for c in split(document(f"没有题目。{BREAK}甲 | 乙"), 400)] == ["", ""]


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ("小红书也抓住趋势，", "挣脱传统印象。", True),
        ("2014年10月，小红书", "正式推出电商板块，采取自营模式。", True),
        ("销售额为五百亿元，", "2023年达到六百亿元。", True),
        ("采访了25万人，", "3智慧营销案例", False),
        ("合生元：两种价位，两种顾客", "合生元搭建平台，把会员放进系统。", False),
        ("一、甲，乙", "正文是这样，那样。", False),
        ("他说，天气好", "二、另一节", False),
        ("平台包括美团，", "• 饿了么", False),
        ("销量上升，利润下降", "小结", False),
    ],
)
def test_a_short_line_may_end_inside_a_sentence(first: str, second: str, one: bool) -> None:
    """Behind a comma, or behind an open clause where what follows is no heading, item or label."""
    text = f"前文。\n{first}\n\n{second}"
    assert len(list(sentences(text))) == (2 if one else 3)
