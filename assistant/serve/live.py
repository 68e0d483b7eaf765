"""The assistant over the index as it is now: opened when there is one, and again when it was changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from assistant.answer import Assistant
from assistant.retrieve import Retriever
from assistant.serve.unopened import Unopened
from assistant.write import Writer
from ingest.errors import IndexMissing, IndexProblem, IndexUnreachable, WenjuError
from ingest.index import Index, is_written
from ingest.settings import Settings

PAUSE = 1.0
"""Seconds between two looks at an index."""


class Live:
    """Hands out the assistant over an index. Safe to use from several threads.

    Whoever asks while another thread opens the index anew is given the one from before.
    """

    def __init__(self, settings: Settings, pause: float = PAUSE, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._writer = Writer.of(settings)
        self._pause, self._clock = pause, clock
        self._looking = threading.Lock()
        self._next = clock()
        self._open: tuple[Assistant, Index] | None = None
        self._problem: WenjuError = IndexProblem("the index was not opened yet")
        self._none_yet = Assistant(Unopened(self.assistant), self._writer)
        self.opened = 0
        self._tell: Callable[[int], None] = lambda times: None

    def tell_openings(self, tell: Callable[[int], None]) -> None:
        """Have it told how often the index was opened: now, and whenever it is."""
        self._tell = tell
        tell(self.opened)

    def assistant(self) -> Assistant:
        """The assistant over the index. Raises IndexMissing and other IndexProblems while there is none."""
        # Who comes first waits for the index to be opened; later there is always one to go on with.
        if self._looking.acquire(blocking=self._open is None):
            try:
                if self._clock() >= self._next:
                    self._next = self._clock() + self._pause
                    self._look()
            finally:
                self._looking.release()
        if self._open is None:
            raise type(self._problem)(str(self._problem), self._problem.advice)
        return self._open[0]

    def or_none_yet(self) -> Assistant:
        """The assistant over the index; while there is none, or its server does not answer, one without a report that tells so when it is asked."""
        try:
            return self.assistant()
        except (IndexMissing, IndexUnreachable):
            return self._none_yet

    def lacking(self) -> str:
        """What to tell who starts a server without an index, or without the server that keeps a part of it; empty where there is one.

        Raises other IndexProblems.
        """
        try:
            self.assistant()
        except (IndexMissing, IndexUnreachable) as exc:
            return f"note: {exc}; until then no question is answered → {exc.advice}"
        return ""

    def _look(self) -> None:
        # What another process has written by now is half of what is coming.
        if self._open is not None and (self._open[1].is_current() or is_written(self._settings.index)):
            return
        try:
            retriever = Retriever.open(self._settings.index, self._settings)
        except WenjuError as exc:
            # What is open stays so: it may be in the middle of being made anew.
            self._problem = exc
            return
        assistant = Assistant(retriever, self._writer)
        assistant.warm_up()
        self._open = assistant, retriever.index
        self.opened += 1
        self._tell(self.opened)
