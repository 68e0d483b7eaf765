"""Plain text: the characters as they are."""

from __future__ import annotations

from ingest.document import Document, Edit, View
from ingest.read.encoding import decode


def read_text(data: bytes, path: str) -> Document:
    """Read a text file in any encoding. A byte-order mark stays in raw and leaves the view."""
    decoded = decode(data, path)
    view = View.of(decoded.text)
    if decoded.text.startswith("\ufeff"):
        view = view.edit([Edit(0, 1)])
    return Document(
        path=path, format="txt", raw=decoded.text, view=view, encoding=decoded.encoding, warnings=decoded.warnings
    )
