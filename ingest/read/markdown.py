"""Markdown: the text without its marks; headings and tables noted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import yaml

from ingest.document import Block, Document, Edit, Span, View
from ingest.read.metadata import fields
from ingest.read.text import read_text

FRONT_MATTER = re.compile(r"\A\n?---[ \t]*\n(.*?\n)---[ \t]*\n", re.DOTALL)
FENCED = re.compile(r"^(?P<mark>```|~~~)[^\n]*\n(?P<code>.*?)^(?P=mark)[`~]*[ \t]*$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#{1,6})[ \t]+(.*?)([ \t]+#+)?[ \t]*$", re.MULTILINE)
RULE = r"[ \t]{0,3}(?:\|[ \t]*)?:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\n"
TABLE = re.compile(
    rf"^\|.*\|[ \t]*\n{RULE}(?:\|.*(?:\n|\Z))*|^(?=[^\n|]+\|).*\n(?=[^\n]*\|){RULE}(?:[^\n|]*\|.*(?:\n|\Z))*",
    re.MULTILINE,
)
"""With bars at both ends of a row, or only between its cells."""
RULE_ROW = re.compile(rf"^(?=.*\|){RULE}", re.MULTILINE)
UNDERLINED = re.compile(r"^(?=[^\s#>|=-])([^\n]{1,100}?)[ \t]*\n={3,}[ \t]*$", re.MULTILINE)
COMMENT = re.compile(r"<!--.{0,5000}?-->", re.DOTALL)
# What no named group holds is markup. Lengths are bounded: a mark that never closes is searched for only so far.
INLINE = re.compile(
    r"(?P<image>!\[[^\]\n]{0,300}\]\([^)\n]{0,2000}\))"
    r"|\[(?P<link>[^\]\n]{1,300})\]\([^)\s]{1,2000}(?:[ \t]{1,9}\"[^\"\n]{0,300}\")?\)"
    r"|\*\*(?P<bold>[^*\n]{1,2000})\*\*"
    r"|(?<![\w*])\*(?P<italic>[^*\s][^*\n]{0,2000})\*(?![\w*])"
    r"|`(?P<code>[^`\n]{1,2000})`"
    r"|^(?P<quote>>[ \t]?)+"
    r"|^(?P<line>[-*_]{3,}[ \t]*)$",
    re.MULTILINE,
)


def read_markdown(data: bytes, path: str) -> Document:
    """Read Markdown. Marks are deleted, so what is left of a line is verbatim. Front matter may state title, publisher, date."""
    document = read_text(data, path)
    # Of the same length, with one kind of line end; a byte-order mark is a line before the first.
    text = document.raw.replace("\r\n", " \n")
    edits = []
    if text.startswith("\ufeff"):
        text = "\n" + text[1:]
        edits = [Edit(0, 1)]
    front = FRONT_MATTER.match(text)
    if front:
        edits = [Edit(0, front.end())]
    code = [m.span("code") for m in FENCED.finditer(text)]
    for m in FENCED.finditer(text):
        edits += [Edit(m.start(), m.start("code")), Edit(m.end("code"), m.end())]
    # Code is shown as it is: with its marks hidden it has none.
    text = _blanked(text, [*code, *([front.span()] if front else [])])
    headings: list[Block] = []
    for m in HEADING.finditer(text):
        edits += [Edit(m.start(), m.start(2)), Edit(m.end(2), m.end())]
        if m[2]:
            headings.append(Block("heading", Span(m.start(2), m.end(2)), len(m[1])))
    for m in UNDERLINED.finditer(text):
        edits.append(Edit(m.end(1), m.end()))
        headings.append(Block("heading", Span(m.start(1), m.end(1)), 1))
    edits += [Edit(m.start(), m.end()) for m in COMMENT.finditer(text)]
    tables = [Block("table", Span(m.start(), m.end())) for m in TABLE.finditer(text)]
    edits += [Edit(m.start(), m.end()) for t in tables for m in RULE_ROW.finditer(text, t.span.start, t.span.end)]
    edits += [e for m in INLINE.finditer(text) for e in _unmark(m)]
    blocks = sorted(headings + tables, key=lambda b: b.span)
    stated, warnings = _stated(front[1] if front else "")
    title = next((b.span.of(text) for b in blocks if b.level == 1), "")
    return replace(
        document,
        format="md",
        view=View.of(document.raw).edit(_disjoint(e for e in edits if e.start < e.end)),
        title=_plain(title) or stated.get("title", ""),
        blocks=tuple(blocks),
        publisher=stated.get("publisher", ""),
        date=stated.get("date", ""),
        warnings=(*document.warnings, *warnings),
    )


def _blanked(text: str, ranges: Iterable[tuple[int, int]]) -> str:
    """The text with these ranges made blank, line ends aside."""
    parts, done = [], 0
    for start, end in sorted(ranges):
        parts += [text[done:start], re.sub(r"[^\n]", " ", text[start:end])]
        done = end
    return "".join(parts) + text[done:]


def _stated(front: str) -> tuple[dict[str, str], tuple[str, ...]]:
    if not front.strip():
        return {}, ()
    try:
        return fields(front), ()
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, ("its front matter is no YAML and was left out",)


def _unmark(match: re.Match[str]) -> list[Edit]:
    kept = match.lastgroup or ""
    if kept in {"image", "quote", "line"}:
        return [Edit(match.start(), match.end())]
    return [Edit(match.start(), match.start(kept)), Edit(match.end(kept), match.end())]


def _disjoint(edits: Iterable[Edit]) -> list[Edit]:
    """Edits in order; one that overlaps what an earlier one deletes is dropped."""
    kept: list[Edit] = []
    for edit in sorted(edits):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return kept


def _plain(text: str) -> str:
    return INLINE.sub(lambda m: "" if m.lastgroup in {"image", "quote", "line"} else m[m.lastgroup or 0], text)
