"""Learn `ingest/clean/glued.npz`: where marks stood in text that has lost them.

    python -m evals.bench.train_glued BENCH [--articles 40000]

News articles of the benchmark folder, folded, their marks and white space taken
out; each place between two characters is one where a sentence or clause ended,
or not. A logistic model over hashed groups of characters, fit with AdaGrad
(Duchi et al. 2011). Every twentieth article is held out, and gives the
precision and recall that are printed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

import ingest.clean
from evals.bench.reading import news
from ingest.clean.glued import BUCKETS, FILE, bare, buckets
from ingest.fold import fold_in_place

ENDS = frozenset("，。！？；：,!?;:…\n")
"""The marks that are looked for; others, such as quotes and 、, stand inside a clause."""
PASSES, BATCH, RATE = 3, 4096, 0.3
HELD_OUT = 20
LEVELS = 127

Places = tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]


def places(text: str) -> Places:
    """The buckets of all places of a text, and which of them marks stood at."""
    folded = fold_in_place(text)
    letters, kept = bare(folded)
    ends = np.array([c in ENDS for c in folded])
    seen = np.concatenate([[0], np.cumsum(ends)])
    before = seen[kept]
    return buckets(letters).astype(np.int32), np.diff(before, prepend=before[:1]) > 0


def joined(some: Iterable[Places]) -> Places:
    """The places of several texts as one."""
    found, marked = zip(*some, strict=True)
    return np.concatenate(found), np.concatenate(marked)


def fit(known: Places, seed: int = 0) -> tuple[npt.NDArray[np.float32], float]:
    """Weights by bucket, and the intercept."""
    found, marked = known
    share = float(marked.mean())
    weights = np.zeros(BUCKETS, np.float32)
    squares = np.full(BUCKETS, 1e-3, np.float32)
    intercept = float(np.log(share / (1 - share)))
    shuffled = np.random.default_rng(seed)
    for _ in range(PASSES):
        order = shuffled.permutation(len(marked))
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            here = found[some]
            error = 1 / (1 + np.exp(-(weights[here].sum(axis=1) + intercept))) - marked[some]
            slope = np.bincount(here.ravel(), np.repeat(error, here.shape[1]), BUCKETS).astype(np.float32)
            squares += slope**2
            weights -= RATE * slope / np.sqrt(squares)
    return weights, intercept


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description="Learn where text was glued together.")
    parser.add_argument("bench", type=Path)
    parser.add_argument("--articles", type=int, default=40_000)
    given = parser.parse_args()
    texts = [text for _, text in news(given.bench, given.articles)]
    held = joined(places(t) for t in texts[::HELD_OUT])
    weights, intercept = fit(joined(places(t) for i, t in enumerate(texts) if i % HELD_OUT))
    scale = float(np.abs(weights).max()) / LEVELS
    rounded = np.round(weights / scale).astype(np.int8)
    odds = rounded.astype(np.float32)[held[0]].sum(axis=1) * scale + intercept
    for level in (0, 1, 2):
        told = odds > level
        right = float((told & held[1]).sum())
        print(f"above {level}: precision {right / told.sum():.3f}, recall {right / held[1].sum():.3f}", file=sys.stderr)
    file = Path(ingest.clean.__file__).parent / FILE
    np.savez_compressed(file, weights=rounded, scale=np.float32(scale), intercept=np.float32(intercept))


if __name__ == "__main__":
    main()
