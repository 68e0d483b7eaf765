"""The commands `wenju bench NAME DATA` and `wenju bench table`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from assistant.options import JsonOption
from assistant.terminal import err, out
from assistant.visible import visible
from evals.bench.benchmarks import BENCHMARKS, Given, tables

bench_app = typer.Typer(help="Benchmarks, and the table of README.md that is made of them.", no_args_is_help=True)


def _command(name: str) -> Callable[..., None]:
    """The command that runs a benchmark."""

    def run(
        data: Annotated[Path, typer.Argument(help="Folder of the benchmark data")],
        articles: Annotated[int | None, typer.Option("--articles", min=1, help="News articles to use")] = None,
        reports: Annotated[Path | None, typer.Option("--reports", help="Real reports to measure too")] = None,
        index: Annotated[
            Path | None,
            typer.Option("--index", help="Where the index of the reading passages is or is made [build/reading-index]"),
        ] = None,
        questions: Annotated[int | None, typer.Option("--questions", min=1, help="Questions to ask")] = None,
        cases: Annotated[
            Path | None, typer.Option("--cases", help="Reference questions over the reports [retrieval]")
        ] = None,
        peers: Annotated[
            bool, typer.Option("--peers", help="Measure other libraries too, of the extra `peers` [retrieval]")
        ] = False,
        quick: Annotated[bool, typer.Option("--quick", help="Use less of everything, to see that it runs")] = False,
        anew: Annotated[bool, typer.Option("--anew", help="Do not go on with a run that was cut off")] = False,
        keep: Annotated[bool, typer.Option("--keep", help="Keep the figures for the table of README.md")] = False,
        as_json: JsonOption = False,
    ) -> None:
        from evals.bench import kept
        from evals.bench.measure import measure

        given = Given(data, articles, reports, index, questions, cases, peers, quick)
        if keep:
            kept.check_whole(given)
        with _progress(name) as told:
            measured = measure(name, given, told, anew=anew)
        if measured.went_on:
            err.print(f"note: {measured.went_on} parts were measured before the last run was cut off", highlight=False)
        if as_json:
            print(
                json.dumps({"signature": measured.signature, "figures": measured.figures}, ensure_ascii=False, indent=1)
            )
        else:
            for some in tables(measured.figures):
                out.print(some)
            told_by = (f"{n} {v}" for n, v in measured.signature.items() if v and n != "packages")
            out.print(visible(", ".join(told_by)), style="dim", markup=False, highlight=False)
        if keep:
            kept.keep(name, given, measured)
            out.print(
                visible(f"kept in {kept.FIGURES}; wenju bench table writes README.md"), markup=False, highlight=False
            )

    return run


for known, benchmark in BENCHMARKS.items():
    bench_app.command(known, help=benchmark.about)(_command(known))


@bench_app.command(name="table")
def write_table(
    page: Annotated[Path, typer.Argument(help="The page with the marks of the table")] = Path("README.md"),
) -> None:
    """Write the figures that are kept into the table of README.md."""
    from evals.bench.kept import read_kept, written_into

    before = page.read_text("utf-8")
    after = written_into(before, read_kept())
    page.write_text(after, "utf-8")
    out.print(visible(f"{page}: {'the table is new' if after != before else 'nothing changed'}"), markup=False)


@contextmanager
def _progress(name: str) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on stderr: the part that is measured, how many of them are, and for how long it has run."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(name, total=None)

        def told(part: str, done: int, parts: int) -> None:
            bar.update(task, completed=done, total=parts, description=f"{name}: {part}" if part else name)

        yield told
