"""The measure of copies and editions."""

from __future__ import annotations

from fakes import report

from evals.bench.duplicates import COPIES, EDITIONS, measured


def test_copies_are_told_from_editions() -> None:
    """Of a few reports every copy is found, and no edition with other figures, though their words are the same."""
    texts = [report(n, 6) for n in range(3)]
    for name in ("in Traditional", "with emoji", "with leaked pinyin", "on pages"):
        assert measured(texts, COPIES[name]).copies == 1
    other = measured(texts, EDITIONS["another edition: all figures differ"])
    assert (other.pairs, other.copies) == (3, 0)
