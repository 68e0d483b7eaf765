"""The values that flow through an ingest: spans, views, documents and chunks.

A document is known in three coordinate systems. *Raw* are the characters as
decoded from the file; *clean* is raw without its noise; *folded* is clean in
one script, width and case. A `View` is a text that carries, for each of its
characters, the stretch of raw text it stands for, so that whatever is found in
a cleaned or folded text can be pointed at in the file it came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Offsets = npt.NDArray[np.int32]

FARTHEST = np.iinfo(np.int32).max
"""No offset is larger."""

BREAK = "\u2029"
"""PARAGRAPH SEPARATOR: stands in a clean text where a block was cut out, or
where a table, slide or section begins. No passage runs across it."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range ``[start, end)`` of characters."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def __reduce__(self) -> tuple[type[Span], tuple[int, int]]:
        # Thousands go between processes, and what dataclasses do for themselves takes ten times as long.
        return Span, (self.start, self.end)

    def __len__(self) -> int:
        return self.end - self.start

    def overlap(self, other: Span) -> int:
        """How many characters the two ranges share."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def of(self, text: str) -> str:
        """The characters of `text` in this range."""
        return text[self.start : self.end]


class Edit(NamedTuple):
    """Replace ``[start, end)`` of a view by `text`; an empty text deletes."""

    start: int
    end: int
    text: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """An immutable text that knows where in the raw text each character stands.

    `starts` and `ends` are int32 arrays as long as `text`: character ``i``
    stands for ``raw[starts[i]:ends[i]]``. Both never decrease.
    """

    text: str
    starts: Offsets
    ends: Offsets

    def __post_init__(self) -> None:
        if not len(self.text) == len(self.starts) == len(self.ends):
            raise ValueError(f"{len(self.text)} characters with {len(self.starts)} starts and {len(self.ends)} ends")

    @classmethod
    def of(cls, raw: str) -> View:
        """The view that changes nothing."""
        places = np.arange(len(raw) + 1, dtype=np.int32)
        return cls(raw, places[:-1], places[1:])

    def __len__(self) -> int:
        return len(self.text)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, View)
            and self.text == other.text
            and np.array_equal(self.starts, other.starts)
            and np.array_equal(self.ends, other.ends)
        )

    __hash__ = None  # type: ignore[assignment]

    def edit(self, edits: Iterable[Edit]) -> View:
        """Apply edits, given in this view's coordinates, and keep the map.

        Every character of a replacement stands for the whole stretch of raw
        text that was replaced. An insertion (an empty range) stands for the
        empty stretch between its neighbours.

        Raises ValueError when two edits overlap or one leaves the text.
        """
        ordered = sorted(edits)
        if not ordered:
            return self
        if not any(replacement for _, _, replacement in ordered):
            return self._without(ordered)
        edges = self._edges(ordered)
        lengths = np.array([len(replacement) for _, _, replacement in ordered])
        raw = np.array([(r.start, r.end) for r in map(self.behind, ordered)], np.int32)
        kept = _outside(edges, len(self.text))
        # Where the replacements stand in the new text: each is pushed by what those before it added or took.
        begins = (
            edges[:, 0] + np.cumsum(lengths - (edges[:, 1] - edges[:, 0])) - (lengths - (edges[:, 1] - edges[:, 0]))
        )
        own = _outside(np.stack([begins, begins + lengths], axis=1), int(kept.sum() + lengths.sum()))
        starts, ends = np.empty(len(own), np.int32), np.empty(len(own), np.int32)
        for made, old, put in ((starts, self.starts, raw[:, 0]), (ends, self.ends, raw[:, 1])):
            made[own] = old[kept]
            made[~own] = np.repeat(put, lengths)
        return View(self._spliced(ordered), starts, ends)

    def _without(self, cuts: Sequence[Edit]) -> View:
        """Apply deletions, sorted."""
        kept = _outside(self._edges(cuts), len(self.text))
        return View(self._spliced(cuts), self.starts[kept], self.ends[kept])

    def _edges(self, edits: Sequence[Edit]) -> npt.NDArray[np.int64]:
        """Where sorted edits start and end, shape (edits, 2). Raises ValueError when they overlap or leave the text."""
        edges = np.array([(start, end) for start, end, _ in edits], np.int64)
        flat = edges.ravel()
        if flat[0] < 0 or flat[-1] > len(self.text) or (np.diff(flat) < 0).any():
            raise ValueError("an edit overlaps another or leaves the text")
        return edges

    def _spliced(self, edits: Sequence[Edit]) -> str:
        pieces: list[str] = []
        done = 0
        for start, end, replacement in edits:
            pieces += (self.text[done:start], replacement)
            done = end
        return "".join((*pieces, self.text[done:]))

    def behind(self, edit: Edit) -> Span:
        """The raw range that an edit of this view replaces; for an insertion the empty one between its neighbours."""
        start, end = edit.start, edit.end
        if start < end:
            return self.span(start, end)
        if not start:
            return Span(0, 0)
        # Between two characters of one replacement, both of which stand for all of it.
        end = int(self.ends[start - 1])
        return Span(min(end, int(self.starts[start])) if start < len(self) else end, end)

    def span(self, start: int, end: int) -> Span:
        """The raw range behind characters ``[start, end)``, which must not be empty."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"[{start}, {end}) is not a stretch of {len(self.text)} characters")
        return Span(int(self.starts[start]), int(self.ends[end - 1]))

    def locate(self, raw: Span) -> Span:
        """The characters of this view that stand for something inside `raw`."""
        # For a number of another type numpy would convert the whole array first.
        start, end = (np.int32(min(place, FARTHEST)) for place in (raw.start, raw.end))
        first = int(self.ends.searchsorted(start, side="right"))
        last = int(self.starts.searchsorted(end, side="left"))
        return Span(first, max(first, last))

    def within(self, raw: Span) -> str:
        """The text of this view between two raw offsets."""
        return self.locate(raw).of(self.text)


