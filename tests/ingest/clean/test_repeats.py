"""What was said twice at once is said once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise import SENTENCES, drop_emoji, paragraphs, say_twice

from ingest.clean.repeats import LONGEST, find_repeats
from ingest.clean.stages import clean
from ingest.document import BREAK, View
from ingest.read.text import read_text


def without(text: str) -> str:
    view = View.of(text)
    return view.edit(find_repeats(view)).text


@pytest.mark.parametrize(
    ("damaged", "clean_text"),
    [
        ("Step2:IP產品規劃Step2:IP產品規劃，然后", f"{BREAK}Step2:IP產品規劃，然后"),
        ("前文。數據安全風險數據安全風險的防范", f"前文。{BREAK}數據安全風險的防范"),
        (f"{SENTENCES[3]}{SENTENCES[3]}", f"{BREAK}{SENTENCES[3]}"),
    ],
)
def test_a_phrase_said_twice_is_said_once(damaged: str, clean_text: str) -> None:
    """The first of two equal phrases goes, and the second begins a new passage."""
    assert without(damaged) == clean_text


def test_a_phrase_said_three_times_is_said_once() -> None:
    """However often a phrase follows itself, one stays."""
    assert without("甲方案的优点" * 3 + "。").replace(BREAK, "") == "甲方案的优点。"


@pytest.mark.parametrize(
    "text",
    [
        "哈哈哈哈哈哈哈哈哈哈哈哈",
        "00000000000000",
        "数据安全数据安全",
        "第一条很重要。第二条很重要。",
        "abcdefgabcdefg",
        "",
        "短",
    ],
)
def test_other_repetition_is_text(text: str) -> None:
    """Laughter, zeros, short words and sentences that are merely alike stay."""
    assert without(text) == text


def test_repetition_across_lines_is_text() -> None:
    """Two equal lines, as in a song, stay."""
    text = "我们走在大路上\n我们走在大路上\n意气风发"
    assert without(text) == text


def test_a_phrase_longer_than_the_limit_stays() -> None:
    """What is longer than the longest phrase looked for is left as it is."""
    page = "".join(SENTENCES[:30])
    assert len(page) > LONGEST
    assert without(page * 2) == page * 2


def test_an_author_may_repeat_himself() -> None:
    """In a document without other noise nothing is taken out, however often it is said."""
    text = SENTENCES[0] * 2
    assert clean(read_text(text.encode(), "a.txt")).view.text == text


@given(paragraphs(least=4), st.data())
def test_what_was_said_twice_is_said_once_again(text: str, data: st.DataObject) -> None:
    """A sentence put down twice in a scraped document is there once, all else stays, and the map is exact."""
    sentence = data.draw(st.sampled_from([s for s in SENTENCES if s in text and not s.isascii()]))
    damaged = drop_emoji(say_twice(text, sentence), len(text))
    cleaned = clean(read_text(damaged.encode(), "a.txt"))
    view = cleaned.view
    assert view.text.replace(BREAK, "") == text
    assert all(damaged[s:e] == c for c, s, e in zip(view.text, view.starts, view.ends, strict=True) if c != BREAK)


def test_the_break_does_not_cut_a_sentence() -> None:
    """A sentence said twice behind one that ends in the same words goes whole."""
    first, second = "即时零售规模达到五千亿元。", "餐饮外卖规模超过八千亿元。"
    assert without(first + second * 2) == first + BREAK + second
