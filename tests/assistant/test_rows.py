"""Rows of tables told as sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question import understand
from assistant.rows import cells, told

HEAD = "平台 | 市场份额 | 主要长处"
ROW = "美团 | 45% | 本地生活服务能力强"


@pytest.mark.parametrize(
    ("row", "parts"),
    [
        (ROW, ["美团", "45%", "本地生活服务能力强"]),
        ("| 第三阶段 | R1 |  |", ["第三阶段", "R1", ""]),
        ("单元", ["单元"]),
    ],
)
def test_a_row_is_its_cells(row: str, parts: list[str]) -> None:
    """Bars part cells, those at the ends frame the row, an empty cell stays one."""
    assert cells(row) == parts


def test_only_the_column_asked_for_is_told() -> None:
    """What the question asks of a row is answered with the head of its column, in either script."""
    assert told(ROW, HEAD, understand("美团的市场份额是多少？")) == "美团（市场份额：45%）"
    assert told(ROW, HEAD, understand("美團的市場份額是多少？")) == "美团（市场份额：45%）"


def test_a_question_about_more_is_told_the_whole_row() -> None:
    """Where a good part of the question is not about the columns that it names, none is left out."""
    assert (
        told(ROW, HEAD, understand("美团靠什么赢得用户，市场份额如何？"))
        == "美团（市场份额：45%；主要长处：本地生活服务能力强）"
    )
    assert told(ROW, HEAD, understand("介绍美团")) == "美团（市场份额：45%；主要长处：本地生活服务能力强）"


def test_a_row_without_its_head_keeps_its_order() -> None:
    """Cells that no head names are told one after another, and so are those of another table's head."""
    assert told(ROW, "", understand("美团")) == "美团，45%，本地生活服务能力强"
    assert told(ROW, "年份 | 规模", understand("美团")) == "美团，45%，本地生活服务能力强"


texts = st.text(alphabet="甲乙丙丁1%", min_size=1, max_size=6)


@given(st.lists(st.tuples(texts, texts), min_size=2, max_size=5), texts)
def test_nothing_is_told_that_the_table_does_not_hold(columns: list[tuple[str, str]], asked: str) -> None:
    """Every word comes from the row or its head."""
    head, row = (" | ".join(side) for side in zip(*columns, strict=True))
    pieces = told(row, head, understand(asked)).replace("）", "").replace("（", "；").replace("：", "；").split("；")
    assert set(pieces) <= {*cells(row), *cells(head)}
