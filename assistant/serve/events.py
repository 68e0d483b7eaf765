"""Server-sent events."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus

from starlette.responses import StreamingResponse

from assistant.answer import Event
from assistant.serve.refusal import Refused, refused
from ingest.errors import WenjuError


def sent(data: object, name: str = "") -> str:
    """One event; without a name the receiver calls it a message."""
    told = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return (f"event: {name}\n" if name else "") + f"data: {told}\n\n"


async def streamed(
    steps: AsyncIterator[Event], told: Callable[[Event], str], failed: Callable[[Refused], str], end: str = ""
) -> StreamingResponse:
    """The steps of an answer, each as it is there, then `end`.

    What goes wrong before the first one is raised, so that the response has the
    right status; later it can only be told as the last event.
    """
    first = await anext(steps)

    async def body() -> AsyncIterator[str]:
        try:
            yield told(first)
            async for step in steps:
                yield told(step)
        except Refused as exc:
            yield failed(exc)
        except WenjuError as exc:
            yield failed(refused(exc))
        yield end

    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(body(), HTTPStatus.OK, headers, media_type="text/event-stream")
