"""Choosing documents by name, publisher and date."""

from __future__ import annotations

import pytest

from assistant.app.filters import Choice, choice_of, kept, publishers, years
from ingest.listing import Listed

LISTED = [
    Listed("a.md", "报告", "md", "", 1, 1, "", "甲", "2022-05-01"),
    Listed("b.md", "报告", "md", "", 1, 1, "", "乙", "2023"),
    Listed("c.md", "另一份", "md", "", 1, 1, "", "甲", "2024-01"),
    Listed("d.md", "", "md", "", 1, 1, ""),
    Listed("own-0123456789abcdef/e.md", "自己的", "md", "", 1, 1, "", "乙", "2023"),
]
SHARED = LISTED[:4]


@pytest.mark.parametrize(
    ("choice", "paths"),
    [
        (Choice(), "abcd"),
        (Choice(documents=("a.md", "d.md")), "ad"),
        (Choice(publishers=("甲",)), "ac"),
        (Choice(since="2023"), "bc"),
        (Choice(until="2023"), "ab"),
        (Choice(since="2023", until="2023"), "b"),
        (Choice(documents=("b.md",), publishers=("甲",)), ""),
        (Choice(publishers=("甲", "乙"), since="2023"), "bc"),
    ],
)
def test_a_choice_keeps_what_fits_all_of_it(choice: Choice, paths: str) -> None:
    """Years count whole; a document without a date fits no choice of dates."""
    assert kept(SHARED, choice) == [f"{p}.md" for p in paths]
    assert bool(choice) == (choice != Choice())


def test_what_can_be_chosen_is_what_there_is() -> None:
    """Publishers of most documents first, the last year first."""
    assert publishers(SHARED) == ["甲", "乙"]
    assert years(SHARED) == ["2024", "2023", "2022"]


def test_the_reader_can_keep_to_their_own_files() -> None:
    """Only what was brought is left, and the other filters hold for it too."""
    assert kept(LISTED, Choice(own=True)) == [LISTED[4].path]
    assert kept(LISTED, Choice(own=True, until="2022")) == []
    assert LISTED[4].path in kept(LISTED, Choice(publishers=("乙",)))


@pytest.mark.parametrize("told", ["", "[]", "{", "null", '"x"', '{"documents": 3, "own": "yes", "since": null}'])
def test_a_choice_that_means_nothing_chooses_nothing(told: str) -> None:
    """Whatever the browser sends, a question is asked of all rather than not at all."""
    assert choice_of(told) == Choice()


def test_a_choice_is_read_as_it_was_made() -> None:
    """Documents and publishers are lists, years are four digits."""
    told = '{"documents": ["a.md"], "publishers": ["甲"], "since": "2022", "until": "20240101", "own": true}'
    assert choice_of(told) == Choice(("a.md",), ("甲",), "2022", "2024", own=True)
