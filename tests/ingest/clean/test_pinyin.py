"""Leaked readings come out, other brackets stay."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from noise import SENTENCES, drop_emoji, in_traditional, leak_pinyin, paragraphs

from ingest.clean.pinyin import find_pinyin, is_reading
from ingest.clean.stages import clean
from ingest.document import View
from ingest.read.text import read_text


def without(text: str) -> str:
    view = View.of(text)
    return view.edit(find_pinyin(view)).text


@pytest.mark.parametrize(
    ("damaged", "clean_text"),
    [
        ("創(chuàng)新", "創新"),
        ("優(yōu)勢", "優勢"),
        ("時(shí)零售", "時零售"),
        ("萬(wàn)億", "萬億"),
        ("創(chuang)新", "創新"),
        ("综(zōng)合", "综合"),
        ("重(chóng)庆重(zhòng)要", "重庆重要"),
        ("绿(lǜ)色", "绿色"),
        ("绿(lü)色", "绿色"),
        ("創(chua\u0300ng)新", "創新"),
    ],
)
def test_leaked_readings_are_taken_out(damaged: str, clean_text: str) -> None:
    """A reading of the very character before it goes, with tone mark or without, composed or not."""
    assert without(damaged) == clean_text


@pytest.mark.parametrize(
    "text",
    [
        "营销(marketing)", "费用(affiliatefee)", "优(chuang)势", "联盟(CPS)", "方案(A)", "创（chuàng）新", "(chuàng)新", "A(a)",
        "创(chuàng 新", "创 (chuàng)新", "会员(vip)", "第三方(3P)", "创()新",
    ],
)  # fmt: skip
def test_other_brackets_stay(text: str) -> None:
    """English in brackets, the reading of another character, and full-width brackets are text."""
    assert without(text) == text


def test_a_reading_is_one_of_the_characters_own() -> None:
    """All readings of a character count, and no other's."""
    assert is_reading("行", "háng")
    assert is_reading("行", "xing")
    assert not is_reading("行", "hǎng")
    assert not is_reading("行", "")
    assert not is_reading("a", "a")


@given(paragraphs() | paragraphs(traditional=True), st.integers(1, 25), st.booleans())
@example("\n\n".join(SENTENCES), 1, True)
@example(in_traditional("\n\n".join(SENTENCES)), 1, False)
def test_what_leaked_is_taken_back_exactly(text: str, step: int, tones: bool) -> None:
    """Leaked readings of any characters in either script come out and leave the clean text, map included."""
    damaged = leak_pinyin(text, step, tones=tones)
    cleaned = clean(read_text(damaged.encode(), "a.txt"))
    assert cleaned.view.text == text
    assert all(damaged[s:e] == c for c, s, e in zip(text, cleaned.view.starts, cleaned.view.ends, strict=True))
    taken = len(damaged) - len(text)
    assert cleaned.cleaned == ((("pinyin", taken),) if taken else ())


@given(paragraphs(), st.integers(1, 25), st.integers(1, 25))
def test_pictographs_inside_leaked_readings_do_no_harm(text: str, leak: int, step: int) -> None:
    """Both kinds of damage on top of each other, a pictograph in the middle of a reading too, are undone."""
    damaged = drop_emoji(leak_pinyin(text, leak), step)
    assert clean(read_text(damaged.encode(), "a.txt")).view.text == text
