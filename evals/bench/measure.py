"""Run a benchmark part by part; what was measured before it was cut off is not measured again."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from evals.bench.benchmarks import BENCHMARKS, Figures, Given
from evals.signature import packages, revision, source_digest
from ingest.errors import BadBaseline

UNFINISHED = Path("build/bench")
"""Where the figures of benchmarks wait that were cut off."""
Told = Callable[[str, int, int], None]
"""Told before each part, and at last: its name, how many are measured, and of how many."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of a benchmark with what made them; `went_on` says how many parts were there from before."""

    signature: dict[str, str]
    figures: Figures
    went_on: int = 0


def measure(name: str, given: Given, told: Told, folder: Path = UNFINISHED, *, anew: bool = False) -> Measured:
    """Measure every part of a benchmark, in order.

    What is done is written to `folder` after each part, and taken from there when the same benchmark is run
    again with the same options and the same code. When all is measured the file is deleted, so that a run that
    ended is never mistaken for a new one. `anew` forgets what was there.
    """
    source = source_digest()
    key = hashlib.sha256(repr((source, name, sorted(asdict(given).items()))).encode()).hexdigest()[:12]
    file = folder / f"{name}{'-quick' if given.quick else ''}.json"
    known = {} if anew else _read(file, key)
    parts = BENCHMARKS[name].parts(given)
    known = {part: known[part] for part in parts if part in known}
    went_on = len(known)
    load = _load()
    for part, measured in parts.items():
        if part in known:
            continue
        told(part, len(known), len(parts))
        began = time.monotonic()
        rows = measured()
        known[part] = {"rows": rows, "seconds": round(time.monotonic() - began, 2)}
        folder.mkdir(parents=True, exist_ok=True)
        _write(file, {"key": key, "parts": known})
    told("", len(parts), len(parts))
    file.unlink(missing_ok=True)
    seconds = sum(part["seconds"] for part in known.values())
    signature = {
        **sign(given, source),
        "seconds": f"{seconds:.0f}",
        "load": f"{load} before, {_load()} after",
    }
    rows = {row: values for part in parts for row, values in known[part]["rows"].items()}
    # As JSON has it, so that what is kept and what was measured are the same.
    return Measured(signature, json.loads(json.dumps(rows)), went_on)


def sign(given: Given, source: str) -> dict[str, str]:
    """What made figures: when, with which code and libraries, on what machine, over how much."""
    told = asdict(replace(given, bench=Path(given.bench.name), index=None))
    return {
        "made": time.strftime("%Y-%m-%d", time.gmtime()),
        "revision": revision(Path(__file__).parents[2]),
        "source": source,
        "python": platform.python_version(),
        "packages": packages(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "options": ", ".join(
            f"{n} {v}" for n, v in told.items() if v not in {None, False} and n not in {"reports", "cases"}
        ),
    }


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def _read(file: Path, key: str) -> dict[str, Any]:
    """The parts that are there of an unfinished run with this key."""
    try:
        given = json.loads(file.read_text("utf-8"))
        return dict(given["parts"]) if given["key"] == key else {}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise BadBaseline(f"{file}: no unfinished benchmark ({exc})", "delete it, or begin with --anew") from exc


def _write(file: Path, value: object) -> None:
    """Write the whole file or leave it as it was."""
    beside = file.with_suffix(".new")
    beside.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    beside.replace(file)
