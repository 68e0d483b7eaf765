"""What a request is told that is not served: the status, what is wrong, and what to do."""

from __future__ import annotations

from http import HTTPStatus

from ingest.errors import BadSettings, WenjuError

OPENAI_PATHS = "/v1/"
"""Below this path errors have OpenAI's shape."""


class Refused(Exception):
    """A request that is not served, for a reason its sender can act on."""

    def __init__(self, status: HTTPStatus, error: str, advice: str) -> None:
        super().__init__(error)
        self.status, self.error, self.advice = status, error, advice


def refused(problem: WenjuError) -> Refused:
    """A problem of the index or of a model as the refusal of a request."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(problem, BadSettings) else HTTPStatus.SERVICE_UNAVAILABLE
    return Refused(status, str(problem), problem.advice)


def body_of(refusal: Refused, path: str) -> dict[str, object]:
    """The JSON that tells a refusal, in the shape that the clients of a path know."""
    if not path.startswith(OPENAI_PATHS):
        return {"error": refusal.error, "advice": refusal.advice}
    kind = "invalid_request_error" if refusal.status < HTTPStatus.INTERNAL_SERVER_ERROR else "server_error"
    told = {"message": f"{refusal.error} → {refusal.advice}", "type": kind, "param": None, "code": None}
    return {"error": told, "advice": refusal.advice}
