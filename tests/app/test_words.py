"""The labels of the page."""

from __future__ import annotations

import string
from dataclasses import fields

import pytest

from assistant.app.labels import Words
from assistant.app.languages import DEFAULT, LANGUAGES, NAMES, Language, first_language, language_of
from assistant.app.shelf_words import LIBRARY_WORDS, ShelfWords
from assistant.app.words import WORDS
from assistant.script import Script, in_script

LABELS = [f.name for f in fields(Words)]
LIBRARY_LABELS = [f.name for f in fields(ShelfWords)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_label(language: Language) -> None:
    """No label of any language is empty."""
    assert [n for n in LABELS if not getattr(WORDS[language], n).strip()] == []
    assert NAMES[language]


@pytest.mark.parametrize("label", LABELS)
def test_templates_take_the_same_in_every_language(label: str) -> None:
    """What one language fills into a label, the others do too."""
    taken = {
        frozenset(name for _, name, _, _ in string.Formatter().parse(getattr(WORDS[n], label)) if name is not None)
        for n in LANGUAGES
    }
    assert len(taken) == 1


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_chinese_labels_keep_to_their_script(language: Script) -> None:
    """A Simplified label holds no Traditional character, and the other way round."""
    for label in LABELS:
        word = getattr(WORDS[language], label)
        assert in_script(word, language) == word


@pytest.mark.parametrize("label", LIBRARY_LABELS)
def test_the_labels_of_the_shelf_agree(label: str) -> None:
    """Each is there in every language, takes the same, and keeps to its script."""
    told = {n: str(getattr(LIBRARY_WORDS[n], label)) for n in LANGUAGES}
    assert all(told.values())
    assert len({word.count("{}") for word in told.values()}) == 1
    for script in ("zh-Hans", "zh-Hant"):
        assert in_script(told[script], script) == told[script]
    assert all(c.isascii() or c in "“”—…" for c in told["en"])


def test_a_length_is_told_as_people_say_it() -> None:
    """Ten thousands in Chinese, thousands in English."""
    assert LIBRARY_WORDS["zh-Hans"].length(9999) == "9999 字"
    assert LIBRARY_WORDS["zh-Hant"].length(31_497) == "3.1 萬字"
    assert LIBRARY_WORDS["en"].length(31_497) == "31.5k characters"


def test_english_labels_are_ascii_but_for_their_punctuation() -> None:
    """No Chinese is left in the English labels."""
    assert all(c.isascii() or c in "“”—…" for n in LABELS for c in getattr(WORDS["en"], n))


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-Hans-HK", "zh-Hans"),
        ("zh_SG", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-hk", "zh-Hant"),
        ("zh-MO", "zh-Hant"),
        ("zh-Hant-CN", "zh-Hant"),
        ("yue", "zh-Hant"),
        ("en-GB", "en"),
        ("de", None),
        ("", None),
        (None, None),
    ],
)
def test_a_browser_tag_finds_its_language(tag: str | None, language: Language | None) -> None:
    """Regions that write Traditional get it, unless the tag names a script."""
    assert language_of(tag) == language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-DE,de;q=0.9,zh-TW;q=0.8,en;q=0.7", "zh-Hant"),
        ("en;q=0.5,zh-CN;q=0.9", "zh-Hans"),
        ("en,zh-TW", "en"),
        ("fr", DEFAULT),
        ("zh-TW;q=x,en", "en"),
        ("<script>", DEFAULT),
        (None, DEFAULT),
    ],
)
def test_the_first_known_language_of_a_header_is_taken(header: str | None, language: Language) -> None:
    """A browser's preference decides; what means nothing is passed over."""
    assert first_language(header) == language


def test_a_quotation_is_copied_with_its_reference() -> None:
    """The page stands in the reference where there is one, in the words of the language."""
    assert WORDS["zh-Hans"].quoted("一。", "报告", "3", "a.pdf") == "“一。”——《报告》，第 3 页（a.pdf）"
    assert WORDS["zh-Hant"].quoted("一。", "報告", "", "a.md") == "「一。」——《報告》（a.md）"
    assert WORDS["en"].quoted("一。", "R", "Sheet1", "a.xlsx") == "“一。” — R, Sheet1 (a.xlsx)"
