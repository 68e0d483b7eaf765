"""Every way in which a file can be bad, in one folder each: told plainly, nothing else lost, no hang."""

from __future__ import annotations

import io
import json
import os
import random
import re
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
from fakes import HashEmbedder, report
from noise import SENTENCES
from reportlab.pdfgen.canvas import Canvas
from rich.console import Console

from assistant.report_tables import ingest_table
from ingest.pipeline import FileReport, IngestReport, ingest
from ingest.read.formats import READERS
from ingest.settings import Settings

Run = Callable[..., IngestReport]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one good report, to which bad ones are added."""
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "good.txt").write_text(report(1), "utf-8")
    return tmp_path / "r"


@pytest.fixture
def run(folder: Path, settings: Settings, embedder: HashEmbedder) -> Run:
    """Ingests the folder; the good report must always be taken in, and every failure advise."""

    def ingest_folder(*more: Path) -> IngestReport:
        done = ingest([folder, *more], folder.parent / "index", settings, embedder)
        assert {f.path: f.status for f in done.files}["good.txt"] in {"added", "unchanged"}
        for bad in (*done.failed, *done.unread):
            assert bad.error.startswith(bad.path)
            assert bad.advice
        assert json.loads(json.dumps(done.to_dict(), ensure_ascii=False).encode("utf-8"))
        return done

    return ingest_folder


def bad(done: IngestReport) -> FileReport:
    """The one file that went wrong."""
    (only,) = (*done.failed, *done.unread)
    return only


def in_table(done: IngestReport, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(*ingest_table(done), sep="\n")
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def office(kind: str) -> bytes:
    made = {"docx": docx.Document, "xlsx": openpyxl.Workbook, "pptx": pptx.Presentation}[kind]()
    if kind == "docx":
        made.add_paragraph(SENTENCES[0])
    elif kind == "xlsx":
        made.active.append([SENTENCES[0]])
    else:
        made.slides.add_slide(made.slide_layouts[0]).shapes.title.text = SENTENCES[0]
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 700, "The market grew by 28.9 percent in 2023, says the report.")
    canvas.save()
    return out.getvalue()


def zipped(content: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_what_is_no_text_is_told(folder: Path, run: Run) -> None:
    """Empty files and files of random or zero bytes are reported under every suffix."""
    contents = {"empty": b"", "random": random.Random(3).randbytes(4000), "zeros": bytes(3000)}  # noqa: S311
    names = {f"{kind}{suffix}" for kind in contents for suffix in [*READERS, ".zip"]}
    for name in names:
        (folder / name).write_bytes(contents[name.partition(".")[0]])
    done = run()
    assert {f.path for f in done.failed} == names
    assert done.documents == 1


def test_half_a_file_is_told(folder: Path, run: Run) -> None:
    """Files that lost their end are reported, or what is left of a PDF is read; none hangs or stops the rest."""
    whole = {kind: office(kind) for kind in ("docx", "xlsx", "pptx")} | {
        "pdf": pdf(),
        "zip": zipped({"1.txt": report(2).encode()}),
    }
    names = {
        f"{share}.{kind}": data[: share * len(data) // 100] for kind, data in whole.items() for share in (2, 30, 90)
    }
    for name, data in names.items():
        (folder / name).write_bytes(data)
    done = run()
    assert {f.path for f in done.failed} | {n for n in names if n.endswith(".pdf")} == names.keys()
    assert done.documents == 1 + len(names) - len(done.failed)


IN_TRUTH = (
    ("a.txt", zipped({"x.txt": b"x"}), "a zip archive", ".zip"),
    ("a.html", zipped({"x.txt": b"x"})[:40], "damaged zip archive", "anew"),
    ("a.docx", OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "password", "without a password"),
    ("a.xlsx", OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "password", "without a password"),
    ("a.docx", OLE + bytes(600) + "WordDocument".encode("utf-16-le"), "before 2007", ".docx"),
    ("a.txt", OLE + bytes(600) + "Workbook".encode("utf-16-le"), "before 2007", ".xlsx"),
    ("a.docx", b"{\\rtf1\\ansi text}", "RTF", ".docx"),
    ("a.pdf", b"%PDF-1.7 and nothing more", "damaged PDF", "viewer"),
)


def test_what_a_file_is_in_truth_is_told(folder: Path, run: Run) -> None:
    """Archives, documents with a password and those of old programs are known whatever they are called."""
    for number, (name, content, _, _) in enumerate(IN_TRUTH):
        (folder / f"{number}{name}").write_bytes(content)
    told = {f.path: f for f in run().failed}
    assert len(told) == len(IN_TRUTH)
    for number, (name, _, reason, advice) in enumerate(IN_TRUTH):
        assert reason in told[f"{number}{name}"].error
        assert advice in told[f"{number}{name}"].advice


MISNAMED = (
    ("a.html", pdf(), "pdf"),
    ("b.txt", pdf(), "pdf"),
    ("c.pdf", office("docx"), "docx"),
    ("d.docx", office("xlsx"), "xlsx"),
    ("e.txt", office("pptx"), "pptx"),
    ("f.pdf", f"<!DOCTYPE html><p>{SENTENCES[0]}</p>".encode(), "html"),
)


def test_a_document_under_a_wrong_name_is_read(folder: Path, run: Run) -> None:
    """What a reader takes is read by it, whatever the suffix says, and that is told."""
    for name, content, _ in MISNAMED:
        (folder / name).write_bytes(content)
    done = {f.path: f for f in run().files}
    for name, _, kind in MISNAMED:
        assert (done[name].status, done[name].format) == ("added", kind)
        assert f"it is a {kind} file in truth" in done[name].warnings[0]


def test_older_documents_are_told_without_failing(folder: Path, run: Run) -> None:
    """Documents of kinds that are not read are told in one line a kind, with the kind to save them as, and are no failure."""
    for name in ("一.doc", "二.doc", "三.xls", "四.rar"):
        (folder / name).write_bytes(b"x")
    (folder / "卷.zip").write_bytes(zipped({"五.ppt": b"x", "六.txt": report(3).encode()}))
    done = run()
    assert {f.path for f in done.unread} == {"一.doc", "二.doc", "三.xls", "四.rar", "卷.zip/五.ppt"}
    assert done.failed == ()
    told = " ".join(in_table(done, 200).split())
    assert "not read 2 × no reader for .doc files (一.doc, 二.doc) → save it as .docx" in told
    assert "卷.zip/五.ppt" in told
    assert "5 unread" in told


def test_links_pipes_and_locked_doors(folder: Path, run: Run) -> None:
    """Links in circles and pipes are told, and a link that leads nowhere too."""
    (folder / "circle.txt").symlink_to("circle.txt")
    (folder / "nowhere.pdf").symlink_to("no-such.pdf")
    (folder / "up").symlink_to(folder, target_is_directory=True)
    os.mkfifo(folder / "pipe.txt")
    done = run()
    assert {f.path for f in done.failed} == {"circle.txt", "nowhere.pdf"}
    assert {f.path for f in done.unread} == {"pipe.txt"}
    assert done.documents == 1


def test_a_file_that_goes_while_it_is_looked_for_is_told(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that was found and is gone when it is to be read is reported, and the rest taken in."""
    (folder / "gone.txt").write_text(report(2), "utf-8")
    read_bytes = Path.read_bytes

    def vanish(path: Path) -> bytes:
        if path.name == "gone.txt":
            path.unlink(missing_ok=True)
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", vanish)
    gone = bad(run())
    assert gone.path == "gone.txt"
    assert "No such file" in gone.error


