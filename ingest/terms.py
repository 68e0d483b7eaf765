"""What a passage is found by: single characters and pairs of them, words, numbers.

Chinese is not segmented into words: dictionaries miss names and terms, and cut
question and report differently. Units are Han characters, Latin words and
numbers; tokens are the units and each two that touch. The terms of a passage are
its tokens as one string, parted by spaces: that is what a lexical index is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import add

from ingest.amounts import Amount, amounts
from ingest.fold import HAN, commas_apart, fold_case_kept

CHARACTER = f"[{HAN}\u3007\u3040-\u30ff]"
WORD = "[A-Z\u00c0-\u00de]?[a-z\u00df-\u024f]+|[A-Z\u00c0-\u00de]+(?![a-z])|[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\\.[0-9]+)*|[0-9]+(?:\\.[0-9]+)*|[\uac00-\ud7a3\u0370-\u1fff]+"
UNIT = re.compile(f"{CHARACTER}|{WORD}")
RUN = re.compile(f"({CHARACTER}+)|{WORD}")
"""Like UNIT, with characters that touch taken together: most of a text is read at a few steps."""


def units(text: str) -> Iterator[tuple[str, int, int]]:
    """Characters, words and numbers of a text, folded, with their places in the folded text.

    Words written together are told apart by their capitals: DeepSeek is deep, seek.
    """
    for m in UNIT.finditer(fold_case_kept(commas_apart(text))):
        yield m[0].lower().replace(",", ""), m.start(), m.end()


def tokens(text: str) -> list[str]:
    """What a text is indexed by: its units and the pairs of units that touch."""
    found: list[str] = []
    previous, end = "", -1
    for m in RUN.finditer(fold_case_kept(commas_apart(text))):
        start, stop = m.span()
        characters = m[1]
        unit = characters[0] if characters else m[0].lower().replace(",", "")
        found.append(unit)
        if start == end:
            found.append(previous + unit)
        if characters and len(characters) > 1:
            more: list[str] = [""] * (2 * len(characters) - 2)
            more[::2] = characters[1:]
            more[1::2] = map(add, characters, characters[1:])
            found += more
            unit = characters[-1]
        previous, end = unit, stop
    return found


def indexed_tokens(text: str) -> list[str]:
    """The tokens of a text, and once each the numbers of its amounts and dates in digits where it writes them otherwise.

    三千五百亿 is also found as 3500亿, 12,000万 as 1.2亿 and 民國112年 as 2023年.
    """
    own = tokens(text)
    return [*own, *written_otherwise(text, own)]


def written_otherwise(text: str, own: Iterable[str]) -> list[str]:
    """The numbers of a text's amounts and dates in digits that are not among its own tokens, once each, in order."""
    return sorted(numbers_in_digits(amounts(text)).difference(own))


def numbers_in_digits(told: Iterable[Amount]) -> set[str]:
    """The tokens with digits of amounts and dates as reports most often write them, small counts aside."""
    return {token for amount in told if amount.telling for token in _with_digits(amount.plain)}


@lru_cache(maxsize=8192)
def _with_digits(plain: str) -> tuple[str, ...]:
    return tuple(token for token in tokens(plain) if any(c.isdigit() for c in token))


def terms_of(text: str) -> str:
    """The terms of a passage as a lexical index is given them: no token holds white space."""
    return " ".join(indexed_tokens(text))


def indexed_text(heading: str, text: str) -> str:
    """What the lexical index and the embedding see of a passage."""
    return f"{heading}\n{text}" if heading and not text.startswith(heading.rsplit(" > ", 1)[-1]) else text
