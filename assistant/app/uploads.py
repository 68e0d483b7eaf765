"""The files that readers bring: each reader's in a folder and an index of their own, apart from the shared one.

    UPLOADS/
        3f9a…/                  one collection; its name is a hash of its owner
            owner.json          whose it is
            files/own-3f9a…/    the files, by the names that they were brought by
            index/              their index, made by the same ingest as the shared one

What lies in `files` is the truth. An index is brought up to date with it by one
thread, after each file that came or went, and after a start of the process
whenever it does not agree with it: so a process may end at any moment.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from assistant.app.own import FOLDER, collection_of
from assistant.retrieve import Retriever
from assistant.visible import HIDDEN
from ingest.embed import Embedder
from ingest.errors import IndexProblem, WenjuError
from ingest.index import open_index, read_manifest
from ingest.listing import Listed
from ingest.pipeline import IngestReport, ingest
from ingest.read.formats import READERS
from ingest.settings import Settings

State = Literal["waiting", "reading", "ready", "failed"]
LONGEST_NAME = 80
"""Characters of a file's name, without its ending."""
FORGOTTEN = 14 * 24 * 3600
"""Seconds after which the files of a browser that nobody signed in with, and that did not come back, are removed."""
COMING = 3600
"""Seconds after which a file that did not come whole is removed."""
PATIENCE = 10
"""Seconds that are waited for a file to be forgotten."""
OPEN = 24
"""Collections whose indexes are held open: each takes a few threads and files."""
RETIRED = 60
"""Seconds for which an index that is not used any more stays open for questions that are under way."""
UPLOADS = "uploads"
"""The folder of all collections, beside the conversations."""
OWNER = "owner.json"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reader may bring: bytes of a file, how many files, and bytes in all."""

    file: int = 20 * 2**20
    files: int = 30
    all: int = 200 * 2**20


def limits_of(settings: Settings) -> Limits:
    """The limits that are set: bytes of a file."""
    return Limits(file=settings.upload_mb * 2**20, all=max(200, 2 * settings.upload_mb) * 2**20)


class TooMuch(WenjuError):
    """A file that is not taken: `kind` is "size", "files", "all", "type", "name" or "nobody"."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that a reader brought: how far it is, what went wrong, and its line of the index when it is ready."""

    name: str
    size: int
    state: State
    problem: str = ""
    listed: Listed | None = None


@dataclass(slots=True)
class _Held:
    """What this process knows of a collection."""

    failures: dict[str, str] = field(default_factory=dict)
    retriever: Retriever | None = None
    working: bool = False
    waiting: Future[None] | None = None
    looked_at: bool = False
    used: float = 0.0


