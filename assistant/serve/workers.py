"""The same server in several processes: they listen on one socket, count together, and one that dies is replaced.

Nothing is handed from one to another: each opens the index, and reads the file
of keys, for itself. What does keep something between two requests, the chat
page, is not served so.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.types import ASGIApp
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from assistant.listening import address_of
from assistant.serve.keys import Keyring
from assistant.serve.live import Live
from assistant.serve.measured import Measured, counted_together, forget
from assistant.serve.server import bound, configuration, gated, log_to_stderr
from assistant.terminal import tell_problem
from ingest.engine import EMBEDDED, for_several
from ingest.errors import BadSettings, WenjuError
from ingest.index import read_manifest
from ingest.settings import Settings

ANSWERS_IN = 15
"""Seconds in which a process that is well answers the one that watches over it."""
log = logging.getLogger("wenju.serve")


@dataclass(frozen=True, slots=True)
class Interface:
    """What each process serves; it is made there. `counts` is the folder in which they count together."""

    settings: Settings
    keys: Keyring | None
    mcp: bool
    counts: Path
    first: bool = False
    """Whether it is to tell what is wrong with the index, and not to start for it. Later every request is told."""

    def __call__(self) -> ASGIApp:
        """The web application."""
        _end_with_parent()
        log_to_stderr()
        live = Live(self.settings)
        try:
            lacking = live.lacking()
        except WenjuError as exc:
            if self.first:
                tell_problem(exc)
                sys.exit(STARTUP_FAILURE)
        else:
            if self.first and lacking:
                print(lacking, file=sys.stderr)
        return gated(live, self.settings, self.keys, mcp=self.mcp, measured=Measured(self.counts))


def _end_with_parent() -> None:
    """Have this process end in good order when the one that watches over it was killed."""

    def wait() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
            os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True, name="parent").start()


class Workers(Multiprocess):
    """Starts the processes and watches over them; says on stdout, once, that all answer.

    The first one opens the index, which may have to be repaired, before the others are started.
    """

    def __init__(self, interface: Interface, own: socket.socket, number: int) -> None:
        super().__init__(configuration(interface, workers=number, watched_every=ANSWERS_IN), [own])
        first = replace(interface, first=True)
        self._first = configuration(first, workers=number, watched_every=ANSWERS_IN)
        # Why one could not be started it has told itself.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self._counts = interface.counts
        self._ready = False
        self._known: dict[int, Process] = {}

    @property
    def failed(self) -> bool:
        """Whether they ended because one of them could not be started."""
        return any(p.exitcode == STARTUP_FAILURE for p in self.processes)

    def init_processes(self) -> None:
        """Start the first."""
        first = Process(self._first, self.sockets)
        first.start()
        self.processes.append(first)

    def keep_subprocess_alive(self) -> None:
        """Replace those that died or hang; start the others when the first is ready, and say when all are."""
        super().keep_subprocess_alive()
        self._note_the_dead()
        if self._ready or self.should_exit.is_set() or not all(p.is_ready() for p in self.processes):
            return
        if len(self.processes) == self.processes_num:
            self._ready = True
            print(f"Wenju is ready: {address_of(self.sockets[0])}", flush=True)
        while len(self.processes) < self.processes_num:
            another = Process(self.config, self.sockets)
            another.start()
            self.processes.append(another)

    def _note_the_dead(self) -> None:
        now = {p.pid: p for p in self.processes if p.pid is not None}
        for pid in self._known.keys() - now.keys():
            forget(pid, self._counts)
            told = {"at": round(time.time(), 3), "process": pid, "ended": self._known[pid].exitcode, "replaced": True}
            log.warning(json.dumps(told))
        self._known = now

    def handle_hup(self) -> None:
        """End, as one process does when its terminal is closed."""
        self.should_exit.set()

    def terminate_all(self) -> None:
        """Have all end in good order. Who comes now is turned away at once, and does not wait at a door that stays shut."""
        for own in self.sockets:
            own.close()
        super().terminate_all()


def serve(settings: Settings, host: str, port: int, number: int, *, mcp: bool = False) -> None:
    """Serve the index of the settings in so many processes until Ctrl-C; port 0 takes any free one.

    Raises BadSettings as `assistant.serve.server.serve` does, and for an index that one process may open at a time. Exits with 2 for an index that cannot be used.
    """
    manifest = read_manifest(settings.index)
    if not for_several(settings.index_url or (manifest.url if manifest else EMBEDDED)):
        raise BadSettings(
            f"{settings.index}: is searched in a file of Milvus Lite, which one process opens at a time",
            "leave out --workers; or wenju migrate --to '' has it searched in its folder",
        )
    keys = Keyring(settings.keys) if settings.keys else None
    log_to_stderr()
    with bound(host, port, keys is not None) as own, counted_together() as counts:
        workers = Workers(Interface(settings, keys, mcp, counts), own, number)
        workers.run()
        if workers.failed:
            sys.exit(2)
