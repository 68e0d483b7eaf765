"""What the interface says of itself, held against what it does."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.server

CHECKED = [
    CHECKS.get_one("not_a_server_error"),
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_nothing_that_is_sent_breaks_it(url: str, mode: schemathesis.GenerationMode) -> None:
    """Whatever fits the description or nearly does is answered as described, and never with a fault."""
    described = schemathesis.openapi.from_url(f"{url}/openapi.json")
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) == 10
    for operation in operations:

        @given(operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
        )
        def send(case: Any) -> None:
            case.call_and_validate(checks=CHECKED)

        with suppress(Unsatisfiable):  # what takes nothing can be sent nothing wrong
            send()


def test_every_route_is_described(client: httpx.Client) -> None:
    """Each path has its refusals, and nothing is described that would load scripts from elsewhere."""
    told = client.get("/openapi.json").json()
    assert set(told["paths"]) == {
        "/ask", "/retrieve", "/documents", "/documents/{path}/passages", "/documents/{path}/source",
        "/health", "/metrics", "/v1/models", "/v1/models/{name}", "/v1/chat/completions",
    }  # fmt: skip
    for operations in told["paths"].values():
        for operation in operations.values():
            assert {"401", "413", "422", "503"} <= operation["responses"].keys()
            assert operation["summary"]
    for page in ("/docs", "/redoc"):
        assert client.get(page).status_code == 404
