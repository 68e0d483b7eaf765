"""The reference questions as a benchmark: a fresh index of the sample reports, a row for each file of cases and one for all."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.answer import Assistant
from assistant.retrieve import Retriever
from evals.case import Case, read_cases
from evals.run import run, summary
from ingest.embed import SentenceTransformersEmbedder
from ingest.index import open_index
from ingest.pipeline import ingest
from ingest.settings import load_settings

COLUMNS = (
    "cases", "facts", "all_facts", "recall@1", "recall@5", "mrr", "ndcg", "citations_exact", "support_rate",
    "refused_unanswerable", "refused_answerable", "conflict_shown", "right_script", "median_length", "p50_ms", "p95_ms",
)  # fmt: skip


def cases_by_file() -> dict[str, list[Case]]:
    """The reference questions about the sample reports, by the names of their files."""
    folder = files("evals") / "cases"
    found = sorted(f.name for f in folder.iterdir() if f.name.startswith("corpus") and f.name.endswith(".jsonl"))
    return {name.removesuffix(".jsonl"): read_cases(Path(str(folder / name))) for name in found}


def figures(corpus: Path, *, every: int = 1) -> Mapping[str, Mapping[str, object]]:
    """The means of each file of cases, and of all; `every` n-th case alone is asked."""
    asked = {name: cases[::every] for name, cases in cases_by_file().items()}
    settings = load_settings()
    embedder = SentenceTransformersEmbedder.of(settings)
    with TemporaryDirectory() as place:
        index = Path(place) / "index"
        ingest([corpus], index, settings, embedder)
        assistant = Assistant(Retriever(open_index(index, embedder.identity), embedder))
        report = run(assistant, [case for cases in asked.values() for case in cases], {})
    by_id = {r.id: r for r in report.results}
    rows = {name: summary([by_id[c.id] for c in cases]) for name, cases in asked.items()} | {"all": report.overall}
    return {name: {column: row[column] for column in COLUMNS} for name, row in rows.items()}
