"""A document's text around a range, as those who check a citation want it."""

from __future__ import annotations

from assistant.serve.shapes import Source
from ingest.document import Document, Span


def source_of(document: Document, span: Span, around: int) -> Source:
    """Raw characters of a document, up to `around` more on either side, and the same cleaned.

    Raises ValueError for a range that the document does not have.
    """
    raw = document.raw
    if span.end > len(raw):
        raise ValueError(f"{document.path} has {len(raw)} characters, none at {span.end}")
    return Source(
        document=document.path,
        title=document.title,
        page=document.page_at(span.start),
        start=span.start,
        end=span.end,
        before=raw[max(0, span.start - around) : span.start],
        raw=span.of(raw),
        after=raw[span.end : span.end + around],
        quote=document.view.within(span),
    )
