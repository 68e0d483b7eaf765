"""Boosted regression trees over named features, read from a small JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Forest:
    """Trees whose leaves are summed (Friedman 2001), all in arrays of one row a node.

    A node asks whether feature `asks` is at most `threshold`; if so `low` is
    the next node, else `high`. A leaf is its own next node and has a `value`.
    `roots` are the nodes that trees begin at, `depth` the most steps to a leaf.
    """

    names: tuple[str, ...]
    roots: npt.NDArray[np.int32]
    asks: npt.NDArray[np.int32]
    threshold: npt.NDArray[np.float64]
    low: npt.NDArray[np.int32]
    high: npt.NDArray[np.int32]
    value: npt.NDArray[np.float64]
    depth: int

    def scores(self, rows: Sequence[Mapping[str, float]]) -> list[float]:
        """The sum of the leaves that each row of features falls into."""
        if not rows:
            return []
        features = np.array([[row[n] for n in self.names] for row in rows])
        across = np.arange(len(rows))[:, None]
        at = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
        for _ in range(self.depth):
            at = np.where(features[across, self.asks[at]] <= self.threshold[at], self.low[at], self.high[at])
        return [float(s) for s in self.value[at].sum(axis=1)]


def grown(names: Sequence[str], trees: Sequence[Sequence[Sequence[float]]]) -> Forest:
    """A forest of trees as the file has them: lists of nodes, the root first.

    A node is [feature, threshold, low, high] with numbers of nodes in its tree, a leaf [value].
    """
    roots: list[int] = []
    nodes: list[tuple[float, float, float, float]] = []
    leaves: list[float] = []
    for tree in trees:
        first = len(nodes)
        roots.append(first)
        for i, node in enumerate(tree):
            here = first + i
            leaf = len(node) == 1
            nodes.append((0, 0.0, here, here) if leaf else (node[0], node[1], first + node[2], first + node[3]))
            leaves.append(node[0] if leaf else 0.0)
    asks, threshold, low, high = zip(*nodes, strict=True) if nodes else ((), (), (), ())
    return Forest(
        names=tuple(names),
        roots=np.array(roots, np.int32),
        asks=np.array(asks, np.int32),
        threshold=np.array(threshold, np.float64),
        low=np.array(low, np.int32),
        high=np.array(high, np.int32),
        value=np.array(leaves, np.float64),
        depth=max((_depth(tree, 0) for tree in trees), default=0),
    )


def _depth(tree: Sequence[Sequence[float]], node: int) -> int:
    asked = tree[node]
    return 0 if len(asked) == 1 else 1 + max(_depth(tree, int(asked[2])), _depth(tree, int(asked[3])))


@cache
def forest(name: str) -> Forest:
    """The trees of a file beside this one."""
    given = json.loads(files("assistant").joinpath(name).read_text("utf-8"))
    return grown(given["features"], given["trees"])
