"""Both sides of a document in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from statistics import fmean

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from assistant.sides import BINS, DAMAGED, FORMAT, HEADING, TABLE, Mark, Piece, Row, Sides, Work
from assistant.visible import one_line, visible

COLOURS: Mapping[str, str] = {
    "emoji": "yellow",
    "pinyin": "blue",
    "slipped": "green",
    "residue": "dark_goldenrod",
    "breaks": "cyan",
    "pages": "dodger_blue1",
    "tables": "dark_cyan",
    "boilerplate": "red",
    "contents": "magenta",
    "learned": "orange3",
    "foreign": "deep_pink3",
    "headers": "slate_blue1",
    "repeats": "chartreuse3",
    FORMAT: "bright_black",
}
DAMAGE_STYLE = "bold red underline"
COLUMNS = 40
"""Of a strip that shows where in the document a cleaner worked."""
BARS = " ▁▂▃▄▅▆▇█"


def sides_lines(sides: Sides) -> Iterator[RenderableType]:
    """What each cleaner did and where, then the rows: number of the passage, raw text, clean text."""
    document = sides.document
    yield Text.assemble((one_line(document.title) or one_line(document.path), "bold"))
    yield Text(
        f"{one_line(document.path)} · {document.format} · {document.encoding} · "
        f"{len(document.raw)} characters, {len(document.view)} of them clean · "
        f"{len(document.repaired)} stretches repaired, {len(document.damaged)} still damaged",
        style="dim",
    )
    if not sides.works:
        yield "no noise was found: the clean text is the raw text"
    else:
        yield _works(sides.works)
    table = Table(show_lines=True, expand=True)
    table.add_column("", justify="right", style="dim", no_wrap=True)
    table.add_column("raw", ratio=1, overflow="fold")
    table.add_column("clean", ratio=1, overflow="fold")
    for row in sides.rows:
        table.add_row(_number(row), _side(row.raw, raw=True), _clean(row))
    if sides.rows:
        yield table


def _works(works: Iterable[Work]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("cleaner", "changes", "characters", "where"):
        table.add_column(name, justify="right" if name in {"changes", "characters"} else "left")
    for work in works:
        style = COLOURS.get(work.cleaner, "white")
        strip = Text(_strip(work), style=style)
        table.add_row(Text(work.cleaner, style=style), str(work.changes), str(work.characters), strip)
    return table


def _strip(work: Work) -> str:
    step = BINS // COLUMNS
    shares = [fmean(work.strip[at : at + step]) for at in range(0, BINS, step)]
    # Something is always to be seen where something was done.
    return "".join(BARS[min(len(BARS) - 1, 1 + int(s * (len(BARS) - 1)))] if s else BARS[0] for s in shares)


def _number(row: Row) -> Text:
    place = f"{row.number or '–'}" + (f"\np. {one_line(row.page)}" if row.page else "")
    return Text(place + ("\n✗" if row.damaged and row.number else ""))


def _clean(row: Row) -> Text:
    if row.number:
        return _side(row.clean, raw=False)
    return Text(f"taken out: {', '.join(row.cleaners)}" if row.cleaners else "", style="dim italic")


def _side(pieces: Iterable[Piece], *, raw: bool) -> Text:
    text = Text()
    for piece in pieces:
        text.append(visible(piece.text), _style(piece.marks, piece.text, raw=raw))
    return text


def _style(marks: Iterable[Mark], shown: str, *, raw: bool) -> str:
    """The style of the innermost mark; what was taken out is struck through, blanks are shown by their ground."""
    styles = []
    for mark in marks:
        if mark.name == DAMAGED:
            styles.append(DAMAGE_STYLE)
        elif mark.name == HEADING:
            styles.append("bold")
        elif mark.name != TABLE:
            colour = COLOURS.get(mark.name, "white")
            put = mark.left.strip("\u2029")
            kind = "underline" if put or not raw else "strike"
            styles.append(f"{kind} {colour}" if shown.strip() else f"on {colour}")
    return " ".join(styles[-1:])
