"""Tables of contents go, other dots stay."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from noise import CONTENTS, SENTENCES, add_contents, in_traditional, paragraphs

from ingest.clean.contents import find_contents
from ingest.clean.stages import clean
from ingest.document import BREAK, View
from ingest.read.text import read_text


def without(text: str) -> str:
    view = View.of(text)
    return view.edit(find_contents(view)).text


@given(paragraphs() | paragraphs(traditional=True), st.integers(5, 80))
@example("\n\n".join(SENTENCES), 5)
def test_a_table_of_contents_is_taken_out(text: str, dots: int) -> None:
    """The entries with their leaders and page numbers go, the word over them too, and the text stays as it was."""
    damaged = add_contents(text, dots)
    cleaned = clean(read_text(damaged.encode(), "a.txt"))
    assert cleaned.view.text.removeprefix(BREAK).lstrip() == text
    assert not any(title in cleaned.view.text for title, _ in CONTENTS)
    view = cleaned.view
    assert all(damaged[s:e] == c for c, s, e in zip(view.text, view.starts, view.ends, strict=True) if c != BREAK)


@pytest.mark.parametrize("leader", ["......", "…………", "·····", "．．．．．．", ". . . . . . "])
def test_leaders_are_written_in_many_ways(leader: str) -> None:
    """Dots of every width, ellipses and middle dots lead to a page number."""
    assert without(f"目 录\n一、概述{leader}1\n二、现状 {leader} 23\n{SENTENCES[0]}") == f"{BREAK}\n{SENTENCES[0]}"


def test_entries_on_one_line_are_one_table() -> None:
    """Contents that lost their line breaks are found too, in Traditional characters as well."""
    text = in_traditional(SENTENCES[0]) + "目錄一、文檔概述.....................2二、市場.....................9"
    assert without(text) == in_traditional(SENTENCES[0]) + BREAK


@pytest.mark.parametrize(
    "text",
    [
        "一、概述.....1\n只有一条。",
        "省略号......然后继续。",
        "圆周率是3.14159265358979，约为3.14。",
        "版本1.2.3.4.5.6。",
        "他想……然后走了……",
    ],
)
def test_other_dots_are_text(text: str) -> None:
    """One leader alone, decimal points and ellipses are no table of contents."""
    assert without(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "他说起往事……2022年是起点，后来又……2023年翻了一番。其余不变。",
        "一年又一年……2019，2020……2021，人们才明白。",
    ],
)
def test_ellipses_before_numbers_are_text(text: str) -> None:
    """An author's ellipsis may be followed by a number, twice in one paragraph too."""
    assert without(text) == text


def test_the_sentence_before_the_contents_stays() -> None:
    """A sentence that ends before the table and holds the word 目录 is not cut."""
    sentence = "平台应当完善商品目录管理。"
    entries = "一、概述......1\n二、现状......5\n"
    assert without(sentence + entries).startswith(sentence)
