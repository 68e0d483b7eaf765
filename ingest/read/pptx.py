"""PowerPoint presentations, through python-pptx: each slide a page, with its title, text, tables, charts and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pptx
from pptx.exc import PythonPptxError

from ingest.document import Document
from ingest.read.compose import Composition
from ingest.read.numbers import number_shown
from ingest.read.package import opened
from ingest.read.properties import office_properties

DEEPEST = 20
"""Groups within groups are followed this far."""


def read_pptx(data: bytes, path: str) -> Document:
    """Read a presentation. Raw has a line for each paragraph and each row of a table or chart.

    A speaker's notes follow their slide, set apart from it, since reports put
    sources and reasons there; dates, footers and numbers of slides are left out.
    Raises UnreadableFile when it is no presentation.
    """
    text = Composition()
    with opened(data, path, "a PowerPoint presentation", ".pptx") as package:
        try:
            source = pptx.Presentation(package)
        except PythonPptxError as exc:
            raise ValueError(str(exc)) from exc
        for number, slide in enumerate(source.slides, 1):
            text.page(str(number))
            _add_slide(text, slide, 1 if number == 1 else 2)
        known = office_properties(data, source.core_properties.title)
    return text.document(path, "pptx", **known)


def _add_slide(text: Composition, slide: Any, level: int) -> None:
    title = slide.shapes.title
    if title is not None and title.has_text_frame:
        text.heading(title.text_frame.text, level)
    for shape in _leaves(slide.shapes):
        if title is not None and shape.shape_id == title.shape_id:
            continue
        _add_shape(text, shape)
    if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None:
        text.part()
        for paragraph in notes.paragraphs:
            text.line(_words(paragraph))


def _leaves(shapes: Iterable[Any], depth: int = 0) -> Iterator[Any]:
    """All shapes, those within groups in the place of their group."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            if depth < DEEPEST:
                yield from _leaves(shape.shapes, depth + 1)
        elif not (shape.is_placeholder and shape.placeholder_format.type in _furniture()):
            yield shape


def _furniture() -> tuple[Any, ...]:
    from pptx.enum.shapes import PP_PLACEHOLDER as KIND

    return (KIND.DATE, KIND.FOOTER, KIND.SLIDE_NUMBER, KIND.HEADER)


def _add_shape(text: Composition, shape: Any) -> None:
    if getattr(shape, "has_table", False):
        text.table([_cell(c) for c in row.cells] for row in shape.table.rows)
    elif getattr(shape, "has_chart", False):
        _add_chart(text, shape.chart)
    elif shape.has_text_frame:
        for paragraph in shape.text_frame.paragraphs:
            text.line(_words(paragraph))


def _words(paragraph: Any) -> str:
    # A line break within a paragraph is a vertical tab.
    return str(paragraph.text).replace("\v", " ")


def _cell(cell: Any) -> str:
    return "" if cell.is_spanned else str(cell.text_frame.text)


def _add_chart(text: Composition, chart: Any) -> None:
    """The figures behind a chart: a row for each category, a column for each series."""
    if chart.has_title and chart.chart_title.has_text_frame:
        text.line(chart.chart_title.text_frame.text)
    for plot in chart.plots:
        series = list(plot.series)
        names = [str(label) for label in plot.categories]
        if not series or not names:
            continue
        values = [[_figure(v, s) for v in s.values] for s in series]
        rows = [[name, *(v[i] if i < len(v) else "" for v in values)] for i, name in enumerate(names)]
        text.table([["", *(s.name for s in series)], *rows])


def _figure(value: float | None, series: Any) -> str:
    """A figure in the format that its series states: shares as percents."""
    if value is None:
        return ""
    stated = series._element.find("{*}val//{*}numCache/{*}formatCode")
    return number_shown(value, (stated.text if stated is not None else "") or "General")
