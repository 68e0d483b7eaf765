"""The threads that answer: order, time, and the end of the line."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from assistant.serve.crew import Crew
from assistant.serve.refusal import Refused


def test_what_is_worked_out_is_given() -> None:
    """The result, or the error, of the work in its thread."""

    async def both() -> int:
        crew = Crew(2, 2, 10)
        with pytest.raises(ZeroDivisionError):
            await crew.do(lambda: 1 // 0)
        return await crew.do(lambda: 42)

    assert asyncio.run(both()) == 42


def test_steps_come_in_their_order_and_an_error_after_them() -> None:
    """What was given before an error is given all the same."""

    def three() -> Iterator[int]:
        yield from (1, 2, 3)
        raise KeyError("later")

    async def collect() -> list[int]:
        crew = Crew(1, 0, 10)
        steps = crew.each(three)
        got = [await anext(steps) for _ in range(3)]
        with pytest.raises(KeyError):
            await anext(steps)
        return got

    assert asyncio.run(collect()) == [1, 2, 3]


def test_who_comes_too_late_is_turned_away() -> None:
    """Beyond those at work and those in line nobody is taken, until one is done."""

    async def crowd() -> list[int]:
        crew, done = Crew(1, 1, 10), threading.Event()
        waiting = [asyncio.create_task(crew.do(done.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Refused) as refused:
            await crew.do(int)
        done.set()
        await asyncio.gather(*waiting)
        return [refused.value.status, await crew.do(lambda: 7)]

    assert asyncio.run(crowd()) == [503, 7]


def test_who_waits_too_long_is_told_and_the_thread_is_not_given_away() -> None:
    """Work that goes on keeps its place, so that slow questions cannot pile up threads."""

    async def slow() -> tuple[int, int]:
        crew, done = Crew(1, 0, 0.05), threading.Event()
        with pytest.raises(Refused) as late:
            await crew.do(done.wait)
        with pytest.raises(Refused) as full:
            await crew.do(int)
        done.set()
        return late.value.status, full.value.status

    assert asyncio.run(slow()) == (504, 503)


def test_steps_that_take_too_long_end() -> None:
    """The time counts for all steps together, and what was given stays."""
    done = threading.Event()

    def two() -> Iterator[int]:
        yield 1
        done.wait()
        yield 2

    async def collect() -> list[int]:
        steps = Crew(1, 0, 0.2).each(two)
        got = [await anext(steps)]
        with pytest.raises(Refused) as late:
            await anext(steps)
        assert late.value.status == 504
        done.set()
        return got

    assert asyncio.run(collect()) == [1]


def test_who_goes_away_is_worked_for_no_longer() -> None:
    """The steps behind the one that was under way are not worked out."""
    made: list[int] = []
    go = threading.Event()

    def endless() -> Iterator[int]:
        for n in range(1000):
            made.append(n)
            yield n
            go.wait()

    async def leave() -> None:
        crew = Crew(1, 0, 10)
        steps = crew.each(endless)
        await anext(steps)
        await steps.aclose()  # type: ignore[attr-defined]
        go.set()
        while True:
            try:
                await crew.do(int)
                break
            except Refused:
                await asyncio.sleep(0.001)

    asyncio.run(leave())
    assert len(made) <= 2
