"""Separated values in every dialect."""

from __future__ import annotations

import csv
import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise import SENTENCES, in_traditional

from ingest.document import BREAK
from ingest.errors import UnreadableFile
from ingest.read.compose import dense
from ingest.read.csv import delimiter_of, read_csv
from ingest.split import split

ROWS = [
    ["平台", "市场份额", "说明"],
    ["美团闪购", "45.0%", "覆盖两千八百个县市，骑手最多"],
    ["京东到家", "12.5%", "与超市“沃尔玛”合作；以家电见长"],
    ["饿了么", "25%", "依托\n支付宝"],
]
SHOWN = "平台 | 市场份额 | 说明\n美团闪购 | 45.0% | 覆盖两千八百个县市，骑手最多\n京东到家 | 12.5% | 与超市“沃尔玛”合作；以家电见长\n饿了么 | 25% | 依托 支付宝"


def written(rows: list[list[str]], delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=quoting).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_every_dialect_reads_the_same(delimiter: str, quoting: int, encoding: str) -> None:
    """Whatever the delimiter, the quotes and the encoding, the same rows are seen."""
    document = read_csv(written(ROWS, delimiter, quoting).encode(encoding), "a.csv")
    assert document.view.text == SHOWN
    assert [b.kind for b in document.blocks] == ["table"]
    assert document.format == "csv"


@pytest.mark.parametrize("delimiter", [",", "\t", "，"])
def test_a_short_chinese_table_in_gb18030_is_read(delimiter: str) -> None:
    """A few Chinese words and numbers are enough to tell the encoding."""
    source = f"城市{delimiter}常住人口（万人）\n北京{delimiter}2189\n上海{delimiter}2487\n"
    document = read_csv(source.encode("gb18030"), "a.csv")
    assert document.view.text == "城市 | 常住人口（万人）\n北京 | 2189\n上海 | 2487"
    assert document.warnings == ()


def test_raw_is_the_file() -> None:
    """Raw is the file as it was written, and each cell points at its own characters in it."""
    source = written(ROWS, quoting=csv.QUOTE_ALL)
    document = read_csv(source.encode(), "a.csv")
    assert document.raw == source
    at = document.view.text.index("12.5%")
    assert document.view.span(at, at + 5).of(source) == "12.5%"


def test_traditional_tables_in_big5() -> None:
    """A table from Taiwan in Big5 is read."""
    source = in_traditional(written([["城市", "人口", "說明"], *([["臺北市", "250萬", "首善之區"]] * 5)]))
    assert read_csv(source.encode("big5"), "a.csv").view.text.startswith(
        "城市 | 人口 | 說明\n臺北市 | 250萬 | 首善之區"
    )


def test_empty_rows_columns_and_ends_go() -> None:
    """Empty rows and columns leave the view; a cell that is empty within a row keeps its place."""
    document = read_csv("甲,,乙,丙,\n\n,,,,\n1,,,3,\n2,,,,\n".encode(), "a.csv")
    assert document.view.text == "甲 | 乙 | 丙\n1 |  | 3\n2"


def test_doubled_quotes_are_one() -> None:
    """A quote within a quoted cell is doubled in the file and single to read."""
    document = read_csv('名,话\n甲,"他说""好"",就走了"\n'.encode(), "a.csv")
    assert document.view.text == '名 | 话\n甲 | 他说"好",就走了'


def test_a_quote_that_never_closes_is_a_character() -> None:
    """A stray quote does not swallow the rest of the file."""
    document = read_csv('名,长\n甲,5" 屏\n乙,"六\n丙,7\n'.encode(), "a.csv")
    assert document.view.text.split("\n") == ["名 | 长", '甲 | 5" 屏', '乙 | "六', "丙 | 7"]


def test_excels_line_names_the_delimiter() -> None:
    """`sep=;` in the first line is obeyed and not shown."""
    assert read_csv("sep=;\n名;值\n甲,乙;1\n".encode(), "a.csv").view.text == "名 | 值\n甲,乙 | 1"


def test_a_delimiter_is_told_by_agreement() -> None:
    """Commas within the cells of a table with tabs do not make it one with commas."""
    assert delimiter_of("日期\t说明\n1\t甲,乙,丙\n2\t丁,戊\n3\t己\n") == "\t"
    assert delimiter_of("名，值\n甲，1\n乙，2\n") == "，"
    assert delimiter_of("没有\n") == ","


def test_passages_of_a_long_table_hold_whole_rows() -> None:
    """A table longer than a passage is cut between rows."""
    rows = [["编号", "门店", "单量"], *([str(n), f"第{n}号门店", str(n * 31)] for n in range(200))]
    document = read_csv(written(rows).encode(), "a.csv")
    lines = document.view.text.split("\n")
    assert len(lines) == 201
    for chunk in split(document, 400):
        assert all(line in lines for line in chunk.text.split("\n"))
        assert BREAK not in chunk.text


def test_a_binary_file_is_refused() -> None:
    """What is no text is refused under this suffix too."""
    with pytest.raises(UnreadableFile):
        read_csv(random.Random(1).randbytes(2000), "a.csv")  # noqa: S311


CELLS = st.one_of(st.sampled_from(["", "甲", "1,234", 'a"b', "一；二", "两\n行", *SENTENCES[:6]]))


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8), st.sampled_from([",", ";", "\t"]))
def test_what_was_written_is_read(rows: list[list[str]], delimiter: str) -> None:
    """The cells of any table written by the csv module are read back."""
    table = [["第一列", "第二列", "第三列"]] * 4 + rows
    document = read_csv(written(table, delimiter).encode(), "a.csv")
    expected = "\n".join(" | ".join(c.replace("\n", " ") for c in row) for row in dense(table))
    assert document.view.text == expected
    assert document.raw[document.view.span(0, 1).start] == "第"
