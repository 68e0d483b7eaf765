"""Clean a document: every cleaner in its order, each edit kept in the map and counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from ingest.clean.boilerplate import find_boilerplate
from ingest.clean.contents import find_contents
from ingest.clean.emoji import find_emoji
from ingest.clean.pinyin import find_pinyin
from ingest.clean.repeats import find_repeats
from ingest.document import BREAK, Document, Edit, Span, View

Cleaner = Callable[[View], list[Edit]]

INSIDE: Mapping[str, Cleaner] = {"emoji": find_emoji, "pinyin": find_pinyin}
"""Cleaners that take characters out of running text. They look at nothing but the
neighbours, so a stretch of raw text cleans to the same characters by itself as in its document."""

BLOCKS: Mapping[str, Cleaner] = {"boilerplate": find_boilerplate, "contents": find_contents}
"""Cleaners that take whole blocks out. They weigh the document and leave a BREAK, which no passage crosses."""

OF_SCRAPES: Mapping[str, Cleaner] = {"repeats": find_repeats}
"""Cleaners of blocks that a careful author may have meant: for documents in which another cleaner found noise."""

DAMAGE = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010fffd]+")
PAGE_MARK = re.compile(r"_第\d+[页頁]$")
TITLE_LENGTH = 60


def clean(document: Document) -> Document:
    """Take the noise out of a document; raw stays as it is."""
    view = document.view
    counts: dict[str, int] = {}
    title = ""
    for name, cleaner in {**INSIDE, **BLOCKS, **OF_SCRAPES}.items():
        if name in OF_SCRAPES and not any(counts.values()):
            continue
        if name == "boilerplate":
            # Sites put the title into the head that this cleaner cuts.
            title = document.title or _first_line(view)
        view, counts[name] = _apply(view, cleaner(view))
    damaged = tuple(view.span(m.start(), m.end()) for m in DAMAGE.finditer(view.text))
    return replace(
        document,
        view=view,
        title=tidy(title),
        cleaned=tuple((name, n) for name, n in counts.items() if n),
        damaged=damaged,
    )


def tidy(text: str) -> str:
    """A stretch of raw text without the noise inside it: what a citation's quotation must equal."""
    view = View.of(text)
    for cleaner in INSIDE.values():
        view = view.edit(cleaner(view))
    return view.text


def _apply(view: View, edits: list[Edit]) -> tuple[View, int]:
    return view.edit(edits), sum(e.end - e.start for e in edits)


def _first_line(view: View) -> str:
    lines = (line.strip() for line in re.split(f"[\n{BREAK}]", view.text))
    line = next((line for line in lines if line), "")
    line = PAGE_MARK.sub("", line)
    return line if len(line) <= TITLE_LENGTH else re.split(r"(?<=[。！？!?])", line)[0][:TITLE_LENGTH]


def damage_in(document: Document, span: Span) -> bool:
    """Whether a raw range holds characters that could not be put right."""
    return any(span.overlap(d) for d in document.damaged)
