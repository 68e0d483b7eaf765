"""The benchmarks by name, and one form for the figures of all: rows by name, columns by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

Figures = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Given:
    """What a benchmark is given: the folder of its data, and how much of it is to be used; None for as much as usual."""

    bench: Path
    articles: int | None = None
    reports: Path | None = None
    index: Path = Path("build/reading-index")
    questions: int = 300


def _cleaning(given: Given) -> Figures:
    from evals.bench.cleaning import ARTICLES, figures

    return figures(given.bench, given.articles or ARTICLES, given.reports)


def _retrieval(given: Given) -> Figures:
    from evals.bench.reading import for_training, questions, retriever
    from evals.bench.retrieval import figures

    asked = [q for q in questions(given.bench) if not for_training(q.passage)]
    return figures(retriever(given.index, given.bench, given.articles or AMONG), asked)


def _answers(given: Given) -> Figures:
    from evals.bench.answers import figures, some_of
    from evals.bench.reading import passages, retriever

    reader = retriever(given.index, given.bench, given.articles or AMONG)
    return figures(reader, some_of(given.bench, given.questions), dict(passages(given.bench)))


def _ingest(given: Given) -> Figures:
    from evals.bench.ingest import ARTICLES, figures

    costs = figures(given.bench, given.reports, given.articles or ARTICLES)
    return {name: asdict(cost) | dict(cost.told) for name, cost in costs.items()}


def _duplicates(given: Given) -> Figures:
    from evals.bench.duplicates import ARTICLES, figures

    return {name: asdict(told) for name, told in figures(given.bench, given.articles or ARTICLES).items()}


AMONG = 15_000
"""News articles among which the reading passages are hidden."""
BENCHMARKS: Mapping[str, Callable[[Given], Figures]] = {
    "cleaning": _cleaning,
    "retrieval": _retrieval,
    "answers": _answers,
    "ingest": _ingest,
    "duplicates": _duplicates,
}


def table(figures: Figures) -> Table:
    """The figures for the terminal, their longer side downwards; what is no single value is left to the JSON."""
    columns = list(dict.fromkeys(n for row in figures.values() for n, v in row.items() if isinstance(v, int | float)))
    shares = {n for n in columns if any(isinstance(row.get(n), float) for row in figures.values())}
    cells = {row: {n: _cell(values.get(n), n in shares) for n in columns} for row, values in figures.items()}
    if len(columns) > len(figures):
        cells = {n: {row: cells[row][n] for row in figures} for n in columns}
    shown = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    shown.add_column("")
    for name in next(iter(cells.values()), {}):
        shown.add_column(name.replace("_", " "), justify="right")
    for name, row in cells.items():
        shown.add_row(name.replace("_", " "), *row.values())
    return shown


def _cell(value: object, is_share: bool) -> str:
    if not isinstance(value, int | float):
        return "–"
    return f"{value:.3f}" if is_share else str(value)
