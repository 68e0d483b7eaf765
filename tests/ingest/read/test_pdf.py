"""PDF files, made here by reportlab."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence

import pytest
from noise import SENTENCES
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.errors import UnreadableFile
from ingest.read.pdf import read_pdf
from ingest.split import sentences, split

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
WIDTH = 30
"""Chinese characters to a full line."""


def pdf(pages: Sequence[Sequence[str]], *, title: str = "", password: str = "", owner: str = "") -> bytes:
    """A PDF with these lines on its pages."""
    out = io.BytesIO()
    lock = StandardEncryption(password, ownerPassword=owner or None) if password or owner else None
    canvas = Canvas(out, pagesize=A4, encrypt=lock, invariant=True)
    if title:
        canvas.setTitle(title)
    for lines in pages:
        canvas.setFont(FONT, 12)
        for row, line in enumerate(lines):
            canvas.drawString(72, 780 - 20 * row, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def wrapped(text: str, width: int = WIDTH) -> list[str]:
    """A paragraph set in lines as typesetters do: words and numbers stay whole, no line begins with a closing mark."""
    lines = [""]
    for piece in re.findall(r"[!-~]+ ?|.", text):
        if columns(lines[-1] + piece.rstrip()) > 2 * width and piece not in "，。、；：！？”》）":
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def said(text: str) -> list[str]:
    return [s.of(text) for s in sentences(text)]


PARAGRAPHS = ["".join(SENTENCES[at : at + 4]) for at in range(0, 16, 4)]


def test_wrapped_lines_are_joined_and_paragraphs_kept() -> None:
    """Lines that only the page's width broke become one, so that every sentence is whole; a short line ends its paragraph."""
    document = read_pdf(pdf([[line for p in PARAGRAPHS[:2] for line in wrapped(p)]]), "a.pdf")
    assert said(document.view.text) == said("\n".join(PARAGRAPHS[:2]))
    assert document.format == "pdf"


def test_words_of_wrapped_lines_keep_their_space() -> None:
    """A line that breaks between two words is joined with a space."""
    lines = ["The market for instant retail grew", "faster than all others did in 2023", "and went on."]
    assert read_pdf(pdf([lines]), "a.pdf").view.text == " ".join(lines)


def test_a_paragraph_runs_over_the_page() -> None:
    """A sentence that goes on after the turn of the page is one sentence, and page numbers are not in it."""
    lines = wrapped(PARAGRAPHS[0])
    pages = [[*lines[:3], "第 1 页"], [*lines[3:], "第 2 页"]]
    document = read_pdf(pdf(pages), "a.pdf")
    assert said(document.view.text) == said(PARAGRAPHS[0])


def test_running_heads_and_folios_go() -> None:
    """A line that heads three pages, and numbers of pages of any style, are left out."""
    folios = ["- 1 -", "2", "第3页 共4页", "Page 4 of 4"]
    pages = [["即时零售年度报告 2024", *wrapped(p), f] for p, f in zip(PARAGRAPHS, folios, strict=True)]
    document = read_pdf(pdf(pages), "a.pdf")
    assert said(document.view.text) == said("\n".join(PARAGRAPHS))


def test_lists_stay_lists() -> None:
    """A full line is not joined with the item of a list that follows it."""
    lines = [
        "这一行写满了整整一行的宽度所以后面的列表不应当接在它的后面而应另起",
        "（1）第一条",
        "• 第二条",
        "三、第三条",
    ]
    assert read_pdf(pdf([lines]), "a.pdf").view.text.split("\n") == lines


def test_pages_are_known_by_label() -> None:
    """Each page knows its label and its range of raw, and passages know the page they begin on."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.addPageLabel(0, style="ROMAN_LOWER")
    canvas.addPageLabel(2, style="ARABIC", start=1)
    for n in range(4):
        canvas.setFont(FONT, 12)
        canvas.drawString(72, 700, SENTENCES[n])
        canvas.showPage()
    canvas.save()
    document = read_pdf(out.getvalue(), "a.pdf")
    assert [p.label for p in document.pages] == ["i", "ii", "1", "2"]
    assert [p.span.of(document.raw).strip() for p in document.pages] == list(SENTENCES[:4])
    assert [c.page for c in split(document, 10)] == ["i", "ii", "1", "2"]


def test_a_passage_is_found_again_on_its_page() -> None:
    """The raw range of a passage lies where its page's text has it, and is its text in the view."""
    document = read_pdf(pdf([wrapped(p) for p in PARAGRAPHS]), "a.pdf")
    for chunk in split(document, 60):
        assert document.view.within(chunk.span) == chunk.text
        assert "".join(chunk.span.of(document.raw).split()) == "".join(chunk.text.split())


