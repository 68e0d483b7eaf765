"""The index: a folder with the catalog and what is derived from it.

    index/
        manifest.json     what made it: format, settings, embedding model; written when it is begun
        catalog.sqlite    documents, passages, vectors: the truth
        lexical-N/        tantivy, derived
        vectors-N/        Chroma, derived
        writing.lock      held by the one process that writes

The derived folders carry a number; the catalog names the ones in use, so a
rebuilt one is taken into use by one committed write.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from filelock import FileLock, Timeout

from ingest.catalog import Catalog
from ingest.document import Passages
from ingest.errors import IndexBusy, IndexMismatch, IndexMissing, IndexProblem
from ingest.lexical import LexicalIndex
from ingest.settings import FORMAT_VERSION
from ingest.terms import indexed_text, terms_of, tokens
from ingest.vectors import VectorIndex

Vectors = npt.NDArray[np.float32]
T = TypeVar("T", LexicalIndex, VectorIndex)
MANIFEST = "manifest.json"
CATALOG = "catalog.sqlite"
REBUILD_BATCH = 5000
SAME = 0.99
"""The cosine of a vector and the copy of it that an index gives back."""
PROBED = 8
GRAPH = "graph"
"""The fact in the catalog that tells the state of the vectors' files."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What made an index. `settings` is the fingerprint of the settings that shape it."""

    format: int
    settings: str
    embedding: str


@dataclass(slots=True)
class Index:
    """An open index. `repairs` says what had to be rebuilt at opening."""

    folder: Path
    manifest: Manifest
    catalog: Catalog
    lexical: LexicalIndex
    vectors: VectorIndex
    repairs: tuple[str, ...] = ()
    generation: tuple[int, int] = (0, 0)

    def is_current(self) -> bool:
        """Whether nobody has written to the index, or put another one in its place, since it was opened."""
        return self.generation == _generation(self.catalog)

    def store(self, added: Sequence[Passages], removed: Sequence[str] = ()) -> None:
        """Take documents in, in place of older ones of the same paths, and others out: all or nothing.

        The process must hold the lock of `writing`.
        """
        gone: list[int] = []
        numbers: list[int] = []
        with self.catalog.transaction():
            for path in [*removed, *(p.document.path for p in added)]:
                gone += self.catalog.remove(path)
            for passages in added:
                numbers += self.catalog.put(passages)
            self.catalog.set_fact("derived", "behind")
        terms = (t for p in added for t in p.terms)
        self.lexical.write(zip(numbers, terms, strict=True), gone)
        if numbers or gone:
            self.vectors.write(numbers, _stacked(added), gone)
        with self.catalog.transaction():
            self.catalog.set_fact("derived", "current")
            self.catalog.set_fact(GRAPH, self.vectors.state(self.vectors.folder))

    def close(self) -> None:
        """Let go of the files."""
        self.catalog.close()


def _stacked(added: Sequence[Passages]) -> Vectors:
    stacks = [p.vectors for p in added if p.vectors is not None and len(p.vectors)]
    return np.concatenate(stacks) if stacks else np.zeros((0, 1), np.float32)


@contextmanager
def writing(folder: Path, patience: float = 0) -> Iterator[None]:
    """Hold the right to write to an index. Raises IndexBusy when another process still does after `patience` seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "writing.lock")
    try:
        lock.acquire(timeout=patience)
    except Timeout as exc:
        raise IndexBusy(f"{folder}: another process is writing to this index", "wait for it to end") from exc
    try:
        yield
    finally:
        lock.release()


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of an index, None where there is none. Raises IndexProblem when it cannot be read."""
    file = folder / MANIFEST
    if not file.is_file():
        return None
    try:
        return Manifest(**json.loads(file.read_text("utf-8")))
    except (ValueError, TypeError) as exc:
        raise IndexProblem(f"{file}: cannot be read ({exc})", "wenju ingest --rebuild") from exc


def begin(folder: Path, settings: str, embedding: str) -> Index:
    """Open an index to write to, or begin one. The process must hold the lock of `writing`.

    Raises IndexMismatch when the index was made with other settings or another model.
    """
    return completed(begin_catalog(folder, settings, embedding))


