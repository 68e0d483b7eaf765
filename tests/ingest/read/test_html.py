"""Pages read as they are shown, with a map into their source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise import SENTENCES

from ingest.clean.stages import clean
from ingest.document import BREAK, Document
from ingest.read.formats import read
from ingest.read.html import read_html
from ingest.split import split

PAGE = """\
<!DOCTYPE html>
<html lang="zh-CN">
<head><meta charset="utf-8"><title>即时零售 &amp; 平台</title><style>p { color: red }</style>
<script>if (a < b) { document.write("<p>脚本</p>") }</script></head>
<body>
<nav><ul><li><a href="/">首页</a></li></ul></nav>
<header><h1>即时零售报告</h1></header>
<p>第一段有<b>重点</b>、<a href="x?a=1&amp;b=2">链接</a>和&ldquo;引号&rdquo;。</p>
<p>第二段
跨了两行，market
share 也跨了。</p>
<!-- <p>注释</p> -->
<h2>市场<br>规模</h2>
<ul><li>第一条<li>第二条</ul>
<table><caption>表一</caption><tr><th>平台</th><th>份额</th></tr>
<tr><td>美团</td><td>45&#37;</td></tr></table>
<aside>广告</aside><form><input value="x"><button>提交</button></form>
<p>结尾&nbsp;段。</p>
<footer>版权所有</footer>
</body></html>
"""


def page(body: str, encoding: str = "utf-8") -> Document:
    return read_html(f"<html><body>{body}</body></html>".encode(encoding), "a.html")


def shown(body: str) -> str:
    return page(body).view.text


def test_a_page_reads_as_it_is_shown() -> None:
    """Navigation, scripts, comments, forms and footers go; text, lists and tables stay in their lines."""
    document = read_html(PAGE.encode(), "a.html")
    assert document.view.text.replace(BREAK, "\n").split("\n") == [
        "即时零售报告",
        "第一段有重点、链接和“引号”。",
        "第二段跨了两行，market share 也跨了。",
        "市场",
        "规模",
        "第一条",
        "第二条",
        "表一",
        "平台 | 份额",
        "美团 | 45%",
        "结尾 段。",
    ]
    assert document.title == "即时零售 & 平台"
    assert document.raw == PAGE


def test_offsets_point_into_the_source() -> None:
    """What is found in the text is found in the page's source, entities and line breaks included."""
    document = read_html(PAGE.encode(), "a.html")

    def source(words: str) -> str:
        start = document.view.text.index(words)
        return document.view.span(start, start + len(words)).of(document.raw)

    assert source("重点") == "重点"
    assert source("“引号”") == "&ldquo;引号&rdquo;"
    assert source("45%") == "45&#37;"
    assert source("第二段跨了") == "第二段\n跨了"
    assert source("重点、链接") == '重点</b>、<a href="x?a=1&amp;b=2">链接'


def test_headings_and_tables_are_noted_in_the_source() -> None:
    """Blocks are ranges of the source that hold the heading or the table."""
    document = read_html(PAGE.encode(), "a.html")
    headings = [(b.level, document.view.within(b.span).strip()) for b in document.blocks if b.kind == "heading"]
    assert headings == [(1, "即时零售报告"), (2, "市场\n规模")]
    (table,) = (b for b in document.blocks if b.kind == "table")
    assert document.view.within(table.span).strip(BREAK).split("\n") == ["表一", "平台 | 份额", "美团 | 45%"]


