"""The commands `wenju ingest | inspect | ask | retrieve | chat | users | feedback | serve | keys | config | status | backup | restore | migrate | doctor`; `evals.cli` adds its own and starts them."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.json_lines import json_lines
from assistant.options import (
    DocumentOption,
    IndexOption,
    JsonOption,
    PublisherOption,
    SinceOption,
    UntilOption,
)
from assistant.report_tables import answer_lines, feedback_lines, ingest_table, status_table
from assistant.serve.commands import holders, serve
from assistant.terminal import err, out, tell_problem
from assistant.visible import visible
from ingest.bounds import Bounds, Kept
from ingest.errors import BadCases, BadSettings, WenjuError
from ingest.settings import Settings, load_settings

if TYPE_CHECKING:
    from assistant.answer import Assistant
    from assistant.reading import Passages
    from assistant.retrieve import Retriever

app = typer.Typer(
    help="文据 Wenju: answers questions about Chinese reports, with the exact words of the source.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
STATUS_OF_A_DOCUMENT = ("path", "title", "format", "passages", "publisher", "date")
CONTEXT = 24
"""Characters that `inspect` shows on either side of a change."""


def start() -> None:
    """Run a command; a WenjuError is told in one line with its advice, exit code 2."""
    try:
        check_neighbours()
        app()
    except WenjuError as exc:
        tell_problem(exc)
        sys.exit(2)
    except OSError as exc:
        err.print("[bold red]file[/]: ", end="")
        err.print(visible(f"{exc.filename or ''}: {exc.strerror or exc}"), markup=False, highlight=False)
        sys.exit(2)
    except KeyboardInterrupt:
        err.print("stopped; what was stored before is kept")
        sys.exit(130)


def check_neighbours() -> None:
    """Raises BadSettings when another distribution's package of the same name shadows one of ours."""
    homes = {}
    for name in ("ingest", "assistant", "evals"):
        spec = importlib.util.find_spec(name)
        homes[name] = Path(spec.origin).parent.parent if spec and spec.origin else None
    intruder = next((n for n, home in homes.items() if home != homes["assistant"]), None)
    if intruder:
        raise BadSettings(
            f"the package {intruder} comes from {homes[intruder]}, not from beside assistant",
            f"uninstall the other distribution that has a package {intruder}, or use an environment of its own",
        )


def settings_of(index: Path | None = None) -> Settings:
    """The settings of the environment, with the index that was named."""
    return load_settings(index=index)


def open_assistant(settings: Settings) -> Assistant:
    """An assistant over the index of the settings."""
    from assistant.answer import Assistant
    from assistant.write import Writer

    return Assistant(open_retriever(settings), Writer.of(settings))


def open_retriever(settings: Settings) -> Retriever:
    """A retriever over the index of the settings; what had to be repaired is told."""
    from assistant.retrieve import Retriever

    retriever = Retriever.open(settings.index, settings)
    tell_repairs(retriever)
    return retriever


def tell_repairs(retriever: Passages) -> None:
    """Tell what of an index had to be repaired at its opening."""
    from assistant.retrieve import Retriever

    for repair in retriever.index.repairs if isinstance(retriever, Retriever) else ():
        err.print(f"note: {repair}", markup=False, highlight=False)


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders")],
    index: IndexOption = None,
    as_json: JsonOption = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Begin the index anew")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove documents whose files are gone")] = False,
    rehash: Annotated[
        bool, typer.Option("--rehash", help="Compare the bytes of files that show no sign of a change, too")
    ] = False,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", help="Have the machines of a Dask cluster read and clean: tcp://HOST:8786"),
    ] = None,
) -> None:
    """Bring the index up to date with files: txt, md, html, pdf, docx, pptx, xlsx, csv, and zip archives of them."""
    from assistant.progress import ingest_progress
    from ingest.embed import SentenceTransformersEmbedder
    from ingest.pipeline import ingest as run

    settings = load_settings(index=index, scheduler=scheduler)
    embedder = SentenceTransformersEmbedder.of(settings)
    try:
        with ingest_progress(err, quiet=as_json) as progress:
            report = run(
                paths, settings.index, settings, embedder,
                rebuild=rebuild, prune=prune, rehash=rehash, progress=progress,
            )  # fmt: skip
    except KeyboardInterrupt:
        err.print("stopped; what was stored is kept, and the same command goes on from there")
        raise typer.Exit(130) from None
    if as_json:
        print(json.dumps(report.to_dict(), ensure_ascii=False, indent=1))
    else:
        out.print(*ingest_table(report), sep="\n")
    if report.failed:
        raise typer.Exit(1)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="A question in Simplified or Traditional Chinese")],
    index: IndexOption = None,
    history: Annotated[list[str] | None, typer.Option("--history", help="An earlier question; repeatable")] = None,
    document: DocumentOption = None,
    publisher: PublisherOption = None,
    since: SinceOption = "",
    until: UntilOption = "",
    as_json: JsonOption = False,
) -> None:
    """Answer one question, with citations."""
    if not question.strip():
        raise BadSettings("the question is empty", 'wenju ask "…"')
    assistant = open_assistant(settings_of(index))
    kept = kept_to(assistant.retriever, document, publisher, since, until)
    answer = assistant.ask(question, history or (), **kept)
    if as_json:
        print(json.dumps(answer.to_dict(), ensure_ascii=False, indent=1))
    else:
        out.print(*answer_lines(answer), sep="\n", highlight=False)


