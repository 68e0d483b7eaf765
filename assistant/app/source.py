"""Answers and their sources as HTML that is safe to show.

Every word of a document, a title or a question is escaped here and nowhere
else; what these functions return goes to the page as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Literal
from urllib.parse import urlencode

from assistant.answer import Answer, Citation, Conflict, Sentence
from assistant.app.words import WORDS, Language, Words
from assistant.script import script_of
from ingest.document import BREAK, Document, Span

Text = Literal["raw", "clean"]
CONTEXT = 300
"""Characters that are shown on either side of a cited passage."""
SNAP = 60
"""How much further the context may reach, to begin and end with a line or a sentence."""
SNIPPET = 96
"""Characters of a passage that a refusal shows."""
OF_LANGUAGE = 2000
"""Characters of a text that tell its script."""
PASSAGE_ADDRESS = "#source"
TEXT_ADDRESS = "text"

WAITING = '<span class="waiting">'
WRITING = 'class="answer writing"'

MARKDOWN = re.compile(r"[!-/:-@\[-`{-~]")
HAN_LINE_END = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uffef])\s*\n\s*(?=[\u2e80-\u9fff\uff00-\uffef])")
EDGE = re.compile(r"[\n。！？!?；;]")


# --- The head of the page and the start of a conversation ---


def header_html(words: Words) -> str:
    """The name of the page. Carries, for the script, the names of what Gradio does not let us name."""
    regions = "".join(
        f' data-{name}="{escape(word)}"'
        for name, word in (
            ("conversation", words.conversation),
            ("source", words.source),
            ("language", words.language),
            ("all", words.all_documents),
        )
    )
    return (
        f'<div class="brand" id="brand"{regions}><h1>{escape(words.name)}</h1>'
        f'<p class="tagline">{escape(words.tagline)}</p></div>'
    )


def welcome_html(words: Words, *, empty: bool) -> str:
    """What stands in a conversation that has not begun."""
    told = words.empty if empty else words.invitation
    return f'<div class="welcome"><h2>{inert(words.welcome)}</h2><p>{inert(told)}</p></div>'


# --- The bubbles of the conversation ---


def inert(text: str) -> str:
    """A text for the conversation, whose bubbles are read as Markdown with HTML: neither sees anything in it."""
    lines = text.strip().splitlines()
    return "<br>".join(MARKDOWN.sub(lambda m: f"&#{ord(m[0])};", line) for line in lines)


def question_html(question: str) -> str:
    """The bubble of a question."""
    return f'<div class="asked">{inert(question)}</div>'


def writing_html(turn: int, sentences: Sequence[Sentence], citations: Sequence[Citation], words: Words) -> str:
    """The bubble of an answer that is still being written."""
    said = _said(sentences, citations, words) if sentences else f'{WAITING}{inert(words.writing)}</span>'
    return _bubble(turn, "writing", [f"<p>{said}</p>"])


def answer_html(turn: int, answer: Answer, words: Words) -> str:
    """The bubble of a whole answer with its sources; of a refusal, with the nearest passages."""
    if answer.abstained:
        return _bubble(turn, "refused", _refusal(answer, words))
    parts = [f"<p>{_said(answer.sentences, answer.citations, words)}</p>"]
    parts += [_conflict(c, answer.citations, words) for c in answer.conflicts]
    return _bubble(turn, "answered", [*parts, _sources(answer.citations, words)])


def stopped_html(turn: int, words: Words, written: str = "") -> str:
    """The bubble of an answer that was stopped: what was written of it, if anything was."""
    if written and WAITING not in written:
        return written.replace(WRITING, 'class="answer stopped"', 1)
    return _bubble(turn, "stopped", [f"<p>{inert(words.stopped)}</p>"])


def failure_html(turn: int, what: str, advice: str) -> str:
    """The bubble that tells what went wrong, and the next step."""
    return _bubble(turn, "failed", [f"<p><strong>{inert(what)}</strong></p>", f"<p>{inert(advice)}</p>"])


def citation_address(citation: Citation, number: int) -> str:
    """Where a citation's mark points: all that the source pane needs to show it."""
    place = {
        "document": citation.document,
        "start": citation.span.start,
        "end": citation.span.end,
        "number": number,
    }
    return f"{PASSAGE_ADDRESS}?{urlencode(place)}"


