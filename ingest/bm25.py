"""BM25 as the product of two sparse vectors: for engines that multiply, and know no terms.

A term is a dimension. What does not change is in the passage's vector (how often
the term stands there, how long the passage is against the mean length at the
time), what changes with every passage, in how many a term stands, in the question's.
Robertson and Zaragoza, The Probabilistic Relevance Framework (2009), 3.1; with k1 and b as tantivy has them.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterable

K1, B = 1.2, 0.75
DIMENSIONS = 2**32 - 1


def dimension(term: str) -> int:
    """The dimension of a term, its CRC-32: of ten million terms one in four hundred shares its dimension with another."""
    return zlib.crc32(term.encode()) % DIMENSIONS


def weights(terms: str, mean: float) -> dict[int, float]:
    """The vector of a passage of these terms, as `ingest.terms` writes them; `mean` is the number of terms of others."""
    counted = Counter(map(dimension, terms.split()))
    length = K1 * (1 - B + B * counted.total() / mean) if mean else K1
    # A sparse vector of nothing is refused by some.
    return {term: n * (K1 + 1) / (n + length) for term, n in counted.items()} or {0: 0.0}


def idf(passages: int, of: int) -> float:
    """How much it tells that a passage has a term which stands in `passages` of them."""
    return math.log(1 + (of - passages + 0.5) / (passages + 0.5))


def term_counts(terms: Iterable[str], sign: int = 1) -> Counter[int]:
    """In how many of some passages each term stands, by its dimension, times `sign`; `terms` are those of each passage."""
    counted: Counter[int] = Counter()
    for those in terms:
        counted.update({dimension(t) for t in those.split()})
    return Counter({term: sign * n for term, n in counted.items()})
