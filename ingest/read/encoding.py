"""Decide how the bytes of a text file are encoded, on the whole file.

Bytes are decoded strictly in every candidate encoding; what decodes is scored
by how common its characters are in Chinese writing, folded to Simplified so
that both scripts score alike. Strictness alone would not do: most Big5 files
are valid GB18030, as other, rarer characters.
"""

from __future__ import annotations

import codecs
import math
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from ingest.errors import UndecodableFile
from ingest.fold import fold, is_han

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CANDIDATES = ("gb18030", "big5hkscs", "cp950", "utf-16-le", "utf-16-be")
DECLARED = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs"}
"""Names by which pages declare an encoding, and the larger one that they mean."""
TWINS = 0.02
"""By how much cp950 must beat big5hkscs: the two differ in a few punctuation marks only."""
LEAST_SCORE = 0.25
"""Chinese text scores 0.4 to 0.6, text decoded in a wrong encoding below 0.2."""
SURE_SCORE = 0.32
"""What scores lower is read, and the user told that the encoding is doubtful."""
BAD_BYTES = 0.005
"""A file that is UTF-8 but for this share of its characters is read as UTF-8, with a warning."""


class Decoded(NamedTuple):
    """A decoded file: its characters, the encoding, a score up to 1, and what to tell the user."""

    text: str
    encoding: str
    score: float
    warnings: tuple[str, ...] = ()


def decode(data: bytes, name: str, declared: str = "") -> Decoded:
    """Decode the bytes of a text file.

    UTF-8 wins where it fits, since hardly anything else is valid UTF-8 by
    chance. What the file itself declares counts only where its characters
    leave it in doubt: such declarations are often wrong. Raises UndecodableFile when nothing fits or what fits reads like
    no language; `name` is what the error calls the file.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _marked(data, encoding, name)
    if b"\0" not in data and (text := _strictly(data, "utf-8")) is not None:
        return Decoded(text, "utf-8", 1.0)
    fits = [
        Decoded(text, encoding, chinese_score(text) - (TWINS if encoding == "cp950" else 0))
        for encoding in CANDIDATES
        if (text := _strictly(data, encoding)) is not None
    ]
    patched = data.decode("utf-8", errors="replace")
    bad = patched.count("\ufffd")
    if b"\0" not in data and bad <= BAD_BYTES * len(patched):
        told = f"{bad} bytes are not UTF-8 and were replaced by U+FFFD"
        fits.append(Decoded(patched, "utf-8", chinese_score(patched), (told,)))
    best = max(fits, key=lambda d: d.score, default=None)
    if (best is None or best.score < SURE_SCORE) and (stated := _as_declared(data, declared)):
        return stated
    if best is None or best.score < LEAST_SCORE:
        tried = ", ".join(f"{d.encoding} ({d.score:.2f})" for d in fits) or "utf-8, " + ", ".join(CANDIDATES)
        raise UndecodableFile(
            f"{name}: no encoding makes Chinese text of it (tried {tried})",
            "save it as UTF-8, or leave it out if it is not text",
        )
    if best.score < SURE_SCORE:
        doubt = f"read as {best.encoding}, which is doubtful (it scores {best.score:.2f}, Chinese text 0.4 to 0.6)"
        best = best._replace(warnings=(*best.warnings, doubt))
    return best


def _as_declared(data: bytes, declared: str) -> Decoded | None:
    encoding = DECLARED.get(declared.lower(), declared.lower())
    if not encoding or b"\0" in data:
        return None
    try:
        return Decoded(data.decode(encoding), encoding, SURE_SCORE)
    except (UnicodeDecodeError, LookupError):
        return None


def _marked(data: bytes, encoding: str, name: str) -> Decoded:
    text = _strictly(data, encoding)
    if text is None:
        raise UndecodableFile(f"{name}: begins with a {encoding} mark but is not {encoding}", "save it as UTF-8")
    return Decoded(text, encoding, 1.0)


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


@cache
def _ranks() -> dict[str, float]:
    listing = files("ingest.read").joinpath("han_by_frequency.txt").read_text("utf-8")
    chars = "".join(listing.split())
    return {c: 1 - math.log(rank + 1) / math.log(len(chars) + 1) for rank, c in enumerate(chars)}


def chinese_score(text: str) -> float:
    """How much the characters beyond ASCII look like Chinese: about 0.5 for text, below 0.2 for mojibake.

    The mean over these characters: a Han character counts by the logarithm of
    its rank of frequency, from 1 for the commonest to 0 for one beyond the
    5,000 listed, punctuation 0.5, anything else -1. Text in ASCII alone scores 1.
    """
    counts = Counter(fold(c) if is_han(c) else c for c in text if c > "\x7f" or (c < " " and c not in "\t\n\r\f"))
    total = sum(counts.values())
    if not total:
        return 1.0
    return sum(n * _char_score(c) for c, n in counts.items()) / total


def _char_score(char: str) -> float:
    if is_han(char):
        return _ranks().get(char, 0.0)
    if "\u2010" <= char <= "\u2027" or "\u3000" <= char <= "\u303f" or "\uff01" <= char <= "\uff65":
        return 0.5
    # Letters, arrows, boxes and pictographs do occur, and prove nothing.
    if char.isprintable() and not "\uac00" <= char <= "\ud7a3":
        return 0.0
    return -1.0
