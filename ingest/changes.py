"""Which files of a run have to be read: those that are new, and those whose bytes are not the ones that are known.

Reading every file to compare its bytes takes most of the time of a run that finds
nothing new. So a file whose stamp (size, times, inode) is the one it had when it was
read is taken for unchanged; a stamp is kept only of files that could not have changed
since without another one (see `Found.stamp`), as git does with its index.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.catalog import Known
from ingest.discover import Found
from ingest.errors import UnreadableFile
from ingest.prepare import FileReport, Job
from ingest.read.formats import digest


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be done about the files of a run.

    `reports` are of the files that need nothing more, `jobs` are for the others,
    each in the order of the files. `stamps` are new ones of files whose bytes
    are as they were, by path.
    """

    reports: tuple[FileReport, ...]
    jobs: tuple[Job, ...]
    stamps: Mapping[str, str]


def changes(
    found: Sequence[Found], known: Mapping[str, Known], *, rehash: bool = False, again: Collection[str] = ()
) -> Changes:
    """Compare files with what is known of them by path. `rehash` compares the bytes of each, whatever its stamp.

    Those in `again` are to be read whatever their bytes.
    """
    reports: list[FileReport] = []
    jobs: list[Job] = []
    stamps: dict[str, str] = {}
    for file in _once(found):
        if isinstance(file, FileReport):
            reports.append(file)
            continue
        before = known.get(file.path)
        if before is None or file.path in again:
            jobs.append(Job(file, before.digest if before else None))
            continue
        began, stamp = time.monotonic(), file.stamp()
        if rehash or not stamp or stamp != before.stamp:
            if not _has_bytes(file, before.digest):
                jobs.append(Job(file, before.digest))
                continue
            if stamp != before.stamp:
                stamps[file.path] = stamp
        reports.append(FileReport(file.path, "unchanged", seconds=time.monotonic() - began))
    return Changes(tuple(reports), tuple(jobs), {path: stamp for path, stamp in stamps.items() if stamp})


def _once(found: Sequence[Found]) -> Iterator[Found | FileReport]:
    """Each file once; for another one that would go by the same path a report."""
    seen: dict[str, Found] = {}
    for file in found:
        first = seen.setdefault(file.path, file)
        if first is file:
            yield file
        elif _place(first) != _place(file):
            reason = f"{file.path}: another file of this run already goes by this path"
            yield FileReport(file.path, "failed", error=reason, advice="rename one, or ingest the folder above both")


def _place(file: Found) -> tuple[str, int | None]:
    return os.path.realpath(file.file), file.member


def _has_bytes(found: Found, known: str) -> bool:
    """Whether a file, with what describes it, has the hash that is known; not so where it cannot be read."""
    try:
        return digest(found.read_bytes(), found.read_sidecar()) == known
    except (OSError, UnreadableFile):
        return False
