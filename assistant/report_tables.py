"""Tables and lines that the commands print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from assistant.answer import Answer
from ingest.catalog import Listed
from ingest.index import Index
from ingest.pipeline import FileReport, IngestReport

LISTED = 40
"""Of more files than this only those with something to tell are listed."""
QUOTED = 160


def ingest_table(report: IngestReport) -> Iterator[RenderableType]:
    """What an ingest did: a line a file, then the sums, failures and warnings."""
    told = [f for f in report.files if f.status != "unchanged"]
    shown = told if len(told) <= LISTED else [f for f in told if f.error or f.warnings or f.status == "removed"]
    if shown:
        table = Table()
        for name in ("file", "", "pages", "characters", "cleaned", "passages", "s"):
            table.add_column(name, justify="left" if name in {"file", "", "cleaned"} else "right")
        for f in shown:
            table.add_row(*_cells(f))
        yield table
    kinds = {
        s: sum(f.status == s for f in report.files)
        for s in ("added", "replaced", "moved", "unchanged", "removed", "failed")
    }
    sums = ", ".join(f"{n} {status}" for status, n in kinds.items() if n) or "nothing found"
    yield f"{sums}; {report.documents} documents, {report.passages} passages in {escape(report.index)}; {report.seconds:.1f} s"
    for f in report.failed:
        yield f"[red]failed[/] {escape(f.error)}" + (f" → {escape(f.advice)}" if f.advice else "")
    for f in report.files:
        yield from (f"[yellow]note[/] {escape(f.path)}: {escape(w)}" for w in f.warnings)
    if report.missing:
        few = ", ".join(report.missing[:5]) + (" …" if len(report.missing) > 5 else "")
        yield f"[yellow]note[/] {len(report.missing)} documents have no file any more ({escape(few)}); --prune removes them"
    yield from (f"[yellow]note[/] {escape(r)}" for r in (*report.repairs, *report.notes))
    yield from _few([f"moved {f.moved_from} → {f.path}" for f in report.files if f.moved_from])
    yield from _few([f"{f.path}: same as {f.same_as}" for f in _once_told(report.files)])


def _once_told(files: Sequence[FileReport]) -> list[FileReport]:
    """The files that are the same report as another; of two new ones only the later."""
    new = {f.path for f in files if f.same_as}
    return [f for f in files if f.same_as and not (f.same_as in new and f.path < f.same_as)]


def _few(notes: Sequence[str]) -> Iterator[RenderableType]:
    yield from (f"[yellow]note[/] {escape(n)}" for n in notes[:LISTED])
    if len(notes) > LISTED:
        yield f"[yellow]note[/] … and {len(notes) - LISTED} more"


def _cells(f: FileReport) -> list[RenderableType]:
    cleaned = ", ".join(f"{name} {n}" for name, n in f.cleaned.items())
    status = Text(f.status, style={"failed": "red", "removed": "yellow"}.get(f.status, "green"))
    return [
        Text(f.path),
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
    for name in ("document", "title", "format", "characters", "passages", "ingested"):
        table.add_column(name, justify="right" if name in {"characters", "passages"} else "left")
    for d in documents:
        table.add_row(Text(d.path), Text(d.title), d.format, str(d.characters), str(d.passages), d.ingested)
    yield table
    passages = sum(d.passages for d in documents)
    yield f"{len(documents)} documents, {passages} passages in {escape(str(index.folder))}, embedded by {escape(index.manifest.embedding)}"
    yield from (f"[yellow]note[/] {escape(r)}" for r in index.repairs)
    for family in index.catalog.families():
        yield Text("the same report: " + ", ".join(m.path for m in family))
