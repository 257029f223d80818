"""Promising a provider call: once per key, in the caller's transaction, one open call per target."""

import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from backoffice.accounts.models import Account
from backoffice.core import clock
from backoffice.core.bell import Bell
from backoffice.core.errors import KeyReused, StillOpen
from backoffice.core.middleware import current_request_id
from backoffice.core.refs import ref
from backoffice.core.transactions import retried
from backoffice.journal.record import Actor
from backoffice.outbox.lease import LEASE
from backoffice.outbox.models import Ask, Batch, Call

bell = Bell(seconds=0.02)

Promised = TypeVar("Promised", Call, Batch)
Command = Callable[..., Call | Batch]


def once_per_key(command: Callable[..., Promised]) -> Callable[..., Promised]:
    """Run a command in one transaction, once per actor and key; who asks again gets the first one's call or batch.

    The same key with other arguments raises KeyReused.
    """
    name = f"{command.__module__.partition('.')[0]}.{command.__name__}"

    @wraps(command)
    @retried
    def run(*, actor: Actor, key: str, **asked: Any) -> Promised:
        digest = digest_of({"operation": name} | asked)
        if earlier := _earlier(actor, key, digest):
            return earlier
        try:
            with transaction.atomic():
                ask = Ask.objects.create(scope=actor.scope, key=key, digest=digest)
                promised = command(actor=actor, key=key, **asked)
                ask.call, ask.batch = (promised, None) if isinstance(promised, Call) else (None, promised)
                ask.save(update_fields=["call", "batch"])
                return promised
        except IntegrityError:
            if earlier := _earlier(actor, key, digest):
                return earlier  # somebody asked with this key at the same moment
            raise

    run.operation = name  # type: ignore[attr-defined]
    return run


def first_time(*, actor: Actor, key: str) -> bool:
    """Whether this key is new: for what has no call and is not given twice, such as a look at a secret."""
    return Ask.objects.get_or_create(scope=f"{actor.scope} look", key=key)[1]


def enqueue(
    operation: str,
    target: models.Model,
    *,
    actor: Actor | None = None,
    account: Account,
    reference: str = "",
    reserves: models.Model | None = None,
    reserved_amount: Decimal | None = None,
    reserved_currency: str = "",
    claimed: bool = False,
    **arguments: Any,
) -> Call:
    """Promise a provider call inside the caller's transaction; the wake-up is only a hint.

    With `claimed`, the caller sends it himself (`drain.send_now`), as it needs what may not be stored; should he die,
    the drain looks it up and never sends it.
    """
    if earlier := Call.objects.filter(target=ref(target), state__in=Call.OPEN).first():
        raise StillOpen(_("Another request for this is still under way."), call=earlier.public_id)
    call = Call.objects.create(
        account=account,
        operation=operation,
        target=ref(target),
        reference=reference,
        arguments=arguments,
        digest=digest_of({"operation": operation, "reference": reference} | arguments),
        actor=actor.user if actor else None,
        via=actor.via if actor else "",
        request_id=current_request_id(),
        reserves=ref(reserves) if reserves else "",
        reserved_amount=reserved_amount,
        reserved_currency=reserved_currency,
        **(_as_claimed() if claimed else {}),
    )
    if not claimed:
        transaction.on_commit(bell.ring, robust=True)
    return call


def _as_claimed() -> dict[str, Any]:
    now = clock.now()
    return {"state": Call.State.CLAIMED, "leased_until": now + LEASE, "attempts": 1, "sent_at": now}


def digest_of(asked: dict[str, Any]) -> str:
    """SHA-256 over the canonical form of what was asked."""
    return hashlib.sha256(
        json.dumps(asked, sort_keys=True, separators=(",", ":"), default=_canonical).encode()
    ).hexdigest()


def _earlier(actor: Actor, key: str, digest: str) -> Any:
    ask = Ask.objects.filter(scope=actor.scope, key=key).select_related("call", "batch").first()
    if ask is None:
        return None
    promised = ask.promised
    if ask.digest != digest:
        raise KeyReused(
            _("This form was already sent with other values. Nothing new was sent."),
            call=promised.public_id if promised else "",
        )
    return promised


def _canonical(value: Any) -> str:
    if isinstance(value, models.Model):
        return ref(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
