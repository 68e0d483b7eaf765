"""Which questions are still wanted."""

from __future__ import annotations

import pytest

from assistant.app import tickets
from assistant.app.tickets import Tickets


def test_a_question_that_was_stopped_in_line_is_not_begun() -> None:
    """Its turn may come long after."""
    line = Tickets()
    line.stop("一")
    assert not line.begin("一")
    assert not line.wanted("一")
    assert line.begin("二")


def test_a_stopped_answer_is_neither_wanted_nor_shown() -> None:
    """Whatever else is asked is."""
    line = Tickets()
    line.begin("一")
    line.begin("二")
    line.stop("一")
    assert (line.wanted("一"), line.shown("一")) == (False, False)
    assert (line.wanted("二"), line.shown("二")) == (True, True)


def test_what_is_left_while_it_is_answered_is_wanted_and_not_shown() -> None:
    """The page shows something else, and its reader may come back."""
    line = Tickets()
    line.begin("一")
    line.leave("一")
    assert (line.wanted("一"), line.shown("一")) == (True, False)


def test_what_is_left_in_line_is_stopped() -> None:
    """Its question still stands in the box."""
    line = Tickets()
    line.leave("一")
    assert not line.begin("一")


def test_who_gives_no_ticket_is_answered() -> None:
    """Nothing stops all that come without one."""
    line = Tickets()
    line.stop("")
    line.leave("")
    assert line.begin("")
    assert line.shown("")


def test_not_everything_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest are forgotten."""
    monkeypatch.setattr(tickets, "REMEMBERED", 2)
    line = Tickets()
    for ticket in "一二三":
        line.stop(ticket)
    assert [line.wanted(ticket) for ticket in "一二三"] == [True, False, False]
