"""The source pane, the page of a whole text and the head of the page, as HTML that is safe to show.

Every word of a document, a path or a title is escaped here or in `marked`.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import urlencode

from assistant.app.bubbles import one_line
from assistant.app.labels import Words
from assistant.app.languages import Language
from assistant.app.marked import Text, context_of, marked_html, shown
from assistant.app.own import is_own, shown_path
from assistant.app.page_picture import Mark, Sheet
from assistant.app.words import WORDS
from assistant.script import Script, script_of
from assistant.visible import one_line as name_line
from ingest.document import Document, Span

OF_LANGUAGE = 2000
"""Characters of a text that tell its script."""
TEXT_ADDRESS = "text"
PICTURE_ADDRESS = "page-picture"
AS_LINKED = 12
"""Characters of a document's hash in a link to it, by which is seen that it changed."""


def header_html(words: Words) -> str:
    """The name of the page. Carries, for the script, the names of what Gradio does not let us name."""
    regions = "".join(
        f' data-{name}="{escape(word)}"'
        for name, word in (
            ("conversation", words.conversation),
            ("source", words.source),
            ("language", words.language),
            ("editing", words.editing),
            ("related", words.related),
            ("thanks", words.thanks),
            ("failed", words.not_sent),
            ("copied", words.copied),
            ("notcopied", words.not_copied),
            ("stop", words.stop),
            ("inline", words.in_line),
            ("full", words.queue_full),
            ("away", words.not_reached),
            ("out", words.signed_out),
            ("again", words.ask_again),
        )
    )
    themes = "".join(
        f' data-{name}="{escape(word)}"'
        for name, word in (("auto", words.theme_auto), ("light", words.theme_light), ("dark", words.theme_dark))
    )
    listing, shelf = escape(words.show_list), escape(words.shelf)
    return (
        f'<div class="brand" id="brand"{regions}><button type="button" id="show-list" aria-expanded="false"'
        f' aria-controls="keeping" aria-label="{listing}" title="{listing}">☰</button><h1>{escape(words.name)}</h1>'
        f'<p class="tagline">{escape(words.tagline)}</p></div>'
        f'<div class="head-deeds"><button type="button" data-shelf="open" data-tab="shared" aria-haspopup="dialog">{shelf}</button>'
        f'<button type="button" id="keys" aria-haspopup="dialog" aria-label="{escape(words.keys)}" title="{escape(words.keys)}">⌨</button>'
        f'<button type="button" id="theme"{themes}></button></div>'
    )


def source_html(
    document: Document,
    cited: Span,
    number: int,
    language: Language,
    text: Text,
    *,
    whole: bool,
    converted: bool = False,
) -> str:
    """What the source pane shows of a citation: its origin, the passage marked in its text, what to do with it.

    With `converted` the clean text is shown in the script that its reader reads.
    """
    words = WORDS[language]
    other = other_script(document, language)
    seen = shown(document, cited, text, other if converted else None)
    as_read = (other, converted) if text == "clean" and other else None
    window = Span(0, len(seen.text)) if whole else context_of(seen.text, seen.mark)
    return (
        f"{_top(document, cited, number, words)}{_switches(words, text, whole=whole, pdf=document.format == 'pdf', converted=as_read)}"
        f'<div class="reading {text}" tabindex="0" role="region" aria-label="{escape(words.source)}"'
        f' lang="{script_of(document.view.text[:OF_LANGUAGE])}">{marked_html(seen, window, words)}</div>'
        f"{_deeds(document, cited, text, language)}"
    )


def other_script(document: Document, language: Language) -> Script | None:
    """The script that a document would have to be converted into for its reader; None where it is in that one."""
    own = script_of(document.view.text[:OF_LANGUAGE])
    read: Script = "zh-Hant" if own == "zh-Hans" else "zh-Hans"
    return read if language in {"en", read} else None


