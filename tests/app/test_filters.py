"""Choosing documents by name, publisher and date."""

from __future__ import annotations

import pytest

from assistant.app.filters import Choice, kept, named, publishers, years
from ingest.catalog import Listed

LISTED = [
    Listed("a.md", "报告", "md", "", 1, 1, "", "甲", "2022-05-01"),
    Listed("b.md", "报告", "md", "", 1, 1, "", "乙", "2023"),
    Listed("c.md", "另一份", "md", "", 1, 1, "", "甲", "2024-01"),
    Listed("d.md", "", "md", "", 1, 1, ""),
]


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
    assert kept(LISTED, choice) == [f"{p}.md" for p in paths]
    assert bool(choice) == (choice != Choice())


def test_what_can_be_chosen_is_what_there_is() -> None:
    """Publishers of most documents first, the last year first, and titles that are told apart."""
    assert publishers(LISTED) == ["甲", "乙"]
    assert years(LISTED) == ["2024", "2023", "2022"]
    assert named(LISTED) == [("报告 (a.md)", "a.md"), ("报告 (b.md)", "b.md"), ("另一份", "c.md"), ("d.md", "d.md")]
