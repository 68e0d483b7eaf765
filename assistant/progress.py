"""The progress bar of an ingest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from assistant.visible import one_line
from ingest.pipeline import FileReport, Tally
from ingest.pipeline import Progress as Told


@contextmanager
def ingest_progress(console: Console, *, quiet: bool) -> Iterator[Told]:
    """What `ingest.pipeline.ingest` tells after each file: files, MB, MB a second and the time left; nothing when quiet."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[files]}"),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task("looking at the files", total=None, files="")

        def told(report: FileReport, tally: Tally) -> None:
            path = one_line(report.path)
            name = path if len(path) <= 40 else "…" + path[-39:]
            bar.update(
                task,
                completed=tally.size,
                total=tally.whole_size,
                files=f"{tally.files}/{tally.all_files} files",
                description=name if tally.files < tally.all_files else "embedding and storing",
            )

        yield told
