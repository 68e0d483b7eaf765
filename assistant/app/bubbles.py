"""The bubbles of the conversation as HTML that is safe to show: all text is escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import urlencode

from assistant.answer import Answer, Citation, Conflict, Sentence
from assistant.app.labels import Words
from assistant.app.own import is_own, shown_path
from assistant.app.turns import Turn
from assistant.script import script_of
from assistant.visible import one_line as name_line
from ingest.document import BREAK, Span

SNIPPET = 96
"""Characters of a passage that a refusal shows."""
PASSAGE_ADDRESS = "#source"
DEED_ADDRESS = "#do"
"""What a link to it does is the script's to do: the conversation keeps links, and no buttons."""
WAITING = '<span class="waiting">'

MARKDOWN = re.compile(r"[!-/:-@\[-`{-~]")
HAN_LINE_END = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uffef])\s*\n\s*(?=[\u2e80-\u9fff\uff00-\uffef])")
ITEM = re.compile(
    r"\s*(?:\d{1,2}[.、．)）](?!\d)|[-*•·●◆]\s|[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）]|第[一二三四五六七八九十][，、])"
)


HEADED = re.compile(r"[^，,。；;：:]{2,14}[：:]\S")
"""A sentence that begins with what it is about, as entries of a list do that has no numbers."""
ENTRIES = 3
"""So many of them, one behind the other or not, are a list."""


def inert(text: str) -> str:
    """A text for the conversation, whose bubbles are read as Markdown with HTML: neither sees anything in it."""
    lines = text.strip().splitlines()
    return "<br>".join(MARKDOWN.sub(lambda m: f"&#{ord(m[0])};", line) for line in lines)


def one_line(text: str) -> str:
    """A passage on one line: no space where a line ended between two Chinese characters."""
    return " ".join(HAN_LINE_END.sub("", text.replace(BREAK, "\n")).split())


def welcome_html(words: Words, documents: int, passages: int) -> str:
    """What stands in a conversation that has not begun: how much there is to ask about."""
    told = words.invitation if documents else words.empty
    holds = f'<p class="holds">{inert(words.holds.format(documents, passages))}</p>' if documents else ""
    return f'<div class="welcome"><h2>{inert(words.welcome)}</h2><p>{inert(told)}</p>{holds}</div>'


def name_html(name: str) -> str:
    """A title, a path or the name of a page, for the conversation: on one line, its controls and marks of direction seen."""
    return inert(name_line(name))


def turn_html(turn: Turn, words: Words, *, last: bool) -> tuple[str, str]:
    """The two bubbles of a turn that is over, and what can be done with it; the last one can be asked again."""
    return question_html(turn.question, words, turn.number if last else 0), _answer_of(turn, words, last=last)


def question_html(question: str, words: Words, turn: int = 0) -> str:
    """The bubble of a question; with the number of a turn it can be edited."""
    edit = deed_html("edit", turn, "✎", words.edit) if turn else ""
    return f'<div class="asked" lang="{script_of(question)}">{inert(question)}</div>{edit}'


def _answer_of(turn: Turn, words: Words, *, last: bool) -> str:
    deeds = _deeds(turn, words, last=last)
    if turn.state == "answered" and turn.answer is not None:
        return answer_html(turn.place, turn.answer, words, deeds)
    if turn.state == "failed":
        return failure_html(turn.place, *turn.failure, deeds)
    return stopped_html(turn.place, words, turn.answer, deeds)


def _deeds(turn: Turn, words: Words, *, last: bool) -> str:
    """The links below an answer."""
    deeds = [deed_html("retry", turn.number, words.retry, words.retry)] if last else []
    if turn.state == "answered":
        deeds.insert(0, deed_html("copy", turn.number, words.copy_answer, words.copy_answer))
        deeds.insert(1, deed_html("why", turn.number, words.why, words.why))
        for name, label, given in (("good", words.helpful, True), ("bad", words.unhelpful, False)):
            deeds.append(deed_html(name, turn.number, label, label, "thumb given" if turn.good is given else "thumb"))
    return f'<p class="deeds-below">{"".join(deeds)}</p>'


