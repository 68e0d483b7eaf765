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

    Both are formats in which `retrieval[own script][recall@1]` is a figure. `row` is one that the benchmarks
    measure on some machines or with some options alone; the line is left out where they have not.
    """

    about: str
    figures: str
    of: tuple[str, ...]
    row: str = ""

    def can_be_told(self, figures: Mapping[str, Any]) -> bool:
        """Whether all that it tells was measured."""
        return all(name in figures and (not self.row or self.row in figures[name]) for name in self.of)


def line(about: str, figures: str, *of: str, row: str = "") -> Line:
    """A line of the table."""
    return Line(about, figures, of, row)


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
    line(
        "Required facts of questions over four real reports in the first passage / the first five",
        "{retrieval[reports][facts@1]:.2f} / {retrieval[reports][facts@5]:.2f}",
        "retrieval",
        row="reports",
    ),
    line(
        "Among {latency[data, reading][passages]:,} passages: ten passages retrieved; an answer, median / 95th percentile",
        "{latency[retrieve, reading][p50_ms]:.0f} ms; {latency[ask, reading][p50_ms]:.0f} / {latency[ask, reading][p95_ms]:.0f} ms",
        "latency",
    ),
    line(
        "Among {latency[data, larger][passages]:,}: retrieved, median; the index opened; memory",
        "{latency[retrieve, larger][p50_ms]:.0f} ms; {latency[opening, larger][seconds]:.1f} s; {latency[retrieve, larger][resident_mb]:.0f} MB",
        "latency",
    ),
    line(
        "First `wenju ask` of a shell, from its start to its end, at the two sizes",
        "{latency[first ask of a shell, reading][seconds]:.1f} s; {latency[first ask of a shell, larger][seconds]:.1f} s",
        "latency",
    ),
    line(
        "Chat: usable in a browser after; first words after Enter, median",
        "{chat[page, s][p50]:.1f} s; {chat[first words, one reader, s][p50]:.2f} s",
        "chat",
        row="page, s",
    ),
)  # fmt: skip
AMONG = "Wenju", "LlamaIndex, jieba", "LangChain, jieba", "txtai", "Haystack", "LlamaIndex, stock"
"""Rows of the retrieval benchmark that are shown side by side, the same passages searched by each."""
BESIDE = (
    "| the right passage first, {questions} questions | as asked | in the other script | passages damaged, as asked | … in the other script | median |",
    "|---|---|---|---|---|---|",
)


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
    for told_line in LINES:
        if told_line.can_be_told(figures):
            try:
                rows.append(f"| {told_line.about.format(**figures)} | {told_line.figures.format(**figures)} |")
            except (KeyError, TypeError, ValueError) as exc:
                told = f"the figures kept of {', '.join(told_line.of)} do not have {exc}"
                raise BadBaseline(told, "run wenju bench NAME DATA --keep again") from exc
    if not rows:
        return ""
    rows = ["| | |", "|---|---|", *rows, *_side_by_side(figures.get("retrieval", {}))]
    made = (f"{name} {k['signature']['made']} at {k['signature']['revision'] or '?'}" for name, k in kept.items())
    return "\n".join([*rows, "", f"Measured: {', '.join(made)}."])


def _side_by_side(figures: Mapping[str, Any]) -> list[str]:
    """The table of other libraries' retrievers beside Wenju's; none where they were not measured."""
    if not all(name in figures and f"{name}, damaged" in figures for name in AMONG):
        return []
    rows = ["", *(head.format(questions=int(figures[AMONG[0]]["questions"])) for head in BESIDE)]
    for name in AMONG:
        clean, harmed = figures[name], figures[f"{name}, damaged"]
        shares = (clean["recall@1"], clean["other@1"], harmed["recall@1"], harmed["other@1"])
        rows.append(f"| {name} | {' | '.join(f'{share:.3f}' for share in shares)} | {clean['p50_ms']:.0f} ms |")
    return rows


def written_into(page: str, kept: Kept) -> str:
    """A page with the table between its marks. Raises BadBaseline when they are not there, once each."""
    if (page.count(BEGIN), page.count(END)) != (1, 1) or page.index(BEGIN) > page.index(END):
        raise BadBaseline("the marks of the table are not there", f"put {BEGIN} and {END} where it should stand")
    before, _, rest = page.partition(BEGIN)
    table = "".join(f"\n{part}\n\n" for part in [rendered(kept)] if part)
    return f"{before}{BEGIN}\n{table}{END}{rest.partition(END)[2]}"
