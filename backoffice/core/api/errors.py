"""One shape of error for every endpoint: problem documents, RFC 9457."""

from collections.abc import Mapping
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from backoffice.core.errors import DomainError
from backoffice.core.middleware import current_request_id
from backoffice.core.problems import CODES

logger = structlog.get_logger(__name__)
PROBLEM = "application/problem+json"


class Refused(exceptions.APIException):
    """A refusal under a code of the catalogue."""

    def __init__(self, code: str, detail: str, *, auth_header: str = "", **extra: Any):
        super().__init__(detail, code)
        self.code, self.status_code, self.auth_header, self.extra = code, CODES[code].status, auth_header, extra


class TooLarge(Exception):
    """A body beyond the limit, noticed before it is read."""


def problem(exc: Exception, context: Mapping[str, Any]) -> Response:
    """The problem document for whatever went wrong in a view."""
    code, detail, errors, extra = _described(exc, getattr(context.get("view"), "field_names", {}))
    if code == "internal_error":
        logger.error("request_broke", exc_info=exc)
    request = context.get("request")
    headers = {}
    if auth_header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if (wait := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, int(-(-wait // 1))))
    elif code in {"unavailable", "idempotency_in_progress"}:
        headers["Retry-After"] = "1"
    is_read = request is not None and request.method in {"GET", "HEAD", "OPTIONS"}
    kind = CODES[code]
    document = {
        "type": f"/api/errors#{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "code": code,
        "errors": errors,
        "request_id": current_request_id(),
        "outcome": "not_executed" if is_read else kind.outcome,
        "retryable": kind.retryable,
    } | extra
    return Response(document, status=kind.status, headers=headers, content_type=PROBLEM)


def _described(exc: Exception, names: Mapping[str, str]) -> tuple[str, str, list[dict[str, str]], dict[str, Any]]:
    """(code, detail, field errors, extra members)"""
    match exc:
        case Refused():
            return exc.code, str(exc.detail), [], exc.extra
        case DomainError():
            code = exc.code if exc.code in CODES else "not_allowed"
            fields = (
                [{"field": names.get(exc.field, exc.field), "code": code, "detail": exc.message}] if exc.field else []
            )
            return code, exc.message, fields, dict(exc.extra)
        case exceptions.ValidationError():
            errors = list(_field_errors(exc.get_full_details()))
            return "invalid", "; ".join(f"{error['field']}: {error['detail']}" for error in errors[:3]), errors, {}
        case exceptions.ParseError():
            return "malformed", str(exc.detail), [], {}
        case exceptions.AuthenticationFailed() | exceptions.NotAuthenticated():
            return "unauthenticated", str(exc.detail), [], {}
        case PermissionDenied() | exceptions.PermissionDenied():
            detail = str(getattr(exc, "detail", ""))
            if detail.startswith("CSRF"):
                return "csrf_failed", detail, [], {}
            return "forbidden", detail or _("You do not have permission to do this."), [], {}
        case Http404() | exceptions.NotFound():
            return "not_found", _("There is no such object."), [], {}
        case exceptions.MethodNotAllowed():
            return "method_not_allowed", str(exc.detail), [], {}
        case exceptions.NotAcceptable():
            return "not_acceptable", str(exc.detail), [], {}
        case exceptions.UnsupportedMediaType():
            return "unsupported_media_type", str(exc.detail), [], {}
        case exceptions.Throttled():
            return "too_many_requests", str(exc.detail), [], {}
        case RequestDataTooBig() | TooLarge():
            return "too_large", _("The body is too large."), [], {}
        case OperationalError():
            logger.warning("database_unavailable", problem=type(exc.__cause__ or exc).__name__)
            return "unavailable", _("The database is busy. Please try again."), [], {}
    return "internal_error", _("Something broke on our side."), [], {}


def _field_errors(details: Any, field: str = ""):
    if (
        isinstance(details, dict)
        and "message" in details
        and "code" in details
        and not isinstance(details["message"], dict)
    ):
        yield {"field": field, "code": str(details["code"]), "detail": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from _field_errors(
                inner, field if name == "non_field_errors" else f"{field}.{name}" if field else str(name)
            )
    else:
        for inner in details:
            yield from _field_errors(inner, field)
