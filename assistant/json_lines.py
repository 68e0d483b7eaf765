"""Files of questions: JSON, one object a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.errors import BadCases


def json_lines(file: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file that hold something, with their numbers from 1. Raises BadCases when it is no text.

    Only a line feed ends a line: the other separators of Unicode may stand inside a JSON text.
    """
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise BadCases(f"{file}: {exc}", "give a JSON-lines file in UTF-8") from exc
    yield from ((n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip())
