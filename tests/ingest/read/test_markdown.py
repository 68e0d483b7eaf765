"""Markdown loses its marks and nothing else."""

from __future__ import annotations

import pytest
from noise import SENTENCES

from ingest.document import Block, Document
from ingest.read.markdown import read_markdown

PAGE = """\
# 即时零售**报告**

第一段有**重点**、*强调*、`代码`和[链接](https://example.org "说明")。

![图](a.png)

## 市场 ##

> 引文在这里。

| 平台 | 份额 |
|:-----|-----:|
| 美团 | 45%  |

- 列表一
- 列表二

---

结尾。
"""


def md(text: str, encoding: str = "utf-8") -> Document:
    return read_markdown(text.encode(encoding), "a.md")


def texts(document: Document, kind: str) -> list[tuple[int, str]]:
    return [(b.level, b.span.of(document.raw)) for b in document.blocks if b.kind == kind]


def test_marks_go_and_words_stay() -> None:
    """Headings' marks, emphasis, links, images, quotes and rules go; all words stay in their lines."""
    document = md(PAGE)
    assert document.raw == PAGE
    assert [line for line in document.view.text.splitlines() if line] == [
        "即时零售报告",
        "第一段有重点、强调、代码和链接。",
        "市场",
        "引文在这里。",
        "| 平台 | 份额 |",
        "| 美团 | 45%  |",
        "- 列表一",
        "- 列表二",
        "结尾。",
    ]
    assert document.title == "即时零售报告"


def test_tables_may_have_bars_only_between_cells() -> None:
    """A table without bars at the ends of its rows is one too; a sentence with a bar above a rule is none."""
    document = md("前文。\n\n平台 | 份额\n--- | ---:\n美团 | 45%\n京东 | 20%\n\n后文。\n")
    assert texts(document, "table") == [(0, "平台 | 份额\n--- | ---:\n美团 | 45%\n京东 | 20%\n")]
    assert document.view.text.split("\n\n")[1] == "平台 | 份额\n美团 | 45%\n京东 | 20%"
    assert texts(md("甲 | 乙\n---\n丙。\n"), "table") == []


def test_underlined_titles_and_comments() -> None:
    """A line above a double rule is the title, comments are left out."""
    document = md("即时零售报告\n======\n\n<!-- 草稿\n第二行 -->正文。\n\na == b\n")
    assert texts(document, "heading") == [(1, "即时零售报告")]
    assert document.title == "即时零售报告"
    assert document.view.text.split() == ["即时零售报告", "正文。", "a", "==", "b"]


def test_front_matter_goes() -> None:
    """What stands between two lines of dashes at the very start describes the page and is not its text."""
    document = md("---\ntitle: 不要\ntags: [甲, 乙]\n---\n# 标题\n\n正文。\n")
    assert document.view.text.split() == ["标题", "正文。"]
    assert document.title == "标题"


def test_headings_and_tables_are_noted_where_they_stand() -> None:
    """Blocks are ranges of the raw text, in its order."""
    document = md(PAGE)
    assert texts(document, "heading") == [(1, "即时零售**报告**"), (2, "市场")]
    ((_, table),) = texts(document, "table")
    assert table.startswith("| 平台")
    assert table.endswith("45%  |\n")
    assert document.blocks == tuple(sorted(document.blocks, key=lambda b: b.span))


def test_every_kept_character_stands_for_itself() -> None:
    """The map leads each character to the very same one of the file."""
    document = md(PAGE)
    view = document.view
    assert all(document.raw[s:e] == c for c, s, e in zip(view.text, view.starts, view.ends, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "2 * 3 * 4 = 24",
        "价格**上涨",
        "a*b*c",
        "第1名、# 不是标题",
        "5 > 3",
        "snake_case_name",
        "[注] 没有链接",
        "#标签",
    ],
)
def test_what_only_looks_like_marks_stays(text: str) -> None:
    """Stars of sums, lone marks and hash tags are text."""
    assert md(text).view.text == text


def test_clean_prose_passes_as_it_is() -> None:
    """Prose without marks is the same as in a text file."""
    text = "\n\n".join(SENTENCES)
    assert md(text).view.text == text


def test_a_page_without_a_title_has_none() -> None:
    """Only a heading of the first level is a title."""
    assert md("## 小节\n\n正文。").title == ""


@pytest.mark.parametrize("page", [PAGE, "# 标题\n\n这里是**重点**内容。\n", "结尾是**重点**"])
def test_a_byte_order_mark_changes_nothing(page: str) -> None:
    """A file that begins with a byte-order mark reads like one without."""
    plain, marked = md(page), md(page, "utf-8-sig")
    assert marked.view.text == plain.view.text
    assert marked.title == plain.title
    assert marked.view.starts.tolist() == [s + 1 for s in plain.view.starts]


def test_line_ends_of_windows_change_nothing() -> None:
    """A file whose lines end in carriage return and line feed has the same title, headings and tables."""
    plain, windows = md(PAGE), md(PAGE.replace("\n", "\r\n"))
    assert windows.title == plain.title
    assert texts(windows, "heading") == texts(plain, "heading")
    assert len(texts(windows, "table")) == 1
    assert windows.view.text.replace("\r", "") == plain.view.text


def test_comments_in_code_are_no_headings() -> None:
    """A comment in a code block is not the title of the report."""
    document = md("```bash\n# install\npip install x\n```\n\n# 安装说明\n\n正文。\n")
    assert document.title == "安装说明"
    assert document.blocks == (Block("heading", document.blocks[-1].span, 1),)
