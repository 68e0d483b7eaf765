"""Find the files to ingest: in folders, and in zip archives within them."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from pathspec import GitIgnoreSpec

from ingest.archive import members, name_encoding, read_member
from ingest.errors import UnreadableFile, UnsupportedFormat
from ingest.read.contents import OLDER
from ingest.read.encoding import decode

IGNORE_FILE = ".wenjuignore"
"""A file of this name lists, in the syntax of .gitignore, what to leave out of its folder and of those within."""
Rules = tuple[tuple[str, GitIgnoreSpec], ...]
"""The rules that hold in a folder, outermost first, each with the folder it was stated in: empty, or ending in a slash."""
ARCHIVE = ".zip"
NO_READER = "no reader for {} files"
SPECIAL = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
SIDECARS = (".meta.yaml", ".meta.yml")
"""A file `report.pdf.meta.yaml` beside `report.pdf`, or `report.meta.yaml`, states title, publisher and date."""


SETTLED = 2_000_000_000
"""Nanoseconds after its last change from which a file cannot change again without a trace: FAT tells times to 2 s."""


class Found(NamedTuple):
    """A file, on disk or in an archive on disk, and the path it goes by in the index.

    `member` is its place in the archive `file`. `problem` says why it cannot be
    read where that is known from looking at it; `advice` what to do then.
    `unread` says that it was only come across, and is of no kind that is read.
    `root` is the folder that was looked through, None for a file that was named itself.
    """

    file: Path
    path: str
    member: int | None = None
    problem: str = ""
    advice: str = ""
    sidecar: Path | int | None = None
    root: Path | None = None
    unread: bool = False

    def size(self) -> int:
        """Its bytes on disk; 0 where they are not known: in an archive, or where it cannot be looked at."""
        if self.member is not None or self.problem:
            return 0
        try:
            return self.file.stat().st_size
        except OSError:
            return 0

    def stamp(self) -> str:
        """What stays the same as long as neither the file nor what describes it is written to: sizes, times and inodes.

        Empty where that cannot be said: for what cannot be looked at, and for
        files that changed a moment ago, which may change once more in the same
        tick of their file system's clock and look as they did.
        """
        if self.problem:
            return ""
        files = (self.file, self.sidecar) if isinstance(self.sidecar, Path) else (self.file,)
        try:
            seen = [file.stat() for file in files]
        except OSError:
            return ""
        last = max(max(s.st_mtime_ns, s.st_ctime_ns) for s in seen)
        if last > time.time_ns() - SETTLED:
            return ""
        return " ".join(f"{s.st_size}:{s.st_mtime_ns}:{s.st_ctime_ns}:{s.st_ino}" for s in seen)

    def read_bytes(self) -> bytes:
        """The bytes of the file. Raises OSError and UnreadableFile; UnsupportedFormat for what is of no kind that is read."""
        if self.unread:
            raise UnsupportedFormat(f"{self.path}: {self.problem}", self.advice)
        if self.problem:
            raise UnreadableFile(f"{self.path}: {self.problem}", self.advice)
        return self.file.read_bytes() if self.member is None else read_member(self.file, self.member)

    def read_sidecar(self) -> bytes:
        """The bytes of the file that describes this one; none without one. Raises OSError and UnreadableFile."""
        if isinstance(self.sidecar, int):
            return read_member(self.file, self.sidecar)
        return self.sidecar.read_bytes() if self.sidecar else b""


def discover(paths: Iterable[Path], suffixes: Iterable[str]) -> Iterator[Found]:
    """Every readable file under `paths`, each folder in the order of its names.

    A file that is named itself is always found; in folders and archives, files
    of other suffixes, hidden files and what `.wenjuignore` lists are passed
    over. What would be a document but is of no kind that is read (an old Word
    file, a pipe with the name of a report) is found as such. Members of an
    archive go by its path, a slash and their own. Links that lead back up are
    not followed twice. What is there and cannot be looked into (a locked
    folder, a damaged archive) is found with its problem.

    Raises UnreadableFile for a path that does not exist or a folder that may not be opened.
    """
    wanted = frozenset(suffixes) | OLDER.keys() | {ARCHIVE}
    for path in paths:
        if path.is_dir():
            yield from _walk(path, wanted)
        elif special := _special(path):
            yield Found(path, _storable(path.name), problem=special, advice="name a file")
        elif os.path.lexists(path):
            yield from _of(path, _storable(path.name), wanted, _beside(path))
        else:
            raise UnreadableFile(f"{path}: no such file or folder", "check the path")


def roots_of(found: Sequence[Found]) -> dict[str, str]:
    """The folder, resolved, that each file was found in, by the path it goes by; of files of one path the first counts."""
    resolved = {root: str(root.resolve()) for root in {f.root for f in found} if root}
    return {f.path: resolved[f.root] for f in reversed(found) if f.root}


def find(path: Path, suffixes: Iterable[str]) -> Found:
    """One file: on disk, or in an archive as ``archive.zip/folder/file.txt``.

    Raises UnreadableFile when it is not there, or is a folder or a whole archive.
    """
    wanted = frozenset(suffixes) | OLDER.keys() | {ARCHIVE}
    if path.is_dir():
        raise UnreadableFile(f"{path}: a folder", "name one file")
    if special := _special(path):
        raise UnreadableFile(f"{path}: {special}", "name a file")
    if os.path.lexists(path):
        found = list(_of(path, _storable(path.name), wanted, _beside(path)))
        if len(found) == 1 and (found[0].member is None or found[0].problem):
            return found[0]
        inner = f"{path}/{found[0].path.partition('/')[2]}" if found else ""
        raise UnreadableFile(f"{path}: an archive of {len(found)} files", f"name one of them: {inner}" if found else "")
    archive = next((p for p in path.parents if p.is_file() and p.suffix.lower() == ARCHIVE), None)
    if archive:
        name = f"{_storable(archive.name)}/{path.relative_to(archive).as_posix()}"
        for found_in in _of(archive, _storable(archive.name), wanted, None):
            if name == found_in.path or found_in.member is None:
                return found_in
    raise UnreadableFile(f"{path}: no such file", "check the path")


def _walk(root: Path, wanted: frozenset[str]) -> Iterator[Found]:
    try:
        os.scandir(root).close()
    except OSError as exc:
        raise UnreadableFile(f"{root}: {exc.strerror}", "check who may open this folder") from exc
    seen: set[Path] = set()
    rules: dict[Path, Rules] = {}
    locked: list[OSError] = []
    for top, folders, files in os.walk(root, followlinks=True, onerror=locked.append):
        folder = Path(top)
        if (real := folder.resolve()) in seen:
            folders.clear()
            continue
        seen.add(real)
        within = "" if folder == root else f"{folder.relative_to(root).as_posix()}/"
        rules[folder] = here = (*rules.get(folder.parent, ()), *_rules(folder, within))
        folders[:] = sorted(f for f in folders if not f.startswith(".") and not _is_ignored(f"{within}{f}/", here))
        sidecars = {f for f in files if f.endswith(SIDECARS)}
        for name in sorted(files):
            path = f"{within}{name}"
            if not _is_document(name, wanted) or (here and _is_ignored(path, here)):
                continue
            sidecar = next((folder / s for s in sidecar_names(name) if s in sidecars), None) if sidecars else None
            for found in _come_across(folder / name, _storable(path), wanted, sidecar):
                if not (here and _is_ignored(found.path, here)):
                    yield found._replace(root=root)
    for error in locked:
        path = Path(error.filename).relative_to(root).as_posix()
        yield Found(
            Path(error.filename), _storable(path), problem=str(error.strerror), advice="check who may open this folder"
        )


def _storable(path: str) -> str:
    """A path as characters. Names that an old archive left in another encoding than the system's are decoded."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        stored = os.fsencode(path)
        return stored.decode(name_encoding(stored), "replace")
    return path


