"""Text of others, made fit to be shown: what would move a terminal's cursor or turn a line around is written out."""

from __future__ import annotations

import re

HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Controls, invisible spaces, marks of direction, and halves of characters that no encoding can hold."""
BREAKS = re.compile(r"[\t\n]")


def visible(text: str) -> str:
    """A text whose controls and marks of direction are seen and do nothing; its tabs and line ends stay."""
    return HIDDEN.sub(_written, text)


def one_line(text: str) -> str:
    """A name, which may hold anything but a slash, as one visible line."""
    return BREAKS.sub(_written, visible(text))


def _written(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else f"⟨{code:04X}⟩"
