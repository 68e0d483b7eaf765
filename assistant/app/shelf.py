"""What can be asked about: the shared index, and for each reader the files that they brought beside it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.answer import Assistant
from assistant.app.examples import Suggestions
from assistant.app.uploads import Uploads
from assistant.retrieve import Retriever
from ingest.errors import BadSettings, WenjuError
from ingest.index import added_folder, begin, writing
from ingest.listing import Listed
from ingest.pipeline import IngestReport, ingest
from ingest.settings import Settings

Deed = Literal["update", "again", "remove", "promote"]
PATIENCE = 10
"""Seconds that are waited for another process to end its writing."""
SEEN = 3.0
"""Seconds within which a changed index is opened anew."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is being done to the shared index, or was done last: to which document, how far, and what came of it.

    `problem` tells what went wrong; the counts are of documents.
    """

    deed: Deed
    path: str
    done: bool = False
    problem: str = ""
    added: int = 0
    replaced: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Shared:
    """The shared index as it is now."""

    assistant: Assistant
    listed: tuple[Listed, ...]
    passages: int


class Shelf:
    """Gives each reader an assistant over what they may ask about, and does to the shared index what an admin wants."""

    def __init__(self, shared: Callable[[], Assistant], uploads: Uploads, settings: Settings) -> None:
        """`shared` gives the assistant over the shared index as it is now."""
        self._open = shared
        self.uploads = uploads
        self.settings = settings
        self._lock = threading.Lock()
        self._shared: Shared | None = None
        self._both: dict[str, tuple[Assistant, Retriever, Assistant]] = {}
        self.work: Work | None = None
        self.suggestions = Suggestions()

    def shared(self) -> Shared:
        """The shared index. Its documents are listed once for each of its states: of thousands that takes a while."""
        assistant = self._open()
        with self._lock:
            if self._shared is None or self._shared.assistant is not assistant:
                listed = tuple(assistant.retriever.documents())
                self._shared = Shared(assistant, listed, sum(d.passages for d in listed))
            return self._shared

    def assistant(self, owner: str = "") -> Assistant:
        """An assistant over the shared index and what an owner brought."""
        shared, own = self._open(), self.uploads.retriever(owner)
        if own is None or not isinstance(shared.retriever, Retriever):  # there may be no index yet
            self._both.pop(owner, None)
            return shared
        known = self._both.get(owner)
        if known is None or known[0] is not shared or known[1] is not own:
            known = shared, own, shared.beside([own])
            self._both[owner] = known
        return known[2]

    def documents(self, owner: str = "") -> list[Listed]:
        """All documents that an owner may ask about."""
        own = self.uploads.retriever(owner)
        return [*self.shared().listed, *(own.documents() if own else ())]

    def order(self, deed: Deed, path: str = "", owner: str = "") -> bool:
        """Have something done to the shared index; whether it is begun. One thing is done at a time.

        `path` is a document of the index or, for "promote", the name of a file that `owner` brought.
        """
        with self._lock:
            if self.work is not None and not self.work.done:
                return False
            self.work = Work(deed, path)
        self.uploads.worker.submit(self._do, deed, path, owner)
        return True

    def _do(self, deed: Deed, path: str, owner: str) -> None:
        before = self._open()
        try:
            do = {"update": self._update, "again": self._again, "remove": self._remove}.get(deed, self._promote)
            told = do(path, owner)
            self._wait_to_see_it(before)
            counts = (
                {s: sum(f.status == s for f in told.files) for s in ("added", "replaced", "failed")} if told else {}
            )
            problem = " ".join(f"{f.error} → {f.advice}" for f in told.failed[:3]) if told else ""
            self.work = Work(deed, path, done=True, problem=problem, **counts)
        except WenjuError as exc:
            self.work = Work(deed, path, done=True, problem=f"{exc} → {exc.advice}", failed=1)
        except OSError as exc:
            self.work = Work(deed, path, done=True, problem=str(exc), failed=1)

    def _wait_to_see_it(self, before: Assistant) -> None:
        """Return when the index is opened as it is now: who looks at it next should see what was done."""
        ends = time.monotonic() + SEEN
        while self._open() is before and time.monotonic() < ends:
            time.sleep(SEEN / 20)

    def _retriever(self) -> Retriever:
        return indexed(self._open())

    def _ingest(self, paths: list[Path], again: frozenset[str] = frozenset()) -> IngestReport:
        return ingest(paths, self._retriever().index.folder, self.settings, self._retriever().embedder, again=again)

    def _update(self, path: str, owner: str) -> IngestReport:  # noqa: ARG002
        """Bring the index up to date with the folders that its documents came from."""
        roots = {d.root for d in self.shared().listed if d.root and Path(d.root).is_dir()}
        if not roots:
            raise BadSettings("none of the folders that were ingested is there", "wenju ingest FOLDER")
        return self._ingest([Path(r) for r in sorted(roots)])

    def _again(self, path: str, owner: str) -> IngestReport:  # noqa: ARG002
        """Read one document anew."""
        root = next((d.root for d in self.shared().listed if d.path == path), "")
        if not root or not Path(root, path).exists():
            raise BadSettings(f"{path}: its file is not where it was", "wenju ingest FOLDER")
        return self._ingest([Path(root)], frozenset([path]))

    def _remove(self, path: str, owner: str) -> None:  # noqa: ARG002
        """Take a document out of the index; its file stays."""
        folder = self._retriever().index.folder
        with writing(folder, PATIENCE):
            model = self._retriever().embedder.identity
            index = begin(folder, self.settings.fingerprint(), model, self.settings.index_url)
            try:
                index.store([], removed=[path])
            finally:
                index.close()

    def _promote(self, name: str, owner: str) -> IngestReport:
        """Take a file that an owner brought into the shared index; from then on it is everybody's."""
        file = self.uploads.file(owner, name)
        if file is None:
            raise BadSettings(f"{name}: no such file", "upload it again")
        folder = self._retriever().index.folder
        added = added_folder(folder)
        added.mkdir(exist_ok=True)
        shutil.copyfile(file, added / free_name(name, {d.path for d in self.shared().listed}))
        report = self._ingest([added])
        self.uploads.remove(owner, name)
        return report


def indexed(assistant: Assistant) -> Retriever:
    """What an assistant finds its passages by. Raises BadSettings where that is no index."""
    if not isinstance(assistant.retriever, Retriever):
        raise BadSettings("these texts are in no index", "wenju ingest FOLDER")
    return assistant.retriever


def free_name(name: str, taken: set[str]) -> str:
    """A file's name, with a number where a document goes by it already."""
    path, number = Path(name), 2
    while name in taken:
        name = f"{path.stem} ({number}){path.suffix}"
        number += 1
    return name
