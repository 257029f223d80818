"""A write becomes a command: once per idempotency key, and who repeats it gets the first answer, unchanged."""

import json
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.db import OperationalError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.core.api import Refused
from backoffice.outbox.models import Ask
from backoffice.outbox.queue import digest_of
from backoffice.people.api import actor_of

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$"},
    OpenApiParameter.HEADER,
    required=False,
    description="Required unless `dry_run` is true. The same key and request give the first answer again.",
)
DRY_RUN = OpenApiParameter("dry_run", bool, description="Validate and quote; store nothing, send nothing.")
Answer = Callable[[Any], Mapping[str, Any]]


def idempotency_key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        raise Refused("idempotency_key_missing", _("A write needs the header Idempotency-Key."))
    if not (0 < len(key) < 256 and key.isascii() and key.isprintable()):
        raise Refused("idempotency_key_invalid", _("An Idempotency-Key has 1 to 255 printable ASCII characters."))
    return key


def repeated(request: Request) -> Response | None:
    """The first answer where this very request came before; what has changed since then does not matter.

    Asked before the request is held against anything; a request that only means the same is for the command to tell.
    """
    key, digest = idempotency_key(request), _digest(request)
    ask = Ask.objects.filter(scope=actor_of(request).scope, key=key, status__isnull=False).first()
    return _response(ask, replayed=True) if ask and ask.body and ask.body["request"] == digest else None


def accept(request: Request, command: Callable[..., Any], asked: Mapping[str, Any], answer: Answer) -> Response:
    """Run a command and keep its answer, in one transaction."""
    key, actor = idempotency_key(request), actor_of(request)
    with _one_at_a_time(), transaction.atomic():
        promised = command(actor=actor, key=key, **asked)
        return _kept(request, key, promised, answer, digest=_digest(request))


def accept_in_person(
    request: Request, command: Callable[..., Any], asked: Mapping[str, Any], answer: Answer
) -> Response:
    """The same for a command that sends at once, outside any transaction; of its body not even a digest is kept."""
    key, actor = idempotency_key(request), actor_of(request)
    with _one_at_a_time():
        promised = command(actor=actor, key=key, **asked)
        with transaction.atomic():
            return _kept(request, key, promised, answer, digest="")


def rehearse(request: Request, command: Callable[..., Any], asked: Mapping[str, Any]) -> None:
    """Hold a request against every rule of its command, and take back all that it wrote."""
    with transaction.atomic():
        command(actor=actor_of(request), key=f"rehearsal-{uuid4().hex}", **asked)
        transaction.set_rollback(True)


def _kept(request: Request, key: str, promised: Any, answer: Answer, *, digest: str) -> Response:
    ask = Ask.objects.select_for_update().get(scope=actor_of(request).scope, key=key)
    if ask.status is not None:
        return _response(ask, replayed=True)
    text = JSONRenderer().render(answer(promised)).decode()  # as text: the same bytes again
    ask.status, ask.body = 202, {"request": digest, "answer": text}
    ask.save(update_fields=["status", "body"])
    return _response(ask, replayed=False)


def _response(ask: Ask, *, replayed: bool) -> Response:
    found = json.loads((ask.body or {})["answer"])
    kind = "batch" if "batch" in found else "call"
    headers = {"Location": reverse(f"api-{kind}", args=[found[kind]["id"]])}
    return Response(found, status=ask.status, headers=headers | ({"Idempotent-Replayed": "true"} if replayed else {}))


def _digest(request: Request) -> str:
    return digest_of(
        {"method": request.method, "if_match": request.headers.get("If-Match"), "body": dict(request.data)}
    )


@contextmanager
def _one_at_a_time():
    """Where the database gives up waiting for somebody else's use of the key, say so."""
    try:
        yield
    except OperationalError as exc:
        if "outbox_ask" in str(exc) or "outbox_one_ask_per_key" in str(exc):
            raise Refused(
                "idempotency_in_progress", _("A request with this key is being accepted right now.")
            ) from None
        raise
