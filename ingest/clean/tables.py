"""Tables whose cells ran together: 物流整合8%5%37.5%技術平臺整合12%7%41.7%."""

from __future__ import annotations

import re

from ingest.document import Edit, View
from ingest.fold import HAN

NUMBER = r"\d+(?:\.\d+)?"
PERCENTS = re.compile(rf"(?<=[{HAN}）)])(?<![每第约約达達近超仅僅共為为的]){NUMBER}%(?:{NUMBER}%)+(?![\d.])")
"""Shares that touch each other, behind the words that name their row. A leading minus may be an empty cell: left alone."""
YEARS = re.compile(rf"(?<=[{HAN}）)])(?:(?:19|20)\d\d){{3,}}(?!\d)")
"""Three years or more that touch each other."""
TOUCHING = re.compile(r"%\d")
SHARE = re.compile(rf"{NUMBER}%")
CELL, ROW = " | ", "\n"


def find_tables(view: View) -> list[Edit]:
    """Insert bars between cells that can be told apart for certain, and a line's end behind a row of shares."""
    text = view.text
    edits = []
    for m in PERCENTS.finditer(text) if TOUCHING.search(text) else ():
        edits += [Edit(m.start() + c.start(), m.start() + c.start(), CELL) for c in SHARE.finditer(m[0])]
        if text[m.end() : m.end() + 1].strip():
            edits.append(Edit(m.end(), m.end(), ROW))
    for m in YEARS.finditer(text):
        edits += [Edit(place, place, CELL) for place in range(m.start(), m.end(), len("2024"))]
    return sorted(edits)
