"""Show a report in the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from evals.run import Report

SHARES = (
    ("facts", "facts"),
    ("all facts", "all_facts"),
    ("recall@1", "recall@1"),
    ("@3", "recall@3"),
    ("@5", "recall@5"),
    ("exact", "citations_exact"),
    ("supported", "supported"),
    ("refused ∅", "refused_unanswerable"),
    ("refused ✓", "refused_answerable"),
    ("script", "right_script"),
)
LEGEND = (
    "facts: share of required facts in the answers · all facts: answers with every one · exact: cited raw text cleans"
    " to the quotation · refused ∅/✓: refusals among unanswerable and answerable questions · script: answers in the"
    " question's script"
)


def show(report: Report, console: Console) -> None:
    """Print the means by type and script, and how long answers took."""
    table = Table(title="Answers", title_justify="left")
    table.add_column("")
    table.add_column("cases", justify="right")
    for head, _ in SHARES:
        table.add_column(head, justify="right")
    for name, row in {**report.by_type, **report.by_script}.items():
        table.add_row(name, *_cells(row))
    table.add_section()
    table.add_row("all", *_cells(report.overall), style="bold")
    console.print(table)
    overall = report.overall
    console.print(LEGEND, style="dim")
    console.print(
        f"p50 {overall['p50_ms'] or 0:.0f} ms, p95 {overall['p95_ms'] or 0:.0f} ms, "
        f"median length {overall['median_length'] or 0:.0f} characters, MRR {overall['mrr'] or 0:.3f}, "
        f"evidence found in the corpus {overall['evidence_in_corpus'] or 0:.1%}"
    )
    for name, value in report.signature.items():
        console.print(f"{name}: {value}", style="dim")


def show_failures(report: Report, console: Console) -> None:
    """Print each case that went wrong, with what its answer lacks."""
    for r in report.results:
        if r.all_facts is False or not r.right_refusal or r.none_wrong is False:
            console.print(f"[bold]{r.id}[/] {r.type} {r.question}", highlight=False)
            state = "refused" if r.abstained else "answered"
            lacks = f"; lacks {', '.join(r.missing)}" if r.missing else ""
            console.print(f"   {state} ({r.confidence:.2f}){lacks}; recall@5 {r.recall['5']}", style="dim")
            console.print(f"   {r.text}", highlight=False, markup=False)


def _cells(row: dict[str, float | None]) -> list[str]:
    shares = [row[key] for _, key in SHARES]
    return [f"{row['cases'] or 0:.0f}", *("–" if v is None else f"{v:.3f}" for v in shares)]