@app.command()
def retrieve(
    questions: Annotated[
        Path, typer.Option("--questions", help="JSON lines with `question`, maybe `id` and `history`")
    ],
    k: Annotated[int, typer.Option("-k", min=1, help="Passages for each question")] = 10,
    to: Annotated[Path | None, typer.Option("--out", help="Write here instead of printing")] = None,
    index: IndexOption = None,
    document: DocumentOption = None,
    publisher: PublisherOption = None,
    since: SinceOption = "",
    until: UntilOption = "",
) -> None:
    """Find passages for many questions; a line of JSON for each."""
    if to is not None and not to.parent.is_dir():
        raise BadSettings(f"{to}: there is no folder {to.parent}", "make it, or write elsewhere by --out")
    asked = list(_questions(questions))
    retriever = open_retriever(settings_of(index))
    kept = kept_to(retriever, document, publisher, since, until)
    lines = (
        json.dumps(
            {"id": id_, "hits": [h.to_dict() for h in retriever.retrieve(text, k, history=history, **kept)]},
            ensure_ascii=False,
        )
        for id_, text, history in asked
    )
    if to is None:
        for line in lines:
            print(line)
    else:
        to.write_text("".join(line + "\n" for line in lines), "utf-8")


def kept_to(
    reports: Passages, documents: list[str] | None, publishers: list[str] | None, since: str, until: str
) -> Kept:
    """What the options keep a question to. Raises BadSettings for a date that is none, and for what is not in the index."""
    try:
        bounds = Bounds.of(documents or None, publishers or None, since, until)
    except ValueError as exc:
        raise BadSettings(str(exc), "--since 2023-06, say") from exc
    for unknown in chain(*reports.unknown(bounds)):
        raise BadSettings(f"{unknown!r}: no such document or publisher in the index", "wenju status lists them")
    return bounds.keywords()


def _questions(file: Path) -> Iterable[tuple[str, str, list[str]]]:
    for n, line in json_lines(file):
        try:
            given = json.loads(line)
            question = given["question"]
            if not isinstance(question, str) or not question.strip():
                raise TypeError(f"the question is {question!r}")
            yield str(given.get("id", n)), question, [str(h) for h in given.get("history") or ()]
        except (ValueError, KeyError, AttributeError, TypeError) as exc:
            raise BadCases(f"{file}:{n}: no question in it ({exc})", 'lines like {"id": "1", "question": "…"}') from exc


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="A file, or one in an archive: reports.zip/a.txt")],
    html: Annotated[Path | None, typer.Option("--html", help="Write both sides as a page for a browser")] = None,
    whole: Annotated[bool, typer.Option("--all", help="Show all of the text, not only what was changed")] = False,
) -> None:
    """Show what cleaning does to a file: raw and clean text side by side, each change by its cleaner."""
    from assistant.sides import sides_of
    from ingest.discover import find
    from ingest.read.formats import READERS, ReadOptions

    settings = settings_of()
    options = ReadOptions(settings.pdf_password, settings.file_seconds)
    context = None if whole or html else CONTEXT
    sides = sides_of(find(file, READERS), settings.passage_size, options, context)
    if html:
        from assistant.sides_html import page

        html.write_text(page(sides), "utf-8")
        out.print(visible(f"written: {html}"), markup=False, highlight=False)
    else:
        from assistant.sides_terminal import sides_lines

        out.print(*sides_lines(sides), sep="\n", highlight=False)


@app.command()
def chat(
    index: IndexOption = None,
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port")] = 7860,
    auth_file: Annotated[
        Path | None, typer.Option("--auth-file", help="Let in only the users of this file; others may then reach it")
    ] = None,
) -> None:
    """Open the chat in a browser: http://127.0.0.1:7860."""
    settings = settings_of(index)
    from assistant.app.page import serve
    from assistant.serve.live import Live

    live = Live(settings)
    tell_repairs(live.or_none_yet().retriever)
    if lacking := live.lacking():
        err.print(visible(lacking), markup=False, highlight=False)
    serve(live.or_none_yet, host, port, folder=settings.conversations_folder(), settings=settings, users=auth_file)


users_app = typer.Typer(help="Name those who may use the chat.", no_args_is_help=True)
app.add_typer(users_app, name="users")
AuthOption = Annotated[Path, typer.Option("--auth-file", help="File of the users of the chat")]


