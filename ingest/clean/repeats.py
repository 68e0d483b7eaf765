"""Phrases that were put down twice in a row."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from ingest.document import BREAK, Edit, View
from ingest.fold import is_han

SHORTEST, LONGEST = 6, 240
LEAST_HAN = 4
"""So many different Chinese characters a phrase must hold: 00000000 and 哈哈哈哈 are not phrases."""
ENDS = frozenset("。！？!?”』」\n " + BREAK)
LISTS = re.compile("[、；;]")
"""In a list, what stands before one item may stand before the next: 东区小学、西区小学、西区."""


def find_repeats(view: View) -> list[Edit]:
    """Delete the first of two equal phrases; the second begins a new passage, as the heading it mostly is."""
    text = view.text
    edits: list[Edit] = []
    for start, length in _twice(text):
        if edits and start < edits[-1].end:
            continue
        begins = _sentence_begins(text, start, length)
        if begins is None and LISTS.search(text, start, start + length):
            continue
        begin = start if begins is None else begins
        edits.append(Edit(begin, begin + length, BREAK))
    return edits


def _sentence_begins(text: str, start: int, length: int) -> int | None:
    """Where a phrase follows itself, so does each of its rotations: the first that begins or ends with a sentence."""
    for turn in range(start, start + length):
        if turn == 0 or text[turn - 1] in ENDS or text[turn + length - 1] in ENDS:
            return turn
        if text[turn : turn + 1] != text[turn + length : turn + length + 1]:
            return None
    return None


def _twice(text: str) -> Iterator[tuple[int, int]]:
    """Starts and lengths of phrases that follow themselves, by start; the shortest of each start."""
    if len(text) < 2 * SHORTEST:
        return
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
    grams = np.zeros(len(codes) - SHORTEST + 1, np.uint64)
    for i in range(SHORTEST):
        grams = grams * np.uint64(0x100000001B3) + codes[i : i + len(grams)]
    order = np.argsort(grams, kind="stable")
    same = grams[order[1:]] == grams[order[:-1]]
    first, second = order[:-1][same], order[1:][same]
    near = (second - first >= SHORTEST) & (second - first <= LONGEST)
    for start, length in sorted(zip(first[near].tolist(), (second - first)[near].tolist(), strict=True)):
        phrase = text[start : start + length]
        if text.startswith(phrase, start + length) and _is_phrase(phrase):
            yield start, length


def _is_phrase(phrase: str) -> bool:
    if BREAK in phrase or "\n" in phrase or not phrase[0].isalnum():
        return False
    return len({c for c in phrase if is_han(c)}) >= LEAST_HAN