def _bubble(turn: int, kind: str, parts: Iterable[str]) -> str:
    # On one line: an empty line would end the HTML block and let Markdown in.
    return f'<div class="answer {kind}" id="answer-{turn}">{"".join(parts)}</div>'


def _said(sentences: Iterable[Sentence], citations: Sequence[Citation], words: Words) -> str:
    return "".join(
        inert(s.text) + "".join(_mark(citations[i], i + 1, words) for i in s.citations if i < len(citations))
        for s in sentences
    )


def _mark(citation: Citation, number: int, words: Words) -> str:
    label = inert(words.citation(number, citation.title))
    address = escape(citation_address(citation, number))
    return f'<a class="cite" href="{address}" title="{label}">[{number}]</a>'


def _refusal(answer: Answer, words: Words) -> list[str]:
    parts = [f'<p class="verdict">{inert(words.refused)}</p>', f"<p>{inert(answer.text)}</p>"]
    if answer.citations:
        nearest = "".join(_near(c, i + 1, words) for i, c in enumerate(answer.citations))
        parts.append(f'<div class="nearest"><p class="label">{inert(words.nearest)}</p>{nearest}</div>')
    return parts


def _near(citation: Citation, number: int, words: Words) -> str:
    text = one_line(citation.quote)
    snippet = text if len(text) <= SNIPPET else text[:SNIPPET].rstrip() + "…"
    origin = _origin(citation, words)
    quoted = f'<span class="snippet" lang="{script_of(text)}">{inert(snippet)}</span>'
    return f'<div class="near">{_mark(citation, number, words)} {origin}{quoted}</div>'


def _origin(citation: Citation, words: Words) -> str:
    page = f' <span class="page-label">{inert(words.page(citation.page))}</span>' if citation.page else ""
    return f'<span class="title">{inert(citation.title)}</span>{page}'


def _sources(citations: Sequence[Citation], words: Words) -> str:
    """One line for each document and page, with the numbers of its citations."""
    lines: dict[tuple[str, str], list[int]] = {}
    for i, citation in enumerate(citations):
        lines.setdefault((citation.document, citation.page), []).append(i)
    if not lines:
        return ""
    shown = "".join(
        '<div class="origin"><span class="numbers">'
        + "".join(_mark(citations[i], i + 1, words) for i in numbers)
        + f"</span> {_origin(citations[numbers[0]], words)}</div>"
        for numbers in lines.values()
    )
    return f'<div class="sources"><p class="label">{inert(words.sources)}</p>{shown}</div>'


def _conflict(conflict: Conflict, citations: Sequence[Citation], words: Words) -> str:
    values = "".join(
        f'<div class="value">{inert(value)}{_mark(citations[i], i + 1, words)}</div>'
        for value, i in zip(conflict.values, conflict.citations, strict=False)
    )
    return f'<div class="conflict"><p class="label">{inert(words.conflict)}</p>{values}</div>'


# --- The source pane and the page of a whole text ---


@dataclass(frozen=True, slots=True)
class Shown:
    """A text to show, the passage marked in it, and where its headings and pages begin."""

    text: str
    mark: Span
    headings: tuple[Span, ...]
    pages: tuple[tuple[int, str], ...]


def shown(document: Document, cited: Span, text: Text) -> Shown:
    """A document's raw or clean text, with the passage behind a raw range marked."""
    headings = [b.span for b in document.blocks if b.kind == "heading"]
    if text == "raw":
        cited = Span(min(cited.start, len(document.raw)), min(cited.end, len(document.raw)))
        pages = tuple((p.span.start, p.label) for p in document.pages)
        return Shown(document.raw, cited, tuple(headings), pages)
    view = document.view
    return Shown(
        view.text.replace(BREAK, "\n"),
        view.locate(cited) if cited else Span(0, 0),
        tuple(view.locate(h) for h in headings),
        tuple((view.locate(p.span).start, p.label) for p in document.pages),
    )


def readable(document: Document) -> Text:
    """The text that a document is first shown in: as filed, but for formats whose files are all markup."""
    return "clean" if document.format == "html" else "raw"


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


