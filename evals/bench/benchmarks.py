"""The benchmarks by name, in one form: parts that are measured one after the other, each giving rows by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

Figures = Mapping[str, Mapping[str, object]]
"""Rows by name, their columns by name."""
Part = Callable[[], Figures]
"""Measures some rows. What a part has measured is kept, so that a benchmark that is cut off goes on from there."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a benchmark is given: the folder of its data, and how much of it is to be used; None for as much as usual.

    `quick` uses less of everything: to see that a benchmark runs and about where its figures are, not to quote them.
    """

    bench: Path
    articles: int | None = None
    reports: Path | None = None
    index: Path | None = None
    questions: int | None = None
    cases: Path | None = None
    peers: bool = False
    quick: bool = False

    def among(self) -> int:
        """News articles among which the reading passages are hidden."""
        return self.articles or (1_500 if self.quick else 15_000)

    def index_folder(self) -> Path:
        """Where the index of the reading passages is, or is made."""
        return self.index or Path("build/reading-index-quick" if self.quick else "build/reading-index")

    def some(self, usual: int, quick: int) -> int:
        """How many articles a benchmark uses that has its own measure of them."""
        return self.articles or (quick if self.quick else usual)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark: what it measures, and its parts by name, in their order."""

    about: str
    parts: Callable[[Given], Mapping[str, Part]]


def _cleaning(given: Given) -> Mapping[str, Part]:
    from evals.bench.cleaning import ARTICLES, parts

    return parts(given.bench, given.some(ARTICLES, 400), given.reports)


def _retrieval(given: Given) -> Mapping[str, Part]:
    from evals.bench.retrieval import parts

    return parts(given)


def _few_words(given: Given) -> Mapping[str, Part]:
    from evals.bench.few_words import parts
    from evals.bench.reading import retriever

    return parts(
        lambda: retriever(given.index_folder(), given.bench, given.among()), given.bench, 8 if given.quick else 1
    )


def _answers(given: Given) -> Mapping[str, Part]:
    from evals.bench.answers import BROUGHT, DISTRACTORS, measure, some_of
    from evals.bench.reading import passages, retriever

    asked = some_of(given.bench, given.questions or (40 if given.quick else 300))

    def part(wrong: int) -> tuple[str, Part]:
        name = f"{wrong / BROUGHT:.0%}"

        def measured() -> Figures:
            reader = retriever(given.index_folder(), given.bench, given.among())
            return {name: {"questions": len(asked), **measure(reader, asked, dict(passages(given.bench)), wrong)}}

        return name, measured

    return dict(map(part, DISTRACTORS))


def _ingest(given: Given) -> Mapping[str, Part]:
    from evals.bench.ingest import ARTICLES, figures

    def measured() -> Figures:
        costs = figures(given.bench, given.reports, given.some(ARTICLES, 100))
        rows: dict[str, Mapping[str, object]] = {
            # What a run tells of its own time leaves its start out.
            name: asdict(cost) | {"seconds without start" if k == "seconds" else k: v for k, v in cost.told.items()}
            for name, cost in costs.items()
        }
        wenju = costs["wenju"]
        for name, other in costs.items():
            if name.startswith("llama-index"):
                ratios = {"throughput": other.seconds / wenju.seconds, "memory": wenju.peak_mb / other.peak_mb}
                rows[f"against {name}"] = ratios
        return rows

    return {"runs": measured}


def _duplicates(given: Given) -> Mapping[str, Part]:
    from evals.bench.duplicates import ARTICLES, CHANGES, figure

    articles = given.some(ARTICLES, 60)

    def part(name: str) -> Part:
        return lambda: {name: asdict(figure(given.bench, articles, name))}

    return {name: part(name) for name in CHANGES}


def _cases(given: Given) -> Mapping[str, Part]:
    from evals.bench.reference import figures

    return {"cases": lambda: figures(given.bench, every=4 if given.quick else 1)}


def _chat(given: Given) -> Mapping[str, Part]:
    from evals.bench.chat import READERS, figures
    from evals.bench.reading import for_training, questions, retriever

    def measured() -> Figures:
        retriever(given.index_folder(), given.bench, given.among())
        asked = [q.question for q in questions(given.bench) if not for_training(q.passage)]
        return figures(given.index_folder(), asked[: given.questions], 8 if given.quick else READERS)

    return {"chat": measured}


def _latency(given: Given) -> Mapping[str, Part]:
    from evals.bench.latency import parts

    return parts(given)


BENCHMARKS: Mapping[str, Benchmark] = {
    "cases": Benchmark("The reference questions over a fresh index of the sample reports, which DATA is.", _cases),
    "cleaning": Benchmark("What cleaning puts right in damaged passages, and leaves alone in clean ones.", _cleaning),
    "retrieval": Benchmark("How well passages are found, asked in either script and region's words.", _retrieval),
    "few_words": Benchmark(
        "What is found by words, by vectors and by both where question and evidence share few words.", _few_words
    ),
    "answers": Benchmark("How well answers over brought passages stand against distractors.", _answers),
    "ingest": Benchmark("How fast files become an index, and in how much memory, beside a stock pipeline.", _ingest),
    "chat": Benchmark("How fast the chat is: its start, the first words, and many readers at once.", _chat),
    "latency": Benchmark("How long a question takes, at two sizes of an index, and opening one before it.", _latency),
    "duplicates": Benchmark("How surely copies of a report are known, and other editions kept apart.", _duplicates),
}


def tables(figures: Figures) -> list[Table]:
    """The figures for the terminal: a table for each set of rows that have the same columns."""
    alike: dict[tuple[str, ...], dict[str, Mapping[str, object]]] = {}
    for name, row in figures.items():
        alike.setdefault(tuple(row), {})[name] = row
    return [table(rows) for rows in alike.values()]


def table(figures: Figures) -> Table:
    """Some figures, their longer side downwards; what is no single value is left to the JSON."""
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
