"""What made a report, so that two of them can be told to be comparable."""

from __future__ import annotations

import hashlib
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from assistant.retrieve import Retriever
from assistant.write import Writer
from ingest.settings import Settings

PACKAGES = (
    "chromadb", "numpy", "OpenCC", "openpyxl", "pypdf", "pypinyin", "python-docx", "python-pptx", "sentence-transformers", "tantivy",
)  # fmt: skip
"""The libraries whose work an answer rests on."""
MADE = (":!evals/figures.json", ":!README.md")
OURS = ("ingest", "assistant", "evals")
PASSING = ("made", "revision", "python")
"""What differs between two runs without making them less comparable."""
SEED = 20251101
"""Of the bootstrap: the same figures give the same verdict."""


def sign(
    retriever: Retriever, settings: Settings, cases: Sequence[Path], writer: Writer | None = None
) -> dict[str, str]:
    """Versions, git revision, settings, models, and hashes of the index and of the cases."""
    index = retriever.index
    contents = "\n".join(f"{path} {sha256}" for path, sha256 in sorted(index.catalog.listing.digests().items()))
    return {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": revision(Path(__file__).parents[1]),
        "wenju": version("wenju"),
        "python": platform.python_version(),
        "packages": packages(),
        "settings": settings.fingerprint(),
        "embedding": index.manifest.embedding,
        "writer": writer.model if writer else "extractive",
        "index": hashlib.sha256(contents.encode()).hexdigest()[:12],
        "cases": hashlib.sha256(b"".join(sorted(file.read_bytes() for file in cases))).hexdigest()[:12],
        "seed": str(SEED),
    }


def packages() -> str:
    """The libraries whose work an answer rests on, with their versions."""
    return ", ".join(f"{name} {version(name)}" for name in PACKAGES)


def source_digest() -> str:
    """A hash of the code and the data of the three packages; figures and baselines, which are made by it, aside."""
    home = Path(__file__).parents[1]
    found = (f for package in OURS for f in sorted((home / package).rglob("*")) if f.is_file())
    kept = (
        f for f in found if "__pycache__" not in f.parts and f.parent.name != "baselines" and f.name != "figures.json"
    )
    told = "\n".join(f"{f.relative_to(home)} {hashlib.sha256(f.read_bytes()).hexdigest()}" for f in kept)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def revision(folder: Path) -> str:
    """The git revision of a checkout, with a + where files were changed since; "" where there is no checkout or no git.

    The figures of benchmarks and the page that quotes them change nothing that is measured.
    """
    if not (folder / ".git").exists():
        return ""
    try:
        head, changed = (
            _git(folder, *words)
            for words in (("rev-parse", "--short", "HEAD"), ("status", "--porcelain", "--", ".", *MADE))
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head + ("+" if changed else "")


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True)  # noqa: S603, S607
    return done.stdout.strip()
