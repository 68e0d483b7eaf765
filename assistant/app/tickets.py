"""Which questions are still wanted: the page gives each a ticket, and may stop it or turn to something else.

Gradio can cancel an event, too. It then draws an error over the conversation where
the cancelled event ends before its stream does, and forgets a question that comes
while the old stream closes. A question that is not wanted any more ends by itself here.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

REMEMBERED = 10_000
"""Stopped questions that are remembered, in case they still wait in line."""


class Tickets:
    """The questions of all pages, each by its ticket. The empty ticket is one that is always wanted."""

    def __init__(self) -> None:
        self._begun: dict[str, bool] = {}
        """Those that are being answered, and whether their page still shows them."""
        self._stopped: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def begin(self, ticket: str) -> bool:
        """Whether a question is to be answered: not where it was stopped while it waited."""
        with self._lock:
            if ticket in self._stopped:
                return False
            if ticket:
                self._begun[ticket] = True
            return True

    def end(self, ticket: str) -> None:
        """Its answer is there."""
        with self._lock:
            self._begun.pop(ticket, None)

    def stop(self, ticket: str) -> None:
        """Nobody wants its answer any more."""
        with self._lock:
            self._stop(ticket)

    def leave(self, ticket: str) -> None:
        """Its page shows something else. What is being answered is answered to its end, what waits in line is not."""
        with self._lock:
            if ticket in self._begun:
                self._begun[ticket] = False
            else:
                self._stop(ticket)

    def wanted(self, ticket: str) -> bool:
        """Whether somebody will read its answer, now or later."""
        return ticket not in self._stopped

    def shown(self, ticket: str) -> bool:
        """Whether its page shows the answer."""
        return self.wanted(ticket) and self._begun.get(ticket, True)

    def _stop(self, ticket: str) -> None:
        if ticket:
            self._stopped[ticket] = None
        while len(self._stopped) > REMEMBERED:
            self._stopped.popitem(last=False)
