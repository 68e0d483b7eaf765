"""How many texts come back identical from each encoding they can be in."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from noise import SENTENCES, in_traditional
from opencc import OpenCC

from ingest.errors import UndecodableFile
from ingest.read.encoding import Decoded, decode

TEXTS = 400
LEAST = 0.995

draw = random.Random(3)  # noqa: S311
PASSAGES = ["".join(draw.sample(SENTENCES, draw.randint(2, 12))) for _ in range(TEXTS)]
HONG_KONG = OpenCC("s2hk").convert


def same(text: str) -> str:
    return text


@pytest.mark.parametrize(
    ("encoding", "script"),
    [
        ("utf-8", same),
        ("utf-16", same),
        ("utf-16-le", same),
        ("gb18030", same),
        ("gb18030", in_traditional),
        ("big5", in_traditional),
        ("big5hkscs", HONG_KONG),
    ],
)
def test_texts_come_back_identical(encoding: str, script: Callable[[str], str]) -> None:
    """Of texts of a few sentences at least 99.5 % come back identical, without a word of doubt."""
    texts = [script(p).encode(encoding, "ignore").decode(encoding) for p in PASSAGES]
    decoded = [_decoded(t.encode(encoding)) for t in texts]
    right = sum(d is not None and d.text == t for t, d in zip(texts, decoded, strict=True))
    assert right >= LEAST * TEXTS
    assert sum(bool(d and d.warnings) for d in decoded) <= (1 - LEAST) * TEXTS


def _decoded(data: bytes) -> Decoded | None:
    try:
        return decode(data, "a.txt")
    except UndecodableFile:
        return None


def test_doubt_is_told() -> None:
    """A text of rare characters is read with a warning that names the encoding."""
    rare = "魑魅魍魉饕餮貔貅" * 2 + "的一是不了在人有我他这"
    decoded = decode(rare.encode("gb18030"), "a.txt")
    assert decoded.text == rare
    assert "gb18030" in decoded.warnings[0]
