"""Claim a call, attempt it with no transaction open, leave it in the state that its outcome means."""

from datetime import datetime, timedelta
from time import monotonic

import structlog
from django.db import transaction
from django.db.models import Min, Q

from backoffice.accounts.pauses import pause
from backoffice.core import clock
from backoffice.core.crash import crash_point
from backoffice.core.transactions import retried
from backoffice.journal.about import about
from backoffice.journal.models import Source
from backoffice.journal.record import record
from backoffice.outbox.lease import LEASE
from backoffice.outbox.models import Call
from backoffice.outbox.queue import digest_of
from backoffice.outbox.registry import Contradicted, handler_for
from backoffice.providers.errors import BadSignature, Misconfigured, NotSent, OutcomeUnknown, Rejected, UsedBefore

logger = structlog.get_logger(__name__)

SEALED = "sealed"  # the argument that holds personal data as ciphertext; a call that ended loses it
SEND_PAUSES = [5, 10, 30, 60, 120, 300]  # seconds between attempts that never reached the provider
LOOK_PAUSES = [5, 30, 120, 600, 3600]  # seconds before each look after an unknown outcome; then a person


def drain(seconds: float = 50) -> int:
    """Try due calls one by one until time is up, well inside the task's limit; safe in any number of workers."""
    tried, until = 0, monotonic() + seconds
    while monotonic() < until and (call := _claim()):
        _attempt(call)
        tried += 1
    return tried


@retried
@transaction.atomic(durable=True)  # must really be committed before anything is sent
def _claim() -> Call | None:
    now = clock.now()
    waiting = Q(state=Call.State.QUEUED, account__paused_at=None) | Q(state=Call.State.UNCERTAIN)
    abandoned = Q(state=Call.State.CLAIMED, leased_until__lt=now)
    due = Call.objects.filter((waiting & Q(due_at__lte=now)) | abandoned)
    for account, first in _pausing(now):
        due = due.exclude(account=account, state=Call.State.QUEUED, id__gt=first)
    call = due.select_for_update(skip_locked=True, of=("self",)).order_by("id").select_related("account").first()
    if call:
        call.maybe_sent = call.maybe_sent or call.state != Call.State.QUEUED
        call.state, call.leased_until = Call.State.CLAIMED, now + LEASE
        call.attempts += 1
        call.sent_at = call.sent_at if call.maybe_sent else now
        call.save(update_fields=["state", "leased_until", "attempts", "maybe_sent", "sent_at"])
    return call


def _pausing(now: datetime) -> list[tuple[int, int]]:
    """By account the oldest call that waits for its next attempt. Younger ones do not overtake it: what keeps it from
    the provider keeps them too, so one attempt tells for all, and after an outage they leave in the order of asking."""
    waiting = Call.objects.filter(state=Call.State.QUEUED, due_at__gt=now)
    return list(waiting.order_by().values_list("account").annotate(first=Min("id")))


def _attempt(call: Call) -> None:
    """No transaction is open here: a slow provider must never hold a lock of ours."""
    bound = {"call": call.public_id, "operation": call.operation} | (
        {"request_id": call.request_id} if call.request_id else {}
    )
    with structlog.contextvars.bound_contextvars(**bound):
        crash_point("after_claim")
        with about(call.target, Source.LOOK if call.maybe_sent else Source.REPLY, call.pk):
            _carry_out(call)


def send_now(call: Call, **in_memory: str) -> None:
    """Send a call that was enqueued as claimed, with what may not be stored; once, whoever else has the same call.

    Never raises: the call tells the outcome.
    """
    fresh = Call.objects.filter(pk=call.pk, state=Call.State.CLAIMED, attempts=1, maybe_sent=False)
    if not fresh.update(attempts=2):
        return
    call.attempts = 2
    bound = structlog.contextvars.bound_contextvars(call=call.public_id, operation=call.operation)
    with bound, about(call.target, Source.REPLY, call.pk):
        _carry_out(call, **in_memory)