def picture_html(document: Document, cited: Span, number: int, language: Language, sheet: Sheet | None) -> str:
    """What the source pane shows of a citation of a PDF: the page as it looks, with the cited lines marked."""
    words = WORDS[language]
    top = f"{_top(document, cited, number, words)}{_switches(words, 'picture', whole=False, pdf=True)}"
    deeds = _deeds(document, cited, "clean", language)
    if sheet is None:
        return f'{top}<div class="hint"><p>{escape(words.no_picture)}</p></div>{deeds}'
    address = f"{PICTURE_ADDRESS}?{urlencode({'document': document.path, 'page': sheet.number})}"
    marks = "".join(_line(m) for m in sheet.marks)
    begins = document.pages[sheet.number] if sheet.number < len(document.pages) else None
    unseen = not sheet.marks and begins is not None and begins.span.overlap(cited) > 0
    note = f'<p class="note">{escape(words.no_marks)}</p>' if unseen else ""
    label = words.sheet(sheet.number + 1, sheet.pages)
    return (
        f"{top}{note}{_leafing(sheet, words)}"
        f'<div class="reading picture" tabindex="0" role="region" aria-label="{escape(label)}">'
        f'<div class="sheet" style="aspect-ratio: {sheet.width:.1f} / {sheet.height:.1f}">'
        f'<img src="{escape(address)}" alt="{escape(label)}">{marks}</div></div>{deeds}'
    )


def _line(mark: Mark) -> str:
    place = {"left": mark.left, "top": mark.top, "width": mark.width, "height": mark.height}
    style = ";".join(f"{name}:{share:.2%}" for name, share in place.items())
    return f'<mark style="{style}"></mark>'


def _leafing(sheet: Sheet, words: Words) -> str:
    """The steps to the pages before and behind."""
    steps = {}
    for by, label, sign in ((-1, words.page_before, "‹"), (1, words.page_after, "›")):
        to = sheet.number + by
        off = "" if 0 <= to < sheet.pages else " disabled"
        steps[by] = (
            f'<button type="button" data-page="{to}" data-by="{by}" aria-label="{escape(label)}" title="{escape(label)}"{off}>{sign}</button>'
        )
    return f'<div class="leafing">{steps[-1]}<span>{escape(words.sheet(sheet.number + 1, sheet.pages))}</span>{steps[1]}</div>'


def _top(document: Document, cited: Span, number: int, words: Words) -> str:
    return f"{_source_bar(words, number)}{_source_head(document, cited, document.page_at(cited.start), words)}"


def _deeds(document: Document, cited: Span, text: Text, language: Language) -> str:
    """What can be done with a citation: copy it with its reference, copy a link to it, open the whole text."""
    words = WORDS[language]
    page = document.page_at(cited.start)
    quoted = words.quoted(one_line(document.view.within(cited)), document.title, page, shown_path(document.path))
    link = text_address(document.path, cited, text, language, document.sha256)
    return (
        '<div class="deeds">'
        f'<button type="button" class="copy" data-copy="{escape(quoted)}" data-done="{escape(words.copied)}"'
        f' data-failed="{escape(words.not_copied)}">{escape(words.copy)}</button>'
        f'<button type="button" class="link" data-link="{escape(link)}" data-done="{escape(words.copied)}"'
        f' data-failed="{escape(words.not_copied)}">{escape(words.copy_link)}</button>'
        f'<a class="open" href="{escape(text_address(document.path, cited, text, language))}" target="_blank"'
        f' rel="noopener">{escape(words.open_text)}</a></div>'
    )


def reasons_html(words: Words, why: str) -> str:
    """The source pane with the reasons for an answer's sources in it."""
    head = f'<div class="source-head"><h2>{escape(words.why)}</h2></div>'
    return f'{_source_bar(words)}{head}<div class="reading why" tabindex="0" role="region" aria-label="{escape(words.why)}">{why}</div>'


def gone_html(words: Words) -> str:
    """What the source pane shows of a document that is no longer in the index."""
    hint = f"<p><strong>{escape(words.gone)}</strong></p><p>{escape(words.gone_advice)}</p>"
    return f'{_source_bar(words)}<div class="hint">{hint}</div>'


def no_source_html(words: Words) -> str:
    """What the source pane shows before a citation was chosen."""
    return f'{_source_bar(words)}<div class="hint"><p>{escape(words.no_source)}</p></div>'


