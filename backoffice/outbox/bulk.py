"""One command over many rows: a batch with an item for each, worked a few at a time until none waits."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from time import monotonic

import structlog
from django.db import OperationalError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from backoffice.core.bell import Bell
from backoffice.core.crash import crash_point
from backoffice.core.errors import DomainError, IllegalTransition
from backoffice.core.refs import ref_row
from backoffice.journal.models import Source
from backoffice.journal.record import Actor, record
from backoffice.outbox.models import Batch, BatchItem, Call
from backoffice.outbox.queue import once_per_key

logger = structlog.get_logger(__name__)

MOST_ROWS = 10_000
BITE = 25  # items of one batch before another has its turn
PAUSE = timedelta(seconds=30)  # after the database did not let us
bell = Bell()

State = BatchItem.State


# Asks for one row what the batch asks for all, by the keywords actor, key, row and the batch's arguments.
RowCommand = Callable[..., Call | None]
_commands: dict[str, RowCommand] = {}
_words: dict[str, str | Promise] = {}


def bulk(operation: str, label: str | Promise) -> Callable[[RowCommand], RowCommand]:
    """Register how an operation is asked for over many rows, and its words."""

    def register(command: RowCommand) -> RowCommand:
        _commands[operation], _words[operation] = command, label
        return command

    return register


def bulk_words(operation: str) -> str:
    return str(_words.get(operation, operation))


@once_per_key
def start_batch(
    *, actor: Actor, key: str, command: str, rows: Sequence[str], arguments: dict[str, str] | None = None
) -> Batch:
    """Promise to ask for `command` over these rows, by their refs, in this order. Workers do it, each row once."""
    if not rows:
        raise DomainError(_("Nothing is selected."), code="nothing_selected")
    if len(rows) > MOST_ROWS:
        raise DomainError(
            _("%(most)s rows at once are the most. Narrow the list.") % {"most": f"{MOST_ROWS:,}"}, code="too_many_rows"
        )
    batch = Batch.objects.create(
        operation=command,
        actor=actor.user,
        via=actor.via,
        arguments=arguments or {},
        size=len(rows),
    )
    items = [BatchItem(batch=batch, place=place, target=row) for place, row in enumerate(rows, 1)]
    BatchItem.objects.bulk_create(items, batch_size=500)
    record(batch, command, source=Source.COMMAND, actor=actor, rows=len(rows), **(arguments or {}))
    transaction.on_commit(bell.ring, robust=True)
    return batch


@transaction.atomic
def stop_batch(*, actor: Actor, batch: Batch) -> Batch:
    """Ask for nothing more: items that wait end as stopped; what was asked for goes its way."""
    locked = Batch.objects.select_for_update().get(pk=batch.pk)
    if locked.ended_at or not locked.size:
        raise IllegalTransition(_("No row of it waits any more."))
    stopped = _stop(locked)
    record(locked, "outbox.stop_batch", source=Source.COMMAND, actor=actor, rows=stopped)
    return locked


def _stop(batch: Batch, reason: str = "") -> int:
    now = timezone.now()
    stopped = batch.items.filter(state=State.WAITING).update(state=State.STOPPED, reason=reason[:300])
    batch.stopped_at = batch.ended_at = now
    batch.save(update_fields=["stopped_at", "ended_at"])
    return stopped


# --- the work ---------------------------------------------------------------------------------------------------------


def work_batches(seconds: float = 20) -> int:
    """Take bites of the batches that have items waiting, the longest waiting batch first, until time is up."""
    done, until = 0, monotonic() + seconds
    while monotonic() < until and (batch := _next_batch()):
        done += _bite(batch, until)
    if _waiting().exists():
        bell.ring()
    return done


def _waiting() -> models.QuerySet[Batch]:
    rested = Q(worked_at=None) | Q(worked_at__lte=timezone.now())
    return Batch.objects.filter(rested, ended_at=None, size__gt=0)


def _next_batch() -> Batch | None:
    batch = _waiting().select_related("actor").order_by(models.F("worked_at").asc(nulls_first=True), "id").first()
    if batch:
        Batch.objects.filter(pk=batch.pk).update(worked_at=timezone.now())
    return batch


def _bite(batch: Batch, until: float) -> int:
    actor = Actor(batch.actor, via=batch.via)  # type: ignore[arg-type]
    if not actor.may(batch.operation):
        with transaction.atomic():
            _stop(Batch.objects.select_for_update().get(pk=batch.pk), _("Who asked for it may not do this any more."))
        return 0
    done = 0
    while done < BITE and monotonic() < until:
        try:
            if not _work_one(batch, actor):
                _end(batch)
                break
        except OperationalError:  # a lock, or the database away: the item is as it was, and others have their turn
            logger.warning("batch_item_waits", batch=batch.public_id)
            Batch.objects.filter(pk=batch.pk).update(worked_at=timezone.now() + PAUSE)
            break
        except BrokenItem as exc:
            logger.exception("batch_item_broke", batch=batch.public_id, place=exc.item.place)
            batch.items.filter(pk=exc.item.pk, state=State.WAITING).update(
                state=State.REFUSED, reason=_("Something broke here. Nothing was asked for.")
            )
        done += 1
    return done


class BrokenItem(Exception):
    """Our own bug: one bad row must not stop the others. All that its transaction did is undone."""

    def __init__(self, item: BatchItem):
        super().__init__(str(item))
        self.item = item


@transaction.atomic
def _work_one(batch: Batch, actor: Actor) -> bool:
    """One item and its command in one transaction: a worker that dies leaves the item as it was."""
    item = (
        BatchItem.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(batch=batch, state=State.WAITING)
        .order_by("place")
        .first()
    )
    if item is None:
        return False
    item.batch = batch
    try:
        _ask(item, actor)
    except DomainError as exc:
        item.state, item.reason = State.REFUSED, exc.message[:300]
    except OperationalError:
        raise
    except Exception as exc:
        raise BrokenItem(item) from exc
    item.save(update_fields=["state", "reason", "call"])
    return True


def _ask(item: BatchItem, actor: Actor) -> None:
    row = ref_row(item.target)
    if row is None:
        raise DomainError(_("It is not here any more."), code="gone")
    item.call = _commands[item.batch.operation](actor=actor, key=item.key, row=row, **item.batch.arguments)
    item.state = State.PROMISED
    crash_point("in_batch_item")
    if item.call:
        item.batch.calls.add(item.call)


def _end(batch: Batch) -> None:
    """Ended once no item waits; one that another worker holds still counts as waiting."""
    if not batch.items.filter(state=State.WAITING).exists():
        Batch.objects.filter(pk=batch.pk, ended_at=None).update(ended_at=timezone.now())
