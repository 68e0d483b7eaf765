"""Workbooks made for the test."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest
from noise import SENTENCES

from ingest.document import BREAK, Document
from ingest.errors import UnreadableFile
from ingest.read.formats import read
from ingest.read.xlsx import read_xlsx
from ingest.split import split


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_back(book: openpyxl.Workbook) -> Document:
    return read(saved(book), "a.xlsx")


@pytest.fixture
def book() -> openpyxl.Workbook:
    """Two named sheets: a title, a unit and a table; and a table of two columns."""
    made = openpyxl.Workbook()
    first = made.active
    assert first is not None
    first.title = "市场份额"
    for row in [["2023年即时零售"], ["单位：亿元"], [], ["平台", None, "金额", "占比"], ["美团", None, 2925.5, 0.45]]:
        first.append(row)
    first["D5"].number_format = "0.0%"
    second = made.create_sheet("城市")
    for row in [["城市", "骑手"], ["成都", 12000], [None, None], ["杭州", 9800]]:
        second.append(row)
    return made


def test_sheets_are_pages(book: openpyxl.Workbook) -> None:
    """Each sheet is a page of its name, headed by it, with its title lines before its table."""
    document = read_back(book)
    assert document.view.text.split(BREAK) == [
        "市场份额\n2023年即时零售\n单位：亿元",
        "平台 | 金额 | 占比\n美团 | 2925.5 | 45.0%",
        "城市",
        "城市 | 骑手\n成都 | 12000\n杭州 | 9800",
    ]
    assert document.raw == document.view.text.replace(BREAK, "\n")
    assert [p.label for p in document.pages] == ["市场份额", "城市"]
    assert document.page_at(document.raw.index("成都")) == "城市"
    assert [b.kind for b in document.blocks] == ["heading", "table", "heading", "table"]


def test_passages_know_their_sheet(book: openpyxl.Workbook) -> None:
    """No passage runs over two sheets, and each is headed by the name of its own."""
    chunks = split(read_back(book), 4000)
    assert {(c.page, c.heading) for c in chunks} == {("市场份额", "市场份额"), ("城市", "城市")}
    assert not any(BREAK in c.text for c in chunks)


@pytest.mark.parametrize(
    ("value", "pattern", "expected"),
    [
        (1234, "General", "1234"),
        (1234.0, "General", "1234"),
        (0.1 + 0.2, "General", "0.3"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (0.125, "0%", "13%"),
        (0.289, "0.0%", "28.9%"),
        (12.5, "0.0#", "12.5"),
        (6500, '#,##0"亿元"', "6,500亿元"),
        (6500, "¥#,##0", "¥6,500"),
        (99.5, "[$￥-804]#,##0.00", "￥99.50"),
        (-3, "0_);(0)", "-3"),
        (1234567, "0,", "1235"),
        (1e20, "General", "100000000000000000000"),
        (1.5e-7, "0.00E+00", "0.00000015"),
        (True, "General", "TRUE"),
        ("007", "@", "007"),
        (datetime(2023, 3, 20), "yyyy-mm-dd", "2023-03-20"),
        (datetime(2023, 3, 20, 9, 5), "yyyy-mm-dd hh:mm", "2023-03-20 09:05"),
        (date(2023, 3, 20), 'yyyy"年"m"月"d"日"', "2023年3月20日"),
        (date(2023, 3, 1), 'yyyy"年"m"月"', "2023年3月"),
        (date(2023, 3, 1), "yyyy-mm", "2023-03"),
        (time(9, 30), "h:mm", "09:30"),
    ],
)
def test_numbers_and_dates_are_read_as_shown(value: object, pattern: str, expected: str) -> None:
    """A cell is read as Excel shows it: rounded, with its percent sign, its unit, its form of date."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(["项目", "数值"])
    sheet.append(["甲", value])
    sheet["B2"].number_format = pattern
    assert read_back(made).raw == f"项目 | 数值\n甲 | {expected}"


