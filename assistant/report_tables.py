"""Tables and lines that the commands print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from assistant.answer import Answer
from assistant.visible import one_line
from ingest.index import Index
from ingest.listing import Listed
from ingest.pipeline import FileReport, IngestReport

LISTED = 40
"""Of more files than this only those with something to tell are listed."""
QUOTED = 160
FEW = 5
"""Of more files than this with the same to tell only so many are named."""
NAME_WIDTH = 20
"""Columns that the name of a file has at least, where it needs them."""


class Opinion(Protocol):
    """What a reader thought of an answer."""

    @property
    def given(self) -> str:
        """When, ISO 8601."""

    @property
    def user(self) -> str:
        """Who."""

    @property
    def good(self) -> bool:
        """Whether it was a good answer."""

    @property
    def reason(self) -> str:
        """What was wrong."""

    @property
    def note(self) -> str:
        """What they wrote."""

    @property
    def question(self) -> str:
        """What was asked."""

    @property
    def answer(self) -> Answer:
        """What was told."""


def ingest_table(report: IngestReport) -> Iterator[RenderableType]:
    """What an ingest did: a line a file, then the sums, failures and warnings."""
    told = [f for f in report.files if f.status not in {"unchanged", "unread"}]
    shown = told if len(told) <= LISTED else [f for f in told if f.error or f.warnings or f.status == "removed"]
    if shown:
        table = Table(box=SIMPLE_HEAD)
        for name in ("file", "", "pages", "chars", "cleaned", "passages", "s"):
            table.add_column(
                name,
                justify="left" if name in {"file", "", "cleaned"} else "right",
                # A long name is folded over lines, never cut: it is what the file is found by.
                overflow="fold",
                min_width=NAME_WIDTH if name == "file" and any(cell_len(f.path) >= NAME_WIDTH for f in shown) else None,
            )
        for f in shown:
            table.add_row(*_cells(f))
        yield table
    kinds = {
        s: sum(f.status == s for f in report.files)
        for s in ("added", "replaced", "moved", "unchanged", "removed", "failed", "unread")
    }
    sums = ", ".join(f"{n} {status}" for status, n in kinds.items() if n) or "nothing found"
    yield Text(
        f"{sums}; {report.documents} documents, {report.passages} passages in {one_line(report.index)}; {report.seconds:.1f} s"
    )
    yield from (_told("failed", f.error + (f" → {f.advice}" if f.advice else ""), "red") for f in report.failed)
    yield from _unread(report.unread)
    for f in report.files:
        yield from (_told("note", f"{f.path}: {w}") for w in f.warnings)
    if report.missing:
        few = _few(report.missing)
        yield _told("note", f"{len(report.missing)} documents have no file any more ({few}); --prune removes them")
    yield from (_told("note", r) for r in (*report.repairs, *report.notes))
    yield from _notes([f"moved {f.moved_from} → {f.path}" for f in report.files if f.moved_from])
    yield from _notes([f"{f.path}: same as {f.same_as}" for f in _once_told(report.files)])


def _once_told(files: Sequence[FileReport]) -> list[FileReport]:
    """The files that are the same report as another; of two new ones only the later."""
    new = {f.path for f in files if f.same_as}
    return [f for f in files if f.same_as and not (f.same_as in new and f.path < f.same_as)]


def _notes(notes: Sequence[str]) -> Iterator[RenderableType]:
    yield from (_told("note", n) for n in notes[:LISTED])
    if len(notes) > LISTED:
        yield _told("note", f"… and {len(notes) - LISTED} more")


def _unread(files: Sequence[FileReport]) -> Iterator[RenderableType]:
    """Files of no kind that is read: one line for all with the same reason."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for f in files:
        reasons.setdefault((f.error.removeprefix(f"{f.path}: "), f.advice), []).append(f.path)
    for (reason, advice), paths in reasons.items():
        yield _told("not read", f"{len(paths)} × {reason} ({_few(paths)}) → {advice}")


def _few(paths: Sequence[str]) -> str:
    return ", ".join(paths[:FEW]) + (" …" if len(paths) > FEW else "")


def _told(label: str, text: str, style: str = "yellow") -> Text:
    """A line that no name in it can colour, break or turn around."""
    return Text.assemble((label, style), " ", one_line(text))


def _cells(f: FileReport) -> list[RenderableType]:
    cleaned = ", ".join(f"{name} {n}" for name, n in f.cleaned.items())
    status = Text(f.status, style={"failed": "red", "removed": "yellow"}.get(f.status, "green"))
    return [
        Text(one_line(f.path)),
        status,
        str(f.pages or "–"),
        str(f.characters),
        cleaned or "–",
        str(f.chunks),
        f"{f.seconds:.2f}",
    ]


def answer_lines(answer: Answer) -> Iterator[RenderableType]:
    """An answer with its numbered citations below."""
    yield Text(answer.marked_text, style="dim" if answer.abstained else "bold")
    yield from (Text(f"note: {n}", style="yellow") for n in answer.notices)
    yield ""
    for n, c in enumerate(answer.citations, 1):
        where = f"{c.title or c.document} · {c.document}" + (f" · p. {c.page}" if c.page else "")
        yield Text.assemble((f"[{n}] ", "cyan"), where, (f" · {c.span.start}–{c.span.end}", "dim"))
        quote = " ".join(c.quote.split())
        yield Text("    " + (quote if len(quote) <= QUOTED else quote[:QUOTED] + "…"), style="italic")
        for a in c.also:
            where = a.document + (f" · p. {a.page}" if a.page else "")
            yield Text.assemble("    also in ", where, (f" · {a.start}–{a.end}", "dim"))


def status_table(index: Index, documents: Sequence[Listed]) -> Iterator[RenderableType]:
    """What an index holds: a line a document, then what made it, and which documents are the same report."""
    table = Table()
    for name in ("document", "title", "publisher", "date", "format", "characters", "passages", "ingested"):
        table.add_column(name, justify="right" if name in {"characters", "passages"} else "left", overflow="fold")
    for d in documents:
        told = (Text(one_line(text)) for text in (d.path, d.title, d.publisher, d.date))
        table.add_row(*told, d.format, str(d.characters), str(d.passages), d.ingested)
    yield table
    passages = sum(d.passages for d in documents)
    folder, model = one_line(str(index.folder)), index.manifest.embedding
    yield Text(f"{len(documents)} documents, {passages} passages in {folder}, embedded by {model}")
    yield from (_told("note", r) for r in index.repairs)
    for family in index.catalog.families.all():
        yield Text("the same report: " + one_line(", ".join(m.path for m in family)))


def feedback_lines(given: Sequence[Opinion]) -> Iterator[str]:
    """What readers thought: a line for each answer, the question and what was noted below it."""
    if not given:
        yield "no reader has said what they think of an answer yet"
    for one in given:
        reason = f" ({one.reason})" if one.reason else ""
        who = f" {one_line(one.user)}" if one.user else ""
        yield f"{'+' if one.good else '-'} {one.given[:16]}{who}{reason}  {one_line(one.question)}"
        yield f"    {one_line(one.answer.text)[:QUOTED]}"
        if one.note:
            yield f"    note: {one_line(one.note)}"