def test_a_table_stands_between_breaks() -> None:
    """No passage runs into a table or out of it."""
    assert shown("<p>前文。</p><table><tr><td>甲</td><td>乙</td></tr></table><p>后文。</p>") == (
        f"前文。{BREAK}甲 | 乙{BREAK}后文。"
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("&lt;b&gt; &amp;amp; &#20013;&#x6587; &copy", "<b> &amp; 中文 ©"),
        ("价格 < 5 & 数量 > 3", "价格 < 5 & 数量 > 3"),
        ("AT&T 和 R&D;", "AT&T 和 R&D;"),
        ("甲&hellip;&mdash;乙", "甲…—乙"),
        ("<p>甲&#0;乙", "甲\ufffd乙"),
        ("一<sub>2</sub>三", "一2三"),
    ],
)
def test_references_become_their_characters(body: str, text: str) -> None:
    """Named and numbered references are resolved once; what only looks like one stays."""
    assert shown(body) == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<div><div><p>甲</div><p>乙</div>丙", "甲\n乙\n丙"),
        ("<p>甲<p>乙", "甲\n乙"),
        ("<b><i>甲</b>乙</i>", "甲乙"),
        ("甲</p></div></span>乙", "甲\n乙"),
        ("<nav><nav>甲</nav>乙</nav>丙", "丙"),
        ("<script>甲</script>乙", "乙"),
        ("<style>甲</style>乙", "乙"),
        ("<svg><text>甲</text></svg>乙", "乙"),
        ("<iframe src='x'/>乙", "乙"),
        ("甲<br/>乙<hr>丙", "甲\n乙\n丙"),
        ("甲<![if !x]>乙<![endif]>丙", "甲乙丙"),
        ("<DIV>甲</DIV><P>乙</P>", "甲\n乙"),
        ("<ul><li>甲<ul><li>乙</ul><li>丙</ul>", "甲\n乙\n丙"),
        ("<p>甲 \n <span> 乙</span></p>", "甲 乙"),
    ],
)
def test_nested_and_unclosed_tags_are_read(body: str, text: str) -> None:
    """Tags that nest, cross, stay open or were never opened do not lose text."""
    assert shown(body) == text


def test_lines_that_only_the_source_breaks_are_joined() -> None:
    """A line break in the source is nothing between Chinese characters and a space between words."""
    assert shown("<p>中文\n换行 and\r\n  English\nwords</p>") == "中文换行 and English words"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_pages_come_in_every_encoding(encoding: str) -> None:
    """The bytes tell the encoding; what the page says of itself is not needed."""
    document = page("".join(f"<p>{s}</p>" for s in SENTENCES), encoding)
    assert document.view.text.split("\n") == list(SENTENCES)
    assert document.encoding == encoding


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<b>", "</b>", "<td>", "<tr>", "<br>", "<h2>", "</h2>", "<nav>", "</nav>", "<li>", "&amp;",
             "&nbsp;", "&#20013;", "<", "&", "文", "字。", " ", "\n", "a", "<!-- x -->", "<script>", "</script>", "</div>"]
        ),
        max_size=30,
    )
)  # fmt: skip
def test_any_soup_of_tags_keeps_the_map(parts: list[str]) -> None:
    """Whatever the tags, each passage is found again in the source by its range, and plain characters map to themselves."""
    document = page("".join(parts))
    view = document.view
    assert all(
        document.raw[s:e] == c for c, s, e in zip(view.text, view.starts, view.ends, strict=True) if c in "文字。"
    )
    for chunk in split(document, 50):
        assert view.within(chunk.span) == chunk.text


@pytest.mark.parametrize(
    "table", ["<table></table>", "<table><tr><td>&nbsp;</td></tr></table>", "<table><nav>x</nav></table>"]
)
def test_a_table_without_text_is_no_block(table: str) -> None:
    """A table that only lays out space behind some text is passed over."""
    assert page(f"<p>前文。</p>{table}<p>后文。</p>").blocks == ()


@pytest.mark.parametrize("markup", ["<![foo[x]]>", "<![ x"])
def test_an_unknown_declaration_is_passed_over(markup: str) -> None:
    """Declarations that no standard knows do not stop the reading."""
    assert page(f"<p>前文。</p>{markup}<p>后文。</p>").view.text.startswith("前文。")


def test_an_open_head_ends_where_the_body_begins() -> None:
    """The end tag of the head may be left out, as the standard allows."""
    document = read_html("<html><head><title>题</title><body><p>正文。</p></body></html>".encode(), "a.html")
    assert document.view.text == "正文。"


def test_a_page_inside_one_form_is_read() -> None:
    """Pages of some servers stand inside one form from start to end."""
    assert shown('<form id="aspnetForm"><div><p>正文在表单里。</p></div></form>') == "正文在表单里。"


def test_the_title_of_a_drawing_is_not_the_pages() -> None:
    """Icons drawn in the page have titles of their own."""
    source = "<html><head><title>报告</title></head><body><svg><title>图标</title></svg><p>正文。</p></body></html>"
    assert read_html(source.encode(), "a.html").title == "报告"


