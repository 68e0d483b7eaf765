"""Several articles in one file: each becomes a section with a title of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.document import BREAK, Block, Span, View

END = re.compile("返回搜狐[，,]?\\s?查看更多|[（(]?责任编辑[:：]|[（(]?責任編輯[:：]")
"""What a portal puts behind an article."""
CHEAP = ("返回搜狐", "责任编辑", "責任編輯")
LEAST = 500
"""Characters of an article; less behind an end is what the portal shows below it."""
BYLINE = re.compile(r"(?:(?:文|作者|来源|來源|编辑|編輯|撰文) ?[|｜丨/:：] ?[^\s,，|｜。]{1,12}[,，\s]*)+")
SENTENCE = re.compile(f"[^。！？!?\n{BREAK}]+[。！？!?]?")
TITLE_LENGTH = 60


def find_ends(view: View) -> list[Span]:
    """The raw ranges of the marks behind articles."""
    if not any(words in view.text for words in CHEAP):
        return []
    return [view.span(m.start(), m.end()) for m in END.finditer(view.text)]


def find_articles(view: View, ends: Sequence[Span]) -> list[Block]:
    """A heading for each article but the first: its first line or sentence, where `ends` part articles of a clean text."""
    places = [view.locate(end).end for end in ends]
    parts = [0, *places, len(view)]
    blocks = []
    for begin, start, stop in zip(parts, parts[1:], parts[2:], strict=False):
        if len(view.text[begin:start].strip()) < LEAST or len(view.text[start:stop].strip()) < LEAST:
            continue
        if title := _title(view.text, start):
            blocks.append(Block("heading", view.span(title.start, title.end), 1))
    return blocks


def _title(text: str, start: int) -> Span | None:
    """The first line or sentence behind a place, without the names of its authors."""
    while start < len(text) and text[start].isspace():
        start += 1
    if byline := BYLINE.match(text, start):
        start = byline.end()
    first = SENTENCE.match(text, start)
    if first is None or not 4 <= len(first[0].strip()) <= TITLE_LENGTH:
        return None
    return Span(start, first.end())