def deed_html(name: str, turn: int, shown: str, label: str, kind: str = "") -> str:
    """A link that does something with a turn."""
    address = escape(f"{DEED_ADDRESS}?{urlencode({'do': name, 'turn': turn})}")
    return f'<a class="deed {kind}" href="{address}" title="{inert(label)}">{inert(shown)}</a>'


def writing_html(turn: int, sentences: Sequence[Sentence], citations: Sequence[Citation], words: Words) -> str:
    """The bubble of an answer that is still being written."""
    if not sentences:
        return _bubble(turn, "writing", [f"<p>{WAITING}{inert(words.writing)}</span></p>"])
    return _bubble(turn, "writing", [_said(sentences, citations, words)])


def answer_html(turn: int, answer: Answer, words: Words, deeds: str = "") -> str:
    """The bubble of a whole answer with its sources; of a refusal, with the nearest passages."""
    notices = [f'<p class="notice">{inert(n)}</p>' for n in answer.notices]
    if answer.abstained:
        return _bubble(turn, "refused", [*_refusal(answer, words), *notices, deeds])
    conflicts = [_conflict(c, answer.citations, words) for c in answer.conflicts]
    said = _said(answer.sentences, answer.citations, words)
    parts = [_badges(answer, words), said, *conflicts, _sources(answer.citations, words), *notices, deeds]
    return _bubble(turn, "answered", parts)


def stopped_html(turn: int, words: Words, written: Answer | None = None, deeds: str = "") -> str:
    """The bubble of an answer that was stopped: what was written of it, if anything was."""
    if written is not None and written.sentences:
        return _bubble(turn, "stopped", [_said(written.sentences, written.citations, words), deeds])
    return _bubble(turn, "stopped", [f"<p>{inert(words.stopped)}</p>", deeds])


def failure_html(turn: int, what: str, advice: str, deeds: str = "") -> str:
    """The bubble that tells what went wrong, and the next step."""
    return _bubble(turn, "failed", [f"<p><strong>{inert(what)}</strong></p>", f"<p>{inert(advice)}</p>", deeds])


def citation_address(citation: Citation, number: int) -> str:
    """Where a citation's mark points: all that the source pane needs to show it."""
    return passage_address(citation.document, citation.span, number)


def passage_address(document: str, span: Span, number: int) -> str:
    """Where a mark points that shows a raw range of a document; its number in the answer, 0 for none."""
    place = {"document": document, "start": span.start, "end": span.end, "number": number}
    return f"{PASSAGE_ADDRESS}?{urlencode(place)}"


def _badges(answer: Answer, words: Words) -> str:
    """What there is to know before an answer is believed, in a word or two each."""
    badges = (
        *(
            ("conflicting", name, words.disagreement(kind), True)
            for name, kind in {words.badge_of(c.kind): c.kind for c in answer.conflicts}.items()
        ),
        ("doubtful", words.badge_unsupported, words.unsupported, not all(s.supported for s in answer.sentences)),
        ("damaged", words.badge_damaged, words.damaged, any(c.damaged for c in answer.citations)),
        ("repaired", words.badge_repaired, words.repaired, any(c.repaired for c in answer.citations)),
    )
    shown = "".join(_badge(kind, name, means) for kind, name, means, there in badges if there)
    return f'<p class="badges">{shown}</p>' if shown else ""


def _badge(kind: str, name: str, means: str) -> str:
    return f'<span class="badge {kind}" title="{inert(means)}">{inert(name)}</span>'


def _flaws(citations: Sequence[Citation], words: Words) -> str:
    """The badges of a source whose quoted text was repaired or is damaged."""
    damaged = _badge("damaged", words.badge_damaged, words.damaged) if any(c.damaged for c in citations) else ""
    repaired = _badge("repaired", words.badge_repaired, words.repaired) if any(c.repaired for c in citations) else ""
    return damaged + repaired


def _bubble(turn: int, kind: str, parts: Iterable[str]) -> str:
    # On one line: an empty line would end the HTML block and let Markdown in.
    return f'<div class="answer {kind}" id="answer-{turn}">{"".join(parts)}</div>'


