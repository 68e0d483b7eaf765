"""Pages of PDF files as pictures, and where a passage stands on them."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from assistant.app.page_picture import Letter, PagePictures, file_of, lines_of, matched, page_number, plain
from assistant.app.source import picture_html
from ingest.document import Document, Span, View
from ingest.read.formats import digest
from ingest.read.pdf import read_pdf

CORPUS = Path(__file__).parents[2] / "corpus"
FILE = "instant-logistics.pdf"
QUOTE = "即時零售看起來是賣貨的生意"


@pytest.fixture(scope="module")
def document() -> Document:
    data = (CORPUS / FILE).read_bytes()
    return replace(read_pdf(data, FILE), root=str(CORPUS), sha256=digest(data))


def place(document: Document, quote: str) -> Span:
    at = document.raw.index(quote)
    return Span(at, at + len(quote))


def test_the_cited_line_is_marked_where_it_is_drawn(document: Document) -> None:
    """Under the mark there is ink, beside the whole line there is none."""
    pictures = PagePictures()
    sheet = pictures.sheet(document, place(document, QUOTE))
    assert sheet is not None
    assert (sheet.number, sheet.pages) == (0, 4)
    (mark,) = sheet.marks
    png = pictures.png(document, 0)
    assert png is not None
    page = Image.open(io.BytesIO(png)).convert("L")
    left, top = mark.left * page.width, mark.top * page.height
    right, bottom = left + mark.width * page.width, top + mark.height * page.height
    inside = page.crop((int(left), int(top), int(right), int(bottom)))
    beside = page.crop((0, int(top), int(left) - 4, int(bottom)))
    assert inside.getextrema()[0] < 100
    assert beside.getextrema()[0] > 200


def test_a_passage_over_two_pages_is_marked_on_each(document: Document) -> None:
    """The page that is shown has its own part of the passage marked."""
    first, second = document.pages[:2]
    cited = Span(first.span.end - 20, second.span.start + 20)
    pictures = PagePictures()
    assert page_number(document, cited) == 0
    for number in (0, 1):
        sheet = pictures.sheet(document, cited, number)
        assert sheet is not None
        assert sheet.number == number
        assert sheet.marks
    last = pictures.sheet(document, cited, 99)
    assert last is not None
    assert (last.number, last.marks) == (3, ())


@pytest.mark.parametrize("change", [{"root": ""}, {"root": "/nowhere"}, {"sha256": "00"}, {"format": "txt"}])
def test_another_file_is_not_shown_in_its_place(document: Document, change: dict[str, str]) -> None:
    """Without the very file that was read there is no picture, and the pane says so."""
    changed = replace(document, **change)  # type: ignore[arg-type]
    assert file_of(changed) is None
    assert PagePictures().sheet(changed, Span(0, 3)) is None
    assert PagePictures().png(changed, 0) is None
    assert "hint" in picture_html(changed, Span(0, 3), 1, "en", None)


def test_a_damaged_file_is_no_picture(tmp_path: Path) -> None:
    """What PDFium does not read is told, not raised."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 nothing")
    found = Document("a.pdf", "pdf", "x", View.of("x"), root=str(tmp_path), sha256=digest(b"%PDF-1.7 nothing"))
    assert PagePictures().sheet(found, Span(0, 1)) is None
    assert PagePictures().png(found, 0) is None


def test_a_page_that_there_is_not_has_no_picture(document: Document) -> None:
    """Numbers from elsewhere are harmless."""
    assert PagePictures().png(document, -1) is None
    assert PagePictures().png(document, 4) is None


def letters(text: str, width: int = 10) -> list[Letter]:
    """A text set in lines of so many characters."""
    return [
        Letter(c, i % width / 20, i // width / 10, (i % width + 1) / 20, i // width / 10 + 0.08)
        for i, c in enumerate(text)
    ]


@given(st.text("甲乙丙丁戊己庚辛壬癸", min_size=1, max_size=60), st.data())
def test_a_passage_that_the_page_holds_is_found_whole(text: str, data: st.DataObject) -> None:
    """As many letters, the same ones, in as many marks as lines."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = matched(letters(text), text[start:end])
    assert "".join(n.text for n in found) == text[start:end]
    at = text.index(text[start:end])
    assert len(lines_of(found)) == (at + end - start - 1) // 10 - at // 10 + 1


def test_a_passage_that_the_page_holds_in_pieces_is_marked_in_pieces() -> None:
    """A running head between two lines stays unmarked."""
    found = matched(letters("一二三四五六七八九十页眉页眉甲乙丙丁戊己"), "一二三四五六七八九十甲乙丙丁戊己")
    assert "".join(n.text for n in found) == "一二三四五六七八九十甲乙丙丁戊己"
    assert matched(letters("毫不相干的一页文字"), "甲乙丙丁戊己") == []


def test_forms_and_white_space_do_not_matter() -> None:
    """What is compared has neither."""
    assert plain("Ａ １\n\u2029ﬁ。") == "A1fi。"
