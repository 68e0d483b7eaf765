"""The command `wenju`: the commands of the assistant, `eval`, `cases`, and `bench`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import app, open_retriever, settings_of, start
from assistant.options import IndexOption
from assistant.terminal import err, out
from assistant.visible import visible
from evals.bench.cli import bench_app
from ingest.errors import BadCases, BadSettings

if TYPE_CHECKING:
    from assistant.retrieve import Hit
    from assistant.write import Writer
    from evals.case import Case
    from evals.new_case import Evidence, Sources
    from evals.result import Report
    from ingest.settings import Settings

cases_app = typer.Typer(help="Reference questions: check them, or write a new one.", no_args_is_help=True)
app.add_typer(cases_app, name="cases")
app.add_typer(bench_app, name="bench")
PASSAGES = 6


@app.command(name="eval")
def evaluate(
    cases: Annotated[list[Path], typer.Argument(help="JSON lines of reference questions; several files are one run")],
    index: IndexOption = None,
    to_json: Annotated[Path | None, typer.Option("--json", help="Write the whole report here")] = None,
    to_html: Annotated[Path | None, typer.Option("--html", help="Write it as a page for a browser")] = None,
    past: Annotated[
        list[Path] | None, typer.Option("--past", help="A report of --json to show in the page's history; repeatable")
    ] = None,
    failures: Annotated[bool, typer.Option("--failures", help="Show each case that went wrong, and where")] = False,
    parity: Annotated[
        bool,
        typer.Option("--parity", help="Ask again in the other script and other regions' words, and over damaged text"),
    ] = False,
    judge: Annotated[
        bool, typer.Option("--judge", help="Let the language model of the settings judge the answers too")
    ] = False,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="Compare with these figures; exit code 1 on a loss")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update-baseline", help="Write the figures of this run to the file of --baseline")
    ] = False,
    extend: Annotated[
        bool,
        typer.Option("--extend-baseline", help="Add new cases to the file of --baseline; the others stay as they are"),
    ] = False,
) -> None:
    """Ask all reference questions and measure the answers."""
    from evals.compare import baseline_of, compare, extended, read_baseline, write_baseline
    from evals.report import show, show_comparison, show_failures
    from evals.report_html import page, read_past

    if (update or extend) and baseline is None:
        raise BadSettings("--update-baseline: no file is named", "--baseline FILE --update-baseline")
    for file in (to_json, to_html, baseline if update else None):
        _check_folder(file)
    asked = _read_all(cases)
    old = read_baseline(baseline) if baseline and not update else None
    earlier = sorted(map(read_past, past or ()), key=lambda p: p.made)
    report = _measured(settings_of(index), cases, asked, parity=parity, judge=judge)
    if failures:
        show_failures(report, out)
    show(report, out)
    if to_json:
        to_json.write_text(json.dumps(report.to_dict(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    comparison = compare(old or baseline_of(report), report)
    if to_html:
        to_html.write_text(page(report, comparison if old else None, earlier), "utf-8")
        out.print(visible(f"written: {to_html}"), markup=False, highlight=False)
    if old:
        show_comparison(comparison, out)
    if (old or update) and not comparison.passes:
        raise typer.Exit(1)
    if baseline and (update or extend):
        write_baseline(baseline, extended(old, report) if old else baseline_of(report))
        out.print(visible(f"written: {baseline}"), markup=False, highlight=False)


def _measured(settings: Settings, files: list[Path], asked: list[Case], *, parity: bool, judge: bool) -> Report:
    """The report of all cases, as they are asked and, where that is wanted, written otherwise and judged."""
    from dataclasses import replace
    from functools import partial

    from assistant.answer import Assistant
    from assistant.write import Writer
    from evals.judge import judged
    from evals.parity import in_other_words, over_damage
    from evals.progress import asking
    from evals.run import run
    from evals.signature import sign
    from ingest.embed import SentenceTransformersEmbedder

    judging = _judge(settings) if judge else None
    retriever = open_retriever(settings)
    assistant = Assistant(retriever, Writer.of(settings))
    with asking(err) as told:
        report = run(assistant, asked, sign(retriever, settings, files, assistant.writer), partial(told, "asking"))
        if parity:
            documents = [retriever.document(d.path) for d in retriever.documents()]
            embedder = SentenceTransformersEmbedder.of(settings)
            rows = in_other_words(assistant, asked, report, told)
            report = replace(report, parity=rows | over_damage(documents, asked, settings, embedder, told))
        return judged(report, judging, partial(told, "judging")) if judging else report


def _judge(settings: Settings) -> Writer:
    """The language model of the settings. Raises BadSettings when none is set, ModelProblem when it does not answer."""
    from assistant.write import Writer

    judge = Writer.of(settings)
    if judge is None:
        raise BadSettings("--judge: no language model is set", "set WENJU_LLM_BASE_URL and WENJU_LLM_MODEL")
    judge.said("只输出一个词。", "对")
    return judge


def _read_all(files: list[Path]) -> list[Case]:
    """The cases of several files. Raises BadCases when two have the same id."""
    from evals.case import read_cases

    read: dict[str, Case] = {}
    for file in files:
        for case in read_cases(file):
            if case.id in read:
                raise BadCases(
                    f"{file}: field id: {case.id!r} is in another of the files too", "give each an id of its own"
                )
            read[case.id] = case
    return list(read.values())


def _check_folder(file: Path | None) -> None:
    """Raises BadSettings where a file cannot be written since its folder is not there: before anything is asked."""
    if file and not file.parent.is_dir():
        raise BadSettings(f"{file}: there is no folder {file.parent}", "make it, or write elsewhere")


@cases_app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="JSON lines of reference questions")], index: IndexOption = None
) -> None:
    """Check that cases are well formed, their evidence stands in the index, and states their facts."""
    from evals.check import check as check_files

    checked, faults = check_files(files, open_retriever(settings_of(index)))
    for fault in faults:
        out.print(visible(f"{fault} → {fault.advice}"), markup=False, highlight=False, soft_wrap=True)
    out.print(f"{checked} cases, {len(faults)} faults", highlight=False)
    if faults:
        raise typer.Exit(1)


@cases_app.command()
def new(
    file: Annotated[Path, typer.Argument(help="JSON lines to which the case is added")], index: IndexOption = None
) -> None:
    """Write a case step by step: the question, its evidence from the passages that are found, the facts."""
    from assistant.question import understand
    from evals.case import TYPES, read_cases
    from evals.check import faults_of
    from evals.new_case import append, next_id, put_together

    _check_folder(file)
    known = read_cases(file) if file.exists() else []
    retriever = open_retriever(settings_of(index))
    history = _several("An earlier question of the conversation, if any")
    question = _text("Question")
    out.print(*(f"{n:>2} {kind}" for n, kind in enumerate(TYPES, 1)), sep="\n", highlight=False)
    kind = _kind(typer.prompt("Type, by number or name"))
    hits = retriever.retrieve(understand(question, history), PASSAGES)
    _show_passages(hits)
    answerable = kind != "unanswerable"
    evidence = _picked(hits, retriever) if answerable else []
    facts = _several("A fact that a right answer states; its forms parted by |") if answerable else []
    answer = typer.prompt("The answer as it should be", default="" if not answerable else None, show_default=False)
    id_ = typer.prompt("Id", default=next_id(known))
    case = put_together(id_, kind, question, history, evidence, facts, answer)
    faults = [f"{field}: {what}" for field, what in faults_of(case, retriever)]
    if id_ in {c.id for c in known}:
        faults.append(f"id: {file} has a case {id_} already")
    for fault in faults:
        out.print(visible(f"note: {fault}"), markup=False, highlight=False)
    if faults:
        raise BadCases("the case is not added: it has the faults above", "write it again without them")
    append(file, case)
    out.print(visible(f"{id_} added to {file}"), markup=False, highlight=False)


def _text(prompt: str) -> str:
    while not (text := str(typer.prompt(prompt)).strip()):
        pass
    return text


def _several(prompt: str) -> list[str]:
    """Texts, one a prompt, until an empty one."""
    texts: list[str] = []
    while text := typer.prompt(f"{prompt} (empty: no more)", default="", show_default=False).strip():
        texts.append(text)
    return texts


def _kind(given: str) -> str:
    from evals.case import TYPES

    while True:
        if given in TYPES:
            return given
        if given.isdecimal() and 1 <= int(given) <= len(TYPES):
            return TYPES[int(given) - 1]
        given = str(typer.prompt(f"{given} is no type. Type, by number or name"))


def _show_passages(hits: list[Hit]) -> None:
    from evals.new_case import offered

    for n, (hit, places) in enumerate(zip(hits, offered(hits), strict=True), 1):
        page = f" · p. {hit.page}" if hit.page else ""
        out.print(visible(f"[{n}] {hit.document}{page} · {hit.heading}"), style="cyan", markup=False, highlight=False)
        for i, place in enumerate(places, 1):
            out.print(visible(f"  {n}.{i} {place.of(hit.text)}"), markup=False, highlight=False)


def _picked(hits: list[Hit], sources: Sources) -> list[Evidence]:
    from evals.new_case import pick

    while True:
        try:
            return pick(typer.prompt("Evidence, such as 1.2 or 1.2-3 4.1"), hits, sources)
        except ValueError as exc:
            out.print(visible(str(exc)), markup=False, highlight=False)


def main() -> None:
    """Start the command line."""
    start()


if __name__ == "__main__":
    main()