def _said(sentences: Sequence[Sentence], citations: Sequence[Citation], words: Words) -> str:
    """The sentences with their marks: one behind each run of sentences that rest on the same."""
    parts = []
    listed = sum(bool(HEADED.match(s.text)) for s in sentences) >= ENTRIES
    for sentence, following in zip(sentences, [*sentences[1:], None], strict=True):
        told = inert(sentence.text)
        if not sentence.supported:
            why = "；".join(sentence.doubts) or words.unsupported
            told = f'<span class="unsupported" title="{inert(why)}">{told}</span>'
        if following is None or (following.citations, following.supported) != (sentence.citations, sentence.supported):
            told += "".join(_mark(citations[i], i + 1, words) for i in sentence.citations if i < len(citations))
        kind = "sentence item" if ITEM.match(sentence.text) else "sentence"
        kind += " entry" if listed and HEADED.match(sentence.text) else ""
        parts.append(f'<span class="{kind}">{told}</span>')
    doubt = "" if all(s.supported for s in sentences) else f'<p class="notice">{inert(words.unsupported)}</p>'
    return f'<p lang="{script_of("".join(s.text for s in sentences))}">{"".join(parts)}</p>{doubt}'


def _mark(citation: Citation, number: int, words: Words) -> str:
    label = name_html(words.citation(number, citation.title))
    return f'<a class="cite" href="{escape(citation_address(citation, number))}" title="{label}">[{number}]</a>'


def _refusal(answer: Answer, words: Words) -> list[str]:
    parts = [
        f'<p class="badges">{_badge("missing", words.badge_refused, words.refused)}</p>',
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
    return f'<div class="near">{_mark(citation, number, words)}{_origin(citation, words)}{_flaws([citation], words)}{_also([citation], words)}{quoted}</div>'


def _origin(citation: Citation, words: Words) -> str:
    page = f' <span class="page-label">{name_html(words.page(citation.page))}</span>' if citation.page else ""
    own = f'<span class="own">{inert(words.own_file)}</span> ' if is_own(citation.document) else ""
    return f'{own}<span class="title" lang="{script_of(citation.title)}">{name_html(citation.title)}</span>{page}'


def _also(citations: Sequence[Citation], words: Words) -> str:
    """The copies of a report that say the same, each with its page."""
    places = dict.fromkeys((a.document, a.page) for c in citations for a in c.also)
    if not places:
        return ""
    named = (shown_path(path) + (f" {words.page(page)}" if page else "") for path, page in places)
    return f'<span class="also">{inert(words.also_in)} {name_html(" · ".join(named))}</span>'


def _sources(citations: Sequence[Citation], words: Words) -> str:
    """One line for each document and page, with the numbers of its citations."""
    lines: dict[tuple[str, str], list[int]] = {}
    for i, citation in enumerate(citations):
        lines.setdefault((citation.document, citation.page), []).append(i)
    if not lines:
        return ""
    shown = "".join(
        f'<div class="origin"><span class="numbers">{"".join(_mark(citations[i], i + 1, words) for i in numbers)}</span>'
        f"{_origin(citations[numbers[0]], words)}{_flaws([citations[i] for i in numbers], words)}{_also([citations[i] for i in numbers], words)}</div>"
        for numbers in lines.values()
    )
    return f'<div class="sources"><p class="label">{inert(words.sources)}</p>{shown}</div>'


def _conflict(conflict: Conflict, citations: Sequence[Citation], words: Words) -> str:
    says = words.places(conflict.kind) or ("",) * len(conflict.values)
    values = "".join(
        f'<div class="value">{_place(place)}{inert(value)}{_mark(citations[i], i + 1, words)}</div>'
        for place, value, i in zip(says, conflict.values, conflict.citations, strict=False)
    )
    label = inert("：".join(w for w in (words.disagreement(conflict.kind), conflict.what) if w))
    return f'<div class="conflict"><p class="label">{label}</p>{values}</div>'


def _place(name: str) -> str:
    """What of a report says a value: its headline, its text."""
    return f'<span class="place">{inert(name)}</span> ' if name else ""
