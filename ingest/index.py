"""The index: a folder with the catalog and what is derived from it.

    index/
        manifest.json     what made it: format, settings, embedding model, where it is searched; written when it is begun
        catalog.sqlite    documents, passages, vectors: the truth
        lexical-N/        tantivy, derived
        vectors-N/        Chroma, derived
        writing.lock      held by the one process that writes
        opening.lock      held by the one that opens it to read, and looks whether another writes

What is derived may be kept elsewhere: see `ingest.engine`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from filelock import FileLock, Timeout

from ingest.bm25 import term_counts
from ingest.catalog import IDENTITY, Catalog, Passage
from ingest.document import Passages
from ingest.embedded import DERIVED, GRAPH, GRAPH_MARKS, drop, folders_look_whole, remove_folders
from ingest.engine import (
    EMBEDDED,
    Access,
    Dense,
    Engine,
    Lexical,
    checked,
    counts_terms,
    open_engine,
    without_secrets,
)
from ingest.errors import IndexBusy, IndexMismatch, IndexMissing, IndexProblem, WenjuError
from ingest.matching import verify
from ingest.settings import FORMAT_VERSION
from ingest.terms import indexed_text, terms_of

Vectors = npt.NDArray[np.float32]
MANIFEST = "manifest.json"
OPENED_IN = 10.0
"""Seconds that who opens an index waits for another who opens it; one that takes longer is making something anew."""
CATALOG = "catalog.sqlite"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What made an index. `settings` is the fingerprint of the settings that shape it, `url` its engine's, without secrets."""

    format: int
    settings: str
    embedding: str
    url: str = EMBEDDED


@dataclass(slots=True)
class Index:
    """An open index."""

    folder: Path
    manifest: Manifest
    catalog: Catalog
    engine: Engine
    generation: tuple[int, int] = (0, 0)
    beside_writer: bool = False
    """Whether another process wrote to it when it was opened."""

    @property
    def lexical(self) -> Lexical:
        """What finds passages by their terms."""
        return self.engine.lexical

    @property
    def vectors(self) -> Dense:
        """What finds passages by their vectors."""
        return self.engine.vectors

    @property
    def repairs(self) -> tuple[str, ...]:
        """What had to be made again when it was opened."""
        return self.engine.repairs

    def is_current(self) -> bool:
        """Whether nobody has written to the index, or put another one in its place, since it was opened.

        What was opened beside a writer may be less than the whole, and is current for as long as that one is at it.
        """
        same = self.generation == _generation(self.catalog)
        return same and not (self.beside_writer and not is_written(self.folder))

    def store(self, added: Sequence[Passages], removed: Sequence[str] = ()) -> None:
        """Take documents in, in place of older ones of the same paths, and others out: all or nothing.

        The process must hold the lock of `writing`.
        """
        gone: list[int] = []
        numbers: list[int] = []
        terms = [t for p in added for t in p.terms]
        with self.catalog.transaction():
            for path in [*removed, *(p.document.path for p in added)]:
                self._count([terms_of(_text(p)) for p in self.catalog.passages_of(path)], -1)
                gone += self.catalog.remove(path)
            for passages in added:
                numbers += self.catalog.put(passages)
            self._count(terms, 1)
            self.catalog.set_fact("derived", "behind")
        self.engine.write(numbers, terms, _stacked(added), gone)
        with self.catalog.transaction():
            self.catalog.set_fact("derived", "current")

    def _count(self, terms: Sequence[str], sign: int) -> None:
        """Note in how many passages terms stand, where the engine wants to know."""
        if counts_terms(self.manifest.url):
            self.catalog.count_terms(term_counts(terms, sign))

    def close(self) -> None:
        """Let go of the files."""
        self.engine.close()
        self.catalog.close()


def _text(passage: Passage) -> str:
    return indexed_text(passage.chunk.heading, passage.chunk.text)


def _stacked(added: Sequence[Passages]) -> Vectors:
    stacks = [p.vectors for p in added if p.vectors is not None and len(p.vectors)]
    return np.concatenate(stacks) if stacks else np.zeros((0, 1), np.float32)


@contextmanager
def writing(folder: Path, patience: float = 0) -> Iterator[None]:
    """Hold the right to write to an index. Raises IndexBusy when another process still does after `patience` seconds."""
    if folder.exists() and not folder.is_dir():
        raise IndexProblem(f"{folder}: a file, where the folder of an index was wanted", "name a folder by --index")
    folder.mkdir(parents=True, exist_ok=True)
    with _held(folder / "writing.lock", patience, f"{folder}: another process is writing to this index"):
        yield