def source_html(document: Document, cited: Span, number: int, language: Language, text: Text, *, whole: bool) -> str:
    """What the source pane shows of a citation: its origin, the passage marked in its text, what to do with it."""
    words = WORDS[language]
    seen = shown(document, cited, text)
    window = Span(0, len(seen.text)) if whole else context_of(seen.text, seen.mark)
    page = document.page_at(cited.start)
    quoted = words.quoted(one_line(document.view.within(cited)), document.title, page, document.path)
    return (
        f"{_source_bar(words, number)}{_source_head(document, cited, page, words)}"
        f"{_switches(words, text, whole=whole)}"
        f'<div class="reading {text}" tabindex="0" role="region" aria-label="{escape(words.source)}"'
        f' lang="{script_of(document.view.text[:OF_LANGUAGE])}">{_body(seen, window, words)}</div>'
        '<div class="deeds">'
        f'<button type="button" class="copy" data-copy="{escape(quoted)}" data-done="{escape(words.copied)}"'
        f' data-failed="{escape(words.not_copied)}">{escape(words.copy)}</button>'
        f'<a class="open" href="{escape(text_address(document.path, cited, text, language))}" target="_blank"'
        f' rel="noopener">{escape(words.open_text)}</a></div>'
    )


def gone_html(words: Words) -> str:
    """What the source pane shows of a document that is no longer in the index."""
    hint = f'<p><strong>{escape(words.gone)}</strong></p><p>{escape(words.gone_advice)}</p>'
    return f'{_source_bar(words)}<div class="hint">{hint}</div>'


def no_source_html(words: Words) -> str:
    """What the source pane shows before a citation was chosen."""
    return f'{_source_bar(words)}<div class="hint"><p>{escape(words.no_source)}</p></div>'


def text_page(document: Document, cited: Span, language: Language, text: Text) -> str:
    """A page of its own with a document's whole text and a passage marked in it. It needs no script."""
    words = WORDS[language]
    seen = shown(document, cited, text)
    facts = " · ".join(escape(f) for f in (document.path, document.format.upper()))
    return _page(
        f"{document.title} · {words.name}",
        language,
        f'<header><h1 lang="{script_of(document.title)}">{escape(document.title)}</h1><p class="facts">{facts}</p>'
        f"{_text_links(document, cited, text, language)}</header>"
        f'<main class="reading {text}" lang="{script_of(document.view.text[:OF_LANGUAGE])}">'
        f"{_body(seen, Span(0, len(seen.text)), words)}</main>",
    )


def gone_page(language: Language) -> str:
    """The page in place of a text that is no longer in the index."""
    words = WORDS[language]
    return _page(words.name, language, f"<main><h1>{escape(words.gone)}</h1><p>{escape(words.gone_advice)}</p></main>")


def _page(title: str, language: Language, body: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="icon" href="favicon.ico"><link rel="stylesheet" href="page.css">'
        f'</head><body class="text-page">{body}</body></html>'
    )


def text_address(path: str, cited: Span, text: Text, language: Language) -> str:
    """The address of a document's whole text, scrolled to a passage."""
    place = {"document": path, "start": cited.start, "end": cited.end, "text": text, "lang": language}
    return f"{TEXT_ADDRESS}?{urlencode(place)}#mark"


def _text_links(document: Document, cited: Span, text: Text, language: Language) -> str:
    words = WORDS[language]
    links = []
    kinds: tuple[tuple[Text, str, str], ...] = (
        ("raw", words.raw, words.raw_means),
        ("clean", words.clean, words.clean_means),
    )
    for kind, label, means in kinds:
        current = ' aria-current="true"' if kind == text else ""
        address = escape(text_address(document.path, cited, kind, language))
        links.append(f'<a href="{address}" title="{escape(means)}"{current}>{escape(label)}</a>')
    return f'<nav class="switch" aria-label="{escape(words.text_shown)}">{"".join(links)}</nav>'


def _source_bar(words: Words, number: int = 0) -> str:
    """The pane's own line. Which citations there are before and behind is known to the script only."""
    steps = "".join(
        f'<button type="button" data-step="{step}" aria-label="{escape(label)}" title="{escape(label)}">{sign}</button>'
        for step, label, sign in ((-1, words.previous, "‹"), (1, words.following, "›"))
    )
    chosen = f'<span class="number">{escape(words.of_citations.format(f"[{number}]"))}</span>{steps}' if number else ""
    close = f'<button type="button" data-close aria-label="{escape(words.close)}" title="{escape(words.close)}">×</button>'
    return f'<div class="source-bar"><span class="label">{escape(words.source)}</span>{chosen}{close}</div>'


