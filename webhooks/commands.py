"""What people may do with a delivery."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core.errors import IllegalTransition
from backoffice.journal.models import Source
from backoffice.journal.record import Actor, record
from webhooks.models import Delivery
from webhooks.services import bell


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
