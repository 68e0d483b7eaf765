"""What the script of the page sends: a small object of JSON."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Request

LARGEST_BODY = 16 * 1024
"""Bytes of what the script sends, at most."""


async def told_of(request: Request) -> dict[str, Any]:
    """The JSON object that the script sent; nothing in it where it is none, or too large."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            return {}
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
