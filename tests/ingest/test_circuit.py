"""Patience with a server that may come back."""

from __future__ import annotations

import pytest

from ingest.circuit import LONG, Circuit, unreachable
from ingest.errors import IndexProblem, IndexUnreachable


class Time:
    """A clock that goes on when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        """What it is."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.now += seconds


class Server:
    """Does not answer so many times."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.asked = 0

    def __call__(self) -> str:
        """Answer, or not."""
        self.asked += 1
        if self.asked <= self.failures:
            raise unreachable("chroma://far", "Connection refused")
        return "answer"


def circuit(time: Time) -> Circuit:
    return Circuit("chroma://far", pauses=(1, 2, 4), rest=30, clock=time, sleep=time.sleep)


@pytest.mark.parametrize("failures", [0, 1, 3])
def test_what_fails_a_few_times_is_tried_again_more_and_more_slowly(failures: int) -> None:
    """The caller gets the answer and hears of nothing."""
    time, server = Time(), Server(failures)
    assert circuit(time).call(server) == "answer"
    assert time.slept == [1, 2, 4][:failures]


def test_a_server_that_is_gone_is_left_alone_for_a_while() -> None:
    """After the last try calls fail at once and do not reach it; later one is let through, and then all."""
    time, server = Time(), Server(5)
    calls = circuit(time)
    with pytest.raises(IndexUnreachable, match="Connection refused"):
        calls.call(server)
    assert server.asked == 4
    with pytest.raises(IndexUnreachable, match="asked again in 30 s") as refused:
        calls.call(server)
    assert "WENJU_INDEX_URL" in refused.value.advice
    assert server.asked == 4
    time.now += 30
    with pytest.raises(IndexUnreachable):
        calls.call(server)
    assert server.asked == 5, "one try, without patience"
    with pytest.raises(IndexUnreachable, match="asked again"):
        calls.call(server)
    time.now += 30
    assert calls.call(server) == calls.call(server) == "answer"
    assert server.asked == 7


def test_who_hangs_is_not_waited_for_again() -> None:
    """A try that took long is the last one, whatever patience is left."""
    time = Time()
    calls = circuit(time)
    asked = 0

    def hang() -> str:
        nonlocal asked
        asked += 1
        time.now += LONG
        raise unreachable("chroma://far", "timed out")

    with pytest.raises(IndexUnreachable, match="timed out"):
        calls.call(hang)
    assert (asked, time.slept) == (1, [])
    with pytest.raises(IndexUnreachable, match="asked again"):
        calls.call(Server(0))


def test_while_one_looks_the_others_are_told_to_wait() -> None:
    """After the rest only the first caller tries."""
    time = Time()
    calls = circuit(time)
    with pytest.raises(IndexUnreachable):
        calls.call(Server(9))
    time.now += 31

    def look() -> str:
        with pytest.raises(IndexUnreachable, match="asked again"):
            calls.call(Server(0))
        return "answer"

    assert calls.call(look) == "answer"


def test_an_answer_that_says_no_is_no_failure_of_the_server() -> None:
    """Other errors come at once, and open nothing."""
    time = Time()
    calls = circuit(time)

    def refuse() -> str:
        raise IndexProblem("no such collection")

    for _ in range(5):
        with pytest.raises(IndexProblem, match="no such collection"):
            calls.call(refuse)
    assert time.slept == []
    assert calls.call(Server(0)) == "answer"
