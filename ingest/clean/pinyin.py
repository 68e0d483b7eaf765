"""Readings in brackets that an annotator left behind characters: 創(chuàng)新."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from ingest.document import Edit, View
from ingest.fold import HAN

# Half-width brackets only: 冼（xiǎn） is how writers themselves give a reading.
LATIN = "[a-zA-ZüÜ\u00e0-\u01dc\u1e3f\u0144\u0148\u01f9\u0300-\u030c]{1,7}"
LEAK = re.compile(rf"([{HAN}])\(({LATIN})\)")


def find_pinyin(view: View) -> list[Edit]:
    """Delete a bracket that holds one of the readings of the very character before it."""
    return [Edit(m.start() + 1, m.end()) for m in LEAK.finditer(view.text) if is_reading(m[1], m[2])]


def is_reading(char: str, latin: str) -> bool:
    """Whether `latin`, with its tone mark or without any, is a reading of `char`."""
    readings = _readings(char)
    latin = unicodedata.normalize("NFC", latin).lower()
    return latin in readings or latin in {_toneless(r) for r in readings}


@cache
def _readings(char: str) -> frozenset[str]:
    return frozenset(unicodedata.normalize("NFC", r) for r in _listed().get(ord(char), "").split(",") if r)


@cache
def _listed() -> Mapping[int, str]:
    """The readings of all characters. Not imported before they are needed: with them come those of 47,000 phrases."""
    from pypinyin.constants import PINYIN_DICT

    listed: Mapping[int, str] = PINYIN_DICT
    return listed


def _toneless(reading: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", reading) if c not in "\u0300\u0301\u0304\u030c")
    return unicodedata.normalize("NFC", bare)
