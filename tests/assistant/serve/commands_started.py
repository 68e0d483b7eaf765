"""The command line in processes of its own, and patience with them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[3]


def command(*arguments: object, **environment: str) -> subprocess.Popen[str]:
    """The command line as it is started by hand."""
    return subprocess.Popen(
        [sys.executable, "-m", "evals.cli", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(holds: Callable[[], bool], patience: float = 120) -> None:
    """Wait for something to come true; a failure where it does not. Nothing rests on how long it takes."""
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)
