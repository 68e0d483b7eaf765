"""What the server counts, for Prometheus. The only file that knows its client."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Measured:
    """Counts of one server, from its start on."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "wenju_requests", "Requests served", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "wenju_request_seconds", "Time of a request", ["route"], buckets=SECONDS, registry=self._registry
        )
        self._under_way = Gauge("wenju_requests_under_way", "Requests being served", registry=self._registry)
        self._answers = Counter("wenju_answers", "Answers given", ["abstained"], registry=self._registry)
        self._opened = Gauge("wenju_index_opened", "How often the index was opened", registry=self._registry)

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

    def text(self, opened: int) -> bytes:
        """All counts, as Prometheus reads them; `opened` is how often the index was opened."""
        self._opened.set(opened)
        return generate_latest(self._registry)
