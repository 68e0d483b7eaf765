"""Find the files to ingest."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pathspec import GitIgnoreSpec

from ingest.errors import UnreadableFile

IGNORE_FILE = ".wenjuignore"
"""A file of this name lists, in the syntax of .gitignore, what to leave out of its folder."""


class Found(NamedTuple):
    """A file on disk and the path it goes by in the index."""

    file: Path
    path: str


def discover(paths: Iterable[Path], suffixes: Iterable[str]) -> Iterator[Found]:
    """Every readable file under `paths`, each folder in the order of its names.

    A file that is named itself is always found; in folders, files of other
    suffixes, hidden files and what `.wenjuignore` lists are passed over. Links
    that lead back up are not followed twice.

    Raises UnreadableFile for a path that does not exist.
    """
    wanted = frozenset(suffixes)
    for path in paths:
        if path.is_file():
            yield Found(path, path.name)
        elif path.is_dir():
            yield from _walk(path, wanted)
        else:
            raise UnreadableFile(f"{path}: no such file or folder", "check the path")


def _walk(root: Path, suffixes: frozenset[str]) -> Iterator[Found]:
    ignored = _ignored(root)
    seen: set[Path] = set()
    for top, folders, files in os.walk(root, followlinks=True):
        folder = Path(top)
        if (real := folder.resolve()) in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(files):
            path = (folder / name).relative_to(root).as_posix()
            hidden = name.startswith((".", "~$"))
            if not hidden and Path(name).suffix.lower() in suffixes and not ignored.match_file(path):
                yield Found(folder / name, path)


def _ignored(root: Path) -> GitIgnoreSpec:
    listing = root / IGNORE_FILE
    lines = listing.read_text("utf-8").splitlines() if listing.is_file() else []
    return GitIgnoreSpec.from_lines(lines)
