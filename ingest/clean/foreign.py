"""Blocks that belong to nothing around them: lists of districts between two articles, put there for search engines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.document import BREAK, Edit, View

LINE = re.compile(f"[^\n{BREAK}]+")
ENDS = re.compile("[。！？!?]")
SEPARATOR = re.compile("[、，,:：;；()（）]")
LEAST_LINES, LEAST_CHARACTERS = 3, 200
LONGEST_ITEM = 9.0
"""Characters from one separator to the next, on average, in a list."""
SHARED = 0.1
"""The share of a list's items that may be spoken of elsewhere in the document."""


def find_foreign(view: View) -> list[Edit]:
    """Replace by a break each run of lines that only list things the rest of the text never mentions."""
    text = view.text
    edits = []
    for start, end in _lists(text):
        block = text[start:end]
        items = {i.strip() for i in SEPARATOR.split(block.replace("\n", "、")) if len(i.strip()) > 1}
        around = text[:start] + BREAK + text[end:]
        if sum(i in around for i in items) <= SHARED * len(items):
            edits.append(Edit(start, end, BREAK))
    return edits


def _lists(text: str) -> Iterator[tuple[int, int]]:
    """Where runs of lines stand that are all lists, without the end of a sentence."""
    lines = [(m.start(), m.end()) for m in LINE.finditer(text) if m[0].strip()]
    run: list[tuple[int, int]] = []
    for line in [*lines, (len(text), len(text))]:
        if run and (text[run[-1][1] : line[0]].strip() or not _is_list(text[line[0] : line[1]])):
            if len(run) >= LEAST_LINES and run[-1][1] - run[0][0] >= LEAST_CHARACTERS:
                yield run[0][0], run[-1][1]
            run = []
        if _is_list(text[line[0] : line[1]]):
            run.append(line)


def _is_list(line: str) -> bool:
    items = line.count("、")
    return items > 5 and len(line) <= LONGEST_ITEM * items and not ENDS.search(line)
