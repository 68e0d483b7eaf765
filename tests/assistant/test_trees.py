"""Boosted trees: what a file of them says of rows of features."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.extract import TREES
from assistant.trees import forest, grown

STUMP = [[0, 0.5, 1, 2], [-1.0], [2.0]]
DEEP = [[1, 0.0, 1, 2], [0.25], [0, 1.0, 3, 4], [0.5], [1.0]]


@pytest.mark.parametrize(
    ("row", "score"),
    [
        ({"a": 0.5, "b": 0.0}, -0.75),
        ({"a": 0.6, "b": 0.0}, 2.25),
        ({"a": 0.6, "b": 0.1}, 2.5),
        ({"a": 1.5, "b": 0.1}, 3.0),
    ],
)
def test_leaves_are_summed(row: dict[str, float], score: float) -> None:
    """A value that is equal to a threshold goes to the low side, and trees of unlike depth are read together."""
    assert grown(["a", "b"], [STUMP, DEEP]).scores([row]) == [pytest.approx(score)]


def test_no_rows_and_no_trees() -> None:
    """Nothing has no scores, and a forest without trees gives 0."""
    assert grown(["a"], [STUMP]).scores([]) == []
    assert grown([], []).scores([{"a": 1.0}]) == [0.0]


def walk(tree: list[list[float]], row: dict[str, float], names: list[str]) -> float:
    """What one tree says of a row, node by node."""
    node = tree[0]
    while len(node) > 1:
        feature, threshold, low, high = node
        node = tree[int(low if row[names[int(feature)]] <= threshold else high)]
    return node[0]


@given(st.data())
def test_the_shipped_trees_are_read_as_they_are_written(data: st.DataObject) -> None:
    """All trees at once say what they say one by one."""
    written = json.loads(files("assistant").joinpath(TREES).read_text("utf-8"))
    names = written["features"]
    row = {n: data.draw(st.floats(-1, 2, width=32)) for n in names}
    expected = sum(walk(tree, row, names) for tree in written["trees"])
    assert forest(TREES).scores([row]) == [pytest.approx(expected, abs=1e-9)]
