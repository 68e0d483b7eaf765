"""Tables of contents with dot leaders: they name what stands elsewhere and are no evidence."""

from __future__ import annotations

import re
from itertools import pairwise

from ingest.document import BREAK, Edit, View

LEADER = re.compile(r"(?<![.．·])(?:[.．·]\s?){5,}+\s*\d{1,4}|…{2,}\s*\d{1,4}(?=\s*$)", re.MULTILINE)
ENTRY = 70
"""The longest title of an entry, in characters."""
TITLE = re.compile(r"目\s*[录錄](?=[一二三四五六七八九十\d第\s]|$)")


def find_contents(view: View) -> list[Edit]:
    """Delete runs of two or more entries (title, dot leader, page number), the word 目录 before them included."""
    text = view.text
    leaders = [(m.start(), m.end()) for m in LEADER.finditer(text)]
    runs: list[list[tuple[int, int]]] = []
    for place in leaders:
        if runs and place[0] - runs[-1][-1][1] <= ENTRY:
            runs[-1].append(place)
        else:
            runs.append([place])
    starts = [_entry_start(text, run[0][0], floor) for (floor, run) in zip([0, *_ends(runs)], runs, strict=False)]
    return [Edit(start, run[-1][1], BREAK) for start, run in zip(starts, runs, strict=True) if len(run) > 1]


def _ends(runs: list[list[tuple[int, int]]]) -> list[int]:
    return [a[-1][1] for a, _ in pairwise(runs)]


def _entry_start(text: str, leader: int, floor: int) -> int:
    """Where the first entry of a run begins: at 目录, else after the last line or sentence end."""
    floor = max(floor, leader - ENTRY)
    before = text[floor:leader]
    if found := list(TITLE.finditer(before)):
        return floor + found[-1].start()
    return floor + max(before.rfind(c) + 1 for c in "\n。！？!?" + BREAK)
