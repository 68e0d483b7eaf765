"""Where passages end."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.boundaries import packed
from ingest.document import Span
from ingest.split import sentences

FILL = "这一句话说的是别的事情而且不长。"
"""A sentence of 16 characters."""


def groups(text: str, size: int, inner: Sequence[int] = ()) -> list[str]:
    """The texts of the groups that a text is packed into."""
    return [Span(g[0].start, g[-1].end).of(text) for g in packed(text, list(sentences(text)), frozenset(inner), size)]


def test_what_fits_is_one_group() -> None:
    """Sentences that fill no more than one passage stay together."""
    assert groups(FILL * 5, 80) == [FILL * 5]


@pytest.mark.parametrize(
    "leads_up", ["制约因素如下：", "原因有二。", "研究工作分为三个阶段。", "主要包括以下几方面。", "(2)"]
)
def test_no_passage_ends_with_what_announces_the_next(leads_up: str) -> None:
    """A colon, a number of things, or a number alone goes with what it leads up to."""
    text = FILL * 4 + leads_up + "\n" * (leads_up == "(2)") + "成本很高。" + FILL * 3
    first, second = groups(text, 4 * len(FILL) + len(leads_up) + 2)
    assert first == FILL * 4
    assert second.startswith(leads_up)


def test_a_numbered_section_begins_a_passage() -> None:
    """Of the places where a passage may end, the one before a numbered section is taken, though it is not the last."""
    text = FILL * 3 + "(1)发展态势良好。" + FILL * 4
    assert groups(text, 6 * len(FILL)) == [FILL * 3, "(1)发展态势良好。" + FILL * 4]


def test_an_item_is_no_section() -> None:
    """A number that follows closely on the one before it is an item of one list, which stays whole where it fits."""
    items = "1、成本很高而且还在上升。2、体验不佳而且没有改善。3、法规不全而且无人过问。"
    text = FILL * 2 + items + FILL * 3
    assert any(items in group for group in groups(text, 6 * len(FILL)))


def test_a_passage_ends_with_a_line() -> None:
    """A line's end is a better place than the middle of a paragraph."""
    text = FILL * 3 + "\n" + FILL * 4
    assert groups(text, 6 * len(FILL)) == [FILL * 3, FILL * 4]


def test_no_short_passage_is_left_over() -> None:
    """Two passages of like length rather than a full one and a sentence."""
    assert sorted(map(len, groups(FILL * 7, 6 * len(FILL))))[0] >= 2 * len(FILL)


def test_no_group_begins_inside() -> None:
    """Where nothing may begin nothing does, though a group is longer for it."""
    text = FILL * 4
    places = [s.start for s in sentences(text)]
    assert groups(text, 2 * len(FILL), places[1:]) == [text]


@given(
    st.lists(
        st.sampled_from([FILL, "如下：", "第一，便宜。", "二、快。", "\n", "很长" * 60 + "。"]), min_size=1, max_size=30
    ),
    st.integers(20, 200),
    st.sets(st.integers(0, 30)),
)
def test_groups_hold_every_sentence_once_and_no_more_than_fits(parts: list[str], size: int, kept: set[int]) -> None:
    """Groups hold all sentences in order; one that is too long has a single place to begin at."""
    text = "".join(parts)
    all_of_them = list(sentences(text))
    if not all_of_them:
        return
    inner = frozenset(s.start for i, s in enumerate(all_of_them) if i in kept)
    found = list(packed(text, all_of_them, inner, size))
    assert [s for group in found for s in group] == all_of_them
    for group in found:
        places = [s for s in group[1:] if s.start not in inner]
        assert group[-1].end - group[0].start <= size or not places
        assert group[0] == all_of_them[0] or group[0].start not in inner
