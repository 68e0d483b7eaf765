"""Which files are found, and by which paths."""

from __future__ import annotations

import os
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.discover import discover
from ingest.errors import UnreadableFile, UnsupportedFormat

Touch = Callable[..., None]


@pytest.fixture
def touch(tmp_path: Path) -> Touch:
    """Make empty files below the test's folder."""

    def make(*names: str) -> None:
        for name in names:
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()

    return make


def paths(*roots: Path) -> list[str]:
    return [found.path for found in discover(roots, [".txt", ".md"])]


def test_files_come_in_the_order_of_their_names(tmp_path: Path, touch: Touch) -> None:
    """A folder's own files come first, then its folders, each in the order of names."""
    touch("b.txt", "a.md", "z/1.txt", "y/2.txt", "y/x/3.txt")
    assert paths(tmp_path) == ["a.md", "b.txt", "y/2.txt", "y/x/3.txt", "z/1.txt"]


def test_other_suffixes_and_hidden_files_are_passed_over(tmp_path: Path, touch: Touch) -> None:
    """Files of other suffixes, hidden files and folders and Word's lock files are no reports."""
    touch("a.txt", "a.exe", ".b.txt", ".git/c.txt", "~$d.txt", "noend", "E.TXT")
    assert paths(tmp_path) == ["E.TXT", "a.txt"]


def test_a_file_that_is_named_is_found_whatever_it_is(tmp_path: Path, touch: Touch) -> None:
    """A file given by name is found even when its folder would pass it over, and goes by its name alone."""
    touch("deep/.hidden.exe")
    assert paths(tmp_path / "deep" / ".hidden.exe") == [".hidden.exe"]


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """A path that does not exist stops the ingest with advice."""
    with pytest.raises(UnreadableFile, match="no such file or folder") as caught:
        paths(tmp_path / "nowhere")
    assert caught.value.advice


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    """An empty folder gives no files and no error."""
    assert paths(tmp_path) == []


def test_the_ignore_file_leaves_files_out(tmp_path: Path, touch: Touch) -> None:
    """`.wenjuignore` follows the syntax of .gitignore: folders, globs, comments and exceptions."""
    touch("a.txt", "draft.txt", "drafts/b.txt", "old/c.txt", "old/keep.txt", "x/old/d.txt", "x/drafts/e.txt")
    (tmp_path / ".wenjuignore").write_text("# not these\ndrafts/\n/old/*\n!/old/keep.txt\ndraft.*\n", "utf-8")
    assert paths(tmp_path) == ["a.txt", "old/keep.txt", "x/old/d.txt"]


def test_the_ignore_file_may_be_chinese(tmp_path: Path, touch: Touch) -> None:
    """Chinese names in `.wenjuignore` are understood."""
    touch("报告.txt", "草稿/一.txt")
    (tmp_path / ".wenjuignore").write_text("草稿/\n", "utf-8")
    assert paths(tmp_path) == ["报告.txt"]


def test_the_ignore_file_may_begin_with_a_mark(tmp_path: Path, touch: Touch) -> None:
    """A `.wenjuignore` that Notepad saved, with a byte-order mark, works from its first line."""
    touch("a.txt", "b.txt")
    (tmp_path / ".wenjuignore").write_text("a.txt\n", "utf-8-sig")
    assert paths(tmp_path) == ["b.txt"]


def test_the_ignore_file_may_be_in_gbk(tmp_path: Path, touch: Touch) -> None:
    """A `.wenjuignore` in GB18030 is understood."""
    touch("报告.txt", "草稿/一.txt")
    (tmp_path / ".wenjuignore").write_bytes("# 这些还没有写完\n草稿/\n会议记录.*\n".encode("gb18030"))
    assert paths(tmp_path) == ["报告.txt"]


def test_a_loop_of_links_is_walked_once(tmp_path: Path, touch: Touch) -> None:
    """A link that leads back up does not make the walk run in circles."""
    touch("a/one.txt", "b/two.txt")
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "b" / "again").symlink_to(tmp_path / "a", target_is_directory=True)
    assert paths(tmp_path) == ["a/one.txt", "b/two.txt"]


