"""The benchmark of verification: reading pairs, and counting how often doubts are right."""

from __future__ import annotations

from assistant.verify import Failure
from evals.bench.verification import Doubt, Pair, doubts, pairs_of, precision, rows

LINE = '{"id": "a", "part": "p", "label": "altered", "kind": "digit", "sentence": "共3件。", "evidence": ["共2件。"]}'


def pair(*, altered: bool) -> Pair:
    return Pair("a", "p", altered, "digit" if altered else "close", "共3件。", ("共2件。",))


def test_a_line_of_a_file_is_a_pair() -> None:
    """Label, kind and evidence as the file has them."""
    assert list(pairs_of(f"{LINE}\n")) == [pair(altered=True)]


def test_a_doubt_is_counted_once_a_sentence_and_alone_where_no_other_kind_is_raised() -> None:
    """Two numbers are one doubt; with a name beside them it is not alone."""
    number, name = Failure("number", "3件"), Failure("name", "甲")
    found = [
        (pair(altered=True), (number, number)),
        (pair(altered=True), (number, name)),
        (pair(altered=False), (name,)),
        (pair(altered=False), ()),
    ]
    assert doubts(found) == [Doubt("name", 1, 1, 0, 1), Doubt("number", 2, 0, 1, 0)]
    assert [d.precision for d in doubts(found)] == [0.5, 1.0]
    assert precision(found) == 2 / 3
    assert {(r.kind, r.failed, r.pairs) for r in rows(found)} >= {("digit", 2, 2), ("supported", 1, 2)}


def test_nothing_doubted_is_no_wrong_doubt() -> None:
    """Precision stands where nothing was raised."""
    assert precision([(pair(altered=False), ())]) == 1.0