def begin_catalog(folder: Path, settings: str, embedding: str) -> Catalog:
    """The catalog of an index to write to; the index is begun where there is none. Else as `begin`.

    It tells what an ingest has to do, which most often is nothing: what is derived need not be opened then.
    """
    wanted = Manifest(FORMAT_VERSION, settings, embedding)
    found = read_manifest(folder)
    if found is not None:
        check(folder, found, wanted)
        return _catalog(folder)
    catalog = Catalog(folder / CATALOG)
    # Written last: an index that has a manifest has a catalog, or has lost it.
    _write_atomically(folder / MANIFEST, json.dumps(vars_of(wanted), indent=2))
    return catalog


def completed(catalog: Catalog) -> Index:
    """The index of a catalog to write to, with what had to be repaired. The process must hold the lock of `writing`."""
    folder = catalog.file.parent
    manifest = read_manifest(folder)
    if manifest is None:
        raise IndexProblem(f"{folder}: its manifest is gone", "wenju ingest --rebuild PATH... makes the index anew")
    index = _opened(catalog, manifest, may_repair=True)
    if not catalog.all_compared():  # begun before documents were compared
        with catalog.transaction():
            catalog.compare_the_rest()
    return index


def looks_whole(catalog: Catalog) -> bool:
    """Whether nothing of an index needs repair, as far as can be seen without opening the vectors."""
    names = {name: catalog.fact(name) for name in ("lexical", "vectors")}
    if not all(name and (catalog.file.parent / name).is_dir() for name in names.values()):
        return False
    if catalog.fact("derived") == "behind" or _damage(catalog) or not catalog.all_compared():
        return False
    try:
        return not _fault(LexicalIndex(catalog.file.parent / str(names["lexical"])), catalog)
    except IndexProblem:
        return False