@contextmanager
def opening(folder: Path, patience: float = 0) -> Iterator[None]:
    """Hold the right to write for as long as an index is opened to be read, which may have to be repaired for it.

    Who opens it meanwhile waits so many seconds for that, and does not take it for
    an ingest: several processes of a server open an index in the same moment. Raises IndexBusy.
    """
    with (
        _held(folder / "opening.lock", patience, f"{folder}: another process is opening this index"),
        writing(folder),
    ):
        yield


@contextmanager
def _held(file: Path, patience: float, told: str) -> Iterator[None]:
    lock = FileLock(file)
    try:
        lock.acquire(timeout=patience)
    except Timeout as exc:
        raise IndexBusy(told, "wait for it to end") from exc
    try:
        yield
    finally:
        lock.release()


def added_folder(folder: Path) -> Path:
    """The folder beside an index for files that are taken into it and lie in no folder of their own, as those of the chat's readers."""
    return folder.with_name(f"{folder.resolve().name}-added")


def is_written(folder: Path) -> bool:
    """Whether a process, this one too, holds the right to write to an index, or is just opening it."""
    try:
        with opening(folder):
            return False
    except IndexBusy:
        return True


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of an index, None where there is none. Raises IndexProblem when it cannot be read."""
    file = folder / MANIFEST
    if not file.is_file():
        return None
    try:
        return Manifest(**json.loads(file.read_text("utf-8")))
    except (ValueError, TypeError) as exc:
        raise IndexProblem(f"{file}: cannot be read ({exc})", "wenju ingest --rebuild") from exc


def begin(folder: Path, settings: str, embedding: str, url: str = EMBEDDED) -> Index:
    """Open an index to write to, or begin one. The process must hold the lock of `writing`.

    `url` is where it is searched; empty: where it is until now. Raises IndexMismatch
    when the index was made with other settings, another model or for another engine, and IndexUnreachable.
    """
    return completed(begin_catalog(folder, settings, embedding, url), url)


def begin_catalog(folder: Path, settings: str, embedding: str, url: str = EMBEDDED) -> Catalog:
    """The catalog of an index to write to; the index is begun where there is none. Else as `begin`.

    It tells what an ingest has to do, which most often is nothing: what is derived need not be opened then.
    """
    found = read_manifest(folder)
    if found is not None:
        check(folder, found, Manifest(FORMAT_VERSION, settings, embedding), url)
        return _catalog(folder)
    wanted = Manifest(FORMAT_VERSION, settings, embedding, without_secrets(checked(url)))
    catalog = Catalog(folder / CATALOG)
    # Written last: an index that has a manifest has a catalog, or has lost it.
    write_manifest(folder, wanted)
    return catalog


def completed(catalog: Catalog, url: str = EMBEDDED) -> Index:
    """The index of a catalog to write to, with what had to be repaired. The process must hold the lock of `writing`."""
    folder = catalog.file.parent
    manifest = read_manifest(folder)
    if manifest is None:
        raise IndexProblem(f"{folder}: its manifest is gone", "wenju ingest --rebuild PATH... makes the index anew")
    index = _opened(catalog, manifest, url, "write")
    if not catalog.families.all_compared():  # begun before documents were compared
        with catalog.transaction():
            catalog.families.compare_the_rest()
    return index


def looks_whole(catalog: Catalog) -> bool:
    """Whether nothing of an index needs repair, as far as can be seen without opening the vectors. A server has to be asked."""
    manifest = read_manifest(catalog.file.parent)
    here = manifest is not None and manifest.url == EMBEDDED
    return here and catalog.families.all_compared() and folders_look_whole(catalog)


def open_index(folder: Path, embedding: str | None = None, url: str = EMBEDDED) -> Index:
    """Open an index to read from.

    What is derived, lies in the folder and does not open or match is rebuilt from
    the catalog, unless another process is writing, which will see to it: until then
    passages are found by their terms alone, which `repairs` tells. Raises IndexMissing,
    IndexMismatch when `embedding` is not the identity of its model or `url` not where it is searched, and IndexUnreachable.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise IndexMissing(f"{folder}: no index here", f"wenju ingest FOLDER --index {folder}")
    check(folder, manifest, Manifest(FORMAT_VERSION, manifest.settings, embedding or manifest.embedding), url)
    try:
        with opening(folder, OPENED_IN):
            return _opened(_catalog(folder), manifest, url, "read")
    except IndexBusy:
        return _opened(_catalog(folder), manifest, url, "trust")


