"""Text in GBK that was read one byte off comes back, or is marked."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise import SENTENCES, drop_emoji, in_traditional, leak_pinyin, paragraphs

from evals.bench.noise import places_to_slip, slip
from ingest.clean.slipped import LOST, find_garbled, find_slipped
from ingest.clean.stages import clean, quoted, repaired_in, tidy
from ingest.document import Document, Span, View
from ingest.split import split


def mended(text: str) -> str:
    view = View.of(text)
    return view.edit(find_slipped(view)).text


def document(text: str) -> Document:
    return Document(path="a.txt", format="txt", raw=text, view=View.of(text))


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        ("增速都超過100%??偛吭O在中國,但它", "增速都超過100%。總部設在中國,但它"),
        ("價格持續取悅客戶??刂普麠l價值鏈", "價格持續取悅客戶。控制整條價值鏈"),
        ("粉絲之間的互動營銷?;\ue2c4陂T店配送快遞", "粉絲之間的互動營銷。基于門店配送快遞"),
        (
            "人民生活改善?!薄\ue000\ue020暯\ue3d1皆趯嵤﹪\ue24f掖髷?shù)據戰略",
            "人民生活改善。”——習近平在實施國家大數據戰略",
        ),
        ("海底撈的用心?!\ue000\ue0195讚苿?chuàng)始人", "海底撈的用心。——海底撈創始人"),
    ],
)
def test_misread_runs_are_read_again(damaged: str, whole: str) -> None:
    """A run behind a lost byte comes back, private-use characters and swallowed brackets included."""
    assert mended(damaged) == whole


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        ("即時零售管理?xiàng)l例", "即時零售管理條例"),
        ("理論研究?jī)r(jià)值", "理論研究價(jià)值"),
        ("主要研究?jī)?nèi)容概括", "主要研究內容概括"),
        ("大量一手?jǐn)?shù)據(jù)", "大量一手數據(jù)"),
        ("發(fā)展?jié)撛谟脩粑譅栁诌@項行動", "發(fā)展潛在用戶沃爾沃這項行動"),
        ("向?qū)嶓w經濟", "向實體經濟"),
        ("透明機制:?jiǎn)⒂脜^塊鏈", "透明機制:啟用區塊鏈"),
    ],
)
def test_readings_between_two_bytes_are_taken_out(damaged: str, whole: str) -> None:
    """The reading tells which byte was lost with its bracket, and the characters around it come back."""
    assert mended(damaged) == whole


def test_what_the_bytes_do_not_tell_is_marked() -> None:
    """A digit that was swallowed is gone: its place is marked, never filled."""
    assert mended("掌握在自己手中?!?020年,實現") == f"掌握在自己手中。”{LOST}020年,實現"
    assert mended("智慧生活解決方案?!?”是指") == f"智慧生活解決方案。“{LOST}”是指"


@pytest.mark.parametrize(
    "text",
    [
        "真的嗎?當然。",
        "什麼?!不可能。",
        "用户可以访问https://example.org/report?id=42查看",
        "Plus?與雙輪",
        "R=1?1?战略",
        "嗎?3D打印",
        "?",
        "",
    ],
)
def test_question_marks_are_text(text: str) -> None:
    """Where what follows a mark reads well, or cannot be read better, nothing changes."""
    assert mended(text) == text


@given(paragraphs() | paragraphs(traditional=True))
def test_clean_text_stays(text: str) -> None:
    """No sentence of a careful author is taken for misread bytes."""
    assert mended(text) == text
    assert find_garbled(text) == []


@given(paragraphs(least=4, traditional=True), st.randoms(use_true_random=False), st.booleans())
def test_lost_full_stops_come_back(text: str, random: Random, halved: bool) -> None:
    """Whatever 。 loses a byte, the text comes back, but for a character of which one byte is gone."""
    places = places_to_slip(text)
    if not places:
        return
    place = random.choice(places)
    view = View.of(slip(text, place, halved=halved))
    again = view.edit(find_slipped(view))
    if again.text != view.text:
        assert again.text.replace(LOST, "。") == text
        assert again.within(Span(0, place)) == text[:place]


@given(paragraphs(least=6, traditional=True), st.randoms(use_true_random=False), st.integers(20, 200))
def test_passages_stay_exact_over_mended_runs(text: str, random: Random, size: int) -> None:
    """LAW 1: no passage begins inside a mended run, and each cleans to itself, whatever other noise there is."""
    places = places_to_slip(text)
    damaged = slip(text, random.choice(places)) if places else text
    damaged = leak_pinyin(drop_emoji(damaged, 31, len(damaged)), 11)
    cleaned = clean(document(damaged))
    for chunk in split(cleaned, size):
        assert cleaned.view.within(chunk.span) == chunk.text
        assert tidy(chunk.span.of(cleaned.raw)) == chunk.text
        assert quoted(cleaned, chunk.span) == chunk.text


def test_runs_are_noted_in_the_document() -> None:
    """Repaired ranges are noted in raw coordinates, and a range that cuts one is quoted from the map."""
    text = f"{SENTENCES[0]}增速都超過100%??偛吭O在中國。"
    cleaned = clean(document(text))
    run = text.index("??偛吭O")
    assert cleaned.repaired == (Span(run, run + 5),)
    assert repaired_in(cleaned, Span(run + 1, run + 2))
    assert not repaired_in(cleaned, Span(0, run))
    assert quoted(cleaned, Span(run + 1, len(text))) == "總部設在中國。"
    assert quoted(cleaned, Span(0, run)) == f"{SENTENCES[0]}增速都超過100%"


def test_garbled_runs_are_damage() -> None:
    """A run that cannot be put right is noted as damaged."""
    cleaned = clean(document("這是結論?趙皥覎偢鍐皃,以及"))
    assert cleaned.view.text == cleaned.raw
    assert cleaned.damaged


def test_a_hundred_thousand_marks_take_no_longer_than_reading_them() -> None:
    """Text made of marks alone is left as it is."""
    assert mended("?" * 2000) == "?" * 2000
    assert mended(in_traditional(SENTENCES[0]) + "?!" * 500)[:5] == in_traditional(SENTENCES[0])[:5]
