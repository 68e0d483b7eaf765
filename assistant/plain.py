"""What a language model writes, without its dress: no thoughts, no Markdown, its marks in whatever brackets it likes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

NAMED = r"(?:资料|資料|来源|來源|文献|文獻|引用)?\s*\d{1,2}"
MARK = re.compile(rf"[\[【［]\s*({NAMED}(?:\s*[,，、;；~-]\s*{NAMED})*)\s*[\]】］]")
"""A mark of evidence: [1], 【1】, [1, 2], [1-3], [资料1]."""
MARK_BEGUN = re.compile(r"\s*(?:[\[【［][^\[\]【】［］\n。]{0,16}[\]】］]?\s*)*")
"""What may still become marks behind a sentence."""
FIRST_AND_LAST = re.compile(r"(\d{1,2})\s*[~-]\s*\D{0,2}(\d{1,2})")
MOST_NAMED = 20
THOUGHT, THOUGHT_ENDS = "<think>", "</think>"
PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\([^)\s]+\)")
EMPHASIS = re.compile(
    r"\*\*([^*\n]+)\*\*|(?<!\w)__([^_\n]+)__(?!\w)|`([^`\n]+)`|(?<![\w*])\*([^\s*][^*\n]*?)\*(?![\w*])|(?<!\d)\*\*|\*\*(?!\d)"
)
"""What stands between marks of emphasis, and such whose other half is in another sentence; 3*4 and 2**3 have none."""
HEADING = re.compile(r"\s*(?:#{1,6}\s+[^\n]*|\*\*[^*\n。？！?!]+\*\*[：:]?|[-=*_]{3,})\s*")
BULLET = re.compile(r"(?:^|(?<=[：:]))\s*(?:[-*•·+]\s+|\d{1,2}[.、)）]\s*(?!\d))")


def numbers_named(mark: str) -> tuple[int, ...]:
    """The numbers that the inside of a mark names, as it counts them: 1-3 names three."""
    ranged = FIRST_AND_LAST.search(mark)
    if ranged and int(ranged[1]) < int(ranged[2]) < int(ranged[1]) + MOST_NAMED:
        return tuple(range(int(ranged[1]), int(ranged[2]) + 1))
    return tuple(int(n) for n in re.findall(r"\d{1,2}", mark))


def spoken(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces of a stream without what the model thinks between <think> and </think>, wherever the pieces are cut."""
    held, thinking = "", False
    for piece in pieces:
        held += piece
        while True:
            tag = THOUGHT_ENDS if thinking else THOUGHT
            said, found, behind = held.partition(tag)
            if not found:
                break
            if not thinking and said:
                yield said
            held, thinking = behind, not thinking
        kept = _may_begin(held, THOUGHT_ENDS if thinking else THOUGHT)
        if not thinking and len(held) > kept:
            yield held[: len(held) - kept]
        held = held[len(held) - kept :]
    if held and not thinking:
        yield held


def _may_begin(text: str, tag: str) -> int:
    """How many of the last characters of a text may be the beginning of a tag."""
    return next((n for n in range(min(len(tag) - 1, len(text)), 0, -1) if text.endswith(tag[:n])), 0)


def undressed(written: str) -> str:
    """A sentence on one line without Markdown; "" for a heading, which says nothing by itself."""
    if HEADING.fullmatch(MARK.sub("", written)):
        return ""
    text = LINK.sub(r"\1", PICTURE.sub("", written))
    return re.sub(r"\s*\n\s*", "", EMPHASIS.sub(lambda m: "".join(filter(None, m.groups())), text)).strip()


def unnumbered(text: str) -> str:
    """A sentence without the bullet or number that its item of a list has: 1. is no figure of it."""
    return BULLET.sub("", text)
