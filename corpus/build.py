"""Regenerate the corpus files that are not written by hand: ``python corpus/build.py``.

The clean texts under ``sources/`` are the originals. From them come the two noisy
text files (with the damage that real report files carry), the Word files, and the
PDF files. The same sources give the same bytes on every run and every machine:
randomness is seeded, dates are fixed, and nothing is compressed. A source that
is missing is reported and skipped.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from pypinyin import Style, pinyin
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

CORPUS = Path(__file__).resolve().parent
SOURCES = CORPUS / "sources"
BUILD_DATE = datetime(2025, 11, 1)  # the date that every built document carries
SEED = 20251101


@dataclass(frozen=True)
class Script:
    """What differs between Simplified and Traditional output."""

    language: str
    publisher: str
    pdf_font: str
    word_font: str
    footer: str


SIMPLIFIED = Script("zh-CN", "文据示例研究组", "STSong-Light", "SimSun", "第 {page} 页")
TRADITIONAL = Script("zh-TW", "文據示例研究組", "MSung-Light", "PMingLiU", "第 {page} 頁")


# --- noise ---------------------------------------------------------------------------

EMOJI = "😘 👍 😉 👏 😡 🤗 😂 😊 🚀 😜 😎 😀 🤩 🥳 ❤️ 😅 😢 🙄 😍 🙌 😴 😁 💯 🤔 ⭐ 🌟 🎉 🔥 🤯 😆".split()
EMOJI_STEP, EMOJI_JITTER = 28, 4  # one pictograph every 28 to 31 characters

# Characters behind which real files leak a reading; the others leak far more rarely.
LEAKY = frozenset(
    "發數業時產據內現經優創應態網術聯實結統場動過費戶進規協臺環構戰對續節務營關區機調準轉購個銷驗質標"
    "運庫權價線驅點設勢評監預來強競計開爭團礎達導測農倉長補會滿側類買護養學問級無門絡頁獻習細畫國復勵"
    "濟當擴請領儲認嚴識詢穩風險專訓說報簡萬覺車執賣見語賴項謹寫譽誠隊擔責財稱沒醫鄉衛鎮書堅績負"
)
LEAK_RATE = 0.04  # leaks per character of text
RARE_LEAK = 0.03  # weight of a character outside LEAKY, which itself weighs 1

SITE_HEAD = """\
已閱讀5頁,還剩12頁未讀 繼續免費閱讀

下載本文檔

版權說明:本文檔由用戶提供並上傳,收益歸內容提供方,如認為內容侵權,請向本站舉報或認領

文檔簡介
"""

SITE_TAIL = """\
溫馨提示

  • 1. 本站資源如無特別註明,都需要在本地電腦安裝辦公軟件和PDF閱讀器,圖紙類文件需要對應的繪圖軟件,壓縮文件請用最新的解壓軟件打開。
  • 2. 文檔中提到的附件與圖紙不在下載範圍之內,如有需要,請聯繫上傳者,文檔的所有權歸上傳者。
  • 3. 壓縮包裡若帶有圖紙,網頁上會顯示預覽,沒有預覽就表示沒有圖紙。
  • 4. 未經權利人同意,不得把文檔內容用於商業或盈利用途。
  • 5. 本站只提供存儲空間,只對文檔的展示方式做保護,不修改、不編輯用戶上傳的內容,也不對下載內容負責。
  • 6. 如發現侵權或不適當的內容,請與本站聯繫,本站會立即處理。
  • 7. 本站不保證資源的準確與完整,也不承擔使用資源造成的任何損失。

評論

0/150