def _outside(edges: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.bool_]:
    """Which of `size` places lie in none of the ranges of `edges`, shape (ranges, 2), sorted: one mask, no slices."""
    steps = np.zeros(size + 1, np.int8)
    # Ranges may touch, and empty ones may stand where others begin: their steps add up.
    np.add.at(steps, edges[:, 0], 1)
    np.add.at(steps, edges[:, 1], -1)
    return np.equal(np.cumsum(steps[:-1], dtype=np.int8), 0)


@dataclass(frozen=True, slots=True)
class Page:
    """A page, slide or sheet: its label and its raw range."""

    label: str
    span: Span


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of raw text whose role the format tells.

    A heading, with its level (1 is the title), or a table, whose first row is its head.
    """

    kind: Literal["heading", "table"]
    span: Span
    level: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """One report on its way through the stages.

    `path` is the path below the ingested folder, `/`-separated. `raw` are the
    characters as decoded; `view` is what the stages so far have made of them.
    `cleaned` counts, for each cleaner, the characters it took or put right.
    `root` is the folder it was found in, empty for a file that was named itself.
    `date` is ISO 8601, as precise as known: ``2023``, ``2023-03`` or ``2023-03-20``.
    """

    path: str
    format: str
    raw: str
    view: View
    sha256: str = ""
    encoding: str = "utf-8"
    title: str = ""
    pages: tuple[Page, ...] = ()
    blocks: tuple[Block, ...] = ()
    cleaned: tuple[tuple[str, int], ...] = ()
    repaired: tuple[Span, ...] = ()
    damaged: tuple[Span, ...] = ()
    warnings: tuple[str, ...] = ()
    publisher: str = ""
    date: str = ""
    root: str = ""

    def page_at(self, raw_offset: int) -> str:
        """The label of the page that holds a raw offset; empty where there are no pages."""
        return page_at(self.pages, raw_offset)


def page_at(pages: Sequence[Page], raw_offset: int) -> str:
    """The label of the page that holds a raw offset; empty where none does."""
    return next((p.label for p in pages if p.span.start <= raw_offset < p.span.end), "")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage: whole sentences of one document.

    `span` is its raw range, `clean` its range in the document's clean text and
    `text` the characters of that range. `heading` is the path of headings it
    stands under, joined by `` > ``.
    """

    span: Span
    clean: Span
    text: str
    page: str = ""
    heading: str = ""
    repaired: bool = False
    damaged: bool = False

    def __reduce__(self) -> tuple[type[Chunk], tuple[object, ...]]:
        return Chunk, (self.span, self.clean, self.text, self.page, self.heading, self.repaired, self.damaged)


class Sketch(NamedTuple):
    """What a text is known again by (see `ingest.duplicates`): `key` by its every letter, the others by the most of them.

    `signature` are MinHash values, `figures` the sorted hashes of its figures; both are uint32 arrays of one dimension.
    """

    key: bytes
    signature: npt.NDArray[np.uint32]
    figures: npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Passages:
    """A cleaned document with its chunks and all that an index keeps of them: stores need to look at no text.

    `terms` is for each chunk what it is found by, as a lexical index is given it
    (see `ingest.terms`). `sketch` is what the document is known again by, None
    for a text too short to be a report. `stamp` is that of its file, by which it
    is known not to have changed (see `ingest.changes`). `vectors` is a float32 array of shape
    (chunks, dimension), rows of length 1; None until they are embedded.
    """

    document: Document
    chunks: tuple[Chunk, ...]
    terms: tuple[str, ...]
    sketch: Sketch | None = field(compare=False)
    vectors: npt.NDArray[np.float32] | None = field(default=None, compare=False)
    stamp: str = ""

    def __post_init__(self) -> None:
        if len(self.terms) != len(self.chunks):
            raise ValueError(f"{self.document.path}: {len(self.chunks)} passages with the terms of {len(self.terms)}")
