"""Rows of tables told as sentences: each cell with the head of its column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.question import Question, informative_terms
from ingest.document import Span
from ingest.flat_tables import flat_tables
from ingest.flat_tables import row as row_in_line
from ingest.fold import squeeze

BAR = "|"
LEFT_OPEN = 0.4
"""Where more of a question than this is not about the columns that it names, it may be about the others."""


def cells(row: str) -> list[str]:
    """The cells of a row, left to right; bars at its ends are its frame."""
    return [c.strip() for c in row.strip().strip(BAR).split(BAR)]


def told(row: str, head: str, question: Question) -> str:
    """A row as a sentence: what it is about, then each column that was asked for, or all of them, as head and cell.

    Words of the table only; what is put between them are marks. A row whose
    cells do not match its head, or that has none, keeps its cells in their order.
    """
    of_row, of_head = cells(row), cells(head) if head else []
    if len(of_row) != len(of_head) or len(of_row) < 2:
        return "，".join(c for c in of_row if c)
    columns = list(zip(of_head[1:], of_row[1:], strict=True))
    asked = [(name, cell) for name, cell in columns if _is_asked(name, question)]
    if _left_open(question, f"{of_row[0]} {asked}") > LEFT_OPEN:
        asked = []
    return of_row[0] + "（" + "；".join(f"{name}：{cell}" for name, cell in asked or columns if cell) + "）"


def told_of_flat(text: str, place: Span, question: Question) -> str:
    """What a question asks of a table whose cells ran together within a place of a text, told as rows.

    Rows count that the question names and, under years, those of what it asks for. Empty where there is no such table or row.
    """
    inside = (t for t in flat_tables(text) if place.start <= t.place.start and t.place.end <= place.end)
    asking = squeeze(question.text)
    said = []
    for table in inside:
        names = [name.of(text) for name in table.head]
        of_years = [i for i, name in enumerate(names) if (year := YEAR.match(name)) and year[0] in asking]
        if not of_years and YEAR.search(asking) and any(map(YEAR.match, names)):
            continue  # another year was asked for
        shown = [0, *of_years] if of_years else range(len(table.rows[0]))
        head = row_in_line(text, tuple(table.head[i] for i in shown)) if names else ""
        for row in table.rows:
            label = BRACKETS.sub("", squeeze(row[0].of(text)))
            if label in asking or (of_years and any(pair in asking for pair in _pairs(label))):
                said.append(told(row_in_line(text, tuple(row[i] for i in shown)), head, question))
    return "；".join(said)


YEAR = re.compile(r"(?:19|20)\d\d")
BRACKETS = re.compile(r"[(（].*?[)）]")


def _is_asked(name: str, question: Question) -> bool:
    """Whether two characters that touch in a column's head touch in the question too; a year must be the same one."""
    words, asking = squeeze(name), squeeze(question.text)
    if year := YEAR.match(words):
        return year[0] in asking
    return any(pair in asking for pair in _pairs(words)) or (len(words) == 1 and words in asking)


def _left_open(question: Question, chosen: str) -> float:
    """The share of a question's words that the columns chosen do not touch on, 0 to 1."""
    terms = [t for t in informative_terms(question.text) if len(t) > 1]
    said = squeeze(chosen)
    return sum(t not in said for t in terms) / len(terms) if terms else 0.0


def _pairs(words: str) -> Sequence[str]:
    return [words[i : i + 2] for i in range(len(words) - 1)]