提交評論
"""


def inject_emoji(text: str, seed: int = SEED) -> str:
    """Drop a pictograph into the text at nearly fixed steps, words and numbers included.

    The title block (up to the first blank line) stays clean, and a pictograph always
    has text on both sides, as in the real files.
    """
    rng = Random(seed)
    title, blank, body = text.partition("\n\n")
    out: list[str] = []
    waited, due = 0, EMOJI_STEP
    for before, after in zip(body, body[1:] + "\n", strict=True):
        out.append(before)
        waited += 1
        if waited >= due and "\n" not in (before, after):
            out.append(EMOJI[_draw(rng, len(EMOJI))])
            waited, due = 0, EMOJI_STEP + _draw(rng, EMOJI_JITTER)
    return title + blank + "".join(out)


def leak_pinyin(text: str, seed: int = SEED) -> str:
    """Put a character's own reading in brackets behind it, at LEAK_RATE: 創 becomes 創(chuàng)."""
    rng = Random(seed)
    weights = [_leak_weight(character) for character in text]
    scale = LEAK_RATE * len(text) / sum(weights)
    return "".join(
        f"{character}({_reading(character)})" if rng.random() < weight * scale else character
        for character, weight in zip(text, weights, strict=True)
    )


def add_boilerplate(text: str) -> str:
    """Wrap the text in what a document-sharing site puts around its pages."""
    title = text.partition("\n")[0]
    pages = "".join(f"{title}_第{number}頁\n" for number in range(1, 6))
    return f"{pages}{SITE_HEAD}\n{text}\n{SITE_TAIL}"


def _draw(rng: Random, stop: int) -> int:
    """Draw a number below `stop`, from random() alone: no other sequence is promised across Python versions."""
    return int(rng.random() * stop)


def _leak_weight(character: str) -> float:
    if character in LEAKY:
        return 1.0
    return RARE_LEAK if "\u4e00" <= character <= "\u9fff" else 0.0


def _reading(character: str) -> str:
    return str(pinyin(character, style=Style.TONE)[0][0])


# --- the Markdown subset: headings, paragraphs, "- " lists, tables ---------------------


@dataclass(frozen=True)
class Block:
    """One block of a report: `kind` is "h1" to "h3", "text", "list" or "table"."""

    kind: str
    rows: tuple[tuple[str, ...], ...]

    @property
    def text(self) -> str:
        """The words of a heading or a paragraph."""
        return self.rows[0][0]


def parse_markdown(source: str) -> list[Block]:
    """Read the blocks of a source; a blank line ends a block."""
    blocks: list[Block] = []
    for chunk in source.strip().split("\n\n"):
        lines = [line.strip() for line in chunk.splitlines() if line.strip()]
        if not lines:
            continue
        marks, _, heading = lines[0].partition(" ")
        if marks in ("#", "##", "###") and len(lines) == 1:
            blocks.append(Block(f"h{len(marks)}", ((heading,),)))
        elif all(line.startswith("- ") for line in lines):
            blocks.append(Block("list", tuple((line[2:],) for line in lines)))
        elif all(line.startswith("|") for line in lines):
            rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
            blocks.append(Block("table", tuple(row for row in rows if set("".join(row)) - set(":- "))))
        else:
            blocks.append(Block("text", (("".join(lines),),)))
    return blocks


# --- Word ------------------------------------------------------------------------------


def to_docx(source: str, script: Script) -> bytes:
    """Render a source as a Word file with real headings, lists and tables."""
    blocks = parse_markdown(source)
    document = _blank_document()
    for style in ("Normal", "Heading 1", "Heading 2", "Heading 3"):
        properties = document.styles[style].element.get_or_add_rPr()
        properties.get_or_add_rFonts().set(qn("w:eastAsia"), script.word_font)
    for block in blocks:
        if block.kind == "text":
            document.add_paragraph(block.text)
        elif block.kind == "list":
            for (item,) in block.rows:
                document.add_paragraph(item, style="List Bullet")
        elif block.kind == "table":
            table = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
            for row in block.rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
            document.add_paragraph()
        else:
            document.add_heading(block.text, level=int(block.kind[1]))
    core = document.core_properties
    core.title, core.author, core.last_modified_by = blocks[0].text, script.publisher, script.publisher
    core.comments, core.language = "", script.language
    core.created = core.modified = BUILD_DATE
    buffer = io.BytesIO()
    document.save(buffer)
    return _without_timestamps(buffer.getvalue())


def _blank_document() -> Document:
    """An empty document without the unused table styles that make up most of the template."""
    document = docx.Document()
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in ("Normal Table", "Table Grid"):
            style.delete()
    for name, relation in list(document.part.rels.items()):
        if relation.reltype.endswith("/stylesWithEffects"):
            document.part.drop_rel(name)
    return document


