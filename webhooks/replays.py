"""Carrying out replays: first what each would change, object by object, then, once a person says so, for real."""

from datetime import datetime, timedelta
from time import monotonic

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from backoffice.core.errors import DomainError
from backoffice.journal.record import Actor
from backoffice.mirror.previews import Preview, preview
from backoffice.providers.errors import BadMessage, NotFound, NotSent, ProviderError
from webhooks.commands import replay_delivery
from webhooks.models import Delivery, Replay, ReplayItem
from webhooks.services import read_anew, why_ignored

logger = structlog.get_logger(__name__)

LEASE = timedelta(seconds=180)  # longer than the slowest look, which is three exchanges
BITE = 50  # deliveries taken again before the replay is claimed anew
MOST_TRIES = 5  # for a question that could not be sent
KEPT = timedelta(days=30)
State = ReplayItem.State


def continue_replays(seconds: float = 40) -> int:
    """Do one object, or one bite, after another until time is up; safe in any number of workers."""
    done, until = 0, monotonic() + seconds
    while monotonic() < until and (run := _claim()):
        _compare_next(run) if run.state == Replay.State.COMPARING else _take_again(run)
        done += 1
    return done


def forget_replays() -> int:
    return Replay.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


@transaction.atomic(durable=True)
def _claim() -> Replay | None:
    now = timezone.now()
    run = (
        Replay.objects.select_for_update(skip_locked=True)
        .filter(Q(leased_until=None) | Q(leased_until__lt=now), state__in=Replay.MOVING, due_at__lte=now)
        .order_by("due_at", "id")
        .first()
    )
    if run:
        run.leased_until = now + LEASE
        run.save(update_fields=["leased_until"])
    return run


def _let_go(run: Replay, *, due_at: datetime | None = None, **fields: object) -> None:
    mine = Replay.objects.filter(pk=run.pk, leased_until=run.leased_until)  # a late worker writes nothing
    mine.update(leased_until=None, due_at=due_at or timezone.now(), **fields)


# --- comparing --------------------------------------------------------------------------------------------------------


def _compare_next(run: Replay) -> None:
    """One question; whatever else of this replay is about the same object is answered by it as well."""
    item = run.items.filter(state=State.WAITING).select_related("delivery__account").order_by("id").first()
    if item is None:
        _let_go(run, state=Replay.State.COMPARED)
        return
    row = item.delivery
    try:
        if read_anew(row):
            found = preview(row.account, row.watch_kind, row.object_id)
            _keep(run, row, found)
        else:
            _say(item, State.NOTHING, problem=str(why_ignored(row).value))
    except NotFound:
        _say(item, State.NOTHING, applied=Delivery.Applied.UNKNOWN_OBJECT)
    except NotSent as exc:
        if item.tries + 1 < MOST_TRIES:
            ReplayItem.objects.filter(pk=item.pk).update(tries=item.tries + 1)
            _let_go(run, due_at=timezone.now() + timedelta(seconds=max(exc.retry_after or 0, 2.0 * 2**item.tries)))
            return
        _say(item, State.FAILED, problem=str(exc))
    except (BadMessage, ProviderError) as exc:
        _say(item, State.FAILED, problem=str(exc))
    except Exception as exc:  # our own bug: the other deliveries are compared all the same
        logger.exception("comparison_broke", delivery=row.public_id)
        _say(item, State.FAILED, problem=type(exc).__name__)
    _let_go(run)


def _keep(run: Replay, row: Delivery, found: Preview) -> None:
    same = run.items.filter(state=State.WAITING).filter(
        Q(delivery=row)
        | Q(delivery__account=row.account, delivery__watch_kind=row.watch_kind, delivery__object_id=row.object_id)
    )
    same.update(
        state=State.COMPARED,
        applied=found.applied[:16],
        model=found.model,
        ref=found.ref,
        changes=[[change.field, change.old, change.new] for change in found.changes],
    )


def _say(item: ReplayItem, state: str, **said: str) -> None:
    ReplayItem.objects.filter(pk=item.pk).update(state=state, **{name: text[:200] for name, text in said.items()})


# --- for real ---------------------------------------------------------------------------------------------------------


def _take_again(run: Replay) -> None:
    """A bite of new attempts, each in a transaction of its own, so that a dead worker has none of them twice."""
    todo = run.items.exclude(state__in=ReplayItem.ENDED)
    actor = Actor(run.released_by or run.actor, via=run.via)
    for item in todo.select_related("delivery").order_by("id")[:BITE]:
        try:
            with transaction.atomic():
                if todo.filter(pk=item.pk).update(state=State.AGAIN, problem=""):
                    replay_delivery(actor=actor, delivery=item.delivery)
        except DomainError as exc:
            _say(item, State.SKIPPED, problem=exc.message)
    if todo.exists():
        _let_go(run)
    else:
        _let_go(run, state=Replay.State.DONE, ended_at=timezone.now())
