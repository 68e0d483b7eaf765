"""The commands `wenju serve` and `wenju keys`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.options import IndexOption, KeysOption
from assistant.terminal import err, out
from assistant.visible import visible
from ingest.errors import BadSettings
from ingest.settings import load_settings


def serve(
    index: IndexOption = None,
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="0 takes any free one")] = 7870,
    keys: KeysOption = None,
    workers: Annotated[
        int, typer.Option("--workers", min=1, help="Processes that answer; each reads the index for itself")
    ] = 1,
    mcp: Annotated[bool, typer.Option("--mcp", help="Offer tools to models too, at /mcp")] = False,
    stdio: Annotated[bool, typer.Option("--stdio", help="Offer the tools over stdin and stdout instead")] = False,
    chat: Annotated[bool, typer.Option("--chat", help="Show the chat page too, at /")] = False,
    auth_file: Annotated[
        Path | None, typer.Option("--auth-file", help="Let only the users of this file in to the chat page")
    ] = None,
) -> None:
    """Answer other programs over HTTP: http://127.0.0.1:7870, described at /openapi.json."""
    from ingest.engine import checked

    settings = load_settings(index=index, keys=keys)
    checked(settings.index_url)  # there may be no index yet that would tell
    if stdio and (chat or auth_file):
        raise BadSettings("over stdin and stdout no page can be shown", "leave out --stdio, or --chat and --auth-file")
    if workers > 1 and (stdio or chat or auth_file):
        raise BadSettings(*(STDIO_IS_ONE if stdio else PAGE_IS_ONE))
    if stdio:
        from assistant.serve.server import serve_stdio

        serve_stdio(settings)
    elif workers > 1:
        from assistant.serve.workers import serve as serve_by

        serve_by(settings, host, port, workers, mcp=mcp)
    else:
        from assistant.serve.server import serve as run

        run(settings, host, port, mcp=mcp, chat=chat, users=auth_file)


STDIO_IS_ONE = ("over stdin and stdout one process answers", "leave out --workers, or --stdio")
PAGE_IS_ONE = (
    "the chat page is served by one process, which knows who signed in and what is being answered",
    "wenju serve --workers N for programs, and wenju chat --auth-file FILE beside it for readers;"
    " or leave out --workers",
)


holders = typer.Typer(help="Make, list and revoke the keys that open the server.", no_args_is_help=True)


@holders.command(name="new")
def new_key(name: Annotated[str, typer.Argument(help="Who will hold it")], keys: KeysOption = None) -> None:
    """Make a key and print it; only its hash is kept."""
    from assistant.serve.keys import new_key as made

    print(made(keys_file(keys), name))
    err.print("this key is shown once: whoever has it can ask", highlight=False)


@holders.command(name="list")
def list_keys(keys: KeysOption = None) -> None:
    """Show who holds keys, and since when."""
    from assistant.serve.keys import read_keys

    for key in read_keys(keys_file(keys)):
        out.print(visible(f"{key.made}  {key.name}"), markup=False, highlight=False)


@holders.command(name="revoke")
def revoke_key(name: Annotated[str, typer.Argument(help="Who holds it")], keys: KeysOption = None) -> None:
    """Let a key open nothing any more, in a running server too."""
    from assistant.serve.keys import revoke_key as revoked

    revoked(keys_file(keys), name)


def keys_file(given: Path | None) -> Path:
    """The file of keys that was named, or that of the settings. Raises BadSettings when neither names one."""
    file = load_settings(keys=given).keys
    if file is None:
        raise BadSettings("no file of keys is named", "give --keys FILE, or set WENJU_KEYS")
    return file
