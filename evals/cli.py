"""The command `wenju`: the commands of the assistant, and `eval`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli import IndexOption, app, open_retriever, out, settings_of, start


@app.command(name="eval")
def evaluate(
    cases: Annotated[Path, typer.Argument(help="JSON lines of reference questions")],
    index: IndexOption = None,
    to_json: Annotated[Path | None, typer.Option("--json", help="Write the whole report here")] = None,
    failures: Annotated[bool, typer.Option("--failures", help="Show each case that went wrong")] = False,
) -> None:
    """Ask all reference questions and measure the answers."""
    from assistant.answer import Assistant
    from assistant.write import Writer
    from evals.case import read_cases
    from evals.report import show, show_failures
    from evals.run import run, sign

    settings = settings_of(index)
    asked = read_cases(cases)
    retriever = open_retriever(settings)
    assistant = Assistant(retriever, Writer.of(settings))
    report = run(assistant, asked, sign(retriever, settings, cases))
    if failures:
        show_failures(report, out)
    show(report, out)
    if to_json:
        to_json.write_text(json.dumps(report.to_dict(), ensure_ascii=False, indent=1) + "\n", "utf-8")


def main() -> None:
    """Start the command line."""
    start()


if __name__ == "__main__":
    main()
