"""Files that are damaged, empty, huge or made to exhaust a reader: each is read or refused, in time."""

from __future__ import annotations

import io
import random
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import openpyxl
import pptx
import pytest
from noise import SENTENCES

from ingest.clean.stages import clean
from ingest.discover import Found
from ingest.errors import UnreadableFile
from ingest.prepare import Job, prepare
from ingest.read.formats import READERS, read
from ingest.split import split
from ingest.workers import Crew


def workbook() -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for number, sentence in enumerate(SENTENCES):
        book.active.append([number, sentence])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def presentation() -> bytes:
    show = pptx.Presentation()
    for sentence in SENTENCES[:5]:
        show.slides.add_slide(show.slide_layouts[0]).shapes.title.text = sentence
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


def table() -> bytes:
    return "\n".join(f'{n},"{s}"' for n, s in enumerate(SENTENCES)).encode("gb18030")


def damaged(data: bytes, draw: random.Random) -> bytes:
    """The bytes with their end lost, with some bits turned over, or with a stretch zeroed."""
    changed = bytearray(data)
    at = draw.randrange(len(data))
    kind = draw.randrange(3)
    if kind == 0:
        return data[:at]
    if kind == 1:
        for _ in range(draw.choice((1, 5, 40))):
            changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    else:
        changed[at : at + 300] = bytes(len(changed[at : at + 300]))
    return bytes(changed)


@pytest.mark.parametrize(("make", "path"), [(workbook, "a.xlsx"), (presentation, "a.pptx"), (table, "a.csv")])
def test_a_damaged_file_is_read_or_refused(make: Callable[[], bytes], path: str) -> None:
    """However a file is damaged, it is read with its offsets right, or refused with advice."""
    refused: list[UnreadableFile] = []
    data, draw = make(), random.Random(11)  # noqa: S311
    for broken in [damaged(data, draw) for _ in range(40)]:
        try:
            document = clean(read(broken, path))
        except UnreadableFile as exc:
            refused.append(exc)
            continue
        for chunk in split(document, 400):
            assert document.view.within(chunk.span) == chunk.text
    assert all(r.advice and path in str(r) for r in refused)


@pytest.mark.parametrize(
    ("make", "part"), [(workbook, "xl/worksheets/sheet1.xml"), (presentation, "ppt/slides/slide1.xml")]
)
def test_a_part_that_unpacks_to_too_much_is_refused(make: Callable[[], bytes], part: str) -> None:
    """A part of an Office file that is a zip bomb is refused before it is unpacked."""
    source = zipfile.ZipFile(io.BytesIO(make()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as rewritten:
        for name in source.namelist():
            rewritten.writestr(name, bytes(40_000_000) if name == part else source.read(name))
    suffix = ".xlsx" if part.startswith("xl") else ".pptx"
    with pytest.raises(UnreadableFile, match="zip bomb"):
        read(out.getvalue(), "a" + suffix)


LINE = "即时零售是指消费者在线上下单由附近门店在一小时内送达的零售方式"
HARD = {
    "one line": ("a.txt", LINE * 2700),
    "one letter": ("a.txt", "a" * 250_000),
    "brackets": ("a.txt", "(" * 250_000),
    "dots": ("a.txt", "." * 250_000),
    "blanks": ("a.txt", " " * 250_000 + "文"),
    "readings": ("a.txt", "好(hǎo)" * 28_000),
    "quotes": ("a.csv", '甲,"乙\n' * 28_000),
    "links": ("a.md", "[" * 250_000),
    "stars": ("a.md", "*文 " * 50_000),
    "fences": ("a.md", "```\n" * 60_000),
    "tags": ("a.html", "<" * 250_000),
}


@pytest.mark.parametrize("name", HARD)
def test_hard_texts_end_in_time(tmp_path: Path, name: str) -> None:
    """Texts of the length that is still read in the ingesting process take no long time, whatever they are."""
    path, text = HARD[name]
    (tmp_path / path).write_text(text, "utf-8")
    began = time.monotonic()
    prepare(Found(tmp_path / path, path), None, 400)
    assert time.monotonic() - began < 20


def test_a_huge_line_is_read(tmp_path: Path) -> None:
    """A text of 20 MB in one line is cut into passages that point at their own places."""
    text = LINE * (20_000_000 // len(LINE.encode()))
    (tmp_path / "a.txt").write_text(text, "utf-8")
    passages, report = prepare(Found(tmp_path / "a.txt", "a.txt"), None, 400)
    assert report.status == "added"
    assert passages is not None
    assert sum(len(c.text) for c in passages.chunks) == len(text)
    last = passages.chunks[-1]
    assert last.span.of(text) == last.text


def test_deeply_nested_pages_are_read() -> None:
    """50,000 elements within each other stop nothing."""
    document = read(("<div>" * 50_000 + "正文。" + "</div>" * 50_000).encode(), "a.html")
    assert document.view.text == "正文。"
    lists = read(("<ul><li>" * 50_000 + "正文。").encode(), "a.html")
    assert lists.view.text == "正文。"


@pytest.mark.parametrize("depth", [200, 50_000])
def test_deeply_nested_tables_are_read(depth: int) -> None:
    """So do tables within tables."""
    assert (
        read(("<table><tr><td>" * depth + "正文。" + "</table>" * depth).encode(), "a.html").view.text.strip()
        == "正文。"
    )


def test_what_hangs_a_parser_is_given_up(tmp_path: Path) -> None:
    """A page that the parser would take hours over is given up when its time is out."""
    (tmp_path / "a.html").write_text("<!--" * 500_000, "utf-8")
    with Crew(1, 2) as crew:
        ((_, report),) = crew.each(partial(prepare, size=400), [Job(Found(tmp_path / "a.html", "a.html"), None)])
    assert "not read within 2 seconds" in report.error


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_another_formats_file_is_read_or_refused(suffix: str) -> None:
    """A file under the suffix of another format is read as text or refused with advice."""
    refused: list[UnreadableFile] = []
    for data in (workbook(), presentation(), table(), b"%PDF-1.4\n", b"\xff\xd8\xff\xe0" + bytes(range(256)) * 9):
        try:
            assert read(data, "a" + suffix).view.text.strip()
        except UnreadableFile as exc:
            refused.append(exc)
    assert all(r.advice for r in refused)