def text_page(document: Document, cited: Span, language: Language, text: Text, as_linked: str = "") -> str:
    """A page of its own with a document's whole text and a passage marked in it. It needs no script.

    `as_linked` is the beginning of the document's hash when the link to it was made.
    """
    words = WORDS[language]
    seen = shown(document, cited, text)
    facts = " · ".join(escape(f) for f in (name_line(shown_path(document.path)), document.format.upper()))
    changed = bool(as_linked) and not document.sha256.startswith(as_linked)
    note = f'<p class="note">{escape(words.changed_since)}</p>' if changed else ""
    return _page(
        f"{name_line(document.title)} · {words.name}",
        language,
        f'<header><h1 lang="{script_of(document.title)}">{escape(name_line(document.title))}</h1><p class="facts">{facts}</p>{note}'
        f"{_text_links(document, cited, text, language)}</header>"
        f'<main class="reading {text}" lang="{script_of(document.view.text[:OF_LANGUAGE])}">'
        f"{marked_html(seen, Span(0, len(seen.text)), words)}</main>",
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


def text_address(path: str, cited: Span, text: Text, language: Language, sha256: str = "") -> str:
    """The address of a document's whole text, scrolled to a passage; with the document's hash, one to keep."""
    place = {"document": path, "start": cited.start, "end": cited.end, "text": text, "lang": language}
    place |= {"of": sha256[:AS_LINKED]} if sha256 else {}
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
    close = (
        f'<button type="button" data-close aria-label="{escape(words.close)}" title="{escape(words.close)}">×</button>'
    )
    return f'<div class="source-bar"><span class="label">{escape(words.source)}</span>{chosen}{close}</div>'


def _source_head(document: Document, cited: Span, page: str, words: Words) -> str:
    facts = [f'<span class="format">{escape(document.format.upper())}</span>']
    if page:
        facts.append(f'<span class="page-label">{escape(name_line(words.page(page)))}</span>')
    if is_own(document.path):
        facts.insert(0, f'<span class="own">{escape(words.own_file)}</span>')
    facts.append(f'<span class="path">{escape(name_line(shown_path(document.path)))}</span>')
    section = heading_path(document, cited.start)
    if section:
        named = f'<span class="visually-hidden">{escape(words.location)}: </span>{escape(name_line(section))}'
        facts.append(f'<span class="section">{named}</span>')
    flaws = [(words.repaired, document.repaired), (words.damaged, document.damaged)]
    notes = "".join(
        f'<p class="note">{escape(note)}</p>' for note, spans in flaws if any(s.overlap(cited) for s in spans)
    )
    return (
        f'<div class="source-head"><h2 lang="{script_of(document.title)}">{escape(name_line(document.title))}</h2>'
        f'<p class="facts">{"".join(facts)}</p>{notes}</div>'
    )


def _switches(words: Words, seen: str, *, whole: bool, pdf: bool, converted: tuple[Script, bool] | None = None) -> str:
    """The switches between passage and whole text, and between the texts; for a PDF its page too.

    `converted` is the script that the text can be shown in, and whether it is.
    """
    extent = _switch(
        words.extent_shown,
        "whole",
        [("", words.passage, "", not whole), ("1", words.whole, "", whole)],
    )
    kinds = [("raw", words.raw, words.raw_means), ("clean", words.clean, words.clean_means)]
    if pdf:
        kinds.insert(0, ("picture", words.picture, words.picture_means))
    texts = _switch(words.text_shown, "text", [(*kind, kind[0] == seen) for kind in kinds])
    script = ""
    if converted is not None:
        word = words.to_simplified if converted[0] == "zh-Hans" else words.to_traditional
        on = "true" if converted[1] else "false"
        script = f'<div class="switch"><button type="button" data-script="{"" if converted[1] else "1"}" aria-pressed="{on}">{escape(word)}</button></div>'
    return f'<div class="switches">{"" if seen == "picture" else extent}{texts}{script}</div>'


def _switch(label: str, name: str, options: Iterable[tuple[str, str, str, bool]]) -> str:
    buttons = "".join(
        f'<button type="button" data-{name}="{value}" aria-pressed="{"true" if on else "false"}"'
        f"{f' title={chr(34)}{escape(means)}{chr(34)}' if means else ''}>{escape(word)}</button>"
        for value, word, means, on in options
    )
    return f'<div class="switch" role="group" aria-label="{escape(label)}">{buttons}</div>'


def heading_path(document: Document, raw_offset: int) -> str:
    """The headings that a place of a document stands under, without the title."""
    path: list[tuple[int, str]] = []
    for block in document.blocks:
        if block.kind != "heading" or block.span.start > raw_offset:
            continue
        words = " ".join(document.view.within(block.span).split())
        path = [(level, text) for level, text in path if level < block.level] + [(block.level, words)]
    return " › ".join(text for _, text in path if text not in document.title)
