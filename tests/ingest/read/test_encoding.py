"""Bytes become the right characters, or are refused."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise import SENTENCES, in_traditional, paragraphs
from opencc import OpenCC

from ingest.errors import UndecodableFile
from ingest.read.encoding import chinese_score, decode

SIMPLIFIED = "\n".join(SENTENCES)
TRADITIONAL = in_traditional(SIMPLIFIED)
TAIWAN = OpenCC("s2tw").convert(SIMPLIFIED)
HONG_KONG = "啲人話呢個計劃好㗎，佢哋喺度等咗好耐，冇人嚟。" + OpenCC("s2hk").convert(SIMPLIFIED)


@pytest.mark.parametrize(
    ("text", "encoding", "named"),
    [
        (SIMPLIFIED, "utf-8", "utf-8"),
        (TRADITIONAL, "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-16", "utf-16"),
        (SIMPLIFIED, "utf-32", "utf-32"),
        (TRADITIONAL, "utf-16-le", "utf-16-le"),
        (SIMPLIFIED, "utf-16-be", "utf-16-be"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (SIMPLIFIED.replace("·", ""), "gbk", "gb18030"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (TAIWAN, "big5", "big5hkscs"),
        (HONG_KONG, "big5hkscs", "big5hkscs"),
    ],
    ids=lambda value: value if len(value) < 20 else "",
)
def test_every_encoding_is_told_by_its_bytes(text: str, encoding: str, named: str) -> None:
    """A whole text in each encoding, in either script, is read without a wrong character."""
    text = text.encode(encoding, "ignore").decode(encoding)
    decoded = decode(text.encode(encoding), "a.txt")
    assert decoded.text == text
    assert decoded.encoding == named
    assert decoded.warnings == ()


def test_the_mark_of_utf_8_stays_in_the_text() -> None:
    """A byte-order mark of UTF-8 is kept as a character, since offsets count from the file's first."""
    assert decode("\ufeff报告".encode(), "a.txt").text == "\ufeff报告"


@given(paragraphs(least=2), st.sampled_from(["utf-8", "utf-16", "utf-16-le", "gb18030"]))
def test_short_texts_are_told_too(text: str, encoding: str) -> None:
    """Two sentences are enough to tell an encoding by."""
    assert decode(text.encode(encoding), "a.txt").text == text


@given(paragraphs(least=2, traditional=True), st.sampled_from(["utf-8", "gb18030", "big5hkscs"]))
def test_short_traditional_texts_are_told_too(text: str, encoding: str) -> None:
    """Two sentences of Traditional Chinese are enough as well, though their bytes fit several encodings."""
    text = text.encode(encoding, "ignore").decode(encoding)
    assert decode(text.encode(encoding), "a.txt").text == text


def test_ascii_is_utf_8() -> None:
    """Plain ASCII is read as what it is."""
    assert decode(b"plain text, no more", "a.txt")[:3] == ("plain text, no more", "utf-8", 1.0)


def test_one_bad_byte_does_not_spoil_a_file() -> None:
    """A UTF-8 file with a broken byte is read, the place marked, and the user told."""
    data = bytearray(SIMPLIFIED.encode())
    data[300] = 0xFF
    decoded = decode(bytes(data), "a.txt")
    assert decoded.encoding == "utf-8"
    assert "\ufffd" in decoded.text
    assert decoded.text[-200:] == SIMPLIFIED[-200:]
    assert "not UTF-8" in decoded.warnings[0]


def noisy_bytes(count: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(count)  # noqa: S311


@pytest.mark.parametrize(
    "data",
    [
        noisy_bytes(4000, 1),
        b"\x89PNG\r\n\x1a\n" + noisy_bytes(3000, 2),
        b"\x7fELF\x02\x01\x01" + bytes(500) + noisy_bytes(500, 3),
        bytes(100),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + noisy_bytes(3000, 4),
    ],
    ids=["random", "png", "elf", "zeros", "ole"],
)
def test_binary_files_are_undecodable(data: bytes) -> None:
    """What is no text in any encoding is refused, with its name, what was tried, and advice."""
    with pytest.raises(UndecodableFile, match=r"a\.txt: no encoding makes Chinese text of it \(tried") as caught:
        decode(data, "a.txt")
    assert "UTF-8" in caught.value.advice


def test_a_mark_that_lies_is_undecodable() -> None:
    """A file that begins with a mark but is not in that encoding is refused."""
    with pytest.raises(UndecodableFile, match="begins with a utf-8 mark"):
        decode(b"\xef\xbb\xbf\xff\xfe\xff", "a.txt")
    with pytest.raises(UndecodableFile, match="begins with a utf-16 mark"):
        decode(b"\xff\xfea", "a.txt")


def test_chinese_scores_above_mojibake() -> None:
    """Text in either script scores far above the same bytes read in a wrong encoding."""
    assert chinese_score(SIMPLIFIED) > 0.4
    assert chinese_score(TRADITIONAL) > 0.4
    assert chinese_score(TAIWAN.encode("big5", "ignore").decode("gb18030", "replace")) < 0.25
    assert chinese_score("ascii") == 1.0
