"""Pages that are not one column of upright text: columns, turned pages, pictures of text, garbled and locked ones."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

import pytest
from noise import SENTENCES, in_traditional
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.errors import UnreadableFile
from ingest.read.columns import Set, in_reading_order
from ingest.read.formats import ReadOptions, read
from ingest.read.ocr import SCRIPTS, recognise
from ingest.read.pdf import is_garbled, read_pdf

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
LEFT, RIGHT = "".join(SENTENCES[:8]), "".join(SENTENCES[8:16])
CJK = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


def drawn(*pages: Callable[[Canvas], None], lock: StandardEncryption | None = None) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, encrypt=lock, invariant=True)
    for page in pages:
        canvas.setFont(FONT, 10)
        page(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def lines_of(text: str, size: int = 20) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def two_columns(canvas: Canvas) -> None:
    """A title over both columns, which are drawn line by line across the page."""
    canvas.drawString(200, 800, "即时零售市场的两个方面以及它们的关系")
    left, right = lines_of(LEFT), lines_of(RIGHT)
    for row in range(max(len(left), len(right))):
        if row < len(left):
            canvas.drawString(60, 760 - 16 * row, left[row])
        if row < len(right):
            canvas.drawString(320, 760 - 16 * row, right[row])


def test_two_columns_are_read_one_after_the_other() -> None:
    """Columns that the file has line by line across the page are read down one and then the other."""
    document = read_pdf(drawn(two_columns), "a.pdf")
    text = document.view.text.replace("\n", "")
    assert text.startswith("即时零售市场的两个方面")
    assert LEFT + RIGHT in text
    assert document.view.within(document.pages[0].span) == document.view.text


def test_a_table_is_not_taken_for_columns() -> None:
    """Rows of a table with two columns stay rows."""

    def table(canvas: Canvas) -> None:
        for row in range(12):
            canvas.drawString(60, 760 - 16 * row, f"第{row}号门店")
            canvas.drawString(320, 760 - 16 * row, f"{row * 31}单")

    assert read_pdf(drawn(table), "a.pdf").view.text.split("\n")[3] == "第3号门店 | 93单"


def test_wide_lines_part_columns_into_bands() -> None:
    """What runs over the whole width is read between what stands above and below it."""

    def rows(first: int, top: float) -> list[Set]:
        names = [(f"左{n}" + "文" * 12, f"右{n}" + "文" * 12) for n in range(first, first + 4)]
        return [
            Set(x, top - 20 * i, 10, text)
            for i, pair in enumerate(names)
            for x, text in zip((50.0, 300.0), pair, strict=True)
        ]

    wide = Set(50, 600, 10, "宽" * 45)
    order = [n.text[:2] for n in in_reading_order([*rows(0, 700), wide, *rows(4, 580)])]
    assert order == [
        "左0",
        "左1",
        "左2",
        "左3",
        "右0",
        "右1",
        "右2",
        "右3",
        "宽宽",
        "左4",
        "左5",
        "左6",
        "左7",
        "右4",
        "右5",
        "右6",
        "右7",
    ]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turned_pages_read_like_upright_ones(turn: int) -> None:
    """A page that is stored turned, with its rows and wrapped lines, reads like an upright one."""

    def turned(canvas: Canvas) -> None:
        canvas.setPageRotation(turn)
        # Text is drawn so that it stands upright on the turned page.
        canvas.rotate(turn)
        canvas.translate(*{0: (0, 0), 90: (0, -595), 180: (-595, -842), 270: (-842, 0)}[turn])
        canvas.setFont(FONT, 10)
        top = 780 if turn % 180 == 0 else 540
        for row, line in enumerate(lines_of(LEFT, 30)):
            canvas.drawString(60, top - 16 * row, line)
        for row, (a, b) in enumerate([("平台", "份额"), ("美团", "45%")]):
            canvas.drawString(60, top - 200 - 16 * row, a)
            canvas.drawString(240, top - 200 - 16 * row, b)

    text = read_pdf(drawn(turned), "a.pdf").view.text
    assert text.replace("\n", "").startswith(LEFT)
    assert text.endswith("平台 | 份额\n美团 | 45%")


LOCK = {"ownerPassword": "owner", "canPrint": 1}


def test_a_password_opens_a_locked_file() -> None:
    """The password of the settings opens a file; a wrong one is told as such."""
    data = drawn(lambda c: c.drawString(60, 700, SENTENCES[0]), lock=StandardEncryption("秘密1", **LOCK))
    assert read(data, "a.pdf", ReadOptions(pdf_password="秘密1")).raw == SENTENCES[0]  # noqa: S106
    with pytest.raises(UnreadableFile, match="does not open it"):
        read(data, "a.pdf", ReadOptions(pdf_password="falsch"))  # noqa: S106
    with pytest.raises(UnreadableFile, match="encrypted") as caught:
        read(data, "a.pdf")
    assert "WENJU_PDF_PASSWORD" in caught.value.advice


RARE = "".join(random.Random(1).choices([chr(c) for c in range(0x4E00, 0x9FA5)], k=200))  # noqa: S311


@pytest.mark.parametrize("text", [RARE, "\ue010\ue011\ue012文" * 20, "(cid:12)(cid:907)" * 20, "\ufffd\ufffd文" * 20])
def test_a_garbled_text_layer_is_told(text: str) -> None:
    """Characters of no language, and Chinese ones at random, are no text."""
    assert is_garbled(text)


@pytest.mark.parametrize(
    "text",
    [
        LEFT,
        in_traditional(LEFT),
        "Plain English text of 2023.",
        "• 45% ± 3 → ①②③ ¥99",
        "価格は千円です。カタカナ" * 5,
        "",
    ],
)
def test_text_is_not_garbled(text: str) -> None:
    """Text in either script, other languages, numbers and symbols are text."""
    assert not is_garbled(text)


@pytest.fixture
def no_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytesseract.pytesseract.tesseract_cmd", "no-such-tesseract")


@pytest.mark.usefixtures("no_tesseract")
def test_garbled_pages_are_left_out_and_named() -> None:
    """A garbled page stays in raw, leaves the view and is named; a file of nothing else is refused."""

    def page(text: str) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            for row, line in enumerate(lines_of(text)):
                canvas.drawString(60, 760 - 16 * row, line)

        return draw

    rare = "".join(c for c in RARE if c.encode("gb2312", "ignore"))
    document = read_pdf(drawn(page(LEFT), page(rare), page(RIGHT)), "a.pdf")
    assert rare[:20] in document.raw
    assert document.view.text.replace("\n", "") == LEFT + RIGHT
    assert document.warnings[0] == "garbled text on pages 2 was left out"
    assert "tesseract" in document.warnings[1]
    with pytest.raises(UnreadableFile, match="only garbled text"):
        read_pdf(drawn(page(rare)), "a.pdf")


def picture_of(text: str) -> Callable[[Canvas], None]:
    """A page that is a scan: a picture of text."""

    def draw(canvas: Canvas) -> None:
        image = Image.new("L", (1654, 2339), 255)
        pen = ImageDraw.Draw(image)
        font = ImageFont.truetype(CJK, 40, index=2)
        for row, line in enumerate(lines_of(text, 34)):
            pen.text((120, 160 + 66 * row), line, fill=0, font=font)
        canvas.drawImage(ImageReader(image), 0, 0, *A4)

    return draw


@pytest.mark.usefixtures("no_tesseract")
def test_pictures_are_named_where_nothing_recognises_them() -> None:
    """Without tesseract a scanned page is named with the reason, and a file of scans refused with it."""
    pytest.importorskip("pytesseract")
    blank = Image.new("L", (100, 100), 128)
    scan: Callable[[Canvas], None] = lambda c: c.drawImage(ImageReader(blank), 0, 0, *A4)  # noqa: E731
    document = read_pdf(drawn(lambda c: c.drawString(60, 700, LEFT[:40]), scan), "a.pdf")
    assert document.warnings[0] == "no text on pages 2"
    assert "tesseract is not installed" in document.warnings[1]
    with pytest.raises(UnreadableFile, match="no text on its 1 pages") as caught:
        read_pdf(drawn(scan), "a.pdf")
    assert "tesseract is not installed" in caught.value.advice


def _tesseract() -> str:
    """Why pictures cannot be recognised here; empty where they can."""
    try:
        import pypdfium2  # noqa: F401
        import pytesseract

        lacking = set(SCRIPTS) - set(pytesseract.get_languages())
    except ImportError as exc:
        return str(exc)
    except OSError as exc:
        return f"no tesseract: {exc}"
    return f"tesseract lacks {', '.join(sorted(lacking))}" if lacking else ""


needs_tesseract = pytest.mark.skipif(bool(_tesseract()), reason=_tesseract() or "tesseract is there")


@needs_tesseract
@pytest.mark.parametrize("traditional", [False, True])
def test_pictures_of_text_are_recognised(traditional: bool) -> None:
    """A scanned page is read, in either script, with nine characters in ten right, and named in a warning."""
    text = in_traditional(LEFT) if traditional else LEFT
    document = read_pdf(drawn(lambda c: c.drawString(60, 700, RIGHT[:40]), picture_of(text)), "a.pdf")
    read_text = document.pages[1].span.of(document.raw)
    right = sum(c in read_text for c in text) / len(text)
    assert right > 0.9
    assert "read from pictures, perhaps with errors: pages 2" in document.warnings
    assert document.page_at(document.pages[1].span.start) == "2"


@needs_tesseract
def test_recognising_ends_in_time() -> None:
    """When the time is up what was not recognised is told."""
    found = recognise(drawn(picture_of(LEFT)), [0], "", -1)
    assert found.pages == {}
    assert "WENJU_FILE_SECONDS" in found.missing
