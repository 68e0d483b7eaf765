"""Patience with a server, and its end: what fails is tried again, and a server that is gone is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from ingest.errors import IndexUnreachable

T = TypeVar("T")
PAUSES = (0.1, 0.4, 1.6)
"""Seconds before a call is tried again."""
LONG = 5.0
"""Seconds after which a call is not tried again: who hangs once would hang every time, and somebody waits."""
REST = 5.0
"""Seconds for which a server that was not reached is asked nothing."""


class Circuit:
    """Calls a server. Safe to use from several threads.

    A call that raises IndexUnreachable is tried again after each of the
    `pauses`, unless it took LONG. When it has failed every time the circuit opens: for `rest`
    seconds all calls fail at once, then one is let through, without patience,
    to see.
    """

    def __init__(
        self,
        where: str,
        pauses: Sequence[float] = PAUSES,
        rest: float = REST,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._where = where
        self._pauses, self._rest = pauses, rest
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._until: float | None = None

    def call(self, work: Callable[[], T]) -> T:
        """What the work gives. Raises IndexUnreachable when the server is not reached; other errors as they are."""
        patience = self._patience()
        while True:
            began = self._clock()
            try:
                done = work()
            except IndexUnreachable:
                if not patience or self._clock() - began >= LONG:
                    with self._lock:
                        self._until = self._clock() + self._rest
                    raise
            else:
                with self._lock:
                    self._until = None
                return done
            self._sleep(patience.pop(0))

    def _patience(self) -> list[float]:
        """The pauses that a call may make. Raises IndexUnreachable while the circuit is open."""
        with self._lock:
            if self._until is None:
                return list(self._pauses)
            left = self._until - self._clock()
            if left > 0:
                raise unreachable(self._where, f"asked again in {max(1, round(left))} s")
            # Whoever comes first sees; the others are told to wait for what comes of it.
            self._until = self._clock() + self._rest
            return []


def unreachable(where: str, why: object) -> IndexUnreachable:
    """The error for a server that was not reached, or gave no answer."""
    said = (str(why) or type(why).__name__).splitlines()[0][:200]
    return IndexUnreachable(
        f"{where}: not reached ({said})", "start the server, or correct WENJU_INDEX_URL; the catalog has lost nothing"
    )
