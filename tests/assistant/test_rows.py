"""Rows of tables told as sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question import understand
from assistant.rows import cells, told, told_of_flat
from ingest.document import Span

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


FLAT = (
    "平台包括:美团、饿了么等。份额见下表:平台市场份额(2023年)主要优势美团45%本地服务能力强饿了么40%地推能力强其他15%。"
    "增长见下表:年份2021202220232024(预测)规模(亿元)2000350050007500同比增长率-75%42.9%50%。"
)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("2022年即时零售的规模是多少？", "规模(亿元)（2022：3500）"),
        ("2023年的增长率是多少？", "同比增长率（2023：42.9%）"),
        ("餓了麼的市場份額是多少？", "饿了么（市场份额(2023年)：40%）"),
        ("2019年即时零售的规模是多少？", ""),
        ("即时零售的规模有多大？", "规模(亿元)（2021：2000；2022：3500；2023：5000；2024(预测)：7500）"),
        ("京东的份额是多少？", ""),
    ],
)
def test_rows_that_ran_together_are_told_where_they_are_asked_for(question: str, said: str) -> None:
    """Of a flattened table the row and the column that are asked for are told, and of another year or name nothing."""
    assert told_of_flat(FLAT, Span(0, len(FLAT)), understand(question)) == said


def test_only_tables_within_the_place_are_told() -> None:
    """A sentence tells of its own table alone."""
    first = FLAT.index("增长见")
    assert told_of_flat(FLAT, Span(0, first), understand("2022年的规模是多少？")) == ""
    assert told_of_flat(FLAT, Span(first, len(FLAT)), understand("2022年的规模是多少？")) == "规模(亿元)（2022：3500）"
