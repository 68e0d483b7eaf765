"""Bounds as an expression over whole numbers, for engines that keep what is told of a document beside each of its passages.

A date is the stretch of time that it may be any day of, as two numbers such as
20230600 and 20230699 for June 2023; a publisher is the hash of the name: nothing of what
people write has to be quoted for an engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

from ingest.bounds import Bounds

DIGITS = 8
NEVER = ("99999999", "-1")
"""The stretch of a document without a date: it begins after every bound, and ends before it."""


class Columns(NamedTuple):
    """What is kept of the document that a passage is from: its number in the catalog, publisher, and stretch of time."""

    document: int
    publisher: int
    first: int
    last: int


def columns_of(document: int, publisher: str, date: str) -> Columns:
    """The columns of a document; `date` is a year, a month or a day as `Bounds` tells one, or empty."""
    first, last = _stretch(date) if date else NEVER
    return Columns(document, _number_of(publisher), int(first), int(last))


def expression(bounds: Bounds, documents: Callable[[Iterable[str]], Iterable[int]]) -> str | None:
    """What is true of the columns within bounds, empty where all are; None where nothing can be within.

    `documents` gives the numbers of the documents of some paths.
    """
    told: list[str] = []
    for name, numbers in (
        ("document", None if bounds.documents is None else sorted(documents(bounds.documents))),
        ("publisher", None if bounds.publishers is None else sorted(map(_number_of, bounds.publishers))),
    ):
        if numbers is not None:
            if not numbers:
                return None
            told.append(f"{name} in {numbers}")
    if bounds.since:
        told.append(f"last >= {_stretch(bounds.since)[0]}")
    if bounds.until:
        told.append(f"first <= {_stretch(bounds.until)[1]}")
    return " and ".join(told)


def _stretch(date: str) -> tuple[str, str]:
    digits = date.replace("-", "")
    return digits.ljust(DIGITS, "0"), digits.ljust(DIGITS, "9")


def _number_of(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