def test_cells_may_hold_paragraphs() -> None:
    """A row stays one line when its cells hold paragraphs, as pages made by word processors do."""
    row = "".join(f"<td><p>{cell}</p></td>" for cell in ("美团", "45%"))
    assert shown(f"<table><tr>{row}</tr></table>") == "美团 | 45%"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ("<tr><td rowspan=2>美团<td>2022<td>41%<tr><td>2023<td>42%", "美团 | 2022 | 41%\n | 2023 | 42%"),
        ("<tr><td>甲<td rowspan=3>乙<td>丙<tr><td>丁<td>戊<tr><td>己<td>庚", "甲 | 乙 | 丙\n丁 |  | 戊\n己 |  | 庚"),
        ("<tr><th colspan=2>2023年<th>备注<tr><td>一<td>二<td>三", "2023年 |  | 备注\n一 | 二 | 三"),
        ("<tr><td>甲<td>乙<td>丙<tr><td><td><td>1<tr><td>2<td><td>3", "甲 | 乙 | 丙\n1\n2 |  | 3"),
        ("<tr><td>甲<td>乙<tr><td>&nbsp;<td>1<td>2", "甲 | 乙\n | 1 | 2"),
        ("<tr><td rowspan=0>甲<td colspan=99999999>乙<tr><td rowspan=x>丙<td>丁", "甲 | 乙\n丙 | 丁"),
        ("<tr><td colspan=3>表题<tr><td>甲<td>乙<td>丙", "表题\n甲 | 乙 | 丙"),
    ],
)
def test_cells_keep_their_columns(rows: str, text: str) -> None:
    """Empty cells, and cells that reach over rows and columns, leave those behind them in their columns."""
    assert shown(f"<table>{rows}</table>") == text
    assert shown(f"<p>前。</p><table>{rows}</table>").split(BREAK)[1] == text


@pytest.mark.parametrize(
    "ruby",
    [
        "<ruby>創<rp>(</rp><rt>chuàng</rt><rp>)</rp></ruby>",
        "<ruby>創<rt>chuàng</ruby>",
        "<ruby><rb>創<rt>chuàng</ruby>",
    ],
)
def test_readings_above_characters_go(ruby: str) -> None:
    """Of a character with its reading the character is read."""
    assert shown(f"<p>這是{ruby}新。</p><p>下一段。</p>") == "這是創新。\n下一段。"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('<p>甲<span style="DISPLAY : none">藏<span>深</span>着</span>乙</p>', "甲乙"),
        ("<div hidden><div>藏</div>着</div><p>甲</p>", "甲"),
        ('<p style="visibility:hidden">藏<p>甲', "甲"),
        ('<div style="display:none">没有结束', "没有结束"),
        ('<p>甲<span style="display:inline">乙</span></p>', "甲乙"),
        ("<table><tr><td hidden>甲<td>乙</table>", "甲 | 乙"),
        ('<div style="display:none">&amp;藏<script>x</script></div>甲', "甲"),
    ],
)
def test_what_is_hidden_is_not_read(body: str, text: str) -> None:
    """Hidden elements are left out to their end; one without an end hides nothing."""
    assert shown(body) == text


@pytest.mark.parametrize(
    ("declared", "encoding"), [("gb2312", "gb18030"), ("big5", "big5hkscs"), ("gbk", "utf-8"), ("utf-8", "gb18030")]
)
def test_what_a_page_declares_settles_doubts_only(declared: str, encoding: str) -> None:
    """A page is read in the encoding that it is in; its own statement, right or wrong, does not change that."""
    text = "".join(SENTENCES) if encoding != "big5hkscs" else "臺灣的超商密度居全球之冠，外送平臺的訂單逐年增加。"
    source = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={declared}"></head><p>{text}</p>'
    document = read_html(source.encode(encoding), "a.html")
    assert document.view.text == text


def test_a_page_in_another_language_is_read_as_it_declares() -> None:
    """Where the characters tell nothing, what the page declares counts."""
    source = '<html><head><meta charset="windows-1251"></head><p>Отчёт о рынке мгновенной торговли за год.</p></html>'
    assert read_html(source.encode("windows-1251"), "a.html").view.text == "Отчёт о рынке мгновенной торговли за год."


def test_a_byte_order_mark_is_not_shown() -> None:
    """A page that begins with a byte-order mark reads like one without."""
    document = read_html("<html><body><p>正文。</p></body></html>".encode("utf-8-sig"), "a.html")
    assert document.view.text == "正文。"


def test_headings_of_a_page_begin_passages() -> None:
    """Each section of a page makes a passage of its own, under its own heading."""
    source = "<html><body><h1>总题</h1><p>第一段。</p><h2>小题</h2><p>第二段。</p></body></html>"
    chunks = split(clean(read(source.encode(), "a.html")), 20)
    assert [(c.text, c.heading) for c in chunks] == [
        ("总题\n第一段。", "总题"),
        ("小题\n第二段。", "总题 > 小题"),
    ]
