"""Hits that are kept to some passages."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.within import found_within, inside, kept

NUMBERS = st.lists(st.integers(1, 60), unique=True).map(sorted)


@given(NUMBERS, st.lists(st.integers(0, 70)))
def test_it_is_known_of_each_number_whether_it_is_inside(within: list[int], asked: list[int]) -> None:
    """As looking through all would tell."""
    assert inside(asked, np.array(within, np.int64)).tolist() == [n in within for n in asked]


@given(NUMBERS, st.permutations(range(1, 51)), st.integers(1, 12))
def test_a_search_is_asked_for_more_until_enough_are_inside(within: list[int], ranking: list[int], k: int) -> None:
    """The first of the ranking that are inside, as if all of it had been looked through; never more than there is."""
    asked: list[int] = []

    def search(wide: int) -> list[tuple[int, float]]:
        asked.append(wide)
        return [(n, float(-at)) for at, n in enumerate(ranking[:wide])]

    numbers = np.array(within, np.int64)
    assert found_within(search, k, numbers, len(ranking)) == kept(search(50), numbers)[:k]
    assert max(asked) <= len(ranking)
    assert asked[:-1] == sorted({*asked[:-1]})
