"""HTML: raw is the source of the page, tags and all; the view is what a reader sees.

The parser of the standard library is used because it tells where in the source
each tag and text stands, which trees built by other parsers forget.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import NamedTuple

from ingest.document import BREAK, Block, Document, Edit, Span, View
from ingest.read.encoding import decode
from ingest.read.metadata import iso_date

SKIPPED = frozenset("script style nav footer aside noscript template select button iframe svg form head rt rp".split())
READINGS = frozenset({"rt", "rp"})
"""Readings above characters; their end tags may be left out."""
HIDEABLE = frozenset(
    "p div span section article ul ol table a b i em strong font h1 h2 h3 h4 h5 h6 dl figure label".split()
)
"""Elements that are left out where they are hidden. Others may end without an end tag, and nobody would know where."""
UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
CHARSET = re.compile(rb"<meta\s[^>]{0,300}charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.IGNORECASE)
DECLARED_IN = 4096
"""Bytes at the start of a page in which it may declare its encoding."""
WIDEST = 100
"""Columns or rows that a cell may claim to cover; more is a mistake of the page."""
BLOCKS = frozenset(
    "address article blockquote body br dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 header"
    " hr html li main ol p pre section summary table tbody td tfoot th thead tr ul caption".split()
)
PROSE = frozenset("p h1 h2 h3 h4 h5 h6 article table".split())
"""A form that holds one of these is no search box: some servers put a whole page into one."""
CELL_LENGTH = 120
"""Characters of source up to which the paragraphs of a cell are set in one line. Longer cells lay out a page."""
META_DATE = (
    "article:published_time", "og:article:published_time", "datepublished", "citation_publication_date", "dcterms.issued",
    "dc.date.issued", "dc.date", "dcterms.date", "pubdate", "publishdate", "publish_date", "publish-date", "date",
)  # fmt: skip
META_PUBLISHER = (
    "dc.publisher",
    "dcterms.publisher",
    "citation_publisher",
    "publisher",
    "contentsource",
    "og:site_name",
    "sitename",
)
SPACES = re.compile(r"[ \t\r\n\f]+")


def read_html(data: bytes, path: str) -> Document:
    """Read a page. Navigation, scripts, forms and footers are left out; cells of a row are set apart by `` | ``."""
    declared = CHARSET.search(data[:DECLARED_IN])
    decoded = decode(data, path, declared[1].decode("ascii") if declared else "")
    page = _Page(decoded.text)
    page.feed(decoded.text)
    page.close()
    page.finish()
    return Document(
        path=path,
        format="html",
        raw=decoded.text,
        view=View.of(decoded.text).edit(page.edits),
        encoding=decoded.encoding,
        title=" ".join(page.title.split()),
        blocks=tuple(sorted(page.blocks, key=lambda b: b.span)),
        warnings=decoded.warnings,
        publisher=next((page.meta[k] for k in META_PUBLISHER if page.meta.get(k)), ""),
        date=next((day for k in META_DATE if (day := iso_date(page.meta.get(k, "")))), ""),
    )


class _Cell(NamedTuple):
    """A cell of a row: its column, how many columns and rows it covers, and the edit before its text.

    The edit is None while it has no text, -1 where its text needed none.
    """

    column: int
    wide: int
    tall: int
    gap: int | None = None


def _count(stated: str | None) -> int:
    digits = (stated or "").strip()
    return max(1, min(int(digits), WIDEST)) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 1


class _Page(HTMLParser):
    """Collects the edits that turn the source of a page into what is read."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.source = source
        self.lines = [0, *(m.end() for m in re.finditer("\n", source))]
        self.edits: list[Edit] = []
        self.blocks: list[Block] = []
        self.title = ""
        self._done = 0  # everything before it is either text that stays or in an edit
        self._gap = ""  # what will stand for the markup since the last text
        self._skipped: list[str] = []
        self._in_title = False
        self._heading: tuple[int, int] | None = None
        self._table: int | None = None
        self._text_end = 0
        self.meta: dict[str, str] = {}
        self._cells = 0  # of the row so far
        self._row: list[_Cell] = []
        self._row_gap = ""  # what parts the row from what is above it
        self._reaching: dict[int, int] = {}  # columns that cells above cover, and for how many rows more
        self._hidden: tuple[str, int] | None = None  # a hidden element, and how many of its name are open
        self._last_ends: dict[str, int] = {}  # where the last end tag of a name stands
        self._cell: int | None = None  # where the text before the open cell ends
        self._soft: list[int] = []  # edits that stand between paragraphs of the open cell

    def _here(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def _want(self, gap: str) -> None:
        """Ask for a separator; the strongest asked for since the last text is set."""
        if ["", " ", " | ", "\n", BREAK].index(gap) > ["", " ", " | ", "\n", BREAK].index(self._gap):
            self._gap = gap

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hide(tag, dict(attrs)):
            return
        if tag in READINGS | {"rb"} and self._skipped and self._skipped[-1] in READINGS:
            self._skipped.pop()
        if tag == "meta":
            self._describe(dict(attrs))
        self._in_title = tag == "title" and not self.title and set(self._skipped) <= {"head"}
        if tag == "body" or (tag in PROSE and self._skipped in (["form"], ["head"])):
            self._skipped.clear()
        if tag in SKIPPED:
            self._skipped.append(tag)
        if tag in {"td", "th"}:
            self._open_cell(dict(attrs))
        elif tag in BLOCKS:
            self._separate(tag)
        if tag == "table":
            self._reaching.clear()
            self._want(BREAK)
            self._table = self._here()
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self._heading = (int(tag[1]), self._here())

    def _hide(self, tag: str, attrs: dict[str, str | None]) -> bool:
        """Whether a start tag is within a hidden element, or begins one."""
        if self._hidden and self._hidden[0] == "p" and tag in BLOCKS:
            # The end tag of a paragraph may be left out.
            self._hidden = None
        if self._hidden:
            name, still_open = self._hidden
            self._hidden = (name, still_open + (tag == name))
        elif tag in HIDEABLE and ("hidden" in attrs or UNSEEN.search(attrs.get("style") or "")):
            if tag not in self._last_ends:
                self._last_ends[tag] = self.source.lower().rfind(f"</{tag}")
            # One that never ends would hide the rest of the page.
            if tag == "p" or self._last_ends[tag] > self._here():
                self._hidden = (tag, 1)
        return self._hidden is not None

    def _show(self, tag: str) -> bool:
        """Whether an end tag is within a hidden element, or ends it."""
        if not self._hidden:
            return False
        name, still_open = self._hidden
        still_open -= tag == name
        self._hidden = (name, still_open) if still_open else None
        return True

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False
        if self._show(tag):
            return
        if tag == "ruby" and self._skipped and self._skipped[-1] in READINGS:
            self._skipped.pop()
        if tag in self._skipped:
            while self._skipped.pop() != tag:
                pass
            if tag not in READINGS:
                self._separate(tag)
        elif tag == "body":
            self._skipped.clear()
        if tag in {"td", "th"}:
            self._close_cell()
        elif tag in BLOCKS:
            self._separate(tag)
        if tag == "table" and self._table is not None:
            if self._text_end > self._table:
                self.blocks.append(Block("table", Span(self._table, self._text_end)))
            self._table = None
            self._want(BREAK)
        if self._heading and tag == f"h{self._heading[0]}":
            level, start = self._heading
            if self._text_end > start:
                self.blocks.append(Block("heading", Span(start, self._text_end), level))
            self._heading = None

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # as its base has it
        """Pass over declarations that no standard knows."""
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:
            end = self.rawdata.find(">", i)
            return end + 1 if end >= 0 else len(self.rawdata)

    def _describe(self, meta: dict[str, str | None]) -> None:
        name = meta.get("name") or meta.get("property") or meta.get("itemprop")
        if name and (content := " ".join((meta.get("content") or "").split())):
            self.meta.setdefault(name.lower(), content)

    def _separate(self, tag: str) -> None:
        """A block begins or ends. The first in a cell does not end the line that the cell stands in."""
        if tag in {"tr", "table"}:
            self._close_cell()
            self._end_row()
            self._cells = 0
        if self._cell is None or self._cell != self._text_end:
            self._want("\n")

    def _end_row(self) -> None:
        """Set empty cells, and columns that others reach over, into a row of two or more, so that each cell keeps its column."""
        full = [cell for cell in self._row if cell.gap is not None]
        before = 0
        for cell in full:
            if cell.gap is not None and cell.gap >= 0:
                gap = self.edits[cell.gap].text
                if cell is full[0] and gap == " | ":
                    # Cells without text stood before it.
                    gap = self._row_gap
                empty = " | " * (cell.column - before) if len(full) > 1 else ""
                self.edits[cell.gap] = self.edits[cell.gap]._replace(text=gap + empty)
            before = cell.column + 1
        if self._row:
            self._reaching = {c: rows - 1 for c, rows in self._reaching.items() if rows > 1}
            self._reaching |= {c.column + i: c.tall - 1 for c in self._row for i in range(c.wide) if c.tall > 1}
        self._row = []

    def _open_cell(self, attrs: dict[str, str | None]) -> None:
        self._close_cell()
        if not self._row:
            self._row_gap = self._gap
        column = self._row[-1].column + self._row[-1].wide if self._row else 0
        while column in self._reaching:
            column += 1
        self._row.append(_Cell(column, _count(attrs.get("colspan")), _count(attrs.get("rowspan"))))
        if self._cells and self._gap == "\n":
            # Asked for by a paragraph in the cell before.
            self._gap = ""
        self._want(" | ")
        self._cells += 1
        self._cell = self._text_end

    def _close_cell(self) -> None:
        if self._cell is not None and self._text_end - self._cell <= CELL_LENGTH:
            for at in self._soft:
                self.edits[at] = self.edits[at]._replace(text=" ")
        self._cell = None
        self._soft.clear()

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        start = self._here()
        if self._in_title:
            self.title += html.unescape(data)
        blank = " \t\r\n\f\ufeff"
        if self._skipped or not data.strip(blank):
            if data and not self._skipped:
                self._want(" ")
            return
        text = data.strip(blank)
        lead = data.index(text[0])
        if lead:
            self._want(" ")
        self._keep(start + lead, start + lead + len(text))
        if lead + len(text) < len(data):
            self._want(" ")
        for m in SPACES.finditer(text):
            if m[0] != " ":
                self.edits.append(Edit(start + lead + m.start(), start + lead + m.end(), _joint(text, m)))

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name}")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name}")

    def _reference(self, written: str) -> None:
        if self._hidden:
            return
        start = self._here()
        end = start + len(written)
        if self.source[end : end + 1] == ";":
            end += 1
        text = html.unescape(self.source[start:end])
        if self._in_title:
            self.title += text
        if self._skipped:
            return
        if text == "\xa0":
            self._want(" ")
            return
        self._keep(start, end)
        self.edits.append(Edit(start, end, text))

    def _keep(self, start: int, end: int) -> None:
        gap = self._gap if self._text_end else ""
        edits = len(self.edits)
        if self._done < start:
            self.edits.append(Edit(self._done, start, gap))
        elif gap:
            self.edits.append(Edit(start, start, gap))
        if self._row and self._row[-1].gap is None and self._cell is not None:
            self._row[-1] = self._row[-1]._replace(gap=edits if len(self.edits) > edits else -1)
        if gap == "\n" and self._cell is not None and self._cell != self._text_end:
            self._soft.append(len(self.edits) - 1)
        self._gap = ""
        self._done = self._text_end = end

    def finish(self) -> None:
        """Cut what follows the last text."""
        if self._done < len(self.source):
            self.edits.append(Edit(self._done, len(self.source)))


def _joint(text: str, space: re.Match[str]) -> str:
    """White space that wraps the source shows as one space, and as none between Chinese characters."""
    before, after = text[space.start() - 1], text[space.end()]
    return "" if before > "\u2e7f" and after > "\u2e7f" else " "
