"""A conversation as a Word document with real footnotes, which python-docx does not write by itself."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import docx as word
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt

from assistant.app.export import Export

FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
FONT = "Noto Serif CJK SC"
SEPARATORS = 2
"""The footnotes that Word draws its lines with; ours are numbered behind them."""


def docx(export: Export) -> bytes:
    """The bytes of the document."""
    document = word.Document()
    normal = document.styles["Normal"]
    normal.font.size = Pt(11)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    document.core_properties.title = _storable(export.title)
    document.core_properties.author = "Wenju"
    document.add_heading(_storable(export.title), 0)
    for told in export.turns:
        document.add_heading(_storable(told.question), 1)
        paragraph = document.add_paragraph()
        for text, notes in told.pieces:
            paragraph.add_run(_storable(text))
            for number in notes:
                _refer(paragraph, number)
        for remark in told.remarks:
            document.add_paragraph().add_run(_storable(remark)).italic = True
    _add_footnotes(document, export.footnotes)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _storable(text: str) -> str:
    """A text as XML can hold it."""
    return "".join(c for c in text if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))


def _refer(paragraph: Any, number: int) -> None:
    """Put the mark of a footnote, counted from 1, at the end of a paragraph."""
    run = paragraph.add_run()
    run.font.superscript = True
    reference = OxmlElement("w:footnoteReference")
    reference.set(qn("w:id"), str(number + SEPARATORS - 1))
    run._r.append(reference)


def _add_footnotes(document: Any, notes: Sequence[str]) -> None:
    root = parse_xml(f"<w:footnotes {nsdecls('w')}/>")
    for number, kind in enumerate(("separator", "continuationSeparator")):
        root.append(_footnote(number, kind, [OxmlElement(f"w:{kind}")]))
    for number, note in enumerate(notes, SEPARATORS):
        text = OxmlElement("w:t")
        text.text = f" {_storable(note)}"
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        root.append(_footnote(number, "", [OxmlElement("w:footnoteRef"), text]))
    part = Part(PackURI("/word/footnotes.xml"), FOOTNOTES, serialize_part_xml(root), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def _footnote(number: int, kind: str, pieces: Sequence[Any]) -> Any:
    note = OxmlElement("w:footnote")
    if kind:
        note.set(qn("w:type"), kind)
    note.set(qn("w:id"), str(number))
    paragraph = OxmlElement("w:p")
    for piece in pieces:
        run = OxmlElement("w:r")
        run.append(piece)
        paragraph.append(run)
    note.append(paragraph)
    return note
