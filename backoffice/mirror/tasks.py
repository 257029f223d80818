"""Thin entries: the sweeps do the work."""

from celery import shared_task
from django.utils import timezone

from backoffice.mirror import syncs, watches
from backoffice.mirror.models import Beat


@shared_task
def drain_watches() -> None:
    watches.drain_watches()


@shared_task
def continue_syncs() -> None:
    syncs.continue_syncs()


@shared_task
def start_due_syncs() -> None:
    syncs.start_due_syncs()
    watches.forget_answered()


@shared_task
def canary() -> None:
    Beat.objects.update_or_create(name="canary", defaults={"at": timezone.now()})


watches.bell.hang(drain_watches.delay)
syncs.bell.hang(continue_syncs.delay)