def _come_across(file: Path, path: str, wanted: frozenset[str], sidecar: Path | None) -> Iterator[Found]:
    """What a file in a folder is: to be read, an archive, or of no kind that is read."""
    if special := _special(file):
        yield Found(file, path, problem=special, advice=f"take it out, or list it in {IGNORE_FILE}", unread=True)
    elif advice := OLDER.get(_suffix(path)):
        yield Found(file, path, problem=NO_READER.format(file.suffix), advice=advice, unread=True)
    else:
        yield from _of(file, path, wanted, sidecar)


def _of(file: Path, path: str, wanted: frozenset[str], sidecar: Path | None) -> Iterator[Found]:
    """A file; for an archive what is in it."""
    if _suffix(path) != ARCHIVE:
        yield Found(file, path, sidecar=sidecar)
        return
    try:
        listed = members(file)
    except UnreadableFile as exc:
        yield Found(file, path, problem=str(exc).removeprefix(f"{file}: "), advice=exc.advice)
        return
    except OSError as exc:
        yield Found(file, path, problem=str(exc.strerror), advice="check the file")
        return
    places = {m.path: m.place for m in listed}
    for place, inner, problem in listed:
        parts = PurePosixPath(inner).parts
        if any(p.startswith((".", "__MACOSX")) for p in parts[:-1]) or not _is_document(parts[-1], wanted):
            continue
        suffix = PurePosixPath(inner).suffix
        if advice := OLDER.get(suffix.lower()):
            yield Found(file, f"{path}/{inner}", place, NO_READER.format(suffix), advice, unread=True)
            continue
        beside = (inner.removesuffix(parts[-1]) + s for s in sidecar_names(parts[-1]))
        stated = next((places[s] for s in beside if s in places), None)
        if parts[-1].lower().endswith(ARCHIVE):
            problem = "an archive within an archive is not opened"  # noqa: PLW2901
        yield Found(
            file, f"{path}/{inner}", place, problem, "unpack it, and ingest the folder" if problem else "", stated
        )


