"""What a refusal says: what was looked for, what of it is nowhere, and what is nearest."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.matches import stands_in
from assistant.missing import NAME, has_brand, has_name, has_place, named, sibling
from assistant.question import Question
from assistant.rank import matchable
from assistant.retrieve import Hit
from assistant.script import in_script
from assistant.unknown_sides import not_in
from assistant.wording import REFUSED

LONGEST = 40
"""Characters of a question that is said again."""
MOST_MISSING = 3
LONGEST_TITLE = 36
TITLED_INSIDE = str.maketrans("《》", "〈〉")
QUOTED_INSIDE = str.maketrans("「」", "『』")
"""Marks that are used inside others of their kind (GB/T 15834)."""


def refusal(asked: Question, hits: Sequence[Hit], nearest: int) -> str:
    """The words of a refusal, in the question's script; `nearest` of the hits, the best first, are cited with it."""
    words = {name: in_script(text, asked.script) for name, text in REFUSED.items()}
    question = " ".join(asked.text.split()).rstrip("？?。.！!")
    question = question.translate(QUOTED_INSIDE)
    said = words["asked"].format(question=question) if len(question) <= LONGEST else words["long"]
    if not hits:
        return said + words["end"]
    titles = dict.fromkeys(in_title_marks(in_script(h.title, asked.script)) for h in hits[:nearest] if h.title)
    said += words["nearest"].format(titles=words["and"].join(list(titles)[:2])) if titles else words["below"]
    if missing := not_told(asked, hits):
        said += words["missing"].format(names=words["and"].join(name for name, _ in missing))
        if instead := next((other for _, other in missing if other), ""):
            said += words["instead"].format(name=instead)
    return said + words["end"]


def not_told(asked: Question, hits: Sequence[Hit]) -> list[tuple[str, str]]:
    """The names, places and years of a question that no passage has, as it writes them, each with one of its shape that there is."""
    read = matchable("\n".join(f"{h.title}\n{h.heading}\n{h.text}" for h in hits))
    told = named(asked)
    gone = [
        *((n, sibling(n, read)) for n in told.names if not has_name(n, read)),
        *((n, "") for n in told.brands if not has_brand(n, read)),
        *((n, "") for n in told.places if not has_place(n, read)),
        *((n, "") for n in told.quoted if n not in read),
        *((y, "") for y in told.years if not stands_in(y, read)),
        *((n, "") for n in not_in(asked, [read]) if not NAME.search(n)),
    ]
    return [(_as_asked(n, asked), _as_read(other, hits)) for n, other in dict(gone).items()][:MOST_MISSING]


def _as_asked(name: str, asked: Question) -> str:
    """A folded name as the question writes it; a year with its word."""
    if re.fullmatch(r"\d{4}", name):
        return f"{name}年"
    at = asked.folded.find(name)
    return asked.text[at : at + len(name)] if len(asked.text) == len(asked.folded) and at >= 0 else name


def _as_read(name: str, hits: Sequence[Hit]) -> str:
    """A folded Latin name as the passages write it."""
    found = next((m for h in hits if name and (m := re.search(re.escape(name), h.text, re.IGNORECASE))), None)
    return found[0] if found else name


def in_title_marks(title: str) -> str:
    """A title, a long one cut short, in the marks of titles; those that it has itself become the inner ones."""
    if re.fullmatch("《[^《》]*》", title):
        title = title[1:-1]
    short = title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"
    return f"《{short.translate(TITLED_INSIDE)}》"
