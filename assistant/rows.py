"""Rows of tables told as sentences: each cell with the head of its column."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.question import Question, informative_terms
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


def _is_asked(name: str, question: Question) -> bool:
    """Whether two characters that touch in a column's head touch in the question too."""
    words, asking = squeeze(name), squeeze(question.text)
    return any(pair in asking for pair in _pairs(words)) or (len(words) == 1 and words in asking)


def _left_open(question: Question, chosen: str) -> float:
    """The share of a question's words that the columns chosen do not touch on, 0 to 1."""
    terms = [t for t in informative_terms(question.text) if len(t) > 1]
    said = squeeze(chosen)
    return sum(t not in said for t in terms) / len(terms) if terms else 0.0


def _pairs(words: str) -> Sequence[str]:
    return [words[i : i + 2] for i in range(len(words) - 1)]
