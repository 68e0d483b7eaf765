"""Spaces and empty lines that a converter put inside a sentence: 往往 集中."""

from __future__ import annotations

import re

from ingest.clean.characters import characters
from ingest.document import Edit, View
from ingest.fold import HAN, is_han

ONWARD = tuple(
    "这 這 往往 把 被 以及 并且 並且 而且 因为 因為 如果 虽然 雖然 但是 所以 由于 由於 对于 對於 关于 關於 通过 通過 "
    "根据 根據 按照 为了 為了 可以 能够 能夠 已经 已經 正在 必须 必須 应该 應該 不仅 不僅 不是 就是 都是 只是 还是 還是 "
    "一个 一個 这个 這個 这些 這些 那些".split()
)
"""Words behind which a sentence goes on. Behind others a space may part titles, names or cells."""
SPACE = re.compile(rf"(?<=[{HAN}]) (?=[{HAN}])")
EMPTY_LINE = re.compile(rf"\n[ \t]*\n\s*(?=[{HAN}])")
WITHIN_A_WORD = 2.5
"""The most, in nats, that a character surprises behind the one with which it makes a word."""


def find_breaks(view: View) -> list[Edit]:
    """Delete a space behind a word that nothing ends with, and empty lines inside a word."""
    text = view.text
    edits = [Edit(m.start(), m.end()) for m in SPACE.finditer(text) if text.endswith(ONWARD, 0, m.start())]
    edits += [
        Edit(m.start(), m.end())
        for m in EMPTY_LINE.finditer(text)
        if m.start() and is_han(text[m.start() - 1]) and _is_word(text[m.start() - 1] + text[m.end()])
    ]
    return sorted(edits)


def _is_word(pair: str) -> bool:
    return float(characters().surprise(pair)[0]) < WITHIN_A_WORD
