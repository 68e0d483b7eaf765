"""The same report in another script, format or copy: how it is recognised, and where a passage of it stands in the copy.

Two texts are compared without script, width, case, white space and marks. What
they share is measured over strings of five characters (Jaccard); candidates are
found by MinHash and bands of it (Broder 1997; Leskovec, Rajaraman, Ullman,
chapter 3) and then compared exactly. Two yearly editions of a report can share
nine tenths of that and are two reports: they differ in their figures, in which
copies must agree.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING, NamedTuple, cast
from zlib import crc32

import numpy as np
import numpy.typing as npt

from ingest.document import Sketch, Span, View
from ingest.fold import fold, fold_view

if TYPE_CHECKING:
    from datasketch import MinHash

Hashes = npt.NDArray[np.uint32]

LEAST = 50
"""A shorter text, in letters and digits, is no report of which there could be a copy."""
SHINGLE = 5
ALIKE = 0.7
"""The share of the shingles of both texts that copies have in common. Measured by `evals.bench.duplicates`."""
SAME_FIGURES = 0.9
"""The share of the figures of one that the other has too."""
FIGURES_TO_COMPARE = 0.5
"""Of less in common, before lines are joined, two texts need not be compared."""
PERMUTATIONS, ROWS = 64, 4
"""16 bands of 4: of texts that are alike by 0.7 these meet 99 in 100, by 0.8 all but 2 in 10,000, by 0.3 one in 8."""
AT_ONCE = 1 << 16
"""Shingles that are permuted at a time: a long report's would take a gigabyte together."""

UNSAID = re.compile(r"[\W_]+")
FIGURE = re.compile(r"\d+(?:[.,]\d+)+|\d{2,}|\d\s*[^\W\d_]|[〇零一二三四五六七八九十百千万亿两]{2,}")
"""A number; one of a single digit only with what it counts, or it could be that of any page or item."""
BROKEN_FIGURE = re.compile(r"(?<=[\d.,])\s*\n\s*(?=\d)")
TURNING = re.compile(r"[不未没无非否升降增减涨跌]")
"""Characters that turn a statement into its opposite."""
# Any odd numbers with mixed bits do.
MULTIPLIERS = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F)

ANCHOR, ANCHOR_STEP = 10, 5
DRIFT = 0.25
"""How much longer or shorter than a passage its copy may be, of its length."""
CLAUSE = 8
"""Letters that a passage must be longer than its copy to have said something more, and not something else."""
PASSAGE_ALIKE = 0.75
"""The share of the shingles of the shorter passage that the longer one has."""


def bands(sketch: Sketch) -> list[int]:
    """One number for each band of the signature, that fits SQLite's integers. Likely copies share one."""
    parts = sketch.signature.reshape(-1, ROWS)
    return [
        int.from_bytes(hashlib.blake2b(bytes([i]) + p.tobytes(), digest_size=8).digest(), "big", signed=True)
        for i, p in enumerate(parts)
    ]


def said(text: str) -> str:
    """The letters and digits of a text, folded: all that copies of a report must have in common."""
    return UNSAID.sub("", fold(text))


