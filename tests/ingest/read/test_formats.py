"""Every format: the right reader, and only errors of the project from damaged files."""

from __future__ import annotations

import hashlib
import io
import random
import zipfile

import docx
import pytest
from noise import SENTENCES
from reportlab.pdfgen.canvas import Canvas

from ingest.clean.stages import clean
from ingest.errors import UnreadableFile, UnsupportedFormat
from ingest.read.formats import READERS, digest, read
from ingest.split import split


def test_the_suffix_names_the_format() -> None:
    """The suffix decides, whatever its case, and the hash of the bytes is kept."""
    data = "# 标题\n\n正文。".encode()
    assert read(data, "a/b.MD").format == "md"
    assert read(data, "a.txt").format == "txt"
    assert read(data, "a.md").sha256 == digest(data) == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("path", ["a.exe", "a", "README", ".txt"])
def test_other_suffixes_are_unsupported(path: str) -> None:
    """A file of another kind is refused with the list of those that can be read."""
    with pytest.raises(UnsupportedFormat, match="no reader for") as caught:
        read("正文".encode(), path)
    assert all(suffix in caught.value.advice for suffix in READERS)


@pytest.mark.parametrize(
    ("path", "advice"), [("a.doc", ".docx"), ("a.XLS", ".xlsx"), ("a.wps", ".docx"), ("a.rar", "unpack")]
)
def test_older_documents_are_told_what_to_become(path: str, advice: str) -> None:
    """A document of a kind that is not read is refused with the kind to save it as."""
    with pytest.raises(UnsupportedFormat, match="no reader for") as caught:
        read(b"x", path)
    assert advice in caught.value.advice


@pytest.mark.parametrize("suffix", sorted(READERS))
@pytest.mark.parametrize("data", [b"", b" \r\n\t\n"], ids=["nothing", "white space"])
def test_empty_files_are_unreadable(suffix: str, data: bytes) -> None:
    """A file of no bytes or of white space is refused in every format."""
    with pytest.raises(UnreadableFile, match="empty") as caught:
        read(data, f"a{suffix}")
    assert caught.value.advice


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (b"\xef\xbb\xbf", "a.txt"),
        (b"---\ntitle: x\n---\n", "a.md"),
        (b"<html><body><script>var a = 1;</script></body></html>", "a.html"),
        (b"\xef\xbb\xbf\r\n", "a.md"),
    ],
)
def test_files_without_text_are_unreadable(data: bytes, path: str) -> None:
    """A file of nothing but marks, scripts or front matter is refused."""
    with pytest.raises(UnreadableFile) as caught:
        read(data, path)
    assert caught.value.advice


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_binary_files_are_unreadable_in_every_format(suffix: str) -> None:
    """Random bytes are refused in every format, with advice, and never crash."""
    with pytest.raises(UnreadableFile) as caught:
        read(random.Random(5).randbytes(5000), f"a{suffix}")  # noqa: S311
    assert "a" + suffix in str(caught.value)
    assert caught.value.advice


def _docx() -> bytes:
    source = docx.Document()
    source.add_heading("标题", 1)
    for sentence in SENTENCES[:10]:
        source.add_paragraph(sentence)
    source.add_table(2, 2).cell(0, 0).text = "格"
    out = io.BytesIO()
    source.save(out)
    return out.getvalue()


def _pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    for page in range(3):
        for line in range(20):
            canvas.drawString(72, 800 - 20 * line, f"Line {line} of page {page} tells of the market in 2023.")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _html() -> bytes:
    rows = "".join(f"<tr><td>{i}</td><td>{s}</td></tr>" for i, s in enumerate(SENTENCES[:5]))
    body = "".join(f"<h2>第{i}节</h2><p class='x'>{s}&nbsp;&mdash;</p><!-- {i} -->" for i, s in enumerate(SENTENCES))
    return f"<html><head><title>题</title></head><body>{body}<table>{rows}</table></body></html>".encode()


MARKDOWN = "# 标题\n\n" + "\n\n".join(SENTENCES) + "\n\n| 甲 | 乙 |\n|---|---|\n| **1** | `2` |\n"


def damaged(data: bytes, draw: random.Random) -> bytes:
    """The bytes with their end lost, some bits turned over, some bytes zeroed, or a stretch put elsewhere."""
    changed = bytearray(data)
    at = draw.randrange(len(data))
    kind = draw.randrange(4)
    if kind == 0:
        return data[:at]
    if kind == 1:
        for _ in range(draw.choice((1, 5, 40))):
            changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    elif kind == 2:
        changed[at : at + 200] = bytes(len(changed[at : at + 200]))
    else:
        changed[at:at] = data[draw.randrange(len(data)) :][: draw.randrange(100)]
    return bytes(changed)


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (_pdf, "a.pdf"),
        (lambda: "\n\n".join(SENTENCES).encode("gb18030"), "a.txt"),
        (lambda: MARKDOWN.encode(), "a.md"),  # noqa: PLW0108
        (_docx, "a.docx"),
        (_html, "a.html"),
    ],
    ids=["pdf", "txt", "md", "docx", "html"],
)
def test_a_damaged_file_is_read_or_refused(make, path: str) -> None:  # type: ignore[no-untyped-def]
    """However a file is damaged, it is read or refused with an error of the project's own, in every format."""
    data = make()
    draw = random.Random(7)  # noqa: S311
    extra = [data.replace(b"</p>", b"</p><![", 1), data.replace(b"<tr>", b"</table><table><tr>", 1)]
    for broken in [damaged(data, draw) for _ in range(150)] + extra * (path == "a.html"):
        try:
            document = clean(read(broken, path))
        except UnreadableFile:
            continue
        for chunk in split(document, 400):
            assert document.view.within(chunk.span) == chunk.text


@pytest.mark.parametrize("part", ["word/document.xml", "[Content_Types].xml", "word/styles.xml", "docProps/core.xml"])
def test_a_word_document_with_a_broken_part_is_refused(part: str) -> None:
    """A Word document one of whose parts lost its end is refused with an error of the project's own."""
    source = zipfile.ZipFile(io.BytesIO(_docx()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as rewritten:
        for name in source.namelist():
            content = source.read(name)
            rewritten.writestr(name, content[: len(content) // 2] if name == part else content)
    with pytest.raises(UnreadableFile):
        read(out.getvalue(), "a.docx")
