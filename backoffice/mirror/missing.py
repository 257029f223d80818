"""What a whole walk through a list did not meet: marked, told, asked about; never deleted."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet

from backoffice.core import clock
from backoffice.journal.models import Source
from backoffice.journal.record import record
from backoffice.mirror.models import Mirrored, SyncRun
from backoffice.mirror.watches import ask, kinds

logger = structlog.get_logger(__name__)

MOST_PART = 10  # when more than a tenth of what we know has gone at once, the list is to be doubted, not the rows
ALWAYS_BELIEVED = 20


class Unbelievable(Exception):
    """So much is missing that the list itself must be wrong."""


@transaction.atomic
def mark_missing(model: type[Mirrored], run: SyncRun, seen: Collection[int], *, unseen_since: datetime) -> int:
    """Mark the rows of the run's account that are not among `seen` and that no other news told of since; how many."""
    rows: QuerySet[Any] = model._default_manager.filter(account=run.account).order_by("pk")
    listed = rows.exclude(provider_id="").exclude(state__in=model.not_listed)
    missing = [
        pk
        for pk in listed.filter(observed_at__lt=unseen_since).values_list("pk", flat=True).iterator(chunk_size=10_000)
        if pk not in seen
    ]
    new = listed.filter(pk__in=missing, missing_since=None) if missing else listed.none()
    count = new.count()
    if count > ALWAYS_BELIEVED and count * MOST_PART > listed.count():
        raise Unbelievable(f"{count} rows of {listed.count()} are not in the list any more: too many to believe it")
    for row in new.select_for_update():
        _mark(row, run)
    return len(missing)


def _mark(row: Mirrored, run: SyncRun) -> None:
    row.missing_since = clock.now()
    row.save(update_fields=["missing_since"])
    record(row, "missing", source=Source.SYNC)
    alarm = logger.error if row.holds_money else logger.warning
    alarm("missing_from_list", row=row.ref, account=run.account.slug, kind=run.kind)
    if run.kind in kinds():
        ask(run.account, run.kind, row.provider_id, why="not in its list")
