"""What people may do with a call that did not end by itself."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core.errors import DomainError, IllegalTransition
from backoffice.journal.models import Source
from backoffice.journal.record import Actor, record
from backoffice.outbox.models import Call
from backoffice.outbox.queue import bell
from backoffice.outbox.registry import handler_for


def look_up_call(*, actor: Actor, call: Call) -> Call:
    """Ask the provider now what became of it. Allowed while its outcome is unknown."""
    return _turn(
        call,
        actor,
        "outbox.look_up_call",
        {Call.State.UNCERTAIN, Call.State.DEAD},
        state=Call.State.UNCERTAIN,
        looks=_last_look(call),
    )


def send_call_again(*, actor: Actor, call: Call) -> Call:
    """Send a dead call once more under the same reference: a person decided that it was not executed."""
    return _turn(
        call,
        actor,
        "outbox.send_call_again",
        {Call.State.DEAD},
        state=Call.State.QUEUED,
        maybe_sent=False,
        looks=0,
        left_at=None,
    )


@transaction.atomic
def give_up_call(*, actor: Actor, call: Call, reason: str) -> Call:
    """End a call that will not be sent or looked up any more; the reason is kept for ever."""
    if not reason.strip():
        raise DomainError(_("Giving up needs a reason."), code="reason_missing", field="reason")
    locked = Call.objects.select_for_update().select_related("account").get(pk=call.pk)
    never_sent = locked.state in {Call.State.QUEUED, Call.State.HELD} and not locked.maybe_sent
    if locked.state != Call.State.DEAD and not never_sent:
        raise IllegalTransition(
            _("This call is %(state)s; it cannot be given up now.") % {"state": locked.get_state_display().lower()}
        )
    handler_for(locked.operation).withdraw(locked, reason)
    locked.state, locked.problem, locked.left_at, locked.leased_until = (
        Call.State.WITHDRAWN,
        reason[:300],
        timezone.now(),
        None,
    )
    locked.arguments.pop("sealed", None)
    locked.save(update_fields=["state", "problem", "left_at", "leased_until", "arguments"])
    record(
        locked.target,
        "outbox.give_up_call",
        source=Source.COMMAND,
        actor=actor,
        account=locked.account.slug,
        call=locked.public_id,
        reason=reason,
    )
    return locked


@transaction.atomic
def _turn(call: Call, actor: Actor, verb: str, allowed: set[str], **fields) -> Call:
    locked = Call.objects.select_for_update().select_related("account").get(pk=call.pk)
    if locked.state not in allowed:
        raise IllegalTransition(
            _("This call is %(state)s; that is not possible now.") % {"state": locked.get_state_display().lower()}
        )
    for name, value in (fields | {"due_at": timezone.now()}).items():
        setattr(locked, name, value)
    locked.save(update_fields=[*fields, "due_at"])
    record(locked.target, verb, source=Source.COMMAND, actor=actor, account=locked.account.slug, call=locked.public_id)
    transaction.on_commit(bell.ring, robust=True)
    return locked


def _last_look(call: Call) -> int:
    """A person's look does not restart the series: a dead call gets one more look."""
    return max(call.looks - 1, 0) if call.state == Call.State.DEAD else call.looks