def _without_timestamps(package: bytes) -> bytes:
    """Repack a zip file, stored and with fixed dates, so that equal content means equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, BUILD_DATE.timetuple()[:6])
            entry.create_system = 0  # otherwise the operating system is recorded
            new.writestr(entry, old.read(name))
    return buffer.getvalue()


# --- PDF -------------------------------------------------------------------------------


def to_pdf(source: str, script: Script) -> bytes:
    """Render a source as an A4 PDF with real tables and a page number at the foot."""
    pdfmetrics.registerFont(UnicodeCIDFont(script.pdf_font))
    blocks = parse_markdown(source)
    buffer = io.BytesIO()
    template = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=25 * mm,
        rightMargin=25 * mm,
        topMargin=25 * mm,
        bottomMargin=25 * mm,
        title=blocks[0].text,
        author=script.publisher,
        lang=script.language,
        invariant=1,
        pageCompression=0,
    )

    def draw_footer() -> None:
        template.canv.setFont(script.pdf_font, 9)
        template.canv.drawCentredString(A4[0] / 2, 12 * mm, script.footer.format(page=template.page))

    template.afterPage = draw_footer
    template.build([part for block in blocks for part in _flowables(block, script.pdf_font, template.width)])
    return buffer.getvalue()


def _flowables(block: Block, font: str, width: float) -> list[Flowable]:
    def style(size: float, before: float = 0, after: float = 6) -> ParagraphStyle:
        return ParagraphStyle(
            "",
            fontName=font,
            fontSize=size,
            leading=size * 1.6,
            spaceBefore=before,
            spaceAfter=after,
            wordWrap="CJK",
        )

    styles = {"h1": style(18, 0, 12), "h2": style(14, 12), "h3": style(12, 8), "text": style(10.5)}
    if block.kind in styles:
        return [Paragraph(escape(block.text), styles[block.kind])]
    if block.kind == "list":
        return [Paragraph(f"• {escape(item)}", style(10.5, 0, 3)) for (item,) in block.rows]
    cells = [[Paragraph(escape(text), style(9.5, 0, 0)) for text in row] for row in block.rows]
    table = Table(cells, colWidths=[width / len(cells[0])] * len(cells[0]), repeatRows=1)
    table.setStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    return [table, Spacer(0, 8)]


# --- what is built -----------------------------------------------------------------------


def _noisy(*steps: Callable[[str], str]) -> Callable[[str], bytes]:
    def build(text: str) -> bytes:
        for step in steps:
            text = step(text)
        return text.encode("utf-8")

    return build


TARGETS: dict[str, tuple[str, Callable[[str], bytes]]] = {  # built file: (its source, how)
    "deepseek-r1-nature.txt": ("deepseek-r1-nature.txt", _noisy(inject_emoji)),
    "smart-marketing-4d.txt": ("smart-marketing-4d.txt", _noisy(add_boilerplate, leak_pinyin)),
    "smart-marketing-cases.docx": ("smart-marketing-cases.md", lambda text: to_docx(text, SIMPLIFIED)),
    "dtc-guide.pdf": ("dtc-guide.md", lambda text: to_pdf(text, SIMPLIFIED)),
    "instant-retail.docx": ("instant-retail.md", lambda text: to_docx(text, TRADITIONAL)),
    "instant-logistics.pdf": ("instant-logistics.md", lambda text: to_pdf(text, TRADITIONAL)),
    "ready-meals.pdf": ("ready-meals.md", lambda text: to_pdf(text, SIMPLIFIED)),
    "second-hand-trade.docx": ("second-hand-trade.md", lambda text: to_docx(text, TRADITIONAL)),
}


def render(name: str) -> bytes:
    """Build the file `name` from its source and return its bytes."""
    source, build = TARGETS[name]
    return build((SOURCES / source).read_text(encoding="utf-8"))


def main() -> int:
    """Write every target whose source exists."""
    for name, (source, _) in TARGETS.items():
        if not (SOURCES / source).exists():
            print(f"skipped {name}: sources/{source} does not exist")
            continue
        content = render(name)
        (CORPUS / name).write_bytes(content)
        print(f"wrote   {name} ({len(content):,} bytes)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
