"""One form for matching, whatever the script, width and case."""

from __future__ import annotations

import json
import os
import subprocess
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path

import opencc.clib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise import SENTENCES
from opencc import OpenCC
from pypinyin.phrases_dict import phrases_dict

from ingest.document import Edit, View
from ingest.fold import TABLE, fold, fold_case_kept, fold_view, is_han, squeeze
from ingest.fold_table import MERGED, computed

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


@pytest.mark.skipif(unicodedata.unidata_version != "14.0.0", reason="the table was made with Unicode 14")
def test_the_table_is_what_its_sources_give() -> None:
    """What is shipped was made by the code and the libraries that are here."""
    assert json.loads(TABLE.read_text("utf-8")) == computed()


LONG = "优势在于创新，" * 20
"""So that a text is folded by arrays."""


@given(st.text(alphabet=st.sampled_from("優ＡB①㎡…中1ﬁ\n㍿\U000e0001\ud800") | st.characters(), max_size=40))
@pytest.mark.parametrize("folding", [fold, fold_case_kept])
def test_a_long_text_folds_as_each_of_its_characters(folding: Callable[[str], str], text: str) -> None:
    """It makes no difference that the characters of a long text are folded at once, whatever they are."""
    assert folding(LONG + text + LONG) == folding(LONG) + "".join(map(folding, text)) + folding(LONG)


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


CONVERTERS = ("s2t", "s2tw", "s2hk", "t2s", "tw2s", "hk2s", "t2tw", "t2hk", "tw2t", "hk2t")
"""What converts characters and leaves words alone."""
WORDS_ALONE = ("坐座", "里哩", "呆待", "坏坯", "画划", "象像", "链炼")
"""Characters of which a word takes one or the other, though they are two in either script."""


@pytest.mark.parametrize("table", CONVERTERS)
def test_every_regional_spelling_folds_alike(table: str) -> None:
    """A sentence folds to the same text from each script and from the spelling of each region."""
    convert = OpenCC(table).convert
    for sentence in SENTENCES:
        for written in (sentence, OpenCC("s2t").convert(sentence)):
            assert fold(convert(written)) == fold(sentence)


@pytest.mark.parametrize("table", CONVERTERS)
def test_every_character_folds_as_what_it_is_converted_to(table: str) -> None:
    """No Han character by itself is converted into one that folds otherwise."""
    characters = [c for c in EVERYTHING if is_han(c)]
    converted = OpenCC(table).convert("\n".join(characters)).split("\n")
    assert [a + b for a, b in zip(characters, converted, strict=True) if fold(a) != fold(b)] == []


@cache
def words_of_converters(folder: Path) -> tuple[str, ...]:
    """Every word and phrase that the dictionaries of OpenCC hold, in all their spellings."""
    home = Path(opencc.clib.__file__).parent
    words: set[str] = set()
    for dictionary in (home / "share" / "opencc").glob("*Phrases*.ocd2"):
        text = folder / f"{dictionary.stem}.txt"
        subprocess.run(
            [home / "bin" / "opencc_dict", "-i", dictionary, "-o", text, "-f", "ocd2", "-t", "text"],
            env={**os.environ, "LD_LIBRARY_PATH": str(home / "lib64")},
            capture_output=True,
            check=True,
        )
        words.update(w for line in text.read_text("utf-8").splitlines() if line[:1] != "#" for w in line.split())
    return tuple(sorted(words))


@pytest.fixture(scope="session")
def words(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The words of OpenCC's dictionaries and of pypinyin's, some 120,000."""
    return sorted({*words_of_converters(tmp_path_factory.mktemp("dictionaries")), *phrases_dict})


@pytest.mark.parametrize("table", CONVERTERS)
def test_every_word_folds_as_what_it_is_converted_to(table: str, words: list[str]) -> None:
    """Words fold alike however they are converted, but for those few whose characters are two in either script."""
    assert len(words) > 100_000
    converted = OpenCC(table).convert("\n".join(words)).split("\n")
    astray = {
        x + y for a, b in zip(words, converted, strict=True) for x, y in zip(fold(a), fold(b), strict=True) if x != y
    }
    assert not {frozenset(pair) for pair in astray} - {frozenset(pair) for pair in WORDS_ALONE}


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
