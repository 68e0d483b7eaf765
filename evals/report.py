"""Show a report in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evals.compare import Comparison, failed_gate
from evals.judge import agreement
from evals.result import Report, Row

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
ANSWERED = (1.0, 0.98, 0.95, 0.92, 0.9, 0.85)
"""Shares of answerable questions at which the share of refused unanswerable ones is told."""
NAMED = 8
"""Cases that a line names of those that changed."""
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
    console.print(
        f"nDCG@10 {overall['ndcg'] or 0:.3f}, F1 with the model answers {overall['f1'] or 0:.3f}, "
        f"citations of evidence {overall['citation_precision'] or 0:.3f}, evidence cited {overall['citation_recall'] or 0:.3f}, "
        f"sentences borne out {overall['support_rate'] or 0:.3f}, refusals F1 {overall['refusal_f1'] or 0:.3f}, "
        f"wrong among the answered {overall['risk'] or 0:.3f} (AURC {overall['aurc'] or 0:.3f})"
    )
    if (share := overall.get("judged")) is not None:
        console.print(
            f"judged by {report.signature.get('judge', 'a model')}: {share:.3f},"
            f" as the facts in {agreement(report.results) or 0:.0%} of the answers",
            markup=False,
        )
    if report.parity:
        console.print(_parity(report.parity))
    if report.refusals:
        steps = [next(p for p in report.refusals if p[0] <= share) for share in ANSWERED]
        told = ", ".join(f"{refused:.2f} at {answered:.2f}" for answered, refused in dict.fromkeys(steps))
        console.print(f"unanswerable refused at answerable answered, by threshold: {told}")
    if report.blames:
        console.print("failed: " + ", ".join(f"{n} {blame}" for blame, n in report.blames.items()))
    for name, value in report.signature.items():
        console.print(f"{name}: {value}", style="dim")


def _parity(rows: Mapping[str, Row]) -> Table:
    """How many percentage points the means rise or fall, by how the questions or the reports are written otherwise."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("points, with", no_wrap=True)
    table.add_column("cases", justify="right")
    shown = [(head, key) for head, key in SHARES if any(key in row for row in rows.values())]
    for head, _ in shown:
        table.add_column(head, justify="right", no_wrap=True)
    for way, row in rows.items():
        points = (row.get(key) for _, key in shown)
        table.add_row(way, f"{row['cases'] or 0:.0f}", *("–" if p is None else f"{p:+.1f}" for p in points))
    return table


def show_failures(report: Report, console: Console) -> None:
    """Print each case that went wrong, with what its answer lacks."""
    for r in report.results:
        if r.blame:
            console.print(Text.assemble((r.id, "bold"), f" {r.type} {r.question}"))
            state = "refused" if r.abstained else "answered"
            lacks = f"; lacks {', '.join(r.missing)}" if r.missing else ""
            console.print(f"   {state} ({r.confidence:.2f}){lacks}; {r.blame}", style="dim")
            console.print(f"   {r.text}", highlight=False, markup=False)


def show_comparison(comparison: Comparison, console: Console) -> None:
    """Print what changed against the baseline, what of it is beyond noise, and the verdict."""
    apart = {"new": comparison.new, "gone": comparison.gone, "altered": comparison.altered}
    left_out = "".join(f"; {len(ids)} {name} and left out" for name, ids in apart.items() if ids)
    console.print(f"{comparison.compared} cases compared with the baseline{left_out}")
    if comparison.differs:
        console.print(f"made otherwise than the baseline: {', '.join(comparison.differs)}")
    for c in comparison.changes:
        style = {"loss": "bold red", "gain": "green"}.get(c.verdict, "")
        verdict = {"loss": "a loss", "gain": "a gain"}.get(c.verdict, "within noise")
        console.print(
            Text.assemble(
                (f"{c.name} {c.before:.3f} → {c.after:.3f}", style),
                f" ({c.low:+.3f} to {c.high:+.3f}): {verdict}; ",
                f"{len(c.worse)} worse{_ids(c.worse)}, {len(c.better)} better{_ids(c.better)}",
            )
        )
    for reason in failed_gate(comparison):
        console.print(Text.assemble(("fails: ", "bold red"), reason))
    if comparison.passes:
        console.print("no loss beyond noise, every citation exact", style="green")


def _ids(ids: Sequence[str]) -> str:
    if not ids:
        return ""
    return f" ({', '.join(ids[:NAMED])}{' …' if len(ids) > NAMED else ''})"


def _cells(row: dict[str, float | None]) -> list[str]:
    shares = [row[key] for _, key in SHARES]
    return [f"{row['cases'] or 0:.0f}", *(_short(v) for v in shares)]


def _short(share: float | None) -> str:
    """A share in four characters."""
    if share is None:
        return "–"
    return "1.00" if share >= 0.9995 else f"{share:.3f}".lstrip("0")