class Uploads:
    """The collections of all readers. Safe to use from several threads.

    An owner is any text that nobody else can give: who signed in, or a token of
    a browser. The empty one owns nothing.
    """

    def __init__(
        self, folder: Path, settings: Settings, embedder: Callable[[], Embedder], limits: Limits | None = None
    ) -> None:
        """`embedder` gives the model of the shared index, when it is first needed."""
        self.folder = folder
        self.limits = limits or Limits()
        self._settings = settings.model_copy(update={"workers": 1, "index_url": ""})
        self._embedder = embedder
        self._lock = threading.RLock()
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._retired: list[tuple[float, Retriever]] = []
        self.worker = ThreadPoolExecutor(1, thread_name_prefix="ingest")
        """One file is read at a time, whoever brought it; the shared index is written to by it as well."""

    def close(self) -> None:
        """Begin nothing any more."""
        self.worker.shutdown(wait=False, cancel_futures=True)

    def files(self, owner: str) -> list[Brought]:
        """What an owner brought, by name."""
        if not owner or not (folder := self._files(owner)).is_dir():
            return []
        held = self._of(owner)
        listed = {PurePosixPath(d.path).name: d for d in held.retriever.documents()} if held.retriever else {}
        return [self._brought(file, held, listed.get(file.name)) for file in sorted(folder.iterdir()) if file.is_file()]

    def _brought(self, file: Path, held: _Held, listed: Listed | None) -> Brought:
        problem = held.failures.get(file.name, "")
        state: State = "failed" if problem else "ready" if listed else "reading" if held.working else "waiting"
        return Brought(file.name, file.stat().st_size, state, problem, listed)

    def file(self, owner: str, name: str) -> Path | None:
        """A file that an owner brought; None where there is none of that name."""
        return next((self._files(owner) / f.name for f in self.files(owner) if f.name == name), None)

    def retriever(self, owner: str) -> Retriever | None:
        """The index of what an owner brought; None while nothing of it can be asked about."""
        if not owner or not self._files(owner).is_dir():
            return None
        found = self._of(owner).retriever
        return found if found is not None and len(found) else None

    def take(self, owner: str, name: str, coming: Path) -> str:
        """Take a file in, which must lie on the disk of the uploads and is moved from there; the name that it goes by.

        Raises TooMuch for what is not taken, with the reason.
        """
        stored = self.allowed(owner, name)
        self._check_room(owner, stored, coming.stat().st_size)
        home = self._home(owner)
        self._files(owner).mkdir(parents=True, exist_ok=True)
        if not (home / OWNER).exists():
            (home / OWNER).write_text(json.dumps({"owner": owner}, ensure_ascii=False), "utf-8")
        coming.replace(self._files(owner) / stored)
        with self._lock:
            self._of(owner).failures.pop(stored, None)
        self._update(owner)
        return stored

    def allowed(self, owner: str, name: str) -> str:
        """The name by which a file would be taken in. Raises TooMuch."""
        if not owner:
            raise TooMuch("nobody", "nobody is known to whom the file would belong")
        stored = storable(name)
        if not stored:
            raise TooMuch("name", f"{name!r}: no name for a file")
        if PurePosixPath(stored).suffix.lower() not in READERS:
            raise TooMuch("type", f"{stored}: files of this kind are not read")
        self._check_room(owner, stored, 0)
        return stored

    def _check_room(self, owner: str, name: str, size: int) -> None:
        others = [f for f in self.files(owner) if f.name != name]
        if size > self.limits.file:
            raise TooMuch("size", f"{name}: larger than {self.limits.file} bytes")
        if len(others) >= self.limits.files:
            raise TooMuch("files", f"{name}: there are {len(others)} files already")
        if sum(f.size for f in others) + size > self.limits.all:
            raise TooMuch("all", f"{name}: the files would be larger than {self.limits.all} bytes together")

    def remove(self, owner: str, name: str) -> bool:
        """Forget a file and all that is known of it, at once unless others' files are being read; whether there was such a one."""
        found = self.file(owner, name)
        if found is None:
            return False
        found.unlink()
        with self._lock:
            self._of(owner).failures.pop(name, None)
        with suppress(FutureTimeout):
            self._update(owner).result(PATIENCE)
        return True

    def tidy(self, users: Collection[str] | None, now: float | None = None) -> None:
        """Remove the collections of browsers that were long not seen and of users that are no more.

        `users` are the owners there are; None where nobody signs in: then those of users stay.
        """
        now = time.time() if now is None else now
        for left in self.folder.glob("coming-*"):
            if now - left.stat().st_mtime > COMING:
                left.unlink(missing_ok=True)
        for told in self.folder.glob(f"*/{OWNER}"):
            try:
                owner = str(json.loads(told.read_text("utf-8"))["owner"])
            except (OSError, ValueError, KeyError, TypeError):
                continue
            signed_in = owner.startswith(SIGNED_IN)
            gone = users is not None and owner not in users if signed_in else now - told.stat().st_mtime > FORGOTTEN
            if gone:
                with self._lock:
                    self._retire(self._held.pop(told.parent.name, None))
                shutil.rmtree(told.parent, ignore_errors=True)

    def wait(self) -> None:
        """Return when all that came so far has been read. For scripts and tests."""
        self.worker.submit(lambda: None).result()

    def _home(self, owner: str) -> Path:
        return self.folder / collection_of(owner)

    def _files(self, owner: str) -> Path:
        return self._home(owner) / "files" / FOLDER.format(collection_of(owner))

    def _of(self, owner: str) -> _Held:
        """What is known of a collection that is there; its index is opened, and made when it does not agree with its files."""
        name = collection_of(owner)
        with self._lock:
            held = self._held.setdefault(name, _Held())
            self._held.move_to_end(name)
            held.used = time.monotonic()
            if held.looked_at or not self._files(owner).is_dir():
                return held
            held.looked_at = True
            with suppress(OSError):
                os.utime(self._home(owner) / OWNER)
            with suppress(IndexProblem):
                held.retriever = self._opened(owner)
            there = {d.path.rpartition("/")[2] for d in held.retriever.documents()} if held.retriever else set()
            if there != {f.name for f in self._files(owner).iterdir()}:
                self._update(owner)
            self._let_go()
            return held

    def _opened(self, owner: str) -> Retriever | None:
        folder = self._home(owner) / "index"
        if read_manifest(folder) is None:
            return None
        embedder = self._embedder()
        return Retriever(open_index(folder, embedder.identity), embedder)

    def _update(self, owner: str) -> Future[None]:
        """Have the index brought up to date with the files, once for all that is waiting."""
        with self._lock:
            held = self._held.setdefault(collection_of(owner), _Held(looked_at=True))
            held.looked_at = True
            if held.waiting is None:
                held.waiting = self.worker.submit(self._bring_up_to_date, owner)
            return held.waiting

    def _bring_up_to_date(self, owner: str) -> None:
        with self._lock:
            held = self._held.setdefault(collection_of(owner), _Held(looked_at=True))
            held.waiting, held.working = None, True
        try:
            failures = {f.path.rpartition("/")[2]: _problem(f.error, f.advice) for f in self._ingest(owner).failed}
        except WenjuError as exc:
            failures = {f.name: _problem(str(exc), exc.advice) for f in self._files(owner).glob("*")}
        opened = None
        with suppress(IndexProblem):
            opened = self._opened(owner)
        with self._lock:
            self._retire(held)
            held.failures, held.retriever, held.working = failures, opened, False
            self._let_go()

    def _ingest(self, owner: str) -> IngestReport:
        files, index = self._home(owner) / "files", self._home(owner) / "index"
        try:
            return ingest([files], index, self._settings, self._embedder(), prune=True)
        except IndexProblem:  # made with another model, or damaged: the files are there to make it anew
            return ingest([files], index, self._settings, self._embedder(), prune=True, rebuild=True)

    def _retire(self, held: _Held | None) -> None:
        if held is not None and held.retriever is not None:
            self._retired.append((time.monotonic(), held.retriever))

    def _let_go(self) -> None:
        """Close what is not used any more, and what was not used for longest where too much is open."""
        now = time.monotonic()
        opened = [(name, h) for name, h in self._held.items() if h.retriever is not None and not h.working]
        for name, held in opened[: max(0, len(opened) - OPEN)]:
            self._retire(self._held.pop(name))
            held.looked_at = False
        for _, retriever in (r for r in self._retired if now - r[0] > RETIRED):
            retriever.index.close()
        self._retired = [r for r in self._retired if now - r[0] <= RETIRED]


SIGNED_IN = "user:"
"""How the owner begins who signed in; what follows is their name."""


def _problem(what: str, advice: str) -> str:
    return f"{what} → {advice}" if advice else what


def storable(name: str) -> str:
    """The name of a file that came from elsewhere, as it is stored: no folder, nothing hidden, not too long; empty for none."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = HIDDEN.sub("", last).replace("\t", " ").replace("\n", " ").strip().lstrip(".")
    path = PurePosixPath(plain)
    return path.stem[:LONGEST_NAME].rstrip() + path.suffix if path.suffix and path.stem else ""
