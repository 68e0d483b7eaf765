"""What converters left inside text: private-use characters, breaks, page numbers, glued cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from noise import paragraphs

from ingest.clean.breaks import find_breaks
from ingest.clean.headers import find_pages
from ingest.clean.residue import find_residue
from ingest.clean.tables import find_tables
from ingest.document import Edit, View


def apply(text: str, edits: list[Edit]) -> str:
    return View.of(text).edit(edits).text


@pytest.mark.parametrize(
    ("damaged", "left"),
    [
        ("好\ue2c4\ue2c5坏", "好\ufffd坏"),
        ("\uf0b7 第一点", "第一点"),
        ("公式:ext配送成本总体", "公式:\ufffd配送成本总体"),
        ("(extCAGRXXX=?", "(\ufffdCAGRXXX=?"),
        ("订单响应速度imesext库存匹配度", "订单响应速度\ufffd库存匹配度"),
        ("提升能力。?核心挑戰數據安全", "提升能力。核心挑戰數據安全"),
        ("支撐作用:?【表】國家政策", "支撐作用:【表】國家政策"),
        ("这是为什么?因为便宜。", "这是为什么?因为便宜。"),
        ("是吗？?对", "是吗？?对"),
        ("结果:?", "结果:?"),
        ("本文是ext文件系统的说明", "本文是ext文件系统的说明"),
        ("context的意思", "context的意思"),
    ],
)
def test_what_no_one_can_read_is_marked(damaged: str, left: str) -> None:
    """Private-use characters and remains of formulas give way to a mark, bullets of symbol fonts to nothing."""
    assert apply(damaged, find_residue(View.of(damaged))) == left


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        ("但其受众往往 集中在", "但其受众往往集中在"),
        ("这 背后反映出", "这背后反映出"),
        ("采取B2C自營模\n\n式,解決", "采取B2C自營模式,解決"),
        ("第一章 总则", "第一章 总则"),
        ("新华社记者 王平", "新华社记者 王平"),
        ("市場概述\n\n二零二三年", "市場概述\n\n二零二三年"),
        ("采取B2C自營模\n式", "采取B2C自營模\n式"),
    ],
)
def test_breaks_inside_sentences_go(damaged: str, whole: str) -> None:
    """A space behind a word that nothing ends with goes, and an empty line inside a word; all others stay."""
    assert apply(damaged, find_breaks(View.of(damaged))) == whole


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        ("趙占波教授386月30日上汽", "趙占波教授6月30日上汽"),
        ("成交效果 33 33第3步", "成交效果 第3步"),
        ("在12月30日", "在12月30日"),
        ("在2023年6月30日", "在2023年6月30日"),
        ("比分是 30 30分钟后", "比分是 30 30分钟后"),
    ],
)
def test_page_numbers_stuck_to_text_go(damaged: str, whole: str) -> None:
    """Only numbers that can be nothing but a page's go."""
    assert apply(damaged, find_pages(View.of(damaged))) == whole


@pytest.mark.parametrize(
    ("damaged", "rows"),
    [
        ("物流整合8%5%37.5%技術平臺整合12%7%41.7%", "物流整合 | 8% | 5% | 37.5%\n技術平臺整合 | 12% | 7% | 41.7%"),
        ("年份2021202220232024(預測)", "年份 | 2021 | 2022 | 2023 | 2024(預測)"),
        ("同比增長率-75%42.9%50%", "同比增長率-75%42.9%50%"),
        ("增长了8%，5%来自出口", "增长了8%，5%来自出口"),
        ("在20232024年度", "在20232024年度"),
    ],
)
def test_cells_that_can_be_told_apart_get_bars(damaged: str, rows: str) -> None:
    """Shares and years that touch are cells; what could be read in two ways stays."""
    view = View.of(damaged).edit(find_tables(View.of(damaged)))
    assert view.text == rows
    assert "".join(view.text.replace(" | ", "").split()) == damaged


@given(paragraphs() | paragraphs(traditional=True))
def test_clean_text_stays(text: str) -> None:
    """None of these cleaners finds anything in clean text."""
    view = View.of(text)
    assert [*find_residue(view), *find_breaks(view), *find_pages(view), *find_tables(view)] == []
