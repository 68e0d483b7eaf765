"""Markdown: the text without its marks; headings and tables noted."""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.document import Block, Document, Edit, Span
from ingest.read.text import read_text

FRONT_MATTER = re.compile(r"\A\ufeff?---\n(.*?\n)---\n", re.DOTALL)
HEADING = re.compile(r"^(#{1,6})[ \t]+(.*?)([ \t]+#+)?[ \t]*$", re.MULTILINE)
TABLE = re.compile(r"^\|.*\|[ \t]*\n\|[ \t:|-]+\|[ \t]*\n(?:\|.*(?:\n|\Z))*", re.MULTILINE)
RULE_ROW = re.compile(r"^\|[ \t:|-]+\|[ \t]*\n", re.MULTILINE)
# Everything but group "keep" is markup.
INLINE = re.compile(
    r"(?P<image>!\[[^\]\n]*\]\([^)\n]*\))"
    r"|\[(?P<link>[^\]\n]+)\]\([^)\s]+(?:[ \t]+\"[^\"\n]*\")?\)"
    r"|\*\*(?P<bold>[^*\n]+)\*\*"
    r"|(?<![\w*])\*(?P<italic>[^*\s][^*\n]*)\*(?![\w*])"
    r"|`(?P<code>[^`\n]+)`"
    r"|^(?P<quote>>[ \t]?)+"
    r"|^(?P<line>[-*_]{3,}[ \t]*)$",
    re.MULTILINE,
)


def read_markdown(data: bytes, path: str) -> Document:
    """Read Markdown. Marks are deleted, so what is left of a line is verbatim."""
    document = read_text(data, path)
    text = document.raw
    edits = [Edit(0, m.end(1) + 4) for m in FRONT_MATTER.finditer(text)]
    headings: list[Block] = []
    for m in HEADING.finditer(text):
        edits += [Edit(m.start(), m.start(2)), Edit(m.end(2), m.end())]
        if m[2]:
            headings.append(Block("heading", Span(m.start(2), m.end(2)), len(m[1])))
    tables = [Block("table", Span(m.start(), m.end())) for m in TABLE.finditer(text)]
    edits += [Edit(m.start(), m.end()) for t in tables for m in RULE_ROW.finditer(text, t.span.start, t.span.end)]
    edits += [e for m in INLINE.finditer(text) for e in _unmark(m)]
    blocks = sorted(headings + tables, key=lambda b: b.span)
    title = next((b.span.of(text) for b in blocks if b.level == 1), "")
    return replace(
        document,
        format="md",
        view=document.view.edit(_disjoint(e for e in edits if e.start < e.end)),
        title=_plain(title),
        blocks=tuple(blocks),
    )


def _unmark(match: re.Match[str]) -> list[Edit]:
    kept = match.lastgroup or ""
    if kept in {"image", "quote", "line"}:
        return [Edit(match.start(), match.end())]
    return [Edit(match.start(), match.start(kept)), Edit(match.end(kept), match.end())]


def _disjoint(edits: object) -> list[Edit]:
    """Edits in order; one that overlaps what an earlier one deletes is dropped."""
    kept: list[Edit] = []
    for edit in sorted(edits):  # type: ignore[call-overload]
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return kept


def _plain(text: str) -> str:
    return INLINE.sub(lambda m: "" if m.lastgroup in {"image", "quote", "line"} else m[m.lastgroup or 0], text)
