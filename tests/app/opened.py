"""A shelf over an index, with a folder for what readers bring."""

from __future__ import annotations

from pathlib import Path

from assistant import Assistant
from assistant.app.shelf import Shelf, indexed
from assistant.app.uploads import Limits, Uploads
from ingest.settings import Settings

SETTINGS = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]


def shelf_over(assistant: Assistant, folder: Path, limits: Limits | None = None) -> Shelf:
    """A shelf whose shared index is an assistant's."""
    return Shelf(lambda: assistant, Uploads(folder, SETTINGS, lambda: indexed(assistant).embedder, limits), SETTINGS)
