"""The progress bar of an ingest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from ingest.pipeline import FileReport
from ingest.pipeline import Progress as Told


@contextmanager
def ingest_progress(console: Console, *, quiet: bool) -> Iterator[Told]:
    """What `ingest.pipeline.ingest` tells after each file, shown as a bar; nothing when quiet."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task("reading", total=None)

        def told(report: FileReport, done: int, total: int) -> None:
            name = report.path if len(report.path) <= 40 else "…" + report.path[-39:]
            bar.update(task, completed=done, total=total, description=name if done < total else "embedding and storing")

        yield told
