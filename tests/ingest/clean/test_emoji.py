"""Pictographs that were dropped in come out, signs of text stay."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from noise import EMOJI, SENTENCES, drop_emoji, paragraphs

from ingest.clean.emoji import find_emoji
from ingest.clean.stages import clean
from ingest.document import View
from ingest.read.text import read_text


def without(text: str) -> str:
    view = View.of(text)
    return view.edit(find_emoji(view)).text


@pytest.mark.parametrize(
    ("damaged", "clean_text"),
    [
        ("登上《N😘ature》", "登上《Nature》"),
        ("使用 A10🤩0 GPU", "使用 A100 GPU"),
        ("2022👏年4月", "2022年4月"),
        ("https://exa👍🏽mple.org", "https://example.org"),
        ("❤️开头结尾😀", "开头结尾"),
        ("连着🔥🔥❤️三个", "连着三个"),
        ("一家👩‍👩‍👧‍👦人", "一家人"),
        ("中🇨🇳国", "中国"),
        ("程序员👩🏽‍💻说", "程序员说"),
        ("词中✅间", "词中间"),
        ("⏰时间", "时间"),
    ],
)
def test_pictographs_are_taken_out(damaged: str, clean_text: str) -> None:
    """Pictographs leave words, numbers and addresses as they were, with all that belongs to them."""
    assert without(damaged) == clean_text


@pytest.mark.parametrize(
    "text",
    [
        "★ 重点", "①②③", "㈠㊀", "→←↑↓", "①第一 ②第二", "√ ×", "● 一 ○ 二 ■ 三 □ 四", "♠♥", "©®™", "✓ 是", "☆☆☆", "▲涨 ▼跌",
        "✅ 完成\n❌ 失败", "※注", "〒100", "…—·", "°℃", "㎡", "1️", "𠮷",
    ],
)  # fmt: skip
def test_signs_of_text_stay(text: str) -> None:
    """Marks of lists, stars, arrows, numbers in circles and signs that stand alone are text."""
    assert without(text) == text


def test_flags_spelled_with_tags_leave_nothing() -> None:
    """A flag of a region goes with the invisible letters that spell it."""
    assert without("英🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f格兰") == "英格兰"


def test_keycaps_leave_their_digit() -> None:
    """A digit drawn as a key becomes the digit."""
    assert without("第1️⃣步") == "第1步"
    assert without("拨*⃣或#️⃣键，2️⃣0️⃣2️⃣3️⃣年") == "拨*或#键，2023年"
    assert without("圈⃣和1️") == "圈⃣和1️"


@given(paragraphs(), st.integers(1, 40), st.integers(0, 40))
@example("\n\n".join(SENTENCES), 28, 0)
@example("\n\n".join(SENTENCES), 1, 0)
def test_what_was_dropped_in_comes_out_exactly(text: str, step: int, first: int) -> None:
    """Pictographs at fixed steps, inside words and numbers too, come out and leave the clean text, map included."""
    damaged = drop_emoji(text, step, first)
    cleaned = clean(read_text(damaged.encode(), "a.txt"))
    assert cleaned.view.text == text
    assert all(damaged[s:e] == c for c, s, e in zip(text, cleaned.view.starts, cleaned.view.ends, strict=True))
    assert cleaned.raw == damaged
    taken = len(damaged) - len(text)
    assert cleaned.cleaned == ((("emoji", taken),) if taken else ())


@pytest.mark.parametrize("picture", EMOJI)
def test_every_pictograph_of_the_injector_is_known(picture: str) -> None:
    """Each pictograph is taken out of a word and from both ends of a text."""
    assert without(f"{picture}报{picture}告{picture}") == "报告"
