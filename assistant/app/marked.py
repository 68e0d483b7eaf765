"""A document's raw or clean text as HTML, with a cited passage marked in it.

The text inside the one `<mark>` is exactly the cited characters. Whatever else
is shown, such as the name of a page, is an attribute that the style sheet
puts beside the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Literal

import numpy as np

from assistant.app.grid import cells_of, without_width
from assistant.app.labels import Words
from assistant.script import Script, converted
from ingest.document import BREAK, Document, Span

Text = Literal["raw", "clean"]
CONTEXT = 300
"""Characters that are shown on either side of a cited passage."""
SNAP = 60
"""How much further the context may reach, to begin and end with a line or a sentence."""
FULL_LINE = 0.75
"""A line of this share of a long one's length was wrapped, and ends no paragraph."""

EDGE = re.compile(r"[\n。！？!?；;]")
LINE_ENDS = "。！？!?；;：:…”」』"
ITEM = re.compile(
    r"\s*(?:[-*•·●◆■▪]|\d{1,3}[.、．)）]|[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）]|[表图圖]\s?\d)"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A text to show, the passage marked in it, stretches with a style of their own, and where pages begin.

    Styles: `heading`; those of `grid` for the rows of tables; `noise` for raw characters that cleaning takes out;
    `wrap` for line breaks that only the width of a page made. With a `script` the
    characters are shown in it, piece by piece: what is marked stays the same.
    """

    text: str
    mark: Span
    styles: tuple[tuple[Span, str], ...]
    pages: tuple[tuple[int, str], ...]
    script: Script | None = None


def shown(document: Document, cited: Span, text: Text, script: Script | None = None) -> Shown:
    """A document's raw or clean text, with the passage behind a raw range marked; clean text in a script where one is wanted."""
    headings = [b.span for b in document.blocks if b.kind == "heading"]
    if text == "raw":
        cited = Span(min(cited.start, len(document.raw)), min(cited.end, len(document.raw)))
        styles = [*((h, "heading") for h in headings), *((n, "noise") for n in noise_of(document))]
        return Shown(document.raw, cited, tuple(styles), tuple((p.span.start, p.label) for p in document.pages))
    view = document.view
    headings = [view.locate(h) for h in headings]
    styles = [(h, "heading") for h in headings]
    styles += cells_of(view.text)
    if document.format == "pdf":
        styles += [(w, "wrap") for w in wraps_of(view.text, headings)]
    pages = tuple((view.locate(p.span).start, p.label) for p in document.pages)
    return Shown(
        view.text.replace(BREAK, "\n"), view.locate(cited) if cited else Span(0, 0), tuple(styles), pages, script
    )


def noise_of(document: Document) -> list[Span]:
    """The stretches of the raw text, white space aside, that no character of the clean text stands for.

    A line break does not count: it may stand for a whole tag of markup.
    """
    seen = np.fromiter((not c.isspace() for c in document.view.text), bool, len(document.view))
    steps = np.zeros(len(document.raw) + 1, np.int64)
    np.add.at(steps, document.view.starts[seen], 1)
    np.add.at(steps, document.view.ends[seen], -1)
    taken_out = np.cumsum(steps)[:-1] <= 0
    edges = np.flatnonzero(np.diff(taken_out, prepend=False, append=False))
    spans = (Span(int(a), int(b)) for a, b in edges.reshape(-1, 2))
    return [s for s in spans if s.of(document.raw).strip()]


def wraps_of(text: str, headings: Sequence[Span]) -> list[Span]:
    """The line breaks inside paragraphs: behind a full line that nothing ends, before what begins nothing new."""
    lines = [Span(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text)]
    if not lines:
        return []
    full = FULL_LINE * float(np.percentile([len(line) for line in lines], 90))
    edges = {h.start for h in headings} | {h.end for h in headings}
    return [
        Span(a.end, b.start)
        for a, b in pairwise(lines)
        if b.start == a.end + 1
        and len(a) >= full
        and text[a.end - 1] not in LINE_ENDS
        and not ITEM.match(b.of(text))
        and not {a.end, b.start} & edges
        and BREAK not in text[a.end - 1 : b.start + 1]
    ]


def context_of(text: str, mark: Span) -> Span:
    """The stretch of a text around a mark, from the end of one line or sentence to that of another."""
    start = max(0, mark.start - CONTEXT)
    end = min(len(text), mark.end + CONTEXT)
    if start:
        earlier = [m.end() for m in EDGE.finditer(text, max(0, start - SNAP), start)]
        start = earlier[-1] if earlier else start
    if end < len(text):
        later = EDGE.search(text, end, end + SNAP)
        end = later.end() if later else end
    return Span(start, end)


def marked_html(seen: Shown, window: Span, words: Words) -> str:
    """The text of a window, its passage in one `<mark>`; dots where the text goes on beyond the window."""
    mark = Span(max(seen.mark.start, window.start), min(seen.mark.end, window.end)) if seen.mark else None
    if mark is None:
        body = _styled(seen, window, words)
    else:
        before = _styled(seen, Span(window.start, mark.start), words)
        after = _styled(seen, Span(mark.end, window.end), words)
        body = f'{before}<mark id="mark">{_styled(seen, mark, words)}</mark>{after}'
    more = '<span class="more"></span>'
    return f"{more if window.start else ''}{body}{more if window.end < len(seen.text) else ''}"


def _styled(seen: Shown, part: Span, words: Words) -> str:
    html = []
    for piece, styles, page in _pieces(seen, part):
        if page:
            html.append(f'<span class="page-break" data-page="{escape(words.page(page))}"></span>')
        plain = piece.of(seen.text)
        text = escape(converted(plain, seen.script) if seen.script else plain)
        html.append(f'<span class="{_classes(styles, seen.text, piece)}">{text}</span>' if styles else text)
    return "".join(html)


def _pieces(seen: Shown, part: Span) -> Iterator[tuple[Span, list[str], str]]:
    """Cut a range where styles and pages begin and end; each piece with its styles and the page it begins."""
    pages = {at: label for at, label in seen.pages if part.start <= at < part.end}
    styles = [(s, name) for s, name in seen.styles if s.overlap(part)]
    cuts = {part.start, part.end, *pages, *_edges(s for s, _ in styles)}
    at = 0
    styles.sort(key=lambda style: style[0])
    for a, b in pairwise(sorted(c for c in cuts if part.start <= c <= part.end)):
        while at < len(styles) and styles[at][0].end <= a:
            at += 1
        # Styles overlap each other hardly ever, and nest one deep: a few ahead are enough to look at.
        own = [n if s == Span(a, b) else without_width(n) for s, n in styles[at : at + 8] if s.start <= a < s.end]
        yield Span(a, b), own, pages.get(a, "")


def _edges(spans: Iterable[Span]) -> Iterator[int]:
    for span in spans:
        yield from (span.start, span.end)


def _classes(styles: Sequence[str], text: str, piece: Span) -> str:
    """The styles of a piece; a wrap between two words that are not Chinese leaves the space that it stood for."""
    beside = text[max(0, piece.start - 1)] + text[min(len(text) - 1, piece.end)]
    return " ".join("wrap spaced" if s == "wrap" and beside.isascii() else s for s in styles)
