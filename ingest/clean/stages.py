"""Clean a document: every cleaner in its order, each edit kept in the map and counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from ingest.clean.articles import find_articles, find_ends
from ingest.clean.boilerplate import find_boilerplate
from ingest.clean.breaks import find_breaks
from ingest.clean.contents import find_contents
from ingest.clean.emoji import find_emoji
from ingest.clean.foreign import find_foreign
from ingest.clean.headers import find_heads, find_pages, set_apart
from ingest.clean.learned import NOTHING, Boilerplate, find_learned
from ingest.clean.numbered import find_numbered
from ingest.clean.pinyin import find_pinyin
from ingest.clean.repeats import find_repeats
from ingest.clean.residue import find_residue
from ingest.clean.slipped import LOST, find_garbled, find_slipped
from ingest.clean.tables import find_tables
from ingest.document import BREAK, Block, Document, Edit, Span, View

Cleaner = Callable[[View], list[Edit]]

INSIDE: Mapping[str, Cleaner] = {
    "emoji": find_emoji,
    "slipped": find_slipped,
    "pinyin": find_pinyin,
    "residue": find_residue,
    "breaks": find_breaks,
    "pages": find_pages,
    "tables": find_tables,
}
"""Cleaners that take characters out of running text. They look at nothing but the
neighbours, so a stretch of raw text cleans to the same characters by itself as in its document.
A run of slipped bytes is mended as a whole: no passage begins inside one."""

BLOCKS: Mapping[str, Cleaner] = {"boilerplate": find_boilerplate, "contents": find_contents}
"""Cleaners that take whole blocks out. They weigh the document and leave a BREAK, which no passage crosses."""

OF_SCRAPES: Mapping[str, Cleaner] = {
    "foreign": find_foreign,
    "repeats": find_repeats,
}
"""Cleaners of blocks that a careful author may have meant: for documents in which another cleaner found noise."""

DAMAGE = re.compile(rf"{LOST}+|(?<=[A-Za-z]{{2}})\?(?=[a-z]+\b(?!=))|\?(?=[,，。、；])")
"""The mark of a loss, and question marks where nobody asks: inside a word, before another mark."""
PAGE_MARK = re.compile(r"_第\d+[页頁]$")
TITLE_LENGTH = 60
HEAD_LEVEL = 2
"""Heads of slides stand under the document's title."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a cleaner did in one place: the raw range, the characters it found there, and those it left instead.

    It found what the cleaners before it had left: of a leak between mended bytes, say, no reading.
    An insertion has an empty range.
    """

    cleaner: str
    raw: Span
    found: str
    left: str


Told = Callable[[str, View, Sequence[Edit]], None]
"""Told by each cleaner: its name, what it was given, its edits."""


def _untold(_cleaner: str, _view: View, _edits: Sequence[Edit]) -> None: ...


def trace(document: Document, learned: Boilerplate = NOTHING) -> tuple[Document, tuple[Change, ...]]:
    """A document cleaned, and every change that made it so, cleaner by cleaner in the order of their work."""
    changes: list[Change] = []

    def told(name: str, view: View, edits: Sequence[Edit]) -> None:
        changes.extend(Change(name, view.behind(e), view.text[e.start : e.end], e.text) for e in sorted(edits))

    return clean(document, learned, told), tuple(changes)


def clean(document: Document, learned: Boilerplate = NOTHING, told: Told = _untold) -> Document:
    """Take the noise out of a document; raw stays as it is. `learned` is what the corpus repeats."""
    view = document.view
    counts: dict[str, int] = {}
    repaired: tuple[Span, ...] = ()
    ends: list[Span] = []
    title = ""
    of_corpus: Mapping[str, Cleaner] = {"learned": partial(find_learned, boilerplate=learned)}
    for name, cleaner in {**INSIDE, **BLOCKS, **of_corpus, **OF_SCRAPES}.items():
        if name in OF_SCRAPES and not any(counts.values()):
            continue
        if name == "boilerplate":
            # Sites put the title into the head that this cleaner cuts.
            title = document.title or _first_line(view)
            ends = find_ends(view)
        edits = cleaner(view)
        told(name, view, edits)
        if name == "slipped":
            repaired = tuple(view.span(start, end) for start, end in _stretches(edits))
        view, counts[name] = _apply(view, edits)
    of_slides = find_heads(view) if any(counts.values()) else []
    heads = [Block("heading", view.span(h.start, h.end), HEAD_LEVEL) for h in of_slides]
    if any(counts.values()) and not heads:
        heads = find_numbered(view)
    apart = set_apart(view, [view.locate(h.span) for h in heads])
    told("headers", view, apart)
    view, counts["headers"] = _apply(view, apart)
    heads += find_articles(view, ends)
    return replace(
        document,
        view=view,
        title=tidy(title),
        cleaned=tuple((name, n) for name, n in counts.items() if n),
        blocks=tuple(sorted((*document.blocks, *heads), key=lambda block: block.span)) if heads else document.blocks,
        repaired=repaired,
        damaged=_damage(view),
    )


def _stretches(edits: list[Edit]) -> list[tuple[int, int]]:
    """The ranges of edits that follow each other without a gap."""
    stretches: list[tuple[int, int]] = []
    for edit in edits:
        if stretches and stretches[-1][1] == edit.start:
            stretches[-1] = (stretches[-1][0], edit.end)
        else:
            stretches.append((edit.start, edit.end))
    return stretches


def _damage(view: View) -> tuple[Span, ...]:
    """The raw ranges of what was lost or garbled and could not be put right."""
    if "?" not in view.text and LOST not in view.text:
        return ()
    places = [(m.start(), m.end()) for m in DAMAGE.finditer(view.text)]
    return tuple(sorted({view.span(start, end) for start, end in places + find_garbled(view.text)}))


def tidy(text: str) -> str:
    """A stretch of raw text without the noise inside it: what a citation's quotation must equal."""
    view = View.of(text)
    for cleaner in INSIDE.values():
        view = view.edit(cleaner(view))
    return view.text