def _source_head(document: Document, cited: Span, page: str, words: Words) -> str:
    facts = [f'<span class="format">{escape(document.format.upper())}</span>']
    if page:
        facts.append(f'<span class="page-label">{escape(words.page(page))}</span>')
    facts.append(f'<span class="path">{escape(document.path)}</span>')
    section = heading_path(document, cited.start)
    if section:
        named = f'<span class="visually-hidden">{escape(words.location)}: </span>{escape(section)}'
        facts.append(f'<span class="section">{named}</span>')
    flaws = [(words.repaired, document.repaired), (words.damaged, document.damaged)]
    notes = "".join(
        f'<p class="note">{escape(note)}</p>' for note, spans in flaws if any(s.overlap(cited) for s in spans)
    )
    return (
        f'<div class="source-head"><h2 lang="{script_of(document.title)}">{escape(document.title)}</h2>'
        f'<p class="facts">{"".join(facts)}</p>{notes}</div>'
    )


def _switches(words: Words, text: Text, *, whole: bool) -> str:
    extent = _switch(
        words.extent_shown,
        "whole",
        [("", words.passage, "", not whole), ("1", words.whole, "", whole)],
    )
    kinds = _switch(
        words.text_shown,
        "text",
        [
            ("raw", words.raw, words.raw_means, text == "raw"),
            ("clean", words.clean, words.clean_means, text == "clean"),
        ],
    )
    return f'<div class="switches">{extent}{kinds}</div>'


def _switch(label: str, name: str, options: Iterable[tuple[str, str, str, bool]]) -> str:
    buttons = "".join(
        f'<button type="button" data-{name}="{value}" aria-pressed="{"true" if on else "false"}"'
        f"{f' title={chr(34)}{escape(means)}{chr(34)}' if means else ''}>{escape(word)}</button>"
        for value, word, means, on in options
    )
    return f'<div class="switch" role="group" aria-label="{escape(label)}">{buttons}</div>'


def _body(seen: Shown, window: Span, words: Words) -> str:
    """The text of a window, with one `<mark>` that holds exactly the marked characters."""
    mark = Span(max(seen.mark.start, window.start), min(seen.mark.end, window.end)) if seen.mark else window
    before = _styled(seen, window.start, mark.start if seen.mark else window.end, words)
    if not seen.mark:
        return before
    after = _styled(seen, mark.end, window.end, words)
    cut = ' class="more"' if window.start else ""
    rest = ' class="more"' if window.end < len(seen.text) else ""
    marked = _styled(seen, mark.start, mark.end, words)
    return f'<span{cut}></span>{before}<mark id="mark">{marked}</mark>{after}<span{rest}></span>'


def _styled(seen: Shown, start: int, end: int, words: Words) -> str:
    """Escaped text, its headings set off and its pages announced by what style sheets show, not by characters."""
    parts = []
    for piece, heading, page in _pieces(seen, start, end):
        if page:
            parts.append(f'<span class="page-break" data-page="{escape(words.page(page))}"></span>')
        text = escape(piece.of(seen.text))
        parts.append(f'<span class="heading">{text}</span>' if heading else text)
    return "".join(parts)


def _pieces(seen: Shown, start: int, end: int) -> Iterator[tuple[Span, bool, str]]:
    """Cut a range where headings and pages begin and end; each piece with whether it is a heading, and the new page."""
    pages = {at: label for at, label in seen.pages if start <= at < end}
    headings = [h for h in seen.headings if h.overlap(Span(start, end))]
    cuts = {start, end, *pages}
    for h in headings:
        cuts |= {max(start, h.start), min(end, h.end)}
    ordered = sorted(cuts)
    for a, b in pairwise(ordered):
        yield Span(a, b), any(h.start <= a < h.end for h in headings), pages.get(a, "")


def heading_path(document: Document, raw_offset: int) -> str:
    """The headings that a place of a document stands under, without the title."""
    path: list[tuple[int, str]] = []
    for block in document.blocks:
        if block.kind != "heading" or block.span.start > raw_offset:
            continue
        words = " ".join(document.view.within(block.span).split())
        path = [(level, text) for level, text in path if level < block.level] + [(block.level, words)]
    return " › ".join(text for _, text in path if text not in document.title)


def one_line(text: str) -> str:
    """A passage on one line: no space where a line ended between two Chinese characters."""
    return " ".join(HAN_LINE_END.sub("", text.replace(BREAK, "\n")).split())
