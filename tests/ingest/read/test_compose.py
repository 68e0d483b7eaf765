"""Texts composed line by line."""

from __future__ import annotations

from ingest.document import BREAK
from ingest.read.compose import Composition, dense


def test_pages_and_tables_stand_between_breaks() -> None:
    """Raw has line ends, the view breaks around tables and pages, and offsets stay."""
    text = Composition()
    text.page("一")
    text.heading("题目", 1)
    text.line("  前 \n 文  ")
    text.table([["甲", "乙"], ["", " "], ["1", "2"]])
    text.line("后文")
    text.page("空")
    text.page("二")
    text.line("又一页")
    document = text.document("a", "x")
    assert document.raw == "题目\n前 文\n甲 | 乙\n1 | 2\n后文\n又一页"
    assert document.view.text == f"题目\n前 文{BREAK}甲 | 乙\n1 | 2{BREAK}后文{BREAK}又一页"
    assert document.view.starts.tolist() == list(range(len(document.raw)))
    assert [(b.kind, b.span.of(document.raw)) for b in document.blocks] == [
        ("heading", "题目"),
        ("table", "甲 | 乙\n1 | 2"),
    ]
    assert {p.label: p.span.of(document.raw) for p in document.pages if p.label != "空"} == {
        "一": "题目\n前 文\n甲 | 乙\n1 | 2\n后文",
        "二": "又一页",
    }
    assert document.page_at(document.raw.index("又")) == "二"
    assert document.title == "题目"


def test_a_last_empty_page_is_kept_within_the_text() -> None:
    """A page without text at the end lies within raw."""
    text = Composition()
    text.page("1")
    text.line("文")
    text.page("2")
    document = text.document("a", "x")
    assert document.raw == "文"
    assert all(p.span.end <= len(document.raw) for p in document.pages)


def test_dense_keeps_columns_and_drops_what_is_empty() -> None:
    """Empty rows and columns go, cells inside stay in their column, empty ends of rows go."""
    rows = [["", "名", "", "值", ""], [], ["", "", "", "", ""], ["", "甲", "", "", ""], ["", "", "", "3"]]
    assert dense(rows) == [["名", "值"], ["甲"], ["", "3"]]


def test_lone_surrogates_are_replaced() -> None:
    """What no encoding can hold does not get into the text."""
    text = Composition()
    text.line("甲\ud800乙")
    assert text.document("a", "x").raw == "甲\ufffd乙"
