"""The OpenAPI description, and requests by chance that it allows: no server error, nothing that it does not name."""

from __future__ import annotations

from collections import Counter
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.waiting import PATIENCE

PATHS = {
    "/sparql", "/graphs", "/queries/offices-funding-service.json", "/queries/offices-funding-service.csv",
    "/documents/{document}/checks.json", "/documents/{document}/sheet.json", "/ontology", "/health",
    "/ready", "/metrics",
}  # fmt: skip
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def api(server: Any) -> Any:
    """The description as the running server gives it."""
    return schemathesis.openapi.from_url(f"{server.url}/openapi.json")


def test_the_description_names_the_paths(web: httpx.Client) -> None:
    document = web.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) >= PATHS
    canned = document["paths"]["/queries/offices-funding-service.json"]["get"]
    assert {p["name"] for p in canned["parameters"]} >= {"service", "agency", "year", "role"}


def test_requests_by_chance(api: Any) -> None:
    operations = [result.ok() for result in api.get_all_operations()]
    assert len(operations) >= len(PATHS)
    # The canned queries are alike, and each in several forms: a few requests to some of them will do.
    canned = [o for o in operations if o.path.startswith("/queries/")]
    others = [o for o in operations if o not in canned]
    statuses = Counter(status for operation in others for status in try_operation(operation, 10))
    for number, operation in enumerate(o for o in canned if o.path.endswith(".json")):
        statuses.update(try_operation(operation, 2) if number % 3 == 0 else [])
    assert statuses[200] > 20
    assert sum(statuses[n] for n in (400, 404, 422)) > 10


def try_operation(operation: Any, examples: int) -> list[int]:
    """Sends some requests that the description allows; the statuses of their answers."""
    seen: list[int] = []

    @settings(max_examples=examples, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        response = case.call(timeout=PATIENCE)
        seen.append(response.status_code)
        if response.status_code not in (503, 504):
            # Those two are declared, and say that an answer would take too long or that no process is free.
            case.validate_response(response, checks=CHECKS)

    send()
    return seen
