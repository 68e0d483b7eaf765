"""The progress bar of a run over cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def asking(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """Told what is asked, how many cases are done, and of how many; gone when all are."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("asking", total=None)

        def told(what: str, done: int, cases: int) -> None:
            bar.update(task, description=what, completed=done, total=cases)

        yield told
