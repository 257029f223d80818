"""What people may do with a delivery."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core.errors import DomainError, IllegalTransition
from backoffice.journal.models import Source
from backoffice.journal.record import Actor, record
from webhooks.models import Delivery, Replay, ReplayItem
from webhooks.services import bell, replay_bell

MOST = 10_000  # deliveries of one replay
COMPARED = 200  # of them asked about beforehand: the newest


@transaction.atomic
def replay_delivery(*, actor: Actor, delivery: Delivery) -> Delivery:
    """Process it again from its stored body, as if it had just come: after a fix, or to ask the provider anew."""
    row = Delivery.objects.select_for_update(of=("self",)).select_related("account").get(pk=delivery.pk)
    if row.state in {Delivery.State.RECEIVED, Delivery.State.PROCESSING}:
        raise IllegalTransition(_("This callback is being processed already."))
    old, now = row.state, timezone.now()
    row.state, row.due_at, row.leased_until, row.tries = Delivery.State.RECEIVED, now, None, 0
    row.problem = row.traceback = row.applied = row.ignored = row.disagreed = ""
    row.done_at = None
    row.save(
        update_fields=[
            "state",
            "due_at",
            "leased_until",
            "tries",
            "problem",
            "traceback",
            "applied",
            "ignored",
            "disagreed",
            "done_at",
        ]  # fmt: skip
    )
    record(
        row.ref or row.own_ref,
        "webhooks.replay_delivery",
        source=Source.COMMAND,
        actor=actor,
        account=row.account.slug,
        delivery=row.public_id,
        old=old,
        new=row.state,
    )
    transaction.on_commit(bell.ring, robust=True)
    return row


@transaction.atomic
def compare_deliveries(*, actor: Actor, key: str, deliveries: QuerySet[Delivery], asked: str) -> Replay:
    """Fix which deliveries are meant, and have compared what processing them again would change; once per key."""
    run, made = Replay.objects.get_or_create(actor=actor.user, key=key[:64], defaults={"asked": asked[:300]})
    if not made:
        return run
    chosen = list(deliveries.order_by("-created_at", "-id").values_list("pk", flat=True)[: MOST + 1])
    if not chosen:
        raise DomainError(_("No callback matches, so there is nothing to process again."), code="nothing_chosen")
    if len(chosen) > MOST:
        raise DomainError(
            _("More than %(most)s callbacks match; narrow the filter.") % {"most": f"{MOST:,}"}, code="too_many"
        )
    states = ReplayItem.State
    items = (
        ReplayItem(replay=run, delivery_id=pk, state=states.WAITING if place < COMPARED else states.UNCOMPARED)
        for place, pk in enumerate(chosen)
    )
    ReplayItem.objects.bulk_create(items, batch_size=1_000)
    transaction.on_commit(replay_bell.ring, robust=True)
    return run


@transaction.atomic
def replay_deliveries(*, actor: Actor, replay: Replay) -> Replay:
    """Have what was compared processed again for real. Asking twice is asking once."""
    run = Replay.objects.select_for_update().get(pk=replay.pk)
    if run.state == Replay.State.COMPARING:
        raise IllegalTransition(_("It is still being compared."))
    if run.state != Replay.State.COMPARED:
        return run
    run.state, run.due_at, run.released_at = Replay.State.RUNNING, timezone.now(), timezone.now()
    run.released_by, run.via = actor.user, actor.via
    run.save(update_fields=["state", "due_at", "released_at", "released_by", "via"])
    record(
        run,
        "webhooks.replay_delivery",
        source=Source.COMMAND,
        actor=actor,
        callbacks=run.items.count(),
        filter=run.asked,
    )
    transaction.on_commit(replay_bell.ring, robust=True)
    return run
