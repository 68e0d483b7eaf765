"""What commands write to: the two consoles, and how a problem is told on them."""

from __future__ import annotations

from rich.console import Console

from assistant.visible import visible
from ingest.errors import WenjuError

out = Console()
err = Console(stderr=True)


def tell_problem(problem: WenjuError) -> None:
    """Tell on stderr what is wrong, and what to do."""
    err.print(f"[bold red]{type(problem).__name__}[/]: ", end="")
    err.print(visible(str(problem)), markup=False, highlight=False)
    if problem.advice:
        err.print(visible(f"→ {problem.advice}"), markup=False, highlight=False)