def test_numbered_short_lines_are_headings() -> None:
    """A short line with a number that ends no sentence is a heading."""
    lines = ["一、市场规模", *wrapped(PARAGRAPHS[0]), "2.1 平台", *wrapped(PARAGRAPHS[1]), "3. 这是一句完整的话。"]
    document = read_pdf(pdf([lines]), "a.pdf")
    assert [b.span.of(document.raw).strip() for b in document.blocks] == ["一、市场规模", "2.1 平台"]
    assert [c.heading for c in split(document, 400)] == ["一、市场规模", "2.1 平台"]


def test_the_title_comes_from_the_properties() -> None:
    """A PDF that says its title is called by it."""
    assert read_pdf(pdf([[SENTENCES[0]]], title="年度报告"), "a.pdf").title == "年度报告"


def test_pages_without_text_are_told() -> None:
    """A page without text, a scan mostly, is named in a warning."""
    document = read_pdf(pdf([[SENTENCES[0]], [], [SENTENCES[1]]]), "a.pdf")
    assert document.warnings == ("no text on pages 2",)


def test_an_encrypted_file_is_refused() -> None:
    """A file that needs a password is refused, and what to do is said."""
    with pytest.raises(UnreadableFile, match="encrypted") as caught:
        read_pdf(pdf([[SENTENCES[0]]], password="secret"), "a.pdf")  # noqa: S106
    assert "without a password" in caught.value.advice


def test_a_file_that_anyone_may_open_is_read() -> None:
    """A file encrypted against printing only, with no password to open it, is read."""
    assert SENTENCES[0][:10] in read_pdf(pdf([[SENTENCES[0]]], owner="owner"), "a.pdf").view.text


def test_a_file_without_text_is_refused() -> None:
    """A file of pictures is refused, with the advice to recognise its text."""
    with pytest.raises(UnreadableFile, match="no text on its 2 pages") as caught:
        read_pdf(pdf([[], []]), "a.pdf")
    assert "scanned" in caught.value.advice


@pytest.mark.parametrize("data", [b"%PDF-1.4 broken", "正文".encode(), b"%PDF-1.4\n%%EOF"])
def test_a_damaged_file_is_refused(data: bytes) -> None:
    """What is no PDF, or was cut off, is refused with advice."""
    with pytest.raises(UnreadableFile, match="damaged PDF") as caught:
        read_pdf(data, "a.pdf")
    assert caught.value.advice


def test_half_a_file_is_read_or_refused() -> None:
    """A download that stopped half-way never passes for the whole report without a word."""
    data = pdf([wrapped(p) for p in PARAGRAPHS])
    whole = read_pdf(data, "a.pdf").view.text
    for share in (0.3, 0.5, 0.7, 0.9):
        try:
            document = read_pdf(data[: int(len(data) * share)], "a.pdf")
        except UnreadableFile:
            continue
        assert document.view.text == whole or document.warnings


def drawn(*places: tuple[float, float, float, str]) -> bytes:
    """A page with texts at places: x, y, size of type, text."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    for x, y, size, text in places:
        canvas.setFont(FONT, size)
        canvas.drawString(x, y, text)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


ROWS = ((72, 700, 12, "平台"), (240, 700, 12, "份额"), (72, 680, 12, "美团"), (240, 680, 12, "45%"))


def test_cells_of_a_row_are_set_apart() -> None:
    """Texts side by side at one height are the cells of a row."""
    data = drawn((72, 740, 12, SENTENCES[0]), *ROWS, (72, 640, 12, SENTENCES[1]))
    assert read_pdf(data, "a.pdf").view.text == f"{SENTENCES[0]}\n平台 | 份额\n美团 | 45%\n{SENTENCES[1]}"


def test_the_last_cell_of_a_page_stays() -> None:
    """A page that ends with a table keeps the figure in its last cell."""
    data = drawn((72, 740, 12, SENTENCES[0]), *ROWS)
    assert read_pdf(data, "a.pdf").view.text.endswith("美团 | 45%")


def test_larger_type_makes_a_heading() -> None:
    """A short line in larger type than the body is a heading, and the largest is of the first level."""
    lines = [(72, 600 - 20 * row, 12, line) for row, line in enumerate(wrapped(PARAGRAPHS[0]))]
    data = drawn((72, 780, 24, "即时零售报告"), (72, 700, 16, "市场的规模"), *lines)
    document = read_pdf(data, "a.pdf")
    assert [(b.level, b.span.of(document.raw)) for b in document.blocks] == [(1, "即时零售报告"), (2, "市场的规模")]
    assert {c.heading for c in split(document, 400)} == {"即时零售报告 > 市场的规模"}
