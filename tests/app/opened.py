"""A library over an index, with a folder for what readers bring."""

from __future__ import annotations

from pathlib import Path

from assistant import Assistant
from assistant.app.library import Library, indexed
from assistant.app.uploads import Limits, Uploads
from ingest.settings import Settings

SETTINGS = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]


def library_over(assistant: Assistant, folder: Path, limits: Limits | None = None) -> Library:
    """A library whose shared index is an assistant's."""
    return Library(lambda: assistant, Uploads(folder, SETTINGS, lambda: indexed(assistant).embedder, limits), SETTINGS)
