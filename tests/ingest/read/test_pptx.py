"""Presentations made for the test."""

from __future__ import annotations

import io
from typing import Any

import pptx
import pytest
from noise import SENTENCES
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from ingest.document import BREAK, Document
from ingest.errors import UnreadableFile
from ingest.read.formats import read
from ingest.read.pptx import read_pptx
from ingest.split import split

BOX = (Inches(1), Inches(3), Inches(5), Inches(2))


def saved(show: Any) -> bytes:
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


def read_back(show: Any) -> Document:
    return read(saved(show), "a.pptx")


@pytest.fixture
def show() -> Any:
    """Three slides: a title, text with a table and notes, and one with nothing but a group."""
    made = pptx.Presentation()
    cover = made.slides.add_slide(made.slide_layouts[0])
    cover.shapes.title.text = "即时零售报告"
    cover.placeholders[1].text = "2024年6月"
    second = made.slides.add_slide(made.slide_layouts[1])
    second.shapes.title.text = "市场\v规模"
    second.placeholders[1].text = f"{SENTENCES[0]}\n{SENTENCES[1]}"
    table = second.shapes.add_table(3, 2, *BOX).table
    for row, cells in enumerate([("平台", "份额"), ("美团", "45%\n左右"), ("京东", "")]):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    second.notes_slide.notes_text_frame.text = SENTENCES[2]
    third = made.slides.add_slide(made.slide_layouts[6])
    group = third.shapes.add_group_shape()
    group.shapes.add_textbox(*BOX).text_frame.text = SENTENCES[3]
    return made


def test_slides_are_pages(show: Any) -> None:
    """Each slide is a page: title, paragraphs, the rows of tables, then its notes; groups are entered."""
    document = read_back(show)
    assert document.view.text.split(BREAK) == [
        "即时零售报告\n2024年6月",
        f"市场 规模\n{SENTENCES[0]}\n{SENTENCES[1]}",
        "平台 | 份额\n美团 | 45% 左右\n京东 | ",
        SENTENCES[2],
        SENTENCES[3],
    ]
    assert [p.label for p in document.pages] == ["1", "2", "3"]
    assert document.page_at(document.raw.index(SENTENCES[2])) == "2"
    assert document.title == "即时零售报告"
    assert [(b.kind, b.level) for b in document.blocks] == [("heading", 1), ("heading", 2), ("table", 0)]


def test_passages_stay_on_their_slide(show: Any) -> None:
    """No passage runs over two slides, and each knows its slide and title."""
    chunks = split(read_back(show), 4000)
    assert [c.page for c in chunks] == ["1", "2", "2", "2", "3"]
    assert chunks[1].heading == "即时零售报告 > 市场 规模"


def test_charts_are_tables() -> None:
    """The figures behind a chart are rows: a row for each category, a column for each series."""
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    data = CategoryChartData()
    data.categories = ["2022年", "2023年"]
    data.add_series("市场规模", (5042.9, 6500))
    data.add_series("增速", (None, 0.289))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BOX, data)
    assert read_back(made).raw == " | 市场规模 | 增速\n2022年 | 5042.9 | \n2023年 | 6500 | 0.289"


def test_charts_show_their_figures_as_formatted() -> None:
    """A chart has its title, and shares are percents where its format shows them so."""
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    data = CategoryChartData(number_format="0.0%")
    data.categories = ["美团", "京东"]
    data.add_series("份额", (0.451, 0.2))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.PIE, *BOX, data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "2023年份额"
    assert read_back(made).raw == "2023年份额\n | 份额\n美团 | 45.1%\n京东 | 20.0%"


def test_merged_cells_are_read_once() -> None:
    """A cell over two columns is said once."""
    made = pptx.Presentation()
    table = made.slides.add_slide(made.slide_layouts[6]).shapes.add_table(2, 2, *BOX).table
    table.cell(0, 0).text = "合并"
    table.cell(0, 0).merge(table.cell(0, 1))
    table.cell(1, 0).text, table.cell(1, 1).text = "甲", "乙"
    assert read_back(made).raw == "合并 | \n甲 | 乙"


def test_the_templates_day_dates_nothing() -> None:
    """The date of an empty template is not taken for the report's; another one is."""
    made = pptx.Presentation()
    made.slides.add_slide(made.slide_layouts[0]).shapes.title.text = "题"
    assert read_back(made).title == "题"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_half_a_presentation_is_refused(show: Any, share: float) -> None:
    """A presentation that lost its end is refused with advice."""
    data = saved(show)
    with pytest.raises(UnreadableFile, match="not a PowerPoint presentation") as caught:
        read_pptx(data[: int(share * len(data))], "a.pptx")
    assert caught.value.advice


def test_pictures_alone_are_no_text() -> None:
    """A presentation without any text is refused."""
    made = pptx.Presentation()
    made.slides.add_slide(made.slide_layouts[6])
    with pytest.raises(UnreadableFile, match="no text"):
        read_back(made)