def _carry_out(call: Call, **in_memory: str) -> None:
    handler = handler_for(call.operation)
    looking = call.maybe_sent
    try:
        if looking and not handler.look_up(call):
            if not handler.repeatable:
                return _not_found(call)
            looking = False  # it is not as it should be, and asking twice does no harm
        if not looking:
            _require_unchanged(call)
            handler.send(call, **in_memory)
        crash_point("after_send")
    except Rejected as exc:
        return _refused(call, exc, looking=looking)
    except NotSent as exc:
        return _again(call, exc, uncertain=call.maybe_sent, at_least=exc.retry_after or 0)
    except Misconfigured as exc:
        pause(call.account, str(exc))
        logger.error("account_misconfigured", account=call.account.slug, problem=str(exc))
        return _again(call, exc, uncertain=call.maybe_sent, at_least=60)
    except (OutcomeUnknown, BadSignature) as exc:
        return _again(call, exc, uncertain=True, at_once=isinstance(exc, UsedBefore))
    except Contradicted as exc:
        return _leave(call, Call.State.DEAD, str(exc), code="contradicted")
    except Exception as exc:  # our own bug: one bad call must not stop the others
        logger.exception("outbox_call_broke")
        return _again(call, exc, uncertain=True)
    return _leave(call, Call.State.DONE)


def _require_unchanged(call: Call) -> None:
    asked = {"operation": call.operation, "reference": call.reference} | call.arguments
    if digest_of(asked) != call.digest:
        raise Contradicted("the stored request is not the one that was asked for")


def _refused(call: Call, exc: Rejected, *, looking: bool) -> None:
    if looking:  # a look-up that is refused says nothing of the call itself
        return _again(call, exc, uncertain=True)
    handler_for(call.operation).refuse(call, exc)
    return _leave(call, Call.State.REJECTED, exc.message, code=exc.code, problem_fields=dict(exc.fields))


def _not_found(call: Call) -> None:
    call.looks += 1
    if call.looks >= len(LOOK_PAUSES):
        return _leave(
            call, Call.State.DEAD, "the provider does not know our reference", code="not_found", looks=call.looks
        )
    return _wait(
        call,
        Call.State.UNCERTAIN,
        LOOK_PAUSES[call.looks],
        "the provider does not know our reference yet",
        looks=call.looks,
    )


def _again(call: Call, exc: Exception, *, uncertain: bool, at_least: float = 0, at_once: bool = False) -> None:
    if uncertain:
        first = not call.maybe_sent
        pause_s = 0 if at_once else LOOK_PAUSES[0] if first else LOOK_PAUSES[min(call.looks, len(LOOK_PAUSES) - 1)]
        return _wait(call, Call.State.UNCERTAIN, max(pause_s, at_least), str(exc), maybe_sent=True)
    pause_s = SEND_PAUSES[min(call.attempts - 1, len(SEND_PAUSES) - 1)]
    return _wait(call, Call.State.QUEUED, max(pause_s, at_least), str(exc))


def _wait(call: Call, state: str, seconds: float, problem: str, **fields) -> None:
    _write(call, state, problem=problem[:300], due_at=clock.now() + timedelta(seconds=seconds), **fields)


@retried
@transaction.atomic
def _leave(call: Call, state: str, problem: str = "", *, code: str = "", **fields) -> None:
    if state != Call.State.DEAD and SEALED in call.arguments:
        fields["arguments"] = {name: value for name, value in call.arguments.items() if name != SEALED}
    if _write(call, state, problem=problem[:300], problem_code=code[:40], left_at=clock.now(), **fields):
        record(
            call.target,
            "call_left",
            source=Source.SYSTEM,
            account=call.account.slug,
            new=state,
            call=call.public_id,
            problem=problem,
        )


def _write(call: Call, state: str, **fields) -> bool:
    """A late worker, whose lease another took over, writes nothing."""
    mine = Call.objects.filter(pk=call.pk, attempts=call.attempts, state=Call.State.CLAIMED)
    kept = mine.update(state=state, leased_until=None, **fields)
    logger.info("outbox_call_left", state=state, kept=bool(kept), problem=fields.get("problem", ""))
    return bool(kept)