NAMES = {
    "new\nline.txt": "new␊line.txt",
    "tab\tand\x1b[31mcolour.txt": "tab␉and␛[31mcolour.txt",
    "turned\u202etxt.exe.txt": "turned⟨202E⟩txt.exe.txt",
    "[red]mark[up] :bomb:.txt": "[red]mark[up] :bomb:.txt",
    "quote\"and\\back.txt": "quote\"and\\back.txt",
}  # fmt: skip


def test_a_name_may_hold_anything(folder: Path, run: Run) -> None:
    """Controls, marks of direction and markup in names neither break the table nor colour it."""
    for name in NAMES:
        (folder / name).write_text(report(2), "utf-8")
        (folder / f"{name}.pdf").write_bytes(b"%PDF-1.4 broken")
    done = run()
    assert {f.path for f in done.files} == {"good.txt", *NAMES, *(f"{name}.pdf" for name in NAMES)}
    told = in_table(done, 240)
    assert all(name in told for name in NAMES.values())
    assert not any(unicodedata.category(c) in {"Cc", "Cf"} for c in told if c != "\n")


def test_names_in_other_encodings_are_decoded(folder: Path, run: Run) -> None:
    """A name that is no UTF-8 goes by what it says in the encoding of its system, and can be printed."""
    stored = os.fsencode(folder) + b"/" + "报告一号文件.txt".encode("gb18030")
    with open(stored, "wb") as file:  # noqa: PTH123 - a path of bytes
        file.write(report(2).encode())
    done = run()
    assert {f.path for f in done.files} == {"good.txt", "报告一号文件.txt"}
    assert in_table(done).encode("utf-8")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_told(folder: Path, run: Run) -> None:
    """Of two members with one name the first is read and the second reported."""
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("1.txt", report(2))
        archive.writestr("1.txt", report(3))
    done = run()
    assert bad(done).path == "a.zip/1.txt"
    assert "already goes by this path" in bad(done).error
    assert done.documents == 2


@pytest.mark.parametrize("nested", [1, 4])
def test_bombs_are_told_and_not_opened(folder: Path, run: Run, nested: int) -> None:
    """Zip bombs, dense ones and archives within archives, are reported without being unpacked."""
    data = zipped({"bomb.txt": bytes(50_000_000)})
    for depth in range(nested - 1):
        data = zipped({f"{depth}.zip": data})
    (folder / "bomb.zip").write_bytes(data)
    reason = bad(run()).error
    assert ("zip bomb" if nested == 1 else "archive within an archive") in reason


def test_long_names_can_be_read_in_eighty_columns(folder: Path, run: Run) -> None:
    """A name that is longer than its column is folded, not cut; so wide characters count for two."""
    name = "关于二〇二三年全国即时零售市场规模与竞争格局的调查研究报告（征求意见稿第三版）.txt"
    (folder / name).write_text(report(2), "utf-8")
    told = in_table(run())
    assert "…" not in told
    assert "passages" in told
    lines = told.splitlines()
    assert all(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) <= 80 for line in lines)
    at = next(i for i, line in enumerate(lines) if "关于" in line)
    folded = [line[: re.search(r"\s{2}|$", line.strip()).start() + 2].strip() for line in lines[at : at + 9]]  # type: ignore[union-attr]
    assert "".join(folded).startswith(name)
