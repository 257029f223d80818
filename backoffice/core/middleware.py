"""One request id from the click to the provider call, and one log line a request."""

import re
import uuid
from time import monotonic

import structlog
from django.http import HttpRequest

logger = structlog.get_logger(__name__)
PLAUSIBLE = re.compile(r"[A-Za-z0-9_.:-]{8,64}")
QUIET = {"/livez", "/readyz", "/healthz", "/metrics"}


class RequestIdMiddleware:
    """Take the caller's X-Request-ID where it is plausible, else make one; bind it to every log line; send it back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        asked = request.headers.get("X-Request-ID", "")
        request.request_id = asked if PLAUSIBLE.fullmatch(asked) else uuid.uuid4().hex  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        started = monotonic()
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        if request.path not in QUIET and not request.path.startswith("/static/"):
            self._log(request, response.status_code, monotonic() - started)
        return response

    def _log(self, request: HttpRequest, status: int, seconds: float) -> None:
        match = request.resolver_match
        logger.info(
            "request_finished",
            method=request.method,
            route=match.route if match else "",  # the pattern: an address may hold a callback token
            status=status,
            ms=round(seconds * 1000, 1),
        )


def current_request_id() -> str:
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
