"""How much memory this process holds."""

from __future__ import annotations

from pathlib import Path

MEMORY = {"resident_mb": "VmRSS", "peak_mb": "VmHWM", "own_mb": "RssAnon"}


def memory() -> dict[str, float]:
    """Megabytes of this process that are resident now, and the most that were, where the system tells it (Linux); else none.

    `getrusage` would count what the process was forked from.
    """
    status = Path("/proc/self/status")
    told = dict(line.split(":", 1) for line in status.read_text("utf-8").splitlines()) if status.exists() else {}
    return {name: int(told[of].split()[0]) / 1024 for name, of in MEMORY.items() if of in told}
