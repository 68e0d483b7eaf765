"""Grow the trees of `assistant/extract_trees.json` on top of the weights of `extract.json`, with LightGBM."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

ROUNDS = 150
PARAMETERS = {
    "objective": "lambdarank",
    "lambdarank_truncation_level": 10,
    "learning_rate": 0.06,
    "num_leaves": 12,
    "min_data_in_leaf": 80,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "deterministic": True,
    "num_threads": 1,
    "seed": 1,
    "verbose": -1,
}
FALLING = frozenset({"asked_missing", "other_year", "asks", "heading"})
FREE = frozenset({"new", "short", "long", "phrases", "coverage_after", "named"})
"""All other features may only raise a score: what holds for encyclopedias in some corner is not to be believed of reports."""


def grow(
    features: Floats, right: npt.NDArray[np.bool_], sizes: Sequence[int], so_far: Floats, names: Sequence[str]
) -> list[list[list[float]]]:
    """Trees that rank the right candidates of each question first (LambdaMART; Burges 2010), on top of scores so far.

    `features` has the shape (candidates, features), those of one question after
    those of another; `sizes` tells how many each has. A tree is a list of nodes
    as `assistant.trees.grown` takes them.
    """
    bound = [0 if n in FREE else -1 if n in FALLING else 1 for n in names]
    data = lightgbm.Dataset(features, right.astype(int), group=list(sizes), init_score=so_far, feature_name=list(names))
    model = lightgbm.train(PARAMETERS | {"monotone_constraints": bound}, data, ROUNDS)
    return [_nodes(tree["tree_structure"]) for tree in model.dump_model()["tree_info"]]


def _nodes(root: Mapping[str, Any]) -> list[list[float]]:
    """A tree of LightGBM's as a list of nodes, the root first."""
    order = list(_walk(root))
    place = {id(node): i for i, node in enumerate(order)}
    return [
        [
            node["split_feature"],
            round(node["threshold"], 6),
            place[id(node["left_child"])],
            place[id(node["right_child"])],
        ]
        if "split_feature" in node
        else [round(node["leaf_value"], 5)]
        for node in order
    ]


def _walk(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for side in ("left_child", "right_child"):
        if side in node:
            yield from _walk(node[side])


def write(
    file: Path, names: Sequence[str], trees: Sequence[Sequence[Sequence[float]]], about: Mapping[str, object]
) -> None:
    """Write trees so that a line is a tree."""
    lines = ",\n".join(json.dumps(t, separators=(",", ":")) for t in trees)
    head = json.dumps({**about, "features": list(names)}, indent=1, ensure_ascii=False)
    file.write_text(f'{head[:-2]},\n "trees": [\n{lines}\n]}}\n', "utf-8")
