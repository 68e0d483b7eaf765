"""Word documents, made here by python-docx."""

from __future__ import annotations

import io

import docx
import pytest
from docx.document import Document as WordDocument
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from noise import SENTENCES

from ingest.document import BREAK, Document
from ingest.errors import UnreadableFile
from ingest.read.docx import read_docx
from ingest.split import split

COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
SHAPES = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"


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
    assert saved(source).raw == "合并 |  | 丙\n甲 | 乙 | 丁"


def test_a_cell_over_several_rows_is_said_in_each() -> None:
    """Each row can be read by itself; a title over the whole table is said once."""
    source = docx.Document()
    table = source.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(0, 2)).text = "表一"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "美团"
    for row in (1, 2):
        table.cell(row, 1).text, table.cell(row, 2).text = f"{2021 + row}年", f"{40 + row}%"
    assert saved(source).raw == "表一\n美团 | 2022年 | 41%\n美团 | 2023年 | 42%"


def run(words: str, tag: str = "t") -> str:
    return f"<w:r><w:{tag}>{words}</w:{tag}></w:r>"


def with_body(body: str, **parts: str) -> bytes:
    """A Word document of this body, with notes or comments beside it."""
    made = docx.Document()
    spaces = f'{nsdecls("w")} xmlns:mc="{COMPATIBLE}" xmlns:wps="{SHAPES}" xmlns:v="urn:schemas-microsoft-com:vml"'
    for paragraph in parse_xml(f"<w:body {spaces}>{body}</w:body>"):
        made.element.body.insert_element_before(paragraph, "w:sectPr")
    for name, content in parts.items():
        kind = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{name}"
        data = f"<w:{name} {nsdecls('w')}>{content}</w:{name}>".encode()
        made.part.relate_to(
            Part(PackURI(f"/word/{name}.xml"), f"application/x-{name}+xml", data, made.part.package), kind
        )
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_tracked_changes_are_read_as_accepted() -> None:
    """What was inserted or moved here is text, what was deleted or moved away is none, in tables too."""
    changed = f"""<w:p>{run("规模为")}<w:del w:id="1" w:author="x">{run("5000", "delText")}</w:del>
        <w:ins w:id="2" w:author="x">{run("6500")}</w:ins>{run("亿元。")}<w:moveFrom w:id="3">{run("旧处。")}</w:moveFrom></w:p>
        <w:p><w:moveTo w:id="4">{run("新处。")}</w:moveTo></w:p>
        <w:tbl><w:tr><w:tc><w:p>{run("甲")}</w:p></w:tc></w:tr>
        <w:tr><w:trPr><w:del w:id="5" w:author="x"/></w:trPr><w:tc><w:p>{run("删去的行")}</w:p></w:tc></w:tr></w:tbl>"""
    assert read_docx(with_body(changed), "a.docx").raw == "规模为6500亿元。\n新处。\n甲"


def test_boxes_controls_and_fields_are_read() -> None:
    """Text boxes are read once, content controls and fields in their place, readings above characters not."""
    box = f"<w:txbxContent><w:p>{run('框里的话。')}</w:p></w:txbxContent>"
    body = f"""<w:p>{run("前文。")}<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx>
        </w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>
        <w:sdt><w:sdtContent><w:p>{run("控件里的段落。")}</w:p></w:sdtContent></w:sdt>
        <w:p><w:fldSimple w:instr="PAGE">{run("12")}</w:fldSimple>{run("PAGE", "instrText")}{run("页，")}
        <w:sdt><w:sdtContent>{run("控件")}</w:sdtContent></w:sdt>
        <w:r><w:ruby><w:rt>{run("chuàng")}</w:rt><w:rubyBase>{run("創")}</w:rubyBase></w:ruby></w:r>{run("新。")}</w:p>"""
    document = read_docx(with_body(body), "a.docx")
    assert document.raw == "前文。\n框里的话。\n控件里的段落。\n12页，控件創新。"
    assert document.view.text.split(BREAK)[:2] == ["前文。", "框里的话。"]


def test_notes_follow_the_text_and_remarks_are_told() -> None:
    """Foot- and endnotes are read behind the text; remarks of reviewers are left out, and that is said."""
    rule = f'<w:footnote w:id="-1" w:type="separator"><w:p>{run("分隔线")}</w:p></w:footnote>'
    document = read_docx(
        with_body(
            f"<w:p>{run('正文。')}</w:p>",
            footnotes=f'{rule}<w:footnote w:id="1"><w:p>{run("数据来自公开资料。")}</w:p></w:footnote>',
            endnotes=f'<w:endnote w:id="1"><w:p>{run("样本见附录。")}</w:p></w:endnote>',
            comments=f'<w:comment w:id="1" w:author="x"><w:p>{run("这里再核实。")}</w:p></w:comment>',
        ),
        "a.docx",
    )
    assert document.raw == "正文。\n数据来自公开资料。\n样本见附录。"
    assert document.view.text == document.raw.replace("\n", BREAK)
    assert document.warnings == ("1 remarks of reviewers were left out",)


def test_heads_and_feet_of_pages_are_left_out() -> None:
    """What stands on every page is no text of the report."""
    source = docx.Document()
    source.add_paragraph("正文。")
    source.sections[0].header.paragraphs[0].text = "内部资料"
    source.sections[0].footer.paragraphs[0].text = "第1页"
    assert saved(source).raw == "正文。"


@pytest.mark.parametrize("heading", ['<w:outlineLvl w:val="1"/>', '<w:pStyle w:val="Heading2"/>'])
def test_headings_are_known_by_style_or_outline(heading: str) -> None:
    """A paragraph with a place in the outline is a heading, whatever its style is called."""
    (block,) = read_docx(
        with_body(f"<w:p><w:pPr>{heading}</w:pPr>{run('规模')}</w:p><w:p>{run('正文。')}</w:p>"), "a.docx"
    ).blocks
    assert (block.kind, block.level) == ("heading", 2)


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
