"""Word documents, through python-docx: paragraphs, headings, tables, text boxes and notes in their order.

What the document says once its tracked changes are accepted is read, so the
elements are walked here: the library's own text leaves out what was inserted
under tracking, content controls and boxes. Heads and feet of pages are left
out as in other formats; so are the remarks of reviewers, which are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.exceptions import OpcError
from docx.oxml import parse_xml
from docx.text.paragraph import Paragraph

from ingest.document import Document
from ingest.read.compose import Composition
from ingest.read.package import opened
from ingest.read.properties import office_properties

LEVEL = re.compile(r"^(?:Title|(?:Heading|标题|標題) ?(\d))$")
DEEPEST = 10
"""Tables within tables, and boxes within boxes, are followed this far."""
MAIN = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""Says the same as the element before it once more, for older programs."""
UNSAID = {
    f"{MAIN}{name}" for name in ("del", "moveFrom", "rPr", "pPr", "instrText", "delText", "rt", "txbxContent")
} | {FALLBACK}
"""Deleted text, properties, codes of fields, readings above characters; boxes are read by themselves."""
SPOKEN = {f"{MAIN}tab": " ", f"{MAIN}br": "\n", f"{MAIN}cr": "\n", f"{MAIN}noBreakHyphen": "-"}
NOTES = ("footnotes", "endnotes")


def read_docx(data: bytes, path: str) -> Document:
    """Read a Word document. Raw has a line for each paragraph and each row, whose cells `` | `` sets apart.

    Boxes follow the paragraph that they hang on, foot- and endnotes the whole text.
    Raises UnreadableFile when it is no Word document.
    """
    text = Composition()
    with opened(data, path, "a Word document", ".docx") as package:
        try:
            source = docx.Document(package)
        except OpcError as exc:
            raise ValueError(str(exc)) from exc
        for item in _items(source.element.body):
            if item.tag == f"{MAIN}tbl":
                text.table(_rows(item))
            else:
                _add_paragraph(text, item, source)
        parts = {p.partname.rpartition("/")[2].removesuffix(".xml"): p for p in source.part.package.iter_parts()}
        for name in NOTES:
            if name in parts:
                _add_notes(text, parse_xml(parts[name].blob))
        remarks = len(list(parse_xml(parts["comments"].blob))) if "comments" in parts else 0
        known = office_properties(data, source.core_properties.title)
    told = (f"{remarks} remarks of reviewers were left out",) if remarks else ()
    return text.document(path, "docx", warnings=told, **known)


def _items(parent: Any) -> Iterator[Any]:
    """The paragraphs and tables below an element, those in content controls and the like in their place."""
    for child in parent.iterchildren("{*}*"):
        if child.tag in {f"{MAIN}p", f"{MAIN}tbl"}:
            yield child
        elif child.tag not in UNSAID:
            yield from _items(child)


def _add_paragraph(text: Composition, paragraph: Any, source: Any) -> None:
    words = _words(paragraph)
    if level := _level(paragraph, source):
        text.heading(words, level)
    else:
        text.line(words)
    boxes = [
        box for box in paragraph.iter(f"{MAIN}txbxContent") if FALLBACK not in {a.tag for a in box.iterancestors()}
    ]
    for box in boxes:
        text.part()
        for item in _items(box):
            if item.tag == f"{MAIN}tbl":
                text.table(_rows(item))
            else:
                text.line(_words(item))
    if boxes:
        text.part()


def _level(paragraph: Any, source: Any) -> int:
    """The level of a heading, by its style or its place in the outline; 0 for any other paragraph."""
    style = Paragraph(paragraph, source._body).style
    if named := LEVEL.match(str(style.name) if style else ""):
        return int(named[1] or 1)
    outline = paragraph.find(f"{MAIN}pPr/{MAIN}outlineLvl")
    depth = str(outline.get(f"{MAIN}val")) if outline is not None else ""
    return int(depth) + 1 if depth.isdigit() and int(depth) < 9 else 0


def _words(element: Any) -> str:
    """What is said in an element: inserted text, and not what was deleted."""
    said = []
    for child in element.iterchildren("{*}*"):
        if child.tag in UNSAID:
            continue
        if child.tag in {f"{MAIN}t", f"{MATH}t"}:
            said.append(child.text or "")
        else:
            said.append(SPOKEN.get(child.tag, "") or _words(child))
    return "".join(said)


def _rows(table: Any, depth: int = 0) -> list[list[str]]:
    """The cells of each row. A cell over several rows is said in each of them, one over several columns once."""
    rows: list[list[str]] = []
    above: dict[int, str] = {}
    for row in table.iter(f"{MAIN}tr"):
        if next(row.iterancestors(f"{MAIN}tbl")) is not table or row.find(f"{MAIN}trPr/{MAIN}del") is not None:
            continue
        cells: list[str] = []
        column = 0
        for cell in (c for c in row.iter(f"{MAIN}tc") if next(c.iterancestors(f"{MAIN}tr")) is row):
            merged = cell.find(f"{MAIN}tcPr/{MAIN}vMerge")
            goes_on = merged is not None and merged.get(f"{MAIN}val", "continue") == "continue"
            words = above.get(column, "") if goes_on else _cell(cell, depth)
            width = cell.find(f"{MAIN}tcPr/{MAIN}gridSpan")
            wide = int(width.get(f"{MAIN}val", "1")) if width is not None else 1
            above[column] = words
            # What follows stays in its column.
            cells += [words, *[""] * (wide - 1)]
            column += wide
        ends = wide - 1 if cells else 0
        rows.append(cells[: len(cells) - ends])
    return rows


def _cell(cell: Any, depth: int) -> str:
    """The text of a cell, that of tables within it included."""
    words: list[str] = []
    for item in _items(cell):
        if item.tag == f"{MAIN}p":
            words.append(_words(item))
        elif depth < DEEPEST:
            words += [inner for row in _rows(item, depth + 1) for inner in row if inner]
    return " ".join(words)


def _add_notes(text: Composition, notes: Any) -> None:
    """Foot- or endnotes, each a part of its own; the rules that separate them from the text are none."""
    for note in notes.iterchildren("{*}*"):
        if note.get(f"{MAIN}type") in {None, "normal"}:
            text.part()
            for item in _items(note):
                text.line(_words(item))
