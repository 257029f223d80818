"""The door for callbacks: check, keep in one INSERT, acknowledge. Understanding them is a worker's job.

Never a redirect and never a 500: what we could not keep is a 503, so that the provider sends it again.
"""

import json
import re
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from types import MappingProxyType

import structlog
from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from gunicorn.http.errors import ParseException

from backoffice.accounts.models import Account
from backoffice.accounts.registry import account_by_token, config_of, receiver_for
from backoffice.core.addresses import client_ip
from backoffice.core.crash import crash_point
from backoffice.providers.errors import BadMessage, BadSignature
from backoffice.providers.messages import Message
from backoffice.providers.ports import Receiver
from backoffice.providers.redaction import scrub
from webhooks.keeping import keep
from webhooks.models import Refusal
from webhooks.refusals import note
from webhooks.services import bell

logger = structlog.get_logger(__name__)

LARGEST = 1_048_576
ADDRESS = re.compile(r"/webhooks/(?P<provider>[^/]{1,40})/(?P<token>[^/]{1,200})/?")
JSON = "application/json"
STATUS = {
    Refusal.Reason.NOT_ALLOWED: 403,
    Refusal.Reason.TOO_LARGE: 413,
    Refusal.Reason.UNREADABLE: 400,
}


class CallbackMiddleware:
    """The first middleware: a callback has no session, language or page, so it goes straight to its view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = ADDRESS.fullmatch(request.path_info)
        if found is None:
            return self.get_response(request)
        structlog.contextvars.clear_contextvars()
        return receive(request, found["provider"], found["token"])


@csrf_exempt
@login_not_required
def receive(request: HttpRequest, provider: str, token: str) -> HttpResponse:
    """Keep one callback of the account that this address belongs to."""
    if request.method != "POST":
        return _answer(405, headers={"Allow": "POST"})
    try:
        return _receive(request, provider, token)
    except Error as exc:
        logger.error("webhook_not_kept", provider=provider[:40], problem=type(exc).__name__)
        return _answer(503, headers={"Retry-After": "60"})
    except Exception:  # our own bug must not lose a callback: the provider sends it again
        logger.exception("webhook_broke", provider=provider[:40])
        return _answer(503, headers={"Retry-After": "60"})


class Refused(Exception):
    """This callback is turned away. `code` is the receiver's word where it is more exact than the reason."""

    def __init__(self, reason: str, *, code: str = "", size: int | None = None, body: bytes = b""):
        super().__init__(reason)
        self.reason, self.code, self.size, self.body = reason, code or reason, size, body


def _receive(request: HttpRequest, provider: str, token: str) -> HttpResponse:
    account = account_by_token(provider, token)
    if account is None:
        note(Refusal.Reason.UNKNOWN_ADDRESS, sender_of(request), request.headers)
        return _answer(404)
    receiver = receiver_for(account)
    try:
        message = _opened(request, account, receiver)
    except Refused as no:
        note(no.reason, sender_of(request), request.headers, account=account, size=no.size, body=no.body)
        logger.warning("webhook_refused", account=account.slug, reason=no.code)
        refusal = receiver.refusal(no.code)
        return _json(refusal.body, STATUS.get(no.reason, refusal.status))  # type: ignore[call-overload]
    news = keep(account, message, _headers(request))
    crash_point("after_delivery_kept")
    if news:
        bell.ring()
    return _json(receiver.acknowledgement, 200)


def _opened(request: HttpRequest, account: Account, receiver: Receiver) -> Message:
    allowed = config_of(account).allowed_ips
    if allowed and not _is_in(sender_of(request), allowed):
        raise Refused(Refusal.Reason.NOT_ALLOWED)
    body = _body(request)
    try:
        return receiver.open(body, request.headers)
    except BadSignature:
        raise Refused(Refusal.Reason.BAD_SIGNATURE, size=len(body), body=body) from None
    except BadMessage as exc:
        foreign = exc.code == Refusal.Reason.FOREIGN
        reason = Refusal.Reason.FOREIGN if foreign else Refusal.Reason.MALFORMED
        if foreign:
            logger.error("webhook_of_another_customer", account=account.slug)
        raise Refused(reason, code=exc.code, size=len(body), body=body) from None


def _body(request: HttpRequest) -> bytes:
    """The whole body, never more than LARGEST bytes; read by hand, as Django takes a chunked body for an empty one."""
    said = request.META.get("CONTENT_LENGTH") or ""
    length = int(said) if said.isascii() and said.isdigit() and len(said) < 20 else None
    if length is not None and length > LARGEST:
        raise Refused(Refusal.Reason.TOO_LARGE, size=length)
    if length is None and not request.META.get("wsgi.input_terminated"):
        return b""
    stream = request.META.get("wsgi.input", request)
    wanted, parts = (LARGEST + 1 if length is None else length), []
    try:
        while wanted and (part := stream.read(min(wanted, 65_536))):
            parts.append(part)
            wanted -= len(part)
    except (OSError, ParseException):
        raise Refused(Refusal.Reason.UNREADABLE) from None
    if length is None and not wanted:
        raise Refused(Refusal.Reason.TOO_LARGE)
    if length is not None and wanted:
        raise Refused(Refusal.Reason.UNREADABLE, size=length - wanted)
    return b"".join(parts)


def sender_of(request: HttpRequest) -> str:
    """The sender's network address in its usual form, or "" where it has none."""
    try:
        found = ip_address(client_ip(request))
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)


def _headers(request: HttpRequest) -> dict[str, str]:
    """The few worth keeping."""
    kept = {"content_type": "CONTENT_TYPE", "user_agent": "HTTP_USER_AGENT"}
    texts = {name: scrub(request.META.get(key, ""))[:200] for name, key in kept.items()}
    return texts | {"sender": sender_of(request)}


def _is_in(address: str, networks) -> bool:
    return bool(address) and any(ip_address(address) in network for network in networks)


def _json(body: dict, status: int) -> HttpResponse:
    return _answer(status, json.dumps(body, separators=(",", ":")).encode())


def _answer(status: int, content: bytes = b"", *, headers: Mapping[str, str] = MappingProxyType({})) -> HttpResponse:
    """An answer with its length, which a middleware that it never meets would have set."""
    length = {"Content-Length": str(len(content))}
    return HttpResponse(content, status=status, content_type=JSON, headers={**length, **headers})
