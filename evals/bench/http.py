"""What asking over HTTP costs: answers a second and p95 with several clients, beside the same questions in one process.

    python -m evals.bench.http CASES.jsonl [--index FOLDER] [--clients 1 8 32 64] [--workers 1 2] [--seconds 20]

The server is a process of its own, as `wenju serve` starts it, with so many
`--workers`. Clients wait for their answer before they ask again. Servers of
several sizes are asked in turns, so that what else the machine does meets all.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import httpx
import numpy as np

from assistant import Assistant
from evals.case import read_cases

WARMING = 10
"""Questions that are asked before the time is taken."""
TURNS = 4


def told(seconds: Sequence[float], lasted: float, cpu: float) -> dict[str, float]:
    """Answers a second, the median and 95th percentile of their time, and the CPU time of one, in milliseconds.

    The CPU time, `cpu` seconds in all, is of the process that answers, and says
    what an answer costs on a machine that has other work too.
    """
    p50, p95 = np.percentile(seconds, [50, 95])
    return {
        "answers": len(seconds),
        "per_second": round(len(seconds) / lasted, 1),
        "p50_ms": round(1000 * float(p50), 1),
        "p95_ms": round(1000 * float(p95), 1),
        "cpu_ms": round(1000 * cpu / len(seconds), 1),
    }


def in_process(index: Path, questions: Sequence[str], lasting: float) -> dict[str, float]:
    """One question after the other, without a server."""
    assistant = Assistant.open(index)
    for question in questions[:WARMING]:
        assistant.ask(question)
    times: list[float] = []
    worked, end = time.process_time(), time.perf_counter() + lasting
    for question in cycle(questions):
        asked = time.perf_counter()
        if asked > end:
            break
        assistant.ask(question)
        times.append(time.perf_counter() - asked)
    return told(times, lasting, time.process_time() - worked)


@dataclass(frozen=True, slots=True)
class Run:
    """The seconds that each answer took, those that it all lasted, and those of CPU."""

    times: tuple[float, ...]
    lasted: float
    cpu: float

    def __add__(self, more: Run) -> Run:
        return Run(self.times + more.times, self.lasted + more.lasted, self.cpu + more.cpu)


async def over_http(address: str, questions: Sequence[str], clients: int, lasting: float) -> Run:
    """Several clients, each with questions from another place of the list on. Raises HTTPStatusError for a refusal."""
    times: list[float] = []

    async def ask(first: int, http: httpx.AsyncClient, end: float) -> None:
        for question in cycle([*questions[first:], *questions[:first]]):
            asked = time.perf_counter()
            if asked > end:
                return
            answer = await http.post("/ask", json={"question": question})
            answer.raise_for_status()
            times.append(time.perf_counter() - asked)

    # No more connections are kept than there are clients.
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=httpx.Limits(max_connections=clients)) as http:
        for question in questions[:WARMING]:
            (await http.post("/ask", json={"question": question})).raise_for_status()
        worked, end = await _cpu_seconds(http), time.perf_counter() + lasting
        await asyncio.gather(*(ask(n * len(questions) // clients, http, end) for n in range(clients)))
        return Run(tuple(times), lasting, await _cpu_seconds(http) - worked)


async def _cpu_seconds(http: httpx.AsyncClient) -> float:
    """The CPU time of the server so far, of all its processes that answer."""
    counts = (await http.get("/metrics")).text.splitlines()
    return sum(float(c.split()[1]) for c in counts if c.startswith("process_cpu_seconds_total"))


@contextmanager
def served(index: Path, workers: int = 1) -> Iterator[str]:
    """The address of a server over an index."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "evals.cli", "serve", "--index", str(index), "--port", "0", "--workers", str(workers)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        if process.stdout is None:
            raise AssertionError("stdout is piped")
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait()


def in_turns(addresses: Mapping[int, str], questions: Sequence[str], clients: int, lasting: float) -> dict[int, Run]:
    """What so many clients get of servers of several sizes, each of which is asked for `lasting` seconds in all."""
    turns = TURNS if len(addresses) > 1 else 1
    runs = {workers: Run((), 0, 0) for workers in addresses}
    for _ in range(turns):
        for workers, address in addresses.items():
            runs[workers] += asyncio.run(over_http(address, questions, clients, lasting / turns))
    return runs


def named(workers: int, clients: int) -> str:
    """What a run is called."""
    by = "" if workers == 1 else f", {workers} workers"
    return f"{clients} {'client' if clients == 1 else 'clients'}{by}"


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description="Measure what asking over HTTP costs.")
    parser.add_argument("cases", type=Path)
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32, 64])
    parser.add_argument("--workers", type=int, nargs="+", default=[1], help="processes of the server, one run for each")
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()
    questions = [case.question for case in read_cases(given.cases)]
    runs = {"in one process": in_process(given.index, questions, given.seconds)}
    with ExitStack() as stack:
        addresses = {n: stack.enter_context(served(given.index, n)) for n in given.workers}
        for clients in given.clients:
            for workers, run in in_turns(addresses, questions, clients, given.seconds).items():
                runs[named(workers, clients)] = told(run.times, run.lasted, run.cpu)
    for name, figures in runs.items():
        print(name, json.dumps(figures))


if __name__ == "__main__":
    main()
