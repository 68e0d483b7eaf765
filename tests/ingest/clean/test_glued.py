"""Where text was glued together."""

from __future__ import annotations

import pytest
from hypothesis import given
from noise import paragraphs

from assistant.offered import GLUED, LEAST, parts
from ingest.clean.glued import buckets, seams
from ingest.document import Span

LINES = [
    "公司去年营业收入增长了三成",
    "这项技术已经得到广泛应用",
    "目前项目进展顺利",
    "专家认为市场前景广阔",
    "预计明年门店将达到三百家",
]


@pytest.mark.parametrize("script", ["Simplified", "Traditional"])
def test_lost_ends_are_found(script: str) -> None:
    """The places where sentences were put together are among the likeliest of all."""
    from opencc import OpenCC

    lines = [OpenCC("s2t").convert(line) for line in LINES] if script == "Traditional" else LINES
    text = "".join(lines)
    ends = {sum(map(len, lines[:i])) for i in range(1, len(lines))}
    likeliest = sorted(seams(text, -20.0), key=lambda found: -found[1])[: 2 * len(ends)]
    assert len({at for at, _ in likeliest} & ends) >= 3


def test_marks_are_no_seams() -> None:
    """Where a mark stands none was lost."""
    text = "，".join(LINES)
    assert all(text[at] != "，" and text[at - 1] != "，" for at, _ in seams(text, -5.0))


@pytest.mark.parametrize("text", ["", "一", "\ud800a", "😀" * 50, "1" * 200])
def test_any_text_can_be_read(text: str) -> None:
    """Odd characters have buckets too."""
    assert all(0 < at < len(text) for at, _ in seams(text, -9.0))
    assert buckets("甲乙").shape == (2, 9)


def test_a_glued_run_is_cut_and_other_sentences_are_not() -> None:
    """Only what is long and has next to no marks; the parts make up the whole."""
    glued = "".join(LINES * 2)
    cut = list(parts(glued, Span(0, len(glued))))
    assert len(cut) > 2
    assert "".join(p.of(glued) for p in cut) == glued
    assert all(len(p) >= LEAST for p in cut)
    plain = "，".join(LINES)
    assert len(plain) <= GLUED + 10
    assert list(parts(plain, Span(0, len(plain)))) == [Span(0, len(plain))]


@given(paragraphs())
def test_parts_stand_in_order_and_lose_nothing(text: str) -> None:
    """Whatever a text is, the parts of it hold all its words once."""
    found = list(parts(text, Span(0, len(text)))) if text.strip() else []
    assert "".join("".join(p.of(text).split()) for p in found) == "".join(text.split())
