"""Tables whose cells ran together: rows that are certain are told, others are not."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise import paragraphs

from ingest.clean.stages import clean
from ingest.document import Document, View
from ingest.flat_tables import flat_tables, row

GROWTH = "年份2021202220232024（預測）規模（億元）2000350050007500同比增長率-75%42.9%50%(4)技術驅動"
SHARES = (
    "平台包括:美团、饿了么、京东到家等。下表:平台市场份额(2023年)主要优势美团45%强大的本地生活服务能力"
    "饿了么40%地推能力强,用户基础广泛京东到家13%依托京东供应链优势其他2%。"
)


def told(text: str) -> list[list[str]]:
    """Head and rows of each table, the cells between bars."""
    return [[row(text, cells) for cells in (table.head, *table.rows)] for table in flat_tables(text)]


def test_values_are_told_apart_by_the_years_above_them() -> None:
    """A row has as many values as its head has years; a lone dash before its shares is an empty cell."""
    assert told(GROWTH) == [
        [
            "年份 | 2021 | 2022 | 2023 | 2024（預測）",
            "規模（億元） | 2000 | 3500 | 5000 | 7500",
            "同比增長率 | - | 75% | 42.9% | 50%",
        ]
    ]


def test_bars_that_cleaning_has_put_make_no_difference() -> None:
    """The table is the same before and after the years were set apart."""
    cleaned = clean(Document("a.txt", "txt", GROWTH, View.of(GROWTH))).view.text
    assert " | " in cleaned
    assert told(cleaned) == told(GROWTH)


def test_rows_of_shares_are_told_apart_by_names_that_stand_elsewhere() -> None:
    """Where a remark ran into the next row's name, the name is the one that the text has elsewhere."""
    assert told(SHARES) == [
        [
            "平台 | 市场份额(2023年) | 主要优势",
            "美团 | 45% | 强大的本地生活服务能力",
            "饿了么 | 40% | 地推能力强,用户基础广泛",
            "京东到家 | 13% | 依托京东供应链优势",
            "其他 | 2% | ",
        ]
    ]


def test_rows_without_remarks_need_no_head() -> None:
    """Names and shares that follow on one another are rows of two cells; a name that is shared by none is told by its place."""
    text = "有美團、餓了么和京東到家。份額:美團45%餓了么40%京東到家13%其他2%。"
    assert told(text) == [["", "美團 | 45%", "餓了么 | 40%", "京東到家 | 13%", "其他 | 2%"]]


@pytest.mark.parametrize(
    "text",
    [
        GROWTH.replace("7500", "750"),  # fifteen digits for four years
        GROWTH.replace("2000350050007500", "2000350000507500").replace("同比", "。同比"),  # no number begins with 0
        GROWTH.replace("-75%42.9%50%", "75%42.9%50%").replace("規模（億元）2000350050007500", ""),  # three for four
        "年份2019202120222024規模2000350050007500",  # years that do not follow on one another
        SHARES.replace("45%", "35%"),  # no whole
        SHARES.replace("饿了么、", ""),  # a name that stands nowhere else
        "彩票奖金51%，彩票公益金36%，彩票发行费13%。",  # a sentence
        "增长了8%、5%和87%。",
        "股东有持股50%的甲公司、持股34%的乙公司、持股16%的丙公司，持股多年。",
        "身份证号11010119900307777720230405",
        "",
    ],
)
def test_what_is_not_certain_is_no_table(text: str) -> None:
    """What could be read in two ways, and what is a sentence, is left alone."""
    assert flat_tables(text) == []


@given(paragraphs() | paragraphs(traditional=True))
def test_clean_text_holds_no_flat_table(text: str) -> None:
    """Nothing in running text is taken for one."""
    assert flat_tables(text) == []


@given(st.text(alphabet="年份规模亿元率2013-45%.(预测)美团其他|， ", max_size=80))
def test_places_are_in_order(text: str) -> None:
    """Whatever the text, cells follow on one another from left to right, within it, and rows are as wide as their head."""
    for table in flat_tables(text):
        places = [cell for cells in (table.head, *table.rows) for cell in cells]
        assert all(a.end <= b.start for a, b in pairwise(places))
        assert places[-1].end <= len(text)
        assert {len(cells) for cells in (table.head, *table.rows) if cells} == {len(table.rows[0])}
