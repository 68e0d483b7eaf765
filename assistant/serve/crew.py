"""Threads that answer questions for the server, with a time for each and an end to the line before them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from typing import TypeVar

from assistant.serve.refusal import Refused

T = TypeVar("T")


class Crew:
    """Works in threads for those who wait in an event loop.

    `at_once` requests are worked on, `waiting` more stand in line, others are
    turned away. Who has waited for `seconds` is told so; the thread ends its
    work all the same and its place is taken until then.
    """

    def __init__(self, at_once: int, waiting: int, seconds: float) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="wenju")
        self._places = at_once + waiting
        self._seconds = seconds
        self._lock = threading.Lock()
        self._taken = 0

    async def do(self, work: Callable[[], T]) -> T:
        """What `work` gives. Raises Refused when it takes too long, or when too many wait."""
        future = asyncio.wrap_future(self._begin(work))
        try:
            return await asyncio.wait_for(future, self._seconds)
        except TimeoutError as exc:
            raise self._too_long() from exc

    async def each(self, work: Callable[[], Iterator[T]]) -> AsyncIterator[T]:
        """What `work` gives, one after the other, as it is there. Raises Refused as `do` does.

        Nothing more is worked on when the reader goes away.
        """
        loop = asyncio.get_running_loop()
        ready: asyncio.Queue[tuple[T] | None] = asyncio.Queue()
        left = threading.Event()

        def hand(item: tuple[T] | None) -> None:
            # The loop may have ended before the thread.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(ready.put_nowait, item)

        def run() -> None:
            for item in work():
                if left.is_set():
                    break
                hand((item,))

        future = self._begin(run)
        future.add_done_callback(lambda _: hand(None))
        end = loop.time() + self._seconds
        try:
            while (item := await asyncio.wait_for(ready.get(), end - loop.time())) is not None:
                yield item[0]
            future.result()
        except TimeoutError as exc:
            raise self._too_long() from exc
        finally:
            left.set()
            future.cancel()

    def close(self) -> None:
        """Begin nothing any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _begin(self, work: Callable[[], T]) -> Future[T]:
        with self._lock:
            if self._taken >= self._places:
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "too many questions are waiting", "ask again in a moment")
            self._taken += 1
        future = self._threads.submit(work)
        future.add_done_callback(self._ended)
        return future

    def _ended(self, _: object) -> None:
        with self._lock:
            self._taken -= 1

    def _too_long(self) -> Refused:
        return Refused(
            HTTPStatus.GATEWAY_TIMEOUT,
            f"no answer within {self._seconds:g} seconds",
            "ask something shorter or again later; WENJU_SERVE_SECONDS gives more time",
        )
