"""Closing deliveries: what they made us ask has been answered."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from backoffice.core.refs import ref_row
from backoffice.journal.models import Source
from backoffice.journal.record import record
from backoffice.mirror.models import Mirrored, Watch
from backoffice.mirror.watches import Answer
from webhooks.models import Delivery
from webhooks.routing import claimed_state, words_for

logger = structlog.get_logger(__name__)

AT_ONCE = 500  # deliveries about one object closed in one transaction; the rest is swept later
OVERTAKING = timedelta(hours=1)  # how far apart callbacks that overtake each other may have been received


def close_answered(watch: Watch, asked_at: datetime, answer: Answer | None) -> None:
    """The observer of all looks. Only what came before the question began is answered by it."""
    try:
        with transaction.atomic():
            for row in _waiting(watch, asked_at):
                _close(row, watch, answer)
    except Exception:  # the sweep asks again about what stays open; the next look must go on
        logger.exception("deliveries_not_closed", kind=watch.kind, object_id=watch.object_id)


def _waiting(watch: Watch, asked_at: datetime) -> list[Delivery]:
    return list(
        Delivery.objects.select_for_update()
        .filter(
            account_id=watch.account_id,
            watch_kind=watch.kind,
            object_id=watch.object_id,
            state=Delivery.State.WAITING,
            received_at__lte=asked_at,
        )
        .select_related("account")
        .order_by("id")[:AT_ONCE]
    )


def _close(row: Delivery, watch: Watch, answer: Answer | None) -> None:
    row.due_at, row.done_at = None, timezone.now()
    if answer is None:
        row.state, row.applied = Delivery.State.DEAD, Delivery.Applied.UNKNOWN_OBJECT
        row.problem = "the provider does not know this object"
        logger.error(
            "delivery_dead", delivery=row.public_id, account=row.account.slug, topic=row.topic, problem=row.problem
        )
    else:
        row.state, row.applied, row.ref = Delivery.State.DONE, str(answer.applied)[:16], answer.ref
        row.disagreed = _disagreement(row, answer)
    row.save(update_fields=["state", "applied", "ref", "problem", "disagreed", "due_at", "done_at"])
    _write_down(row)


def _disagreement(row: Delivery, answer: Answer) -> str:
    """What the topic claimed against what the provider says when asked; a later state is no disagreement."""
    claimed = claimed_state(row.hint_kind, row.word)
    thing = ref_row(answer.ref) if answer.ref and claimed else None
    if not isinstance(thing, Mirrored):
        return ""
    said = thing.state
    if said == claimed:
        return ""
    went_on = thing.transitions.path(claimed, said)
    if went_on and (not thing.transitions.path(said, claimed) or _was_told(row, said)):
        return ""
    return f"claimed {claimed}, fetched {said}"


def _was_told(row: Delivery, state: str) -> bool:
    """Where a state may go to and fro and callbacks overtake each other: whether another one told of this state."""
    about_it = Delivery.objects.filter(account_id=row.account_id, object_id=row.object_id, hint_kind=row.hint_kind)
    near = about_it.filter(received_at__gte=row.received_at - OVERTAKING)
    return near.filter(word__in=words_for(row.hint_kind, state)).exists()


def _write_down(row: Delivery) -> None:
    told: dict[str, Any] = {"topic": row.topic} | ({"disagreed": row.disagreed} if row.disagreed else {})
    record(
        row.ref or row.own_ref,
        "callback",
        source=Source.WEBHOOK,
        account=row.account.slug,
        delivery=row.public_id,
        applied=row.applied,
        **told,
    )
    if row.disagreed:
        logger.error("callback_disagrees", delivery=row.public_id, row=row.ref, problem=row.disagreed)