@users_app.command("add")
def users_add(
    name: Annotated[str, typer.Argument(help="Who")],
    auth_file: AuthOption,
    role: Annotated[
        str | None, typer.Option("--role", help="reader, or admin: who may change what all share [default: reader]")
    ] = None,
) -> None:
    """Let somebody use the chat, or give them another password; it is asked for, or read from a pipe."""
    from assistant.app.users import add_user, role_called

    if sys.stdin.isatty():
        password = typer.prompt("password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    new = add_user(auth_file, name, password, role_called(role))
    out.print(visible(f"{name} {'may use the chat now' if new else 'has another password now'}"), markup=False)


@users_app.command("remove")
def users_remove(name: Annotated[str, typer.Argument(help="Who")], auth_file: AuthOption) -> None:
    """Let somebody use the chat no more, at once."""
    from assistant.app.users import remove_user

    remove_user(auth_file, name)


@users_app.command("list")
def users_list(auth_file: AuthOption) -> None:
    """List those who may use the chat, and who of them is an admin."""
    from assistant.app.users import read_users

    lines = (visible(u.name) + (" (admin)" if u.role == "admin" else "") for u in read_users(auth_file))
    out.print(*lines, sep="\n", markup=False, highlight=False)


@app.command()
def feedback(
    index: IndexOption = None,
    cases: Annotated[
        Path | None, typer.Option("--cases", help="Write reference questions for `wenju eval` here")
    ] = None,
) -> None:
    """List what readers thought of the answers in the chat."""
    from assistant.app.conversations import Conversations
    from assistant.app.opinions import cases as written

    folder = settings_of(index).conversations_folder()
    given = Conversations(folder).feedback() if folder.is_dir() else []
    if cases:
        cases.write_text(written(given), "utf-8")
        out.print(visible(f"written: {cases}, {len(given)} questions"), markup=False, highlight=False)
    else:
        out.print(*feedback_lines(given), sep="\n", markup=False, highlight=False)


app.command()(serve)
app.add_typer(holders, name="keys")

configuration = typer.Typer(help="Show the settings.", no_args_is_help=True)
app.add_typer(configuration, name="config")


@configuration.command(name="show")
def show_config(as_json: JsonOption = False) -> None:
    """Show every setting as it is now, by its variable; passwords and keys only as being set."""
    shown = load_settings().shown()
    if as_json:
        print(json.dumps(shown, ensure_ascii=False, indent=1))
    else:
        out.print(
            *(visible(f"{name}={value}") for name, value in shown.items()), sep="\n", markup=False, highlight=False
        )


@app.command()
def status(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Show what an index holds."""
    from ingest.index import open_index

    settings = settings_of(index)
    opened = open_index(settings.index, url=settings.index_url)
    documents = opened.catalog.listing.documents()
    if as_json:
        print(
            json.dumps(
                {
                    "index": str(opened.folder),
                    "embedding": opened.manifest.embedding,
                    "documents": [{name: getattr(d, name) for name in STATUS_OF_A_DOCUMENT} for d in documents],
                    "families": [[m.path for m in family] for family in opened.catalog.families.all()],
                    "repairs": list(opened.repairs),
                },
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        out.print(*status_table(opened, documents), sep="\n")


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="Written, and checked")], index: IndexOption = None) -> None:
    """Write the index and the conversations of its chat to one file, while others may go on reading and writing."""
    from assistant.backup import back_up

    settings = settings_of(index)
    told = back_up(settings.index, settings.conversations_folder(), file)
    kept = f"{told.documents} documents, {told.passages} passages"
    out.print(visible(f"written and checked: {file}, {kept}"), markup=False, highlight=False)


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A file of `wenju backup`")], index: IndexOption = None) -> None:
    """Make an index, and the conversations of its chat, as they were when a backup was written."""
    from assistant.backup import restore as put_back

    settings = settings_of(index)
    told = put_back(file, settings.index, settings.conversations_folder())
    kept = f"{told.documents} documents, {told.passages} passages, as of {told.made}"
    out.print(visible(f"restored: {settings.index}, {kept}"), markup=False, highlight=False)


@app.command()
def migrate(
    to: Annotated[str, typer.Option("--to", help="URL of a Chroma server or Milvus; '' for the folder of the index")],
    index: IndexOption = None,
) -> None:
    """Have the index searched elsewhere, without embedding anew; counts and samples are checked before the old one goes."""
    from ingest.engine import without_secrets
    from ingest.index import migrate as move

    settings = settings_of(index)
    passages, found = move(settings.index, to, old_url=settings.index_url)
    where = f"at {without_secrets(to)}" if to else "in its folder"
    told = f"{settings.index} is searched {where} now: {passages} passages, {found} looked for and found"
    out.print(visible(told), markup=False, highlight=False)


@app.command()
def doctor(index: IndexOption = None) -> None:
    """Check that the model loads, that the index opens, and that it answers."""
    settings = settings_of(index)
    assistant = open_assistant(settings)
    listed = assistant.retriever.documents()
    documents, passages = len(listed), sum(d.passages for d in listed)
    assistant.warm_up()
    out.print(f"model: {settings.model_path()}", highlight=False)
    if settings.reranker:
        out.print(f"reranker: {settings.reranker}", highlight=False)
    out.print(f"index: {settings.index}, {documents} documents, {passages} passages", highlight=False)
    out.print("[green]all is well[/]")
