"""Stopping and resuming what is sent to an account."""

from django.db import transaction
from django.utils import timezone

from backoffice.accounts.models import Account
from backoffice.journal.models import Source
from backoffice.journal.record import Actor, record


@transaction.atomic
def pause(account: Account, why: str, *, actor: Actor | None = None) -> bool:
    """Send nothing more to this account; whether it was running."""
    paused = Account.objects.filter(pk=account.pk, paused_at=None).update(
        paused_at=timezone.now(), paused_why=why[:200]
    )
    if paused:
        record(
            account,
            "accounts.pause_account",
            source=Source.COMMAND if actor else Source.SYSTEM,
            actor=actor,
            account=account.slug,
            why=why,
        )
    return bool(paused)


@transaction.atomic
def resume(account: Account, *, actor: Actor) -> bool:
    """Send again; whether it was paused."""
    resumed = Account.objects.filter(pk=account.pk, paused_at__isnull=False).update(paused_at=None, paused_why="")
    if resumed:
        record(account, "accounts.resume_account", source=Source.COMMAND, actor=actor, account=account.slug)
    return bool(resumed)