def _apply(view: View, edits: list[Edit]) -> tuple[View, int]:
    return view.edit(edits), sum(e.end - e.start or len(e.text) for e in edits)


def _first_line(view: View) -> str:
    lines = (line.strip() for line in re.split(f"[\n{BREAK}]", view.text))
    line = next((line for line in lines if line), "")
    line = PAGE_MARK.sub("", line)
    return line if len(line) <= TITLE_LENGTH else re.split(r"(?<=[。！？!?])", line)[0][:TITLE_LENGTH]


def repaired_in(document: Document, span: Span) -> bool:
    """Whether a raw range holds characters that were put right."""
    return any(span.overlap(r) for r in document.repaired)


def damage_in(document: Document, span: Span) -> bool:
    """Whether a raw range holds characters that could not be put right."""
    return any(span.overlap(d) for d in document.damaged)


def quoted(document: Document, span: Span) -> str:
    """What a quotation of a raw range must equal: the range cleaned by itself.

    The heads of slides, which ran into the text, stand on lines of their own.
    A range that cuts a run of slipped bytes holds half a character at the cut, and a
    format with markup tells more than its characters: there the document's own map is asked.
    """
    cuts = any(r.start < place < r.end for r in document.repaired for place in (span.start, span.end))
    if cuts or document.format != "txt":
        return document.view.within(span)
    places = [span.start, *_line_ends(document, span), span.end]
    return "\n".join(tidy(document.raw[a:b]) for a, b in pairwise(places))


def _line_ends(document: Document, span: Span) -> list[int]:
    """Where inside a raw range the head of a slide was set apart from what it had run into."""
    view = document.view
    within = view.locate(span)
    put_in = (i for i in range(within.start, within.end) if view.starts[i] == view.ends[i] and view.text[i] == "\n")
    heads = {place for b in document.blocks if b.kind == "heading" for place in (b.span.start, b.span.end)}
    # What was taken out there belongs to the character before it, as a leaked reading does.
    return [
        int(view.starts[i + 1])
        for i in put_in
        if span.start < (place := int(view.starts[i])) < span.end and place in heads
    ]
