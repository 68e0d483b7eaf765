"""What README.md and the pages of docs/ show works: their Python runs, their commands, settings and links exist."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

from evals.cli import app
from ingest.embed import SentenceTransformersEmbedder
from ingest.pipeline import ingest
from ingest.settings import Settings

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
README = "\n".join(page.read_text("utf-8") for page in PAGES)
SKIP = "<!-- not run -->"
BLOCK = re.compile(r"(?P<before>[^\n]*)\n+^```(?P<language>\w*)[^\n]*\n(?P<code>.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`(wenju [^`\n]+)`(?!`)")


class Block(NamedTuple):
    """A fenced block of a page with the line that it begins on."""

    language: str
    code: str
    line: int
    page: Path

    @property
    def name(self) -> str:
        """What a test of it is called."""
        return f"{self.page.name}, line {self.line}"


def blocks() -> list[Block]:
    """All fenced blocks but those that are marked as not run."""
    return [
        Block(m["language"], m["code"], text[: m.start("code")].count("\n"), page)
        for page in PAGES
        for text in ["\n" + page.read_text("utf-8")]
        for m in BLOCK.finditer(text)
        if m["before"].strip() != SKIP
    ]


def commands() -> Iterator[str]:
    """Every call of `wenju` that the README shows, in blocks and in running text."""
    for block in blocks():
        if block.language in {"", "sh", "bash", "console", "shell", "text"}:
            for line in block.code.splitlines():
                shown = re.search(r"(?:^|[\s/$])(wenju\s.*)", line.partition(" #")[0])
                if shown:
                    yield shown[1].strip()
    yield from INLINE.findall(README)


PYTHON = [b for b in blocks() if b.language in {"python", "py"}]
COMMANDS = sorted(set(commands()))


@pytest.fixture(scope="session")
def readme_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the sample reports."""
    folder = tmp_path_factory.getbasetemp() / "corpus-index"
    if not folder.exists():
        settings = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]
        ingest([ROOT / "corpus"], folder, settings, SentenceTransformersEmbedder(settings.model_path()))
    return folder


def test_the_readme_shows_python_and_commands() -> None:
    """The checks below have something to check."""
    assert PYTHON
    assert COMMANDS


SERVER = "127.0.0.1:7870"


def needs_server(some: list[Block]) -> list[Any]:
    """Blocks as parameters; those that ask a server are marked so."""
    return [pytest.param(b, id=b.name, marks=[pytest.mark.server] if SERVER in b.code else []) for b in some]


@pytest.fixture(scope="session")
def server(readme_index: Path) -> Iterator[str]:
    """The host and port of a server over the sample reports."""
    process = subprocess.Popen(
        [sys.executable, "-m", "evals.cli", "serve", "--index", str(readme_index), "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    yield process.stdout.readline().split()[-1].removeprefix("http://")
    process.kill()
    process.wait()


@pytest.mark.server
@pytest.mark.parametrize(
    "line", [line for b in blocks() if b.language == "sh" for line in b.code.splitlines() if line.startswith("curl")]
)
def test_requests_of_the_readme_are_answered(line: str, server: str) -> None:
    """Each call of curl that is shown gets what it asks for."""
    done = subprocess.run(
        ["bash", "-c", line.replace(SERVER, server).replace("curl ", "curl --fail ", 1)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search('"(?:quote|raw)"', done.stdout)


@pytest.mark.server
@pytest.mark.parametrize("block", [b for b in blocks() if b.language == "json"], ids=lambda b: b.name)
def test_tools_of_the_readme_start(block: Block, readme_index: Path, tmp_path: Path) -> None:
    """What a program is told to start offers the tools that the README names."""
    told = json.loads(block.code)["mcpServers"]["wenju"]
    assert told["command"] == "wenju"
    (tmp_path / "index").symlink_to(readme_index, target_is_directory=True)
    # A server is given little of the environment, and is started elsewhere than in the checkout.
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "evals.cli", *told["args"]],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
    )

    async def names() -> list[str]:
        async with Client(parameters) as client:
            assert not (await client.call_tool("list_documents", {})).is_error
            return [tool.name for tool in (await client.list_tools()).tools]

    assert all(f"`{name}`" in README for name in asyncio.run(names()))


@pytest.mark.parametrize("block", needs_server(PYTHON))
def test_python_of_the_readme_runs(
    block: Block, readme_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Each block runs by itself where an index and the sample reports are."""
    (tmp_path / "index").symlink_to(readme_index, target_is_directory=True)
    (tmp_path / "corpus").symlink_to(ROOT / "corpus", target_is_directory=True)
    (tmp_path / "evals").symlink_to(ROOT / "evals", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    code = block.code
    if SERVER in code:
        code = code.replace(SERVER, request.getfixturevalue("server"))
    padded = "\n" * (block.line - 1) + code
    exec(compile(padded, str(block.page), "exec"), {"__name__": "readme"})  # noqa: S102


@pytest.mark.parametrize("shown", COMMANDS)
def test_commands_of_the_readme_exist(shown: str) -> None:
    """Every command that is named is there, with each option that is shown."""
    words = shlex.split(shown, comments=True)[1:]
    group = typer.main.get_command(app)
    assert hasattr(group, "commands")
    if words[0].startswith("-"):
        known = {"--help", *(o for p in group.params for o in p.opts)}
    else:
        command = group
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        assert command is not group
        assert not hasattr(command, "commands"), "a group is shown without the command in it"
        known = {"--help", *(o for p in command.params for o in (*p.opts, *p.secondary_opts))}
    options = {w.partition("=")[0] for w in words if re.match(r"-{1,2}[a-z]", w)}
    assert options <= known


@pytest.mark.parametrize("name", sorted(set(re.findall(r"WENJU_[A-Z_]+[A-Z]", README))))
def test_settings_of_the_readme_exist(name: str) -> None:
    """Every variable that is named is a setting, or is read where models are loaded."""
    fields = {f"WENJU_{field.upper()}" for field in Settings.model_fields}
    loads = (ROOT / "ingest" / "embed.py").read_text("utf-8")
    assert name in fields or f'"{name}"' in loads


LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)\s#]+)")
LINKS = sorted({(page, link) for page in PAGES for link in LINK.findall(page.read_text("utf-8"))})


@pytest.mark.parametrize(("page", "link"), LINKS, ids=[f"{page.name}, {link}" for page, link in LINKS])
def test_links_of_the_readme_lead_somewhere(page: Path, link: str) -> None:
    """Pictures and files that are linked are in the repository."""
    assert (page.parent / link).exists()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE))))
def test_make_targets_of_the_readme_exist(target: str) -> None:
    """Every target that is named stands in the Makefile."""
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("module", sorted(set(re.findall(r"python -m ([\w.]+)", README))))
def test_modules_of_the_readme_exist(module: str) -> None:
    """Every module that is to be run is there."""
    assert importlib.util.find_spec(module)