def test_a_cell_over_several_rows_is_said_in_each() -> None:
    """Each row can be read by itself; a title over columns is said once, and one over empty rows too."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in [
        ["2023年份额"],
        [],
        ["地区", "平台", "份额"],
        ["华东", "美团", 0.41],
        [None, "京东", 0.2],
        ["华南", "美团", 0.5],
    ]:
        sheet.append(row)
    sheet.merge_cells("A1:C2")
    sheet.merge_cells("A4:A5")
    sheet["C4"].number_format = sheet["C5"].number_format = sheet["C6"].number_format = "0%"
    assert (
        read_back(made).raw == "2023年份额\n地区 | 平台 | 份额\n华东 | 美团 | 41%\n华东 | 京东 | 20%\n华南 | 美团 | 50%"
    )


def test_many_merged_cells_are_found() -> None:
    """Merged cells are found in a sheet of any size."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for number in range(0, 6000, 2):
        sheet.append([f"组{number}", SENTENCES[number % 30], number])
        sheet.append([None, SENTENCES[number % 29], number + 1])
        sheet.merge_cells(start_row=number + 1, end_row=number + 2, start_column=1, end_column=1)
    lines = read_back(made).raw.split("\n")
    assert [line.split(" | ")[0] for line in lines] == [f"组{n - n % 2}" for n in range(6000)]


def test_formulas_show_what_was_last_computed() -> None:
    """A formula shows the value that was saved with it; one that was never computed shows nothing."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(["甲", "=1+2", "乙"])
    source = zipfile.ZipFile(io.BytesIO(saved(made)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as rewritten:
        for name in source.namelist():
            data = source.read(name)
            rewritten.writestr(
                name,
                data.replace(b"<f>1+2</f><v></v>", b"<f>1+2</f><v>3</v>").replace(
                    b"<f>1+2</f><v />", b"<f>1+2</f><v>3</v>"
                ),
            )
    assert read(out.getvalue(), "a.xlsx").raw == "甲 | 3 | 乙"
    assert read_back(made).raw == "甲 | 乙"


def test_default_names_head_nothing() -> None:
    """A sheet that nobody named is a page by its name, but its name is no heading."""
    made = openpyxl.Workbook()
    assert made.active is not None
    made.active.append([SENTENCES[0]])
    document = read_back(made)
    assert document.raw == SENTENCES[0]
    assert document.blocks == ()
    assert document.pages[0].label == "Sheet"


def test_a_far_off_cell_costs_no_empty_rows() -> None:
    """A cell in the last rows of a sheet is read without the emptiness before it."""
    made = openpyxl.Workbook()
    assert made.active is not None
    made.active["A1"] = "近"
    made.active.cell(200_000, 5, "远")
    assert read_back(made).raw == "近\n远"


def test_hidden_sheets_are_read_and_told(book: openpyxl.Workbook) -> None:
    """A hidden sheet is read like the others, and a warning names it."""
    book["城市"].sheet_state = "hidden"
    document = read_back(book)
    assert "成都" in document.raw
    assert "城市" in document.warnings[0]


def test_title_and_date_come_from_the_properties(book: openpyxl.Workbook) -> None:
    """Title and date of the properties are kept; the date is the day of the last change."""
    book.properties.title = "年度数据"
    document = read_back(book)
    assert document.title == "年度数据"
    assert document.date == datetime.now().astimezone().date().isoformat() or len(document.date) == 10


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_half_a_workbook_is_refused(book: openpyxl.Workbook, share: float) -> None:
    """A workbook that lost its end is refused with advice."""
    data = saved(book)
    with pytest.raises(UnreadableFile, match="not an Excel workbook") as caught:
        read_xlsx(data[: int(share * len(data))], "a.xlsx")
    assert caught.value.advice


def test_a_workbook_without_cells_is_refused() -> None:
    """A workbook with nothing in it is refused."""
    with pytest.raises(UnreadableFile, match="no text"):
        read_back(openpyxl.Workbook())
