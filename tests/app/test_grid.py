"""Rows of tables as a grid."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import assistant
from assistant.app.grid import COLUMNS, cells_of, percents, without_width


def test_rows_of_tables_are_told_from_text() -> None:
    """Lines with as many cells as the line beside them are rows, the first of them a head; one alone is text."""
    text = "表2\n平台 | 份额 | 长处\n美团 | 45% | \n\n孤 | 行\n文字\na | b\nc | d | e\nf | g | h"
    told = [(span.of(text), without_width(style)) for span, style in cells_of(text)]
    assert [cell for cell, style in told if style == "cell head"] == ["平台", "份额", "长处", "c", "d", "e"]
    assert [cell for cell, style in told if style == "cell"] == ["美团", "45%", "f", "g", "h"]
    assert {cell for cell, style in told if style.startswith("bar")} == {" | "}


@given(st.lists(st.sampled_from(["a", " | ", "\n", "长", "|"]), max_size=40).map("".join))
def test_cells_lie_in_order_within_their_lines(text: str) -> None:
    """No stretch overlaps another, and none holds a line break."""
    spans = sorted(span for span, _ in cells_of(text))
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert not any("\n" in span.of(text) for span in spans)


@given(st.lists(st.integers(0, 500), min_size=2, max_size=COLUMNS))
def test_columns_share_the_line(wanted: list[int]) -> None:
    """Whatever they would need, together they take no more than all of it, and each is there."""
    told = percents(wanted)
    assert all(share >= 2 and share % 2 == 0 for share in told)
    assert sum(told) <= 98


def test_a_short_column_is_not_squeezed_by_a_long_one() -> None:
    """A date keeps the room that it needs beside a column of sentences."""
    narrow, wide = percents([10, 200])
    assert 16 <= narrow <= 24
    assert wide > 3 * narrow


def test_too_many_columns_are_not_set_apart() -> None:
    """Each would be too narrow to read."""
    assert percents([4] * (COLUMNS + 1)) == [0] * (COLUMNS + 1)
    row = " | ".join("甲" * (COLUMNS + 1))
    assert {style for _, style in cells_of(f"{row}\n{row}")} == {"cell head", "cell", "bar"}


def test_every_width_has_a_style() -> None:
    """The style sheet knows each of them, for a page of documents takes no style from its text."""
    css = (Path(assistant.__file__).parent / "app" / "page.css").read_text("utf-8")
    assert {f".w{n} {{ width: {n}%; }}" for n in range(2, 98, 2)} <= set(re.findall(r"\.w\d+ \{ width: \d+%; \}", css))
