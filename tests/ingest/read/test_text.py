"""Text files are their characters."""

from __future__ import annotations

from noise import SENTENCES

from ingest.document import View
from ingest.read.text import read_text

TEXT = "\r\n".join(SENTENCES)


def test_the_characters_are_taken_as_they_are() -> None:
    """A text file is its characters: line ends, spaces and all."""
    document = read_text(TEXT.encode("gb18030"), "甲/乙.txt")
    assert document.raw == TEXT
    assert document.view == View.of(TEXT)
    assert (document.path, document.format, document.encoding) == ("甲/乙.txt", "txt", "gb18030")
    assert document.blocks == ()
    assert document.pages == ()


def test_a_byte_order_mark_leaves_the_view() -> None:
    """The mark stays in raw, so that offsets count from the file's first character, and is not shown."""
    document = read_text(TEXT.encode("utf-8-sig"), "a.txt")
    assert document.raw == "\ufeff" + TEXT
    assert document.view.text == TEXT
    assert document.view.starts[0] == 1


def test_a_warning_reaches_the_document() -> None:
    """What had to be replaced while decoding is said on the document."""
    data = bytearray(TEXT.encode())
    data[100] = 0xFF
    assert read_text(bytes(data), "a.txt").warnings
