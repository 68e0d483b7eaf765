"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

IndexOption = Annotated[Path | None, typer.Option("--index", help="Folder of the index [default: index]")]
KeysOption = Annotated[Path | None, typer.Option("--keys", help="File of the keys that open the server")]
DocumentOption = Annotated[list[str] | None, typer.Option("--document", help="Keep to this document; repeatable")]
PublisherOption = Annotated[
    list[str] | None, typer.Option("--publisher", help="Keep to what they published; repeatable")
]
SinceOption = Annotated[str, typer.Option(help="Keep to documents of this date or later: 2023, 2023-06")]
UntilOption = Annotated[str, typer.Option(help="Keep to documents of this date or earlier")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON")]
