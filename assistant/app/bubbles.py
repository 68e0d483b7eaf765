"""The bubbles of the conversation as HTML that is safe to show: all text is escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import urlencode

from assistant.answer import Answer, Citation, Conflict, Sentence
from assistant.app.words import Words
from assistant.script import script_of
from ingest.document import BREAK

SNIPPET = 96
"""Characters of a passage that a refusal shows."""
PASSAGE_ADDRESS = "#source"
WAITING = '<span class="waiting">'
WRITING = 'class="answer writing"'

MARKDOWN = re.compile(r"[!-/:-@\[-`{-~]")
HAN_LINE_END = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uffef])\s*\n\s*(?=[\u2e80-\u9fff\uff00-\uffef])")
ITEM = re.compile(
    r"\s*(?:\d{1,2}[.、．)）](?!\d)|[-*•·●◆]\s|[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）]|第[一二三四五六七八九十][，、])"
)


def inert(text: str) -> str:
    """A text for the conversation, whose bubbles are read as Markdown with HTML: neither sees anything in it."""
    lines = text.strip().splitlines()
    return "<br>".join(MARKDOWN.sub(lambda m: f"&#{ord(m[0])};", line) for line in lines)


def one_line(text: str) -> str:
    """A passage on one line: no space where a line ended between two Chinese characters."""
    return " ".join(HAN_LINE_END.sub("", text.replace(BREAK, "\n")).split())


def welcome_html(words: Words, *, empty: bool) -> str:
    """What stands in a conversation that has not begun."""
    told = words.empty if empty else words.invitation
    return f'<div class="welcome"><h2>{inert(words.welcome)}</h2><p>{inert(told)}</p></div>'


def question_html(question: str) -> str:
    """The bubble of a question."""
    return f'<div class="asked" lang="{script_of(question)}">{inert(question)}</div>'


def writing_html(turn: int, sentences: Sequence[Sentence], citations: Sequence[Citation], words: Words) -> str:
    """The bubble of an answer that is still being written."""
    if not sentences:
        return _bubble(turn, "writing", [f"<p>{WAITING}{inert(words.writing)}</span></p>"])
    return _bubble(turn, "writing", [_said(sentences, citations, words)])


def answer_html(turn: int, answer: Answer, words: Words) -> str:
    """The bubble of a whole answer with its sources; of a refusal, with the nearest passages."""
    notices = [f'<p class="notice">{inert(n)}</p>' for n in answer.notices]
    if answer.abstained:
        return _bubble(turn, "refused", [*_refusal(answer, words), *notices])
    conflicts = [_conflict(c, answer.citations, words) for c in answer.conflicts]
    said = _said(answer.sentences, answer.citations, words)
    return _bubble(turn, "answered", [said, *conflicts, _sources(answer.citations, words), *notices])


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


def _said(sentences: Sequence[Sentence], citations: Sequence[Citation], words: Words) -> str:
    """The sentences with their marks: one behind each run of sentences that rest on the same."""
    parts = []
    for sentence, following in zip(sentences, [*sentences[1:], None], strict=True):
        told = inert(sentence.text)
        if not sentence.supported:
            why = "；".join(sentence.doubts) or words.unsupported
            told = f'<span class="unsupported" title="{inert(why)}">{told}</span>'
        if following is None or (following.citations, following.supported) != (sentence.citations, sentence.supported):
            told += "".join(_mark(citations[i], i + 1, words) for i in sentence.citations if i < len(citations))
        kind = "sentence item" if ITEM.match(sentence.text) else "sentence"
        parts.append(f'<span class="{kind}">{told}</span>')
    doubt = "" if all(s.supported for s in sentences) else f'<p class="notice">{inert(words.unsupported)}</p>'
    return f'<p lang="{script_of("".join(s.text for s in sentences))}">{"".join(parts)}</p>{doubt}'


def _mark(citation: Citation, number: int, words: Words) -> str:
    label = inert(words.citation(number, citation.title))
    return f'<a class="cite" href="{escape(citation_address(citation, number))}" title="{label}">[{number}]</a>'


def _refusal(answer: Answer, words: Words) -> list[str]:
    parts = [
        f'<p class="label">{inert(words.refused)}</p>',
        f'<p class="verdict" lang="{answer.script}">{inert(answer.text)}</p>',
    ]
    if answer.citations:
        nearest = "".join(_near(c, i + 1, words) for i, c in enumerate(answer.citations))
        parts.append(f'<div class="nearest"><p class="label">{inert(words.nearest)}</p>{nearest}</div>')
    return parts


def _near(citation: Citation, number: int, words: Words) -> str:
    text = one_line(citation.quote)
    snippet = text if len(text) <= SNIPPET else text[:SNIPPET].rstrip() + "…"
    quoted = f'<span class="snippet" lang="{script_of(text)}">{inert(snippet)}</span>'
    return f'<div class="near">{_mark(citation, number, words)}{_origin(citation, words)}{_also([citation], words)}{quoted}</div>'


def _origin(citation: Citation, words: Words) -> str:
    page = f' <span class="page-label">{inert(words.page(citation.page))}</span>' if citation.page else ""
    return f'<span class="title" lang="{script_of(citation.title)}">{inert(citation.title)}</span>{page}'


def _also(citations: Sequence[Citation], words: Words) -> str:
    """The copies of a report that say the same, each with its page."""
    places = dict.fromkeys((a.document, a.page) for c in citations for a in c.also)
    if not places:
        return ""
    named = (path + (f" {words.page(page)}" if page else "") for path, page in places)
    return f'<span class="also">{inert(words.also_in)} {inert(" · ".join(named))}</span>'


def _sources(citations: Sequence[Citation], words: Words) -> str:
    """One line for each document and page, with the numbers of its citations."""
    lines: dict[tuple[str, str], list[int]] = {}
    for i, citation in enumerate(citations):
        lines.setdefault((citation.document, citation.page), []).append(i)
    if not lines:
        return ""
    shown = "".join(
        f'<div class="origin"><span class="numbers">{"".join(_mark(citations[i], i + 1, words) for i in numbers)}</span>'
        f"{_origin(citations[numbers[0]], words)}{_also([citations[i] for i in numbers], words)}</div>"
        for numbers in lines.values()
    )
    return f'<div class="sources"><p class="label">{inert(words.sources)}</p>{shown}</div>'


def _conflict(conflict: Conflict, citations: Sequence[Citation], words: Words) -> str:
    values = "".join(
        f'<div class="value">{inert(value)}{_mark(citations[i], i + 1, words)}</div>'
        for value, i in zip(conflict.values, conflict.citations, strict=False)
    )
    label = inert("：".join(w for w in (words.conflict, conflict.what) if w))
    return f'<div class="conflict"><p class="label">{label}</p>{values}</div>'
