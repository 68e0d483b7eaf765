"""The rules of the house that no other test would notice to be broken."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("ingest", "assistant", "evals")
"""Each may import those before it."""

HOMES = {
    "chromadb": ("ingest/vectors.py", "ingest/server_vectors.py", "evals/bench/ingest.py"),
    "pymilvus": ("ingest/milvus.py",),
    "distributed": ("ingest/cluster.py", "evals/bench/cluster.py"),
    "tantivy": ("ingest/lexical.py",),
    "sqlite3": ("ingest/catalog.py", "ingest/families.py", "ingest/listing.py", "assistant/app/conversations.py"),
    "datasketch": ("ingest/duplicates.py",),
    "filelock": ("ingest/index.py",),
    "pathspec": ("ingest/discover.py",),
    "pypdf": ("ingest/read/pdf.py",),
    "pypdfium2": ("ingest/read/ocr.py", "assistant/app/page_picture.py"),
    "docx": ("ingest/read/docx.py", "assistant/app/export_docx.py"),
    "pptx": ("ingest/read/pptx.py",),
    "openpyxl": ("ingest/read/xlsx.py",),
    "pypinyin": ("ingest/clean/pinyin.py", "evals/bench/noise.py"),
    "sentence_transformers": ("ingest/embed.py", "ingest/train_static_model.py", "assistant/rerank.py"),
    "argon2": ("assistant/app/users.py",),
    "gradio": ("assistant/app/",),
    "fastapi": ("assistant/app/", "assistant/serve/"),
    "starlette": ("assistant/app/", "assistant/serve/"),
    "uvicorn": ("assistant/app/", "assistant/serve/"),
    "prometheus_client": ("assistant/serve/measured.py",),
    "mcp": ("assistant/serve/mcp_server.py",),
    "mcp_types": ("assistant/serve/mcp_server.py",),
    "llama_index": ("assistant/adapters/", "assistant/write.py", "evals/bench/ingest.py", "evals/bench/peers.py"),
    "langchain_community": ("evals/bench/peers.py",),
    "haystack": ("evals/bench/peers.py",),
    "txtai": ("evals/bench/peers.py",),
    "jieba": ("evals/bench/peers.py",),
    "langchain": ("assistant/adapters/",),
    "langchain_core": ("assistant/adapters/",),
}
"""The files in which a foreign library may be imported; a folder ends in a slash."""

DRAWERS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc", "core", "tools"}

HEAVY = (
    "torch", "sentence_transformers", "transformers", "gradio", "llama_index", "langchain_core",
    "fastapi", "uvicorn", "mcp", "distributed", "pymilvus", "prometheus_client",
)  # fmt: skip

MODULES = sorted(p.relative_to(ROOT).as_posix() for package in PACKAGES for p in (ROOT / package).rglob("*.py"))


def imports(module: str, *, top_level: bool = False) -> Iterator[str]:
    """The dotted names that a file imports, those within functions included."""
    tree = ast.parse((ROOT / module).read_text("utf-8"))
    for node in tree.body if top_level else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} imports relatively"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module: str) -> None:
    """`ingest` knows neither of the others, `assistant` does not know `evals`, and none knows the tests."""
    later = PACKAGES[PACKAGES.index(Path(module).parts[0]) + 1 :]
    assert not {name.split(".")[0] for name in imports(module)} & {*later, "tests", "corpus"}


@pytest.mark.parametrize(("library", "homes"), HOMES.items())
def test_a_library_stays_at_home(library: str, homes: tuple[str, ...]) -> None:
    """Only the file that adapts a library imports it."""
    strangers = [
        module
        for module in MODULES
        if any(name.split(".")[0] == library for name in imports(module)) and not module.startswith(homes)
    ]
    assert strangers == []


def test_files_are_named_for_what_they_hold() -> None:
    """No file or folder is a drawer for whatever fits nowhere."""
    names = {part for module in MODULES for part in Path(module).with_suffix("").parts}
    assert not names & DRAWERS


def test_no_two_modules_need_each_other() -> None:
    """The modules can be put in an order in which each imports only those before it."""
    known = {m.removesuffix(".py").removesuffix("/__init__").replace("/", "."): m for m in MODULES}
    needs = {name: {n for n in imports(m, top_level=True) if n in known and n != name} for name, m in known.items()}
    ready: set[str] = set()
    while more := {name for name in needs.keys() - ready if needs[name] <= ready}:
        ready |= more
    assert needs.keys() - ready == set()


@pytest.mark.parametrize("module", ["ingest.pipeline", "assistant", "assistant.cli", "evals.cli"])
def test_nothing_heavy_is_imported_for_a_start(module: str) -> None:
    """The command line and the library start without the libraries that take seconds to import."""
    code = f"import sys, {module}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("module", ["ingest.document", "ingest.clean.stages", "ingest.split", "ingest.fold"])
def test_the_pure_stages_import_no_store(module: str) -> None:
    """Text can be cleaned, folded and split without any database."""
    code = f"import sys, {module}; print(*[name for name in ('chromadb', 'tantivy', 'sqlite3') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == []


def test_only_the_settings_read_the_environment() -> None:
    """A stage is told what it needs. Beside the settings only the model's library and other processes are told by it."""
    readers = [
        m
        for m in MODULES
        if m.startswith("ingest/") and re.search(r"os\.(environ|getenv)", (ROOT / m).read_text("utf-8"))
    ]
    assert set(readers) <= {"ingest/settings.py", "ingest/embed.py", "ingest/workers.py"}


def tracked() -> list[Path]:
    """The files under version control that are text."""
    done = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode:
        pytest.skip("not a checkout")
    files = [ROOT / name for name in done.stdout.split("\0") if name]
    return [f for f in files if f.is_file() and b"\0" not in f.read_bytes()[:8000]]


def test_no_file_names_a_place_on_one_machine() -> None:
    """No tracked file holds the path of somebody's own folder."""
    folders = ("home", "Users", "root", "work", "mnt")
    places = re.compile(rf"(?<![\w./:~-])/(?:{'|'.join(folders)})/[\w.-]+|[A-Z]:\\Users\\")
    found = {
        f.relative_to(ROOT).as_posix(): hits
        for f in tracked()
        if f.suffix != ".jsonl" and (hits := places.findall(f.read_text("utf-8", "replace")))
    }
    assert found == {}


def test_tests_are_no_packages() -> None:
    """A package under tests would hide the one it mirrors."""
    assert list((ROOT / "tests").rglob("__init__.py")) == []