def sketch(text: str) -> Sketch | None:
    """The sketch of a document's clean text; None for one too short to be a report."""
    folded = fold(text)
    letters = UNSAID.sub("", folded)
    if len(letters) < LEAST:
        return None
    minhash = _empty().copy()
    shingles = shingles_of(letters)
    for at in range(0, len(shingles), AT_ONCE):
        minhash.update_batch(shingles[at : at + AT_ONCE].tolist())
    figures, joined_figures = _both_readings(folded)
    # With all that copies are told by: texts of one key are alike for every other.
    known = "\n".join((letters, *sorted(figures), *sorted(joined_figures)))
    key = hashlib.blake2b(known.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return Sketch(key, minhash.hashvalues, np.unique(np.array([crc32(f.encode()) for f in figures], np.uint32)))


@cache
def _empty() -> MinHash:
    return _minhash()(PERMUTATIONS, seed=1, scheme="affine32", hashfunc=int)


def _minhash() -> type[MinHash]:
    """The class, without what its package imports for others: SciPy alone takes each process 0.6 s and 40 MB."""
    if (package := sys.modules.get("datasketch")) is not None:
        return cast("type[MinHash]", package.MinHash)
    spec = find_spec("datasketch")
    if spec is None:
        raise ModuleNotFoundError("datasketch is not installed: install Wenju again", name="datasketch")
    sys.modules["datasketch"] = module_from_spec(spec)  # not executed
    try:
        return cast("type[MinHash]", import_module("datasketch.minhash").MinHash)
    finally:
        for name in [n for n in sys.modules if n.partition(".")[0] == "datasketch"]:
            del sys.modules[name]  # whoever imports the package gets it whole


def shingles_of(letters: str) -> Hashes:
    """The different strings of `SHINGLE` characters in a text, hashed, in ascending order."""
    codes = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    count = max(0, len(codes) - SHINGLE + 1)
    mixed = np.zeros(count, np.uint64)
    for i, multiplier in enumerate(MULTIPLIERS):
        mixed += codes[i : i + count] * np.uint64(multiplier)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(MULTIPLIERS[1])
    return np.unique((mixed >> np.uint64(32)).astype(np.uint32))


def figures_of(text: str) -> list[str]:
    """The numbers in a text, as often as they stand in it, those that the end of a line broke put together."""
    return _figures(BROKEN_FIGURE.sub("", fold(text)))


def _figures(folded: str) -> list[str]:
    return [_plain(m[0]) for m in FIGURE.finditer(folded)]


def _both_readings(folded: str) -> tuple[set[str], set[str]]:
    """The figures of a folded text as its lines have them, and with those put together that the end of a line broke."""
    apart, unbroken = {*_figures(folded)}, BROKEN_FIGURE.sub("", folded)
    return apart, apart if unbroken == folded else {*_figures(unbroken)}


def _plain(figure: str) -> str:
    return "".join(figure.replace(",", "").split())


def worth_comparing(a: Sketch, b: Sketch) -> bool:
    """Whether two texts whose bands met may be copies, by their figures."""
    fewer = min(len(a.figures), len(b.figures))
    return len(np.intersect1d(a.figures, b.figures, assume_unique=True)) >= FIGURES_TO_COMPARE * fewer


def are_copies(a: str, b: str) -> bool:
    """Whether two clean texts are the same report. It makes no difference which comes first."""
    return likeness(a, b) >= ALIKE and shared_figures(a, b) >= SAME_FIGURES


def likeness(a: str, b: str) -> float:
    """The Jaccard similarity of two texts' shingles."""
    x, y = shingles_of(said(a)), shingles_of(said(b))
    shared = len(np.intersect1d(x, y, assume_unique=True))
    return shared / max(1, len(x) + len(y) - shared)


def shared_figures(a: str, b: str) -> float:
    """The share of one text's figures that the other has too, of whichever has more of them so; 1 where there are none.

    A figure may be broken by a line's end, or begin where another ends a line: either reading counts.
    """
    readings = [_both_readings(fold(text)) for text in (a, b)]
    shares = []
    for (apart, _), (other, other_joined) in (readings, readings[::-1]):
        shares.append(len(apart & (other | other_joined)) / len(apart) if apart else 1.0)
    return max(shares)


def joined(texts: Iterable[int], copies: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The groups of texts that hang together by being copies."""
    group = {text: [text] for text in texts}
    for one, other in copies:
        if one in group and other in group and group[one] is not group[other]:
            group[one] += group[other]
            group |= dict.fromkeys(group[other], group[one])
    return list({id(g): g for g in group.values()}.values())


class Letters(NamedTuple):
    """What `said` gives of a clean text, as a view of that text."""

    view: View
    clean: str


def letters_of(clean: str) -> Letters:
    """The letters and digits of a clean text, with their places in it."""
    view = fold_view(View.of(clean))
    kept = np.fromiter(map(str.isalnum, view.text), bool, len(view))
    return Letters(View("".join(filter(str.isalnum, view.text)), view.starts[kept], view.ends[kept]), clean)


def find_again(passage: str, copy: Letters, near: Span | None = None) -> Span | None:
    """Where a passage of one document stands in the clean text of another; None where it does not say the same.

    The copy of a passage may lack a sentence or have one more, but differ in no
    figure and in no word that turns a statement around. `near` keeps to a range
    of the clean text.
    """
    letters = said(passage)
    if not letters:
        return None
    inside = copy.view.locate(near or Span(0, len(copy.clean)))
    lo, hi = inside.start, inside.end
    at = copy.view.text.find(letters, lo, hi)
    if at >= 0:
        return copy.view.span(at, at + len(letters))
    for place in _aligned(letters, copy.view.text, lo, hi):
        found = copy.view.span(place.start, place.end)
        if _says_the_same(passage, letters, found.of(copy.clean), place.of(copy.view.text)):
            return found
    return None


def _aligned(letters: str, text: str, lo: int, hi: int) -> Iterator[Span]:
    """The stretch of a text that most strings of a passage point to, if any does."""
    anchors = [
        (at, i)
        for i in range(0, max(1, len(letters) - ANCHOR + 1), ANCHOR_STEP)
        if (at := text.find(letters[i : i + ANCHOR], lo, hi)) >= 0
    ]
    if not anchors:
        return
    drift = max(ANCHOR, int(DRIFT * len(letters)))
    shifts = sorted(at - i for at, i in anchors)
    middle = max(shifts, key=lambda s: (sum(abs(s - t) <= drift for t in shifts), -s))
    fitting = [(at, i) for at, i in anchors if abs(at - i - middle) <= drift]
    (first, before), (last, ahead) = min(fitting), max(fitting)
    yield Span(max(lo, first - before), min(hi, last + len(letters) - ahead))


def _says_the_same(passage: str, letters: str, other: str, other_letters: str) -> bool:
    x, y = shingles_of(letters), shingles_of(other_letters)
    fewer, more = sorted((len(x), len(y)))
    shared = len(np.intersect1d(x, y, assume_unique=True))
    if not fewer or shared < PASSAGE_ALIKE * fewer or fewer < (1 - DRIFT) * more:
        return False
    here, there = telling(passage), telling(other)
    if abs(len(letters) - len(other_letters)) < CLAUSE:
        return here == there
    return here <= there or there <= here


def telling(text: str) -> Counter[str]:
    """The figures of a text and the characters that turn a statement around, each with how often it stands there."""
    return Counter([*figures_of(text), *TURNING.findall(fold(text))])