def open_index(folder: Path, embedding: str | None = None) -> Index:
    """Open an index to read from.

    What is derived and does not open or match is rebuilt from the catalog, unless
    another process is writing, which will see to it. Raises IndexMissing,
    and IndexMismatch when `embedding` is not the identity of its model.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise IndexMissing(f"{folder}: no index here", f"wenju ingest FOLDER --index {folder}")
    wanted = Manifest(FORMAT_VERSION, manifest.settings, embedding or manifest.embedding)
    check(folder, manifest, wanted)
    try:
        with writing(folder):
            return _opened(_catalog(folder), manifest, may_repair=True)
    except IndexBusy:
        return _opened(_catalog(folder), manifest, may_repair=False)


def check(folder: Path, found: Manifest, wanted: Manifest) -> None:
    """Raises IndexMismatch where two manifests differ."""
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


def adopt(folder: Path, catalog: Path, manifest: Path) -> None:
    """Make an index of a catalog and a manifest from elsewhere, which are moved. The process must hold the lock of `writing`.

    What is derived is made when the index is opened.
    """
    clear(folder)
    with closing(Catalog(catalog)) as opened, opened.transaction():
        opened.forget("lexical", "vectors", GRAPH)
    shutil.move(catalog, folder / CATALOG)
    # Written last: an index that has a manifest has a catalog.
    shutil.move(manifest, folder / MANIFEST)


def clear(folder: Path) -> None:
    """Remove an index, so that it can be begun anew. The process must hold the lock of `writing`."""
    (folder / MANIFEST).unlink(missing_ok=True)
    for file in folder.glob("catalog.sqlite*"):
        file.unlink()
    for derived in [*folder.glob("lexical-*"), *folder.glob("vectors-*")]:
        shutil.rmtree(derived, ignore_errors=True)


def vars_of(manifest: Manifest) -> dict[str, str | int]:
    """A manifest as what its file holds."""
    return {"format": manifest.format, "settings": manifest.settings, "embedding": manifest.embedding}


def _catalog(folder: Path) -> Catalog:
    if not (folder / CATALOG).is_file():
        raise IndexProblem(f"{folder}: its catalog is gone", "wenju ingest --rebuild PATH... makes the index anew")
    return Catalog(folder / CATALOG)


def _opened(catalog: Catalog, manifest: Manifest, *, may_repair: bool) -> Index:
    generation = _generation(catalog)
    repairs: list[str] = []
    cut_off = "an ingest was cut off" if may_repair and catalog.fact("derived") == "behind" else ""
    damage = cut_off or (_damage(catalog) if may_repair else "")
    lexical = _derived(catalog, "lexical", LexicalIndex, _fill_lexical, cut_off, may_repair, repairs)
    vectors = _derived(catalog, "vectors", VectorIndex, _fill_vectors, damage, may_repair, repairs)
    if repairs:
        with catalog.transaction():
            catalog.set_fact("derived", "current")
            catalog.set_fact(GRAPH, vectors.state(vectors.folder))
    return Index(catalog.file.parent, manifest, catalog, lexical, vectors, tuple(repairs), generation)


def _generation(catalog: Catalog) -> tuple[int, int]:
    """What is another one after each write of others, and after a rebuild."""
    return catalog.file.stat().st_ino if catalog.file.exists() else 0, catalog.version()


def _derived(
    catalog: Catalog,
    name: str,
    opener: Callable[[Path], T],
    fill: Callable[[T, Catalog], None],
    reason: str,
    may_repair: bool,
    repairs: list[str],
) -> T:
    """Open what is derived, or make it again beside the old one and take it into use: at once where there is a `reason`."""
    folder = catalog.file.parent
    in_use = catalog.fact(name)
    if in_use is not None:
        if not reason:
            try:
                opened = opener(folder / in_use)
                reason = "" if not may_repair else _fault(opened, catalog)
                if not reason:
                    return opened
            except IndexProblem as exc:
                if not may_repair:
                    raise
                reason = str(exc)
        repairs.append(f"{name} rebuilt from the catalog: {reason}")
    elif not may_repair:
        raise IndexMissing(f"{folder}: still being made", "try again when the ingest has begun")
    number = int(in_use.rsplit("-", 1)[1]) + 1 if in_use else 1
    while (folder / f"{name}-{number}").exists():
        number += 1
    made = opener(folder / f"{name}-{number}")
    fill(made, catalog)
    with catalog.transaction():
        catalog.set_fact(name, made.folder.name)
    for old in folder.glob(f"{name}-*"):
        if old != made.folder:
            shutil.rmtree(old, ignore_errors=True)
    return made


def _damage(catalog: Catalog) -> str:
    """What is wrong with the files of the vectors, as far as can be seen without opening them; empty when nothing is."""
    in_use, written = catalog.fact("vectors"), catalog.fact(GRAPH)
    if in_use is None or written is None or VectorIndex.state(catalog.file.parent / in_use) == written:
        return ""
    return "its files are not as they were written"


def _fault(opened: LexicalIndex | VectorIndex, catalog: Catalog) -> str:
    """Why an opened index cannot be used; empty when it can. Asks it one question."""
    passages = catalog.counts()[1]
    if len(opened) != passages:
        return f"holds {len(opened)} passages, the catalog {passages}"
    if not passages:
        return ""
    if isinstance(opened, VectorIndex):
        numbers, vectors = next(catalog.vectors(1))
        nearest = opened.search(vectors[0], 1)
        found = not vectors[0].any() or (bool(nearest) and nearest[0][1] > SAME)
    else:
        numbers = [first := next(catalog.texts())[0]]
        terms = tokens(catalog.passages([first])[first].chunk.text)
        found = not terms or bool(opened.search(terms[:PROBED], 1))
    return "" if found else f"does not find passage {numbers[0]}"


def _fill_lexical(index: LexicalIndex, catalog: Catalog) -> None:
    index.write((n, terms_of(indexed_text(heading, text))) for n, heading, text in catalog.texts())


def _fill_vectors(index: VectorIndex, catalog: Catalog) -> None:
    for numbers, vectors in catalog.vectors(REBUILD_BATCH):
        index.write(numbers, vectors)


def _write_atomically(file: Path, text: str) -> None:
    beside = file.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as out:
        out.write(text + "\n")
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)
