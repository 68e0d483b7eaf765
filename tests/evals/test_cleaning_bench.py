"""The benchmark of cleaning counts what it says it counts."""

from __future__ import annotations

from random import Random

import pytest
from noise import SENTENCES, in_traditional

from evals.bench.cleaning import kept, restored
from evals.bench.noise import drop_emoji, leak_pinyin, places_to_slip, slip

TEXTS = ["".join(SENTENCES[i : i + 8]) for i in range(0, 32, 8)]


def test_restored_texts_are_counted() -> None:
    """Each text that comes back to the letter counts as restored, one that cannot be damaged does not count."""
    for damage in (drop_emoji, leak_pinyin):
        result = restored([*TEXTS, ""], damage)
        assert (result.passages, result.restored, result.wrong) == (len(TEXTS), 1.0, 0.0)


def test_wrong_and_left_texts_are_told_apart() -> None:
    """Damage that no cleaner sees is left; a text that comes out as another is wrong."""
    assert restored(TEXTS, lambda text, random: text[1:]).left == 1.0
    assert restored(TEXTS, lambda text, random: text[1:] + "😀").wrong == 1.0


def test_changes_to_clean_texts_are_counted() -> None:
    """A clean text keeps every character; an author's pictograph is one that is changed."""
    assert kept(TEXTS).changed == 0
    assert kept([*TEXTS, f"{SENTENCES[0]}😀"]).changed == 1


def test_the_same_numbers_give_the_same_damage() -> None:
    """Injectors depend on nothing but the text and the random numbers."""
    for damage in (drop_emoji, leak_pinyin):
        once, again = (damage(TEXTS[0], Random(1)) for _ in range(2))  # noqa: S311
        assert once == again != TEXTS[0]


def test_a_slip_needs_an_end() -> None:
    """Bytes slip only where an ASCII byte sets the reading right again."""
    text = in_traditional("".join(SENTENCES))
    places = places_to_slip(text)
    assert places
    assert all(text[p] == "。" and slip(text, p)[p] == "?" for p in places)
    with pytest.raises(ValueError, match="no misread run"):
        slip("。", 0)
