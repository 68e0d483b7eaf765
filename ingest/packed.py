"""Documents as the blobs and the JSON that the catalog keeps."""

from __future__ import annotations

import json
import zlib

import numpy as np
import numpy.typing as npt

from ingest.document import Document


def notes(document: Document) -> str:
    """What a document tells beside its texts and what is listed of it (see `ingest.listing`), as JSON."""
    return json.dumps(
        {
            "characters": len(document.raw),
            "pages": [(p.label, p.span.start, p.span.end) for p in document.pages],
            "blocks": [(b.kind, b.span.start, b.span.end, b.level) for b in document.blocks],
            "cleaned": document.cleaned,
            "repaired": [(s.start, s.end) for s in document.repaired],
            "damaged": [(s.start, s.end) for s in document.damaged],
            "warnings": document.warnings,
        },
        ensure_ascii=False,
    )


def packed_text(text: str) -> bytes:
    """A text for a blob."""
    return zlib.compress(text.encode("utf-8"), 1)


def unpacked_text(blob: bytes) -> str:
    """The text of a blob."""
    return zlib.decompress(blob).decode("utf-8")


def packed_offsets(offsets: npt.NDArray[np.int32]) -> bytes:
    """Offsets, of shape (characters,), for a blob."""
    # Steps between neighbours are nearly all 1, which packs to almost nothing.
    return zlib.compress(np.diff(offsets, prepend=np.int32(0)).astype(np.int32).tobytes(), 1)


def unpacked_offsets(blob: bytes) -> npt.NDArray[np.int32]:
    """The offsets of a blob."""
    return np.cumsum(np.frombuffer(zlib.decompress(blob), np.int32), dtype=np.int32)
