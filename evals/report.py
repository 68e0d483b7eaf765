"""Show a report in the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evals.run import Report

SHARES = (
    ("facts", "facts"),
    ("all", "all_facts"),
    ("@1", "recall@1"),
    ("@3", "recall@3"),
    ("@5", "recall@5"),
    ("exact", "citations_exact"),
    ("held", "supported"),
    ("ref ∅", "refused_unanswerable"),
    ("ref ✓", "refused_answerable"),
    ("conf", "conflict_shown"),
    ("scr", "right_script"),
)
LEGEND = (
    "facts: share of required facts in the answers · all: answers with every one · @k: recall of evidence among k"
    " passages · exact: cited raw text cleans to the quotation · held: stated facts stand in what is cited · ref ∅/✓:"
    " refusals among unanswerable and answerable questions · conf: disagreements told with their values · scr: answers in the question's script"
)


def show(report: Report, console: Console) -> None:
    """Print the means by type and script, and how long answers took."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("", no_wrap=True)
    table.add_column("cases", justify="right")
    for head, _ in SHARES:
        table.add_column(head, justify="right", no_wrap=True)
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
        f"evidence found in the corpus {overall['evidence_in_corpus'] or 0:.1%}, "
        f"disagreements told where there are none {overall['false_conflict'] or 0:.1%}"
    )
    for name, value in report.signature.items():
        console.print(f"{name}: {value}", style="dim")


def show_failures(report: Report, console: Console) -> None:
    """Print each case that went wrong, with what its answer lacks."""
    for r in report.results:
        if r.all_facts is False or not r.right_refusal or r.none_wrong is False:
            console.print(Text.assemble((r.id, "bold"), f" {r.type} {r.question}"))
            state = "refused" if r.abstained else "answered"
            lacks = f"; lacks {', '.join(r.missing)}" if r.missing else ""
            console.print(f"   {state} ({r.confidence:.2f}){lacks}; recall@5 {r.recall['5']}", style="dim")
            console.print(f"   {r.text}", highlight=False, markup=False)


def _cells(row: dict[str, float | None]) -> list[str]:
    shares = [row[key] for _, key in SHARES]
    return [f"{row['cases'] or 0:.0f}", *(_short(v) for v in shares)]


def _short(share: float | None) -> str:
    """A share in four characters."""
    if share is None:
        return "–"
    return "1.00" if share >= 0.9995 else f"{share:.3f}".lstrip("0")
