"""One form for matching, whatever the script, width and case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise import SENTENCES
from opencc import OpenCC

from ingest.document import Edit, View
from ingest.fold import MERGED, fold, fold_case_kept, fold_view, is_han, squeeze

EVERYTHING = "".join(chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("優勢與創新", "优势与创新"),
        ("ＡＢＣ１２３％（甲）", "abc123%(甲)"),
        ("DeepSeek-R1", "deepseek-r1"),
        ("①②㎡…", "12m2..."),
        ("餓了麼", "饿了么"),
        ("，！？：；", ",!?:;"),
        ("报告", "报告"),
        ("", ""),
    ],
)
def test_fold_gives_one_form(written: str, folded: str) -> None:
    """Traditional, full-width and capital forms fold to Simplified, half-width and lower case."""
    assert fold(written) == folded


@pytest.mark.parametrize("group", MERGED)
def test_members_of_a_class_fold_alike(group: str) -> None:
    """The characters that conversion tables disagree about all fold to the same one."""
    assert len({fold(c) for c in group}) == 1


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("優勢", "优势"),
        ("在線", "在线"),
        ("匯率", "汇率"),
        ("衞生", "卫生"),
        ("化粧品", "化妆品"),
        ("麻痺", "麻痹"),
        ("枱燈", "台灯"),
        ("敍述", "叙述"),
        ("糭子", "粽子"),
        ("諮詢", "咨询"),
    ],
)
def test_both_scripts_fold_alike(traditional: str, simplified: str) -> None:
    """A word folds to the same form from either script, Hong Kong's own characters included."""
    assert fold(traditional) == fold(simplified)


@pytest.mark.parametrize("table", ["s2t", "s2tw", "s2hk"])
def test_every_regional_spelling_folds_alike(table: str) -> None:
    """A sentence folds to the same text from Simplified and from the spelling of each region."""
    convert = OpenCC(table).convert
    for sentence in SENTENCES:
        assert fold(convert(sentence)) == fold(sentence)


def test_folding_twice_changes_nothing() -> None:
    """What is folded is left as it is, for every character there is."""
    once = fold(EVERYTHING)
    assert fold(once) == once


def test_a_han_character_stays_one_character() -> None:
    """No Han character folds to nothing or to several."""
    assert all(len(fold(c)) == 1 for c in EVERYTHING if is_han(c))


def test_nothing_folds_away() -> None:
    """Every character folds to at least one."""
    assert all(fold(c) for c in EVERYTHING)


def test_case_can_be_kept() -> None:
    """Script and width fold without the case where capitals matter."""
    assert fold_case_kept("ＤｅｅｐSeek優勢") == "DeepSeek优势"


def test_squeeze_drops_white_space() -> None:
    """Squeezed texts compare equal however they are set."""
    assert squeeze("２０２３ 年\n優\u3000勢") == "2023年优势"


def test_is_han_knows_the_rare_planes() -> None:
    """Characters beyond the basic plane are Han too; kana, letters and punctuation are not."""
    assert all(is_han(c) for c in "一龥㐀𠮷豈")
    assert not any(is_han(c) for c in "aア한。1〇😀")


@given(st.text(max_size=30), st.text(max_size=30))
def test_characters_fold_by_themselves(first: str, second: str) -> None:
    """Folding looks at no neighbours: the parts fold as the whole does."""
    assert fold(first) + fold(second) == fold(first + second)


@given(st.text(alphabet=st.sampled_from("優ＡB①㎡…中1ﬁ\n㍿") | st.characters(), max_size=40))
def test_a_folded_view_maps_to_the_character_it_came_from(text: str) -> None:
    """Each folded character stands for exactly the one raw character that folds to it."""
    folded = fold_view(View.of(text))
    assert folded.text == fold(text)
    expected = [i for i, c in enumerate(text) for _ in fold(c)]
    assert folded.starts.tolist() == expected
    assert folded.ends.tolist() == [i + 1 for i in expected]


def test_a_cleaned_view_can_be_folded() -> None:
    """Folding an edited view keeps its map to the raw text."""
    view = View.of("創😀新①").edit([Edit(1, 2)])
    folded = fold_view(view)
    assert folded.text == "创新1"
    assert folded.starts.tolist() == [0, 2, 3]
