"""Files that were moved or renamed since they were ingested: their documents need only another path."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from ingest.discover import Found, roots_of
from ingest.errors import UnreadableFile
from ingest.read.formats import digest


def moved(found: Sequence[Found], digests: Callable[[], Mapping[str, str]], roots: Mapping[str, str]) -> dict[str, str]:
    """The old path of each file whose bytes are known from a file that is gone, by the path it has now.

    `digests` gives the hash of each document by path, and `roots` the folder. A
    file that was named itself has no folder, so it is not known to be gone. A
    copy whose original is still there has not moved. Where several files of the
    same bytes went, the ones that kept their name are matched first.
    """
    gone = _gone(found, roots)
    if not gone:
        return {}
    known = digests()
    vanished = {path: known[path] for path in gone}
    came = {f.path: f for f in reversed(found) if f.path not in known and not f.problem}
    hashes = {path: found_hash for path, f in sorted(came.items()) if (found_hash := _hash(f)) in vanished.values()}
    moves: dict[str, str] = {}
    for same_name in (True, False):
        for path, found_hash in hashes.items():
            fitting = (
                old
                for old, old_hash in sorted(vanished.items())
                if old_hash == found_hash
                and _suffix(old) == _suffix(path)
                and (not same_name or _name(old) == _name(path))
            )
            if path not in moves and (old := next(fitting, None)) is not None:
                moves[path] = old
                del vanished[old]
    return moves


def resettled(found: Sequence[Found], roots: Mapping[str, str]) -> dict[str, str]:
    """Documents whose files lie in another folder by the same path, as when the folder itself was renamed: old path by path."""
    here = roots_of([f for f in found if not f.problem])
    return {
        path: path
        for path, root in here.items()
        if roots.get(path) and roots[path] != root and not os.path.lexists(Path(roots[path], path))
    }


def _gone(found: Sequence[Found], roots: Mapping[str, str]) -> list[str]:
    """Documents whose files are no longer where they were. A member of an archive is, where the archive was looked into."""
    there = {f.path for f in found}
    locked = tuple(f"{f.path}/" for f in found if f.problem)
    looked_into = {str(root.resolve()) for root in {f.root for f in found} if root}
    return [
        path
        for path, root in roots.items()
        if root
        and path not in there
        and not path.startswith(locked)
        and not os.path.lexists(Path(root, path))
        and (root in looked_into or not _in_archive(Path(root), path))
    ]


def _in_archive(root: Path, path: str) -> bool:
    return any((root / folder).is_file() for folder in PurePosixPath(path).parents)


def _hash(found: Found) -> str:
    """The hash of a file; empty where it cannot be read, which is reported when it is ingested."""
    try:
        return digest(found.read_bytes(), found.read_sidecar())
    except (OSError, UnreadableFile):
        return ""


def _name(path: str) -> str:
    return PurePosixPath(path).name


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()