def test_a_linked_folder_is_followed(tmp_path: Path, touch: Touch) -> None:
    """Reports in a folder that is linked in from elsewhere are found."""
    touch("elsewhere/one.txt", "root/two.txt")
    (tmp_path / "root" / "more").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert paths(tmp_path / "root") == ["two.txt", "more/one.txt"]


def test_a_pipe_is_no_report(tmp_path: Path, touch: Touch, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe or a socket with the name of a report is found as what it is: reading it would wait for ever."""
    touch("a.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    os.mkfifo(tmp_path / "pipe.exe")
    (tmp_path / "null.md").symlink_to("/dev/null")
    # The path of a socket may not be long.
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s.txt")
        found = {f.path: f for f in discover([tmp_path], [".txt", ".md"])}
    assert {path: f.problem for path, f in found.items()} == {
        "a.txt": "",
        "null.md": "a device, no file",
        "pipe.txt": "a pipe, no file",
        "s.txt": "a socket, no file",
    }
    for path, special in found.items():
        if path != "a.txt":
            assert special.unread
            with pytest.raises(UnsupportedFormat) as caught:
                special.read_bytes()
            assert ".wenjuignore" in caught.value.advice


def test_a_pipe_that_is_named_is_refused(tmp_path: Path) -> None:
    """A pipe that is given by name is not read either."""
    os.mkfifo(tmp_path / "pipe.txt")
    (only,) = discover([tmp_path / "pipe.txt"], [".txt"])
    with pytest.raises(UnreadableFile, match="a pipe"):
        only.read_bytes()


def test_documents_of_older_kinds_are_found_as_such(tmp_path: Path, touch: Touch) -> None:
    """An old Word file is not passed over in silence; a program is, and so is what `.wenjuignore` lists."""
    touch("a.txt", "旧.doc", "表.XLS", "程序.exe", "稿/旧.wps", "库.rar")
    (tmp_path / ".wenjuignore").write_text("稿/\n", "utf-8")
    found = {f.path: f for f in discover([tmp_path], [".txt"])}
    assert {path for path, f in found.items() if f.unread} == {"旧.doc", "表.XLS", "库.rar"}
    assert found["旧.doc"].advice == "save it as .docx"
    assert found["表.XLS"].advice == "save it as .xlsx"


def test_ignore_files_in_folders_hold_within(tmp_path: Path, touch: Touch) -> None:
    """A folder's own `.wenjuignore` holds for what is in it, and counts more than those above."""
    touch("a.txt", "x/a.txt", "x/b.txt", "x/y/a.txt", "x/y/b.txt", "x/y/z/c.txt", "w/a.txt", "w/b.txt")
    (tmp_path / ".wenjuignore").write_text("b.txt\n", "utf-8")
    (tmp_path / "x" / ".wenjuignore").write_text("/a.txt\n!b.txt\n", "utf-8")
    (tmp_path / "x" / "y" / ".wenjuignore").write_text("z/\n", "utf-8")
    assert paths(tmp_path) == ["a.txt", "w/a.txt", "x/b.txt", "x/y/a.txt", "x/y/b.txt"]


def test_what_is_ignored_cannot_speak_for_itself(tmp_path: Path, touch: Touch) -> None:
    """As with git, an ignored folder is not entered, and the rules within it do not count."""
    touch("a.txt", "old/b.txt")
    (tmp_path / ".wenjuignore").write_text("old/\n", "utf-8")
    (tmp_path / "old" / ".wenjuignore").write_text("!b.txt\n", "utf-8")
    assert paths(tmp_path) == ["a.txt"]


def test_an_ignore_file_holds_for_members_of_archives(tmp_path: Path) -> None:
    """What an archive in the folder holds can be listed by its path."""
    (tmp_path / "x").mkdir()
    with zipfile.ZipFile(tmp_path / "x" / "a.zip", "w") as archive:
        archive.writestr("1.txt", "x")
        archive.writestr("2.txt", "x")
    (tmp_path / "x" / ".wenjuignore").write_text("a.zip/1.txt\n", "utf-8")
    assert paths(tmp_path) == ["x/a.zip/2.txt"]