def _is_document(name: str, wanted: frozenset[str]) -> bool:
    """Whether a name is that of a document or an archive, of a kind that is read or not: `wanted` are the suffixes of all."""
    return not name.startswith((".", "~$")) and _suffix(name) in wanted


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].lower()  # noqa: PTH122  # a Path takes ten times as long, for each of many files


def _special(file: Path) -> str:
    """What a path leads to that is no file: reading a pipe or a device would never end. What cannot be looked at is left to be read."""
    try:
        kind = stat.S_IFMT(file.stat().st_mode)
    except OSError:
        return ""
    return "" if kind in {stat.S_IFREG, stat.S_IFDIR} else f"{SPECIAL.get(kind, 'something')}, no file"


def sidecar_names(name: str) -> Iterator[str]:
    """The names that a file which describes the file `name` may have, the most particular first."""
    for stem in (name, Path(name).stem):
        yield from (stem + suffix for suffix in SIDECARS)


def _beside(file: Path) -> Path | None:
    return next((s for s in map(file.with_name, sidecar_names(file.name)) if s.is_file()), None)


def _rules(folder: Path, within: str) -> Rules:
    """The rules that a folder states for all that is in it."""
    listing = folder / IGNORE_FILE
    if not listing.is_file():
        return ()
    lines = decode(listing.read_bytes(), str(listing)).text.removeprefix("\ufeff").splitlines()
    return ((within, GitIgnoreSpec.from_lines(lines)),)


def _is_ignored(path: str, rules: Rules) -> bool:
    """What the rules of the deepest folder say of a path; those above count where these say nothing."""
    for within, spec in reversed(rules):
        if (said := spec.check_file(path.removeprefix(within)).include) is not None:
            return said
    return False
