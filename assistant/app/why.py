"""Why these sources: what each cited passage was found by, in words, and what was found beside them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from assistant.answer import RETRIEVED, Assistant, Citation
from assistant.app.bubbles import citation_address, passage_address
from assistant.app.labels import Words
from assistant.app.turns import Turn
from assistant.question import looked_for, understand
from assistant.rank import CROSS_ENCODER
from assistant.retrieve import Hit
from assistant.script import script_of

TOLD = ("coverage_with_headings", "window", "phrases", "cosine")
"""The features of a hit that people can make something of; all are shares, from 0 to 1."""
STEPS = (0.8, 0.5, 0.25)
"""From these shares on a feature is called very strong, strong, and middling; below, weak."""
SNIPPET = 60
BESIDE = 5
"""Passages that were found and not cited which are shown, at most."""


def found_for(assistant: Assistant, turn: Turn, history: Sequence[str]) -> list[Hit]:
    """The passages that the answer of a turn was made from, best first."""
    asked = understand(turn.question, history)
    parts = looked_for(asked)
    only = list(turn.documents) or None
    found = {h.number: h for part in parts for h in assistant.retriever.retrieve(part, RETRIEVED, documents=only)}
    return sorted(found.values(), key=lambda h: (-h.score, h.number))


def why_html(turn: Turn, hits: Sequence[Hit], words: Words) -> str:
    """The reasons, for the source pane: one entry for each citation, then what was found and not cited."""
    citations = turn.answer.citations if turn.answer else ()
    cited = "".join(_cited(c, i + 1, _hit_of(c, hits), words) for i, c in enumerate(citations))
    beside = [h for h in hits if not any(_holds(h, c) for c in citations)][:BESIDE]
    left = "".join(_beside(h, words) for h in beside)
    more = f'<h3>{escape(words.not_cited)}</h3><ul class="reasons">{left}</ul>' if left else ""
    return f'<p class="lead">{escape(words.why_means)}</p><ul class="reasons">{cited}</ul>{more}'


def strength(share: float, words: Words) -> str:
    """A share from 0 to 1 in words."""
    names = (words.very_strong, words.strong, words.middling, words.weak)
    return names[sum(share < step for step in STEPS)]


def _hit_of(citation: Citation, hits: Sequence[Hit]) -> Hit | None:
    return next((h for h in hits if _holds(h, citation)), None)


def _holds(hit: Hit, citation: Citation) -> bool:
    return hit.document == citation.document and hit.span.overlap(citation.span) > 0


def _cited(citation: Citation, number: int, hit: Hit | None, words: Words) -> str:
    mark = f'<a class="cite" href="{escape(citation_address(citation, number))}">[{number}]</a>'
    quote = _snippet(citation.quote)
    told = _reasons(hit, words) if hit else f'<p class="untold">{escape(words.no_reason)}</p>'
    return f"<li>{mark}{_origin(citation.title, citation.page, words)}{quote}{told}</li>"


def _beside(hit: Hit, words: Words) -> str:
    address = escape(passage_address(hit.document, hit.span, 0))
    mark = f'<a class="cite" href="{address}" title="{escape(words.source)}">↗</a>'
    return f"<li>{mark}{_origin(hit.title, hit.page, words)}{_snippet(hit.text)}{_reasons(hit, words)}</li>"


def _origin(title: str, page: str, words: Words) -> str:
    where = f' <span class="page-label">{escape(words.page(page))}</span>' if page else ""
    return f'<span class="title" lang="{script_of(title)}">{escape(title)}</span>{where}'


def _snippet(text: str) -> str:
    line = " ".join(text.split())
    shown = line if len(line) <= SNIPPET else line[:SNIPPET] + "…"
    return f'<q lang="{script_of(text)}">{escape(shown)}</q>'


def _reasons(hit: Hit, words: Words) -> str:
    return f'<dl title="{escape(hit.why)}">{"".join(_told(hit, words))}</dl>'


def _told(hit: Hit, words: Words) -> Iterator[str]:
    if CROSS_ENCODER in hit.features:
        # Its log-odds as a probability: as likely as not is the middle of the bar.
        yield _bar(words.by_reading, 0.5 + 0.5 * math.tanh(hit.features[CROSS_ENCODER] / 2), words)
    names = (words.by_terms, words.by_window, words.by_wording, words.by_meaning)
    for name, feature in zip(names, TOLD, strict=True):
        yield _bar(name, min(1.0, max(0.0, float(hit.features.get(feature, 0.0)))), words)


def _bar(name: str, share: float, words: Words) -> str:
    return (
        f"<div><dt>{escape(name)}</dt><dd><meter min='0' max='1' value='{share:.2f}'></meter>"
        f" {escape(strength(share, words))}</dd></div>"
    )
