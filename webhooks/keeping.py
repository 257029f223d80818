"""Writing a callback down: one statement, no transaction, no model instance, as this is what every callback costs."""

import hashlib
from collections.abc import Mapping
from typing import Any

import structlog
from django.db import connection
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from backoffice.accounts.models import Account
from backoffice.providers.messages import Message
from backoffice.providers.redaction import scrub
from webhooks.models import Delivery
from webhooks.routing import watch_for

logger = structlog.get_logger(__name__)

SAID = (
    "public_id", "account_id", "delivery_id", "topic", "body", "headers", "signed", "known", "ours", "hint_kind",
    "hint_by", "object_id", "word", "state", "ignored", "due_at", "watch_kind", "received_at", "created_at", "done_at",
)  # fmt: skip
_new_id = Delivery._meta.get_field("public_id").get_default


def _insert() -> str:
    """What a callback does not say stands in the statement itself: the model's defaults, each "", a number or NULL."""
    fresh = Delivery()
    rest = {
        field.attname: getattr(fresh, field.attname)
        for field in Delivery._meta.concrete_fields
        if not field.primary_key and field.attname not in SAID
    }
    literals = [
        "NULL" if value is None else f"{value:d}" if isinstance(value, int) else "''" for value in rest.values()
    ]
    columns = ", ".join(f'"{name}"' for name in (*SAID, *rest))
    values = ", ".join(["%s"] * len(SAID) + literals)
    table = Delivery._meta.db_table
    known = '("account_id", "delivery_id")'
    return f'INSERT INTO "{table}" ({columns}) VALUES ({values}) ON CONFLICT {known} DO NOTHING'  # nosec B608: of names


INSERT = _insert()


def keep(account: Account, message: Message, headers: Mapping[str, str]) -> bool:
    """Write it down, once; whether there is something to do about it."""
    row = _columns(account, message, headers)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [row[name] for name in SAID])
        is_new = cursor.rowcount == 1
    if not is_new:
        _wake(account, row["delivery_id"])
        return True
    if row["ignored"] not in {"", Delivery.Ignored.NOT_HANDLED}:
        logger.warning("webhook_ignored", delivery=row["public_id"], topic=row["topic"], why=str(row["ignored"]))
    return not row["ignored"]


def _wake(account: Account, delivery_id: str) -> None:
    """It came again: count it, and where the first is still open, do not wait for its pause to pass."""
    now = timezone.now()
    is_open = Q(state__in=[Delivery.State.RECEIVED, Delivery.State.WAITING])
    Delivery.objects.filter(account=account, delivery_id=delivery_id).update(
        seen=F("seen") + 1,
        seen_at=now,
        due_at=Case(When(is_open, then=Value(now)), default=F("due_at")),
    )


def _columns(account: Account, message: Message, headers: Mapping[str, str]) -> dict[str, Any]:
    hint, watch = message.hint, watch_for(message.hint)
    ignored = _why_ignored(message, watch)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    return {
        "public_id": _new_id(),
        "account_id": account.pk,
        "delivery_id": _identity(message.delivery_id),
        "topic": scrub(message.topic)[:80],
        "body": message.body,
        "headers": connection.ops.adapt_json_value(dict(headers), None),
        "signed": message.signed,
        "known": message.known,
        "ours": message.ours,
        "hint_kind": hint.kind[:40] if hint else "",
        "hint_by": hint.by[:24] if hint else "",
        "object_id": scrub(hint.object_id)[:64] if hint else "",
        "word": scrub(message.word)[:40],
        "state": str(Delivery.State.IGNORED if ignored else Delivery.State.RECEIVED),
        "ignored": str(ignored),
        "due_at": None if ignored else now,
        "watch_kind": watch,
        "received_at": now,
        "created_at": now,
        "done_at": now if ignored else None,
    }


def _why_ignored(message: Message, watch: str) -> str:
    if not message.known:
        return Delivery.Ignored.UNKNOWN_TOPIC
    if not message.ours:
        return Delivery.Ignored.NOT_OURS
    return "" if watch else Delivery.Ignored.NOT_HANDLED


def _identity(said: str) -> str:
    """The message's id if it can be kept as it is, else its digest."""
    if len(said) <= 128 and scrub(said) == said:
        return said
    return "sha256:" + hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
