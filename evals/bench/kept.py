"""The figures that README.md quotes: kept in `evals/figures.json` with what made them, rendered as its table.

The table stands between two marks; `wenju bench table` writes it anew, and a test holds both against each other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from evals.bench.benchmarks import Given
from evals.bench.measure import Measured
from ingest.errors import BadBaseline, BadSettings

FIGURES = Path(__file__).parents[1] / "figures.json"
BEGIN, END = "<!-- figures: written by `wenju bench table` -->", "<!-- end of the figures -->"
Kept = Mapping[str, Mapping[str, Any]]
"""By benchmark: its `signature` and its `figures`, rows by name."""


class Line(NamedTuple):
    """A line of the table: what was measured, its figures, and the benchmarks that they come from.

    Both are formats in which `retrieval[own script][recall@1]` is a figure.
    """

    about: str
    figures: str
    of: tuple[str, ...]


def line(about: str, figures: str, *of: str) -> Line:
    """A line of the table."""
    return Line(about, figures, of)


LINES = (
    line(
        "Passage with the answer first / among five, {retrieval[data][questions]:,} reading questions over {retrieval[data][documents]:,} documents",
        "{retrieval[own script][recall@1]:.3f} / {retrieval[own script][recall@5]:.3f}",
        "retrieval",
    ),
    line(
        "The same, asked in the other script; in the words of Taiwan",
        "{retrieval[other script][recall@1]:.3f} / {retrieval[other script][recall@5]:.3f};"
        " {retrieval[Taiwan][recall@1]:.3f} / {retrieval[Taiwan][recall@5]:.3f}",
        "retrieval",
    ),
    line(
        "The same in the other script over damaged passages: emoji in half of them, leaked pinyin in the others",
        "{retrieval[damaged, other script][recall@1]:.3f} / {retrieval[damaged, other script][recall@5]:.3f}",
        "retrieval",
    ),
    line(
        "Reference questions over the sample reports ({cases[all][cases]:.0f}): evidence among the first five passages",
        "{cases[all][recall@5]:.2f}",
        "cases",
    ),
    line(
        "… cited raw characters that clean to exactly the quotation; answers in the script of the question",
        "{cases[all][citations_exact]:.2f}; {cases[all][right_script]:.2f}",
        "cases",
    ),
    line("… answers that state every required fact", "{cases[all][all_facts]:.2f}", "cases"),
    line(
        "… answerable questions refused / unanswerable ones refused",
        "{cases[all][refused_answerable]:.2f} / {cases[all][refused_unanswerable]:.2f}",
        "cases",
    ),
    line(
        "… unanswerable ones refused by file: corpus / corpus-2, on which refusing was learned / corpus-3",
        "{cases[corpus][refused_unanswerable]:.2f} / {cases[corpus-2][refused_unanswerable]:.2f} / {cases[corpus-3][refused_unanswerable]:.2f}",
        "cases",
    ),
    line("Time of an answer over the sample reports, median", "{cases[all][p50_ms]:.0f} ms", "cases"),
    line(
        "Answers over five brought passages, one of them right: right / refused; with no right one: refused",
        "{answers[80%][right]:.2f} / {answers[80%][refused]:.2f}; {answers[100%][refused]:.2f}",
        "answers",
    ),
    line(
        "Passages with emoji / leaked pinyin / slipped bytes put right to the letter",
        "{cleaning[emoji][restored]:.3f} / {cleaning[pinyin][restored]:.3f} / {cleaning[slipped][restored]:.3f}",
        "cleaning",
    ),
    line("Characters of clean texts that cleaning changes", "{cleaning[clean][changed_per_100k]:.2f} in 100,000", "cleaning"),
    line(
        "Ingest of {ingest[wenju][files]:,} files, start and embedding included; again, nothing changed",
        "{ingest[wenju][seconds]:.0f} s; {ingest[wenju, unchanged][seconds]:.1f} s",
        "ingest",
    ),
    line(
        "… against a stock LlamaIndex, Chroma and BM25 pipeline in the same run: throughput / peak memory",
        "{ingest[against llama-index][throughput]:.1f} × / {ingest[against llama-index][memory]:.2f} ×",
        "ingest",
    ),
)  # fmt: skip


def read_kept(file: Path = FIGURES) -> Kept:
    """The figures that are kept, none where there is no file. Raises BadBaseline when it is of another form."""
    try:
        kept = json.loads(file.read_text("utf-8"))
        return {
            str(name): {"signature": dict(k["signature"]), "figures": dict(k["figures"])} for name, k in kept.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise BadBaseline(
            f"{file}: no figures of benchmarks ({exc})", "wenju bench NAME DATA --keep makes them"
        ) from exc


def keep(name: str, given: Given, measured: Measured, file: Path = FIGURES) -> None:
    """Put the figures of a benchmark in the place of those that were kept of it. Raises BadSettings for a quick run."""
    check_whole(given)
    kept = {**read_kept(file), name: {"signature": measured.signature, "figures": measured.figures}}
    text = json.dumps(dict(sorted(kept.items())), ensure_ascii=False, indent=1)
    file.write_text(text + "\n", "utf-8")


def check_whole(given: Given) -> None:
    """Raises BadSettings when figures would be of less than the whole benchmark: such are not quoted."""
    if given.quick or given.questions or given.articles:
        raise BadSettings(
            "--keep: only figures of the whole benchmark are kept", "leave out --quick, --questions and --articles"
        )


def rendered(kept: Kept) -> str:
    """The table in Markdown, with when and on what each benchmark was run; lines whose figures are not kept are left out.

    Raises BadBaseline when a benchmark is kept without a row or column that a line wants.
    """
    figures = {name: k["figures"] for name, k in kept.items()}
    rows = []
    for about, values, of in LINES:
        if all(name in figures for name in of):
            try:
                rows.append(f"| {about.format(**figures)} | {values.format(**figures)} |")
            except (KeyError, TypeError, ValueError) as exc:
                told = f"the figures kept of {', '.join(of)} do not have {exc}"
                raise BadBaseline(told, "run wenju bench NAME DATA --keep again") from exc
    if not rows:
        return ""
    made = (f"{name} {k['signature']['made']} at {k['signature']['revision'] or '?'}" for name, k in kept.items())
    return "\n".join(["| | |", "|---|---|", *rows, "", f"Measured: {', '.join(made)}."])


def written_into(page: str, kept: Kept) -> str:
    """A page with the table between its marks. Raises BadBaseline when they are not there, once each."""
    if (page.count(BEGIN), page.count(END)) != (1, 1) or page.index(BEGIN) > page.index(END):
        raise BadBaseline("the marks of the table are not there", f"put {BEGIN} and {END} where it should stand")
    before, _, rest = page.partition(BEGIN)
    table = "".join(f"\n{part}\n\n" for part in [rendered(kept)] if part)
    return f"{before}{BEGIN}\n{table}{END}{rest.partition(END)[2]}"
