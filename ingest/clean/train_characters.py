"""Train the character model: ``python -m ingest.clean.train_characters NEWS.jsonl.gz... --out FILE.npz``.

Counts pairs of neighbouring characters in Chinese articles (one JSON object
with a ``text`` a line), folded as for matching, and keeps those pairs that say
most. The same articles give the same bytes. No text is kept.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.clean.characters import BACKOFF, SCALE
from ingest.fold import fold

CHARACTERS = 6000
PAIRS = 420_000
DISCOUNT = 0.5
BATCH = 4_000_000
"""Characters counted at once; bounds the memory."""

Counts = npt.NDArray[np.int64]


def main() -> None:
    """Count, weigh and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", nargs="+", type=Path)
    parser.add_argument("--out", required=True, type=Path)
    args = parser.parse_args()
    alphabet = _alphabet(_texts(args.articles))
    single, pairs = _count(_texts(args.articles), alphabet)
    _write(args.out, alphabet, *_weigh(single, pairs))


def _texts(files: Iterable[Path]) -> Iterator[str]:
    """The folded articles, joined by line ends, in pieces of about BATCH characters."""
    batch: list[str] = []
    size = 0
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                batch.append(fold(json.loads(line)["text"]))
                size += len(batch[-1])
                if size > BATCH:
                    yield "\n".join(batch)
                    batch, size = [], 0
    yield "\n".join(batch)


def _codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def _alphabet(texts: Iterable[str]) -> str:
    """The commonest characters; ties go to the lower code. White space is no character."""
    counts = np.zeros(0x110000, np.int64)
    for text in texts:
        counts += np.bincount(_codes(text), minlength=len(counts))
    counts[[ord(c) for c in "\n\r\t \u3000"]] = 0
    order = np.lexsort((np.arange(len(counts)), -counts))[: CHARACTERS - 1]
    return "".join(chr(c) for c in sorted(order[counts[order] > 1].tolist()))


def _count(texts: Iterable[str], alphabet: str) -> tuple[Counts, Counts]:
    """How often each character and each pair was seen; number 0 stands for all other characters."""
    numbers = np.zeros(0x110000, np.int64)
    numbers[[ord(c) for c in alphabet]] = np.arange(1, len(alphabet) + 1)
    size = len(alphabet) + 1
    single, pairs = np.zeros(size, np.int64), np.zeros(size * size, np.int64)
    for text in texts:
        ids = numbers[_codes(text)]
        single += np.bincount(ids, minlength=size)
        seen, times = np.unique(ids[:-1] * size + ids[1:], return_counts=True)
        pairs[seen] += times
    return single, pairs


def _weigh(single: Counts, pairs: Counts) -> tuple[Counts, Counts, Counts]:
    """Surprise of each character; keys and surprises of the pairs that are much likelier than by chance."""
    size = len(single)
    alone = -np.log((single + 0.5) / (single.sum() + 0.5 * size))
    alone[0] = alone.max()  # stands for line ends too, which are common, but is asked about rare characters
    keys = np.flatnonzero(pairs > 1)
    first, second = np.divmod(keys, size)
    times = pairs[keys]
    after = -np.log((times - DISCOUNT) / single[first])
    gain = (alone[second] + BACKOFF - after) * times
    gain[(first == 0) | (second == 0)] = -1
    best = np.sort(np.lexsort((keys, -gain))[:PAIRS])
    best = best[gain[best] > 0]
    return _scaled(alone), keys[best], _scaled(after[best])


def _scaled(surprise: npt.NDArray[np.float64]) -> Counts:
    return np.clip(np.round(surprise * SCALE), 0, 255).astype(np.int64)


def _write(file: Path, alphabet: str, alone: Counts, keys: Counts, after: Counts) -> None:
    """Write the arrays as an .npz whose bytes tell no time. Keys are kept as steps, which pack better."""
    arrays: dict[str, npt.NDArray[Any]] = {
        "alphabet": np.array([ord(c) for c in alphabet], np.uint32),
        "alone": alone.astype(np.uint8),
        "steps": np.diff(keys, prepend=0).astype(np.uint32),
        "after": after.astype(np.uint8),
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, array in arrays.items():
            held = io.BytesIO()
            np.save(held, array)
            packed.writestr(zipfile.ZipInfo(f"{name}.npy"), held.getvalue(), zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    main()
