"""Word documents, made here by python-docx."""

from __future__ import annotations

import io

import docx
import pytest
from docx.document import Document as WordDocument
from noise import SENTENCES

from ingest.document import BREAK, Document
from ingest.errors import UnreadableFile
from ingest.read.docx import read_docx
from ingest.split import split


def saved(source: WordDocument) -> Document:
    out = io.BytesIO()
    source.save(out)
    return read_docx(out.getvalue(), "a.docx")


@pytest.fixture
def word() -> WordDocument:
    """A report with headings, paragraphs and a table."""
    source = docx.Document()
    source.add_heading("即时零售报告", 0)
    source.add_paragraph(SENTENCES[0])
    source.add_paragraph("  ")
    source.add_heading("市场", 1)
    source.add_paragraph(SENTENCES[1]).add_run("\n" + SENTENCES[2]).bold = True
    table = source.add_table(2, 2)
    for row, cells in enumerate([("平台", "份额"), ("美团", "45%\n左右")]):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    source.add_paragraph(SENTENCES[3])
    return source


def test_paragraphs_and_rows_are_lines(word: WordDocument) -> None:
    """Raw has a line for each paragraph and each row, in the order of the document, and none for empty ones."""
    document = saved(word)
    assert document.raw.split("\n") == [
        "即时零售报告",
        SENTENCES[0],
        "市场",
        f"{SENTENCES[1]} {SENTENCES[2]}",
        "平台 | 份额",
        "美团 | 45% 左右",
        SENTENCES[3],
    ]
    assert document.format == "docx"


def test_a_table_stands_between_breaks(word: WordDocument) -> None:
    """The line ends around a table become breaks, and the rest of the view is raw."""
    document = saved(word)
    assert document.view.text.replace(BREAK, "\n") == document.raw
    assert [part.split("\n")[0] for part in document.view.text.split(BREAK)] == [
        "即时零售报告",
        "平台 | 份额",
        SENTENCES[3],
    ]
    assert document.view.starts.tolist() == list(range(len(document.raw)))


def test_headings_and_tables_are_noted(word: WordDocument) -> None:
    """Title and headings have their level, and the table its range."""
    document = saved(word)
    assert [(b.kind, b.level, b.span.of(document.raw)) for b in document.blocks] == [
        ("heading", 1, "即时零售报告"),
        ("heading", 1, "市场"),
        ("table", 0, "平台 | 份额\n美团 | 45% 左右"),
    ]


def test_the_title_is_the_documents_own_or_its_first_heading(word: WordDocument) -> None:
    """The title in the properties comes first, then the first heading."""
    assert saved(word).title == "即时零售报告"
    word.core_properties.title = " 另一个题目 "
    assert saved(word).title == "另一个题目"


def test_merged_cells_are_read_once() -> None:
    """A cell over several columns is one cell of its row."""
    source = docx.Document()
    table = source.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "合并"
    table.cell(0, 2).text = "丙"
    for column, text in enumerate("甲乙丁"):
        table.cell(1, column).text = text
    assert saved(source).raw == "合并 | 丙\n甲 | 乙 | 丁"


def test_passages_carry_their_headings(word: WordDocument) -> None:
    """Passages begin at headings and at tables."""
    assert [(c.text.split("\n")[0], c.heading) for c in split(saved(word), 100)] == [
        ("即时零售报告", "即时零售报告"),
        ("市场", "市场"),
        ("平台 | 份额", "市场"),
        (SENTENCES[3], "市场"),
    ]


def test_a_table_may_come_first_and_last() -> None:
    """A document of nothing but a table has no breaks around it."""
    source = docx.Document()
    source.add_table(1, 2).cell(0, 0).text = "甲"
    document = saved(source)
    assert document.view.text == document.raw == "甲 | "


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "文".encode()]
)
def test_what_is_no_word_document_is_refused(data: bytes) -> None:
    """A broken package, an encrypted one and plain text under this suffix are refused with advice."""
    with pytest.raises(UnreadableFile, match="not a Word document") as caught:
        read_docx(data, "a.docx")
    assert ".docx" in caught.value.advice
