"""Backups: an index, and what is kept of its chat, in one file; and back out of it.

    contents.json             form, time, counts and the SHA-256 of each other member
    manifest.json             of the index
    catalog.sqlite            documents, passages, vectors: all the rest is made again from it
    conversations.sqlite      where there are any

The databases are copied as of one moment, so that a backup can be made while
others read and write. A backup takes the place of an older one only after it
was read back.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.app.conversations import FILE as CONVERSATIONS
from assistant.app.conversations import Conversations
from ingest.catalog import Catalog
from ingest.errors import BadBackup, IndexMissing, IndexProblem
from ingest.index import CATALOG, MANIFEST, adopt, open_index, read_manifest, writing

FORM = 1
CONTENTS = "contents.json"
MEMBERS = frozenset({MANIFEST, CATALOG, CONVERSATIONS})
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds. `made` is UTC, ISO 8601; `sha256` is of each member, by name."""

    form: int
    made: str
    documents: int
    passages: int
    sha256: Mapping[str, str]


def back_up(index: Path, conversations: Path, file: Path) -> Contents:
    """Write an index, and the conversations where there are some, to a file, and check the file by unpacking it.

    Raises IndexMissing, and BadBackup where `file` is something else than a backup or has no folder, or what was written does not read.
    """
    if read_manifest(index) is None:
        raise IndexMissing(f"{index}: no index here", f"wenju ingest FOLDER --index {index}")
    if not file.parent.is_dir():
        raise BadBackup(f"{file}: there is no folder {file.parent}", "make it, or write elsewhere")
    if file.exists():
        _read_contents(file)
    beside = file.with_name(f"{file.name}.new")
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=file.parent) as place:
        copies = Path(place)
        shutil.copyfile(index / MANIFEST, copies / MANIFEST)
        documents, passages = _copy_catalog(index / CATALOG, copies / CATALOG)
        if (conversations / CONVERSATIONS).is_file():
            with closing(Conversations(conversations)) as kept:
                kept.copy_to(copies / CONVERSATIONS)
        written = sorted(copies.iterdir())
        sums = {f.name: _sha256(f) for f in written}
        contents = Contents(FORM, datetime.now(UTC).isoformat(timespec="seconds"), documents, passages, sums)
        try:
            _pack(beside, contents, written)
            for copy in written:
                copy.unlink()
            _unpack(beside, copies)
            if _counts(copies / CATALOG) != (documents, passages):
                raise BadBackup(f"{beside}: does not hold what was written", "try again on another disk")
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
    return contents


def restore(file: Path, index: Path, conversations: Path) -> Contents:
    """Make an index, and the conversations where there are none yet, as they were; what is derived is made again.

    Raises BadBackup for a file that is none or is damaged, and where an index is already.
    """
    contents = _read_contents(file)
    if read_manifest(index) is not None:
        raise BadBackup(f"{index}: there is an index already", "move it away, or restore elsewhere: --index FOLDER")
    if CONVERSATIONS in contents.sha256 and (conversations / CONVERSATIONS).exists():
        raise BadBackup(
            f"{conversations}: there are conversations already", "move them away, or set WENJU_CONVERSATIONS"
        )
    index.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=index.parent) as place, writing(index):
        _unpack(file, Path(place))
        if CONVERSATIONS in contents.sha256:
            conversations.mkdir(parents=True, exist_ok=True)
            shutil.move(Path(place, CONVERSATIONS), conversations / CONVERSATIONS)
        adopt(index, Path(place, CATALOG), Path(place, MANIFEST))
    with closing(open_index(index)) as opened:
        found = opened.catalog.counts()
        if found != (contents.documents, contents.passages) or {len(opened.lexical), len(opened.vectors)} != {found[1]}:
            raise BadBackup(f"{file}: restored {found[0]} of {contents.documents} documents", "try an older backup")
    return contents


def _copy_catalog(catalog: Path, to: Path) -> tuple[int, int]:
    """Copy a catalog as it is at one moment; how many documents and passages the copy has."""
    if not catalog.is_file():
        raise IndexProblem(f"{catalog}: the catalog is gone", "wenju restore an older backup")
    with closing(Catalog(catalog)) as opened:
        opened.copy_to(to)
    return _counts(to)


def _counts(catalog: Path) -> tuple[int, int]:
    """How many documents and passages a catalog has. Raises BadBackup when its file is damaged."""
    with closing(Catalog(catalog)) as opened:
        if problem := opened.damage():
            raise BadBackup(f"{catalog}: damaged ({problem})", "wenju doctor; restore an older backup")
        return opened.counts()


def _pack(file: Path, contents: Contents, members: list[Path]) -> None:
    """Write a backup, readable to its owner alone, and have it on the disk."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            packed.writestr(CONTENTS, json.dumps(asdict(contents), indent=1))
            for member in members:
                packed.write(member, member.name)
        out.flush()
        os.fsync(out.fileno())


def _read_contents(file: Path) -> Contents:
    """What a backup says it holds. Raises BadBackup when it is none, or one of another form."""
    try:
        with zipfile.ZipFile(file) as packed:
            contents = Contents(**json.loads(packed.read(CONTENTS)))
            known = set(packed.namelist()) == {CONTENTS, *contents.sha256}
    except FileNotFoundError as exc:
        raise BadBackup(f"{file}: no such file", "wenju backup FILE writes one") from exc
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, OSError) as exc:
        raise BadBackup(f"{file}: no backup, or a damaged one ({exc})", "name another file") from exc
    if contents.form != FORM:
        raise BadBackup(f"{file}: a backup of form {contents.form}, known is {FORM}", "use the version that wrote it")
    if not known or not {MANIFEST, CATALOG} <= contents.sha256.keys() <= MEMBERS:
        raise BadBackup(f"{file}: does not hold what it says", "name another file")
    return contents


def _unpack(file: Path, to: Path) -> None:
    """Write the members of a backup to a folder. Raises BadBackup when one is not as it was written."""
    for name, known in _read_contents(file).sha256.items():
        try:
            with zipfile.ZipFile(file) as packed, packed.open(name) as member, Path(to, name).open("wb") as out:
                shutil.copyfileobj(member, out, BLOCK)
        except (zipfile.BadZipFile, zlib.error, ValueError, EOFError) as exc:
            raise BadBackup(f"{file}: {name} in it is damaged ({exc})", "try an older backup") from exc
        if _sha256(Path(to, name)) != known:
            raise BadBackup(f"{file}: {name} in it is damaged", "try an older backup")


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
