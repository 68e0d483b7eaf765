"""What the server counts, for Prometheus. The only file that knows its client.

The processes of one server write what they count into files of one folder, and
whichever is asked adds them up. That the client does so is decided by its
variable of the environment when it is imported (its "multiprocess mode").
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    ProcessCollector,
)
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


class Measured:
    """Counts of one server, from its start on."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` is where the processes of the server count together, as `counted_together` gave it; None for one alone."""
        own = CollectorRegistry()
        self._requests = Counter("wenju_requests", "Requests served", ["method", "route", "status"], registry=own)
        self._seconds = Histogram(
            "wenju_request_seconds", "Time of a request", ["route"], buckets=SECONDS, registry=own
        )
        # What a process that died had under way is not under way any more.
        self._under_way = Gauge(
            "wenju_requests_under_way", "Requests being served", registry=own, multiprocess_mode="livesum"
        )
        self._answers = Counter("wenju_answers", "Answers given", ["abstained"], registry=own)
        self._opened = Gauge(
            "wenju_index_opened", "How often the index was opened", registry=own, multiprocess_mode="sum"
        )
        if folder is None:
            ProcessCollector(registry=own)
            self._told = own
            return
        self._told = CollectorRegistry()
        MultiProcessCollector(self._told, path=str(folder))  # type: ignore[no-untyped-call]
        self._told.register(Processes(folder))

    def begin(self) -> None:
        """A request has come."""
        self._under_way.inc()

    def end(self, method: str, route: str, status: int, seconds: float) -> None:
        """It was served, or refused."""
        self._under_way.dec()
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def answered(self, abstained: bool) -> None:
        """An answer was given."""
        self._answers.labels(str(abstained).lower()).inc()

    def opened(self, times: int) -> None:
        """The index was opened so many times by now."""
        self._opened.set(times)

    def text(self) -> bytes:
        """All counts, as Prometheus reads them."""
        return generate_latest(self._told)


class Processes(Collector):
    """CPU, memory and files of each process that counts in a folder, told apart by the label `pid`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        """What is known of those that are alive."""
        told: dict[str, Metric] = {}
        for file in sorted(self._folder.glob("gauge_livesum_*.db")):
            pid = int(file.stem.rpartition("_")[2])
            for metric in _of_process(pid):
                every = told.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
                for sample in metric.samples:
                    every.add_sample(sample.name, {**sample.labels, "pid": str(pid)}, sample.value)
        return told.values()


def _of_process(pid: int) -> Iterable[Metric]:
    return ProcessCollector(pid=lambda: pid, registry=None).collect()


@contextmanager
def counted_together() -> Iterator[Path]:
    """A folder in which processes that are started meanwhile count together; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="wenju-counts-") as folder:
        before = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = folder
        try:
            yield Path(folder)
        finally:
            if before is None:
                del os.environ[VARIABLE]
            else:
                os.environ[VARIABLE] = before


def forget(pid: int, folder: Path) -> None:
    """Count what a process that ended had served, and no more what it had under way."""
    mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
