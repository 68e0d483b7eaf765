"""Zip archives, and what may not be opened."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from fakes import HashEmbedder, fill, report

from ingest.archive import members, name_encoding
from ingest.discover import Found, discover
from ingest.errors import UnreadableFile
from ingest.index import open_index
from ingest.pipeline import IngestReport, _missing, ingest
from ingest.prepare import prepare
from ingest.read.formats import READERS
from ingest.settings import Settings


def zipped(file: Path, content: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return file


def zipped_in(file: Path, encoding: str, content: Mapping[str, bytes]) -> Path:
    """An archive as old tools make it: names in the encoding of the system, without saying so."""
    # Names of as many ASCII characters stand in until the bytes are put in their place.
    stand_ins = {f"{n:02d}".ljust(len(name.encode(encoding)), "_"): name for n, name in enumerate(content)}
    data = zipped(file, {s: content[name] for s, name in stand_ins.items()}).read_bytes()
    for stand_in, name in stand_ins.items():
        data = data.replace(stand_in.encode(), name.encode(encoding))
    file.write_bytes(data)
    return file


def found(*paths: Path) -> dict[str, Found]:
    return {f.path: f for f in discover(paths, READERS)}


@pytest.fixture
def run(tmp_path: Path, settings: Settings, embedder: HashEmbedder):  # type: ignore[no-untyped-def]
    def ingest_all(*paths: Path, prune: bool = False) -> IngestReport:
        return ingest(paths, tmp_path / "index", settings, embedder, prune=prune)

    return ingest_all


def test_members_go_by_the_archives_path(tmp_path: Path) -> None:
    """Members are found in folders of any depth, in the order of names, others than readable ones left out."""
    (tmp_path / "in").mkdir()
    names = [
        "b.txt",
        "甲/一.md",
        "甲/乙/二.txt",
        "x.exe",
        ".hidden.txt",
        "__MACOSX/._b.txt",
        "甲/.git/c.txt",
        "~$d.docx",
    ]
    zipped(tmp_path / "in" / "资料.zip", {n: n.encode() for n in names})
    there = found(tmp_path)
    assert list(there) == [f"in/资料.zip/{n}" for n in ("b.txt", "甲/一.md", "甲/乙/二.txt")]
    assert all(f.read_bytes().decode() == path.split("/", 2)[2] for path, f in there.items())


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("gb18030", ["行业报告/即时零售市场.txt", "行业报告/直播电商.txt"]),
        ("big5", ["產業報告/即時零售市場.txt", "產業報告/直播電商.txt"]),
        ("utf-8", ["行业报告/即时零售.txt", "é.txt"]),
        ("ascii", ["a.txt"]),
    ],
)
def test_names_in_the_encoding_of_their_system_are_read(tmp_path: Path, encoding: str, names: list[str]) -> None:
    """Names without a word on their encoding are decoded, Simplified and Traditional."""
    zipped_in(tmp_path / "a.zip", encoding, dict.fromkeys(names, b"x"))
    assert set(found(tmp_path / "a.zip")) == {f"a.zip/{n}" for n in names}
    assert name_encoding("\n".join(names).encode(encoding)) in {encoding, "big5hkscs"}


def test_a_name_in_an_extra_field_counts_more(tmp_path: Path) -> None:
    """The name in UTF-8 that WinRAR keeps beside the other is taken."""
    info = zipfile.ZipInfo("a.txt")
    name = "报告.txt".encode()
    info.extra = struct.pack("<HHBL", 0x7075, 5 + len(name), 1, 0) + name
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, b"x")
    assert list(found(tmp_path / "a.zip")) == ["a.zip/报告.txt"]


def test_names_lead_nowhere_else(tmp_path: Path) -> None:
    """Paths of members that climb out of the archive, or begin at the root, are made harmless."""
    zipped(tmp_path / "a.zip", {"../../etc/x.txt": b"x", "/y.txt": b"y", "c\\d.txt": b"z"})
    assert set(found(tmp_path / "a.zip")) == {"a.zip/etc/x.txt", "a.zip/y.txt", "a.zip/c/d.txt"}


def test_members_become_documents(tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    """Reports in an archive are ingested, unchanged the next time, and replaced one by one."""
    content = {f"卷/{n}.txt": report(n).encode() for n in range(3)}
    archive = zipped(tmp_path / "a.zip", content)
    done = run(archive)
    assert [(f.path, f.status) for f in done.files] == [(f"a.zip/卷/{n}.txt", "added") for n in range(3)]
    assert {f.status for f in run(archive).files} == {"unchanged"}
    zipped(archive, content | {"卷/1.txt": report(7).encode()})
    again = {f.path: f.status for f in run(archive).files}
    assert [again[f"a.zip/卷/{n}.txt"] for n in range(3)] == ["unchanged", "replaced", "unchanged"]
    index = open_index(tmp_path / "index")
    assert index.catalog.document("a.zip/卷/1.txt").raw == report(7)
    index.close()


def test_what_cannot_be_read_in_an_archive_is_told(tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    """Encrypted members, bombs, archives within, and damaged members are reported one by one; the rest is taken in."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as nested:
        nested.writestr("x.txt", b"x")
    content = {
        "1.txt": report(1).encode(),
        "bomb.txt": bytes(30_000_000),
        "inner.zip": inner.getvalue(),
        "locked.txt": b"0" * 50,
    }
    data = bytearray(zipped(tmp_path / "a.zip", content).read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.rindex(b"locked.txt", 0, None if offset == 8 else data.index(b"PK\x01\x02"))
        data[data.rindex(signature, 0, at) + offset] |= 1
    (tmp_path / "a.zip").write_bytes(bytes(data))
    done = run(tmp_path / "a.zip")
    told = {f.path: f.error for f in done.failed}
    assert set(told) == {"a.zip/bomb.txt", "a.zip/inner.zip", "a.zip/locked.txt"}
    assert "zip bomb" in told["a.zip/bomb.txt"]
    assert "encrypted" in told["a.zip/locked.txt"]
    assert "archive within an archive" in told["a.zip/inner.zip"]
    assert all(f.advice for f in done.failed)
    assert done.documents == 1


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no archive", os.urandom(3000)])
def test_a_damaged_archive_keeps_its_documents(tmp_path: Path, run, data: bytes) -> None:  # type: ignore[no-untyped-def]
    """An archive that broke is reported, and `--prune` does not take what came from it for gone."""
    archive = zipped(tmp_path / "a.zip", {"1.txt": report(1).encode()})
    run(archive)
    archive.write_bytes(data)
    done = run(archive, prune=True)
    assert [(f.path, f.status) for f in done.files] == [("a.zip", "failed")]
    assert done.files[0].advice
    assert done.documents == 1


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sizes of all members together are limited."""
    monkeypatch.setattr("ingest.read.package.LARGEST", 1000)
    zipped(tmp_path / "a.zip", {f"{n}.txt": os.urandom(300) for n in range(5)})
    with pytest.raises(UnreadableFile, match="unpacks to"):
        members(tmp_path / "a.zip")


def test_half_an_archive_is_told(tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    """A download that stopped half-way is reported as a damaged archive."""
    archive = zipped(tmp_path / "a.zip", {f"{n}.txt": report(n).encode() for n in range(4)})
    archive.write_bytes(archive.read_bytes()[:800])
    (only,) = run(archive).files
    assert (only.path, only.status) == ("a.zip", "failed")


def test_a_link_to_itself_is_told(tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    """A link that leads to itself is reported."""
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "a.txt").symlink_to("a.txt")
    (tmp_path / "r" / "b.zip").symlink_to("b.zip")
    assert {f.path for f in run(tmp_path / "r").failed} == {"a.txt", "b.zip"}


@pytest.fixture
def nobody(tmp_path: Path) -> Iterator[None]:
    """Run as a user who may not read everything."""
    if os.geteuid() != 0:
        yield
        return
    for folder in [tmp_path, *tmp_path.parents[:2]]:
        folder.chmod(folder.stat().st_mode | 0o055)
    os.seteuid(65534)
    yield
    os.seteuid(0)


def test_what_may_not_be_opened_is_told(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Files and folders without permission are reported with advice, and what they hold is not taken for gone."""
    fill(tmp_path / "r", 2)
    fill(tmp_path / "r" / "locked", 1)
    prepared = {f.path: prepare(f, None, 400)[1] for f in discover([tmp_path / "r"], READERS)}
    assert {r.status for r in prepared.values()} == {"added"}
    (tmp_path / "r" / "000.txt").chmod(0)
    (tmp_path / "r" / "locked").chmod(0)
    request.getfixturevalue("nobody")
    there = list(discover([tmp_path / "r"], READERS))
    failed = [r for f in there if (r := prepare(f, None, 400)[1]).error]
    assert [f.path for f in failed] == ["000.txt", "locked"]
    assert all("ermission denied" in f.error and f.advice for f in failed)
    root = tmp_path / "r"
    assert _missing(dict.fromkeys(prepared, str(root.resolve())), [root], there) == []


def test_a_folder_that_may_not_be_opened_is_an_error(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """When the folder to ingest is itself locked the ingest stops, rather than find nothing in it."""
    fill(tmp_path / "r", 1)
    (tmp_path / "r").chmod(0)
    request.getfixturevalue("nobody")
    with pytest.raises(UnreadableFile, match="ermission denied") as caught:
        list(discover([tmp_path / "r"], READERS))
    assert caught.value.advice