def check(folder: Path, found: Manifest, wanted: Manifest, url: str = EMBEDDED) -> None:
    """Raises IndexMismatch where two manifests differ, or the index is searched elsewhere than at `url`, if one is given."""
    for what, has, wants in (
        ("format", found.format, wanted.format),
        ("embedding model", found.embedding, wanted.embedding),
        ("settings", found.settings, wanted.settings),
    ):
        if has != wants:
            raise IndexMismatch(
                f"{folder}: made with {what} {has}, now {wants}",
                "wenju ingest --rebuild PATH... makes it anew; or set back what was changed",
            )
    if url and (named := without_secrets(checked(url))) != found.url:
        raise IndexMismatch(
            f"{folder}: is searched {f'at {found.url}' if found.url else 'in its folder'}, not at {named}",
            f"wenju migrate --to {named} moves it, without embedding anew; or unset WENJU_INDEX_URL",
        )


def adopt(folder: Path, catalog: Path, manifest: Path) -> None:
    """Make an index of a catalog and a manifest from elsewhere, which are moved. The process must hold the lock of `writing`.

    It is searched in its folder; what is derived is made when it is opened.
    """
    clear(folder)
    told = read_manifest(manifest.parent)
    if told is None:
        raise IndexProblem(f"{manifest}: no manifest", "restore another backup")
    with closing(Catalog(catalog)) as opened, opened.transaction():
        # It shares no server with the index that it is a copy of.
        opened.forget(*DERIVED, GRAPH, GRAPH_MARKS, IDENTITY)
    shutil.move(catalog, folder / CATALOG)
    # Written last: an index that has a manifest has a catalog.
    write_manifest(folder, replace(told, url=EMBEDDED))


def clear(folder: Path, url: str = EMBEDDED) -> None:
    """Remove an index, on its server too, so that it can be begun anew. The process must hold the lock of `writing`."""
    _clear_server(folder, url)
    (folder / MANIFEST).unlink(missing_ok=True)
    for file in folder.glob("catalog.sqlite*"):
        file.unlink()
    remove_folders(folder, *DERIVED)


def _clear_server(folder: Path, url: str) -> None:
    try:
        found = read_manifest(folder)
        if found is None or not found.url or not (folder / CATALOG).is_file():
            return
        catalog = Catalog(folder / CATALOG)
    except IndexProblem:
        return  # what cannot be read names no server
    with closing(catalog):
        _leave(found.url, url, catalog, terms=True)


def migrate(folder: Path, url: str, samples: int = 100, old_url: str = EMBEDDED) -> tuple[int, int]:
    """Have an index searched elsewhere; how many passages it has, and how many were looked for there.

    Vectors come from the catalog: nothing is embedded anew. The old engine is used
    until the new one has everything, and removed then. `old_url` may have its secrets. Raises IndexMissing, IndexBusy,
    IndexUnreachable, and IndexProblem where the new one does not find what it was given; the index stays as it was then.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise IndexMissing(f"{folder}: no index here", f"wenju ingest FOLDER --index {folder}")
    named = without_secrets(checked(url))
    with writing(folder), closing(Catalog(folder / CATALOG)) as catalog:
        engine = open_engine(url, catalog, "write")
        found = verify(engine.lexical, engine.vectors, catalog, samples)
        write_manifest(folder, replace(manifest, url=named))
        if named != manifest.url:
            _leave(manifest.url, old_url, catalog, terms=named.startswith("milvus"))
        engine.close()
        return catalog.counts()[1], found


def _leave(url: str, with_secrets: str, catalog: Catalog, *, terms: bool) -> None:
    """Remove what an index had where it was searched before, its folder of `terms` if it is used no longer."""
    if url == EMBEDDED:
        drop(catalog, *(DERIVED if terms else ("vectors",)))
        return
    engine = open_engine(with_secrets if without_secrets(with_secrets) == url else url, catalog, "trust")
    engine.drop(terms=terms)
    engine.close()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write what made an index, at once or not at all."""
    _write_atomically(folder / MANIFEST, json.dumps(asdict(manifest), indent=2))


def _catalog(folder: Path) -> Catalog:
    if not (folder / CATALOG).is_file():
        raise IndexProblem(f"{folder}: its catalog is gone", "wenju ingest --rebuild PATH... makes the index anew")
    return Catalog(folder / CATALOG)


def _opened(catalog: Catalog, manifest: Manifest, url: str, access: Access) -> Index:
    """The index of a catalog, which is closed when that fails. `url` may have the secrets that the manifest has not."""
    generation = _generation(catalog)
    try:
        engine = open_engine(url or manifest.url, catalog, access)
    except WenjuError:
        catalog.close()
        raise
    return Index(catalog.file.parent, manifest, catalog, engine, generation, beside_writer=access == "trust")


def _generation(catalog: Catalog) -> tuple[int, int]:
    """What is another one after each write of others, and after a rebuild."""
    return catalog.file.stat().st_ino if catalog.file.exists() else 0, catalog.version()


def _write_atomically(file: Path, text: str) -> None:
    beside = file.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as out:
        out.write(text + "\n")
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)
