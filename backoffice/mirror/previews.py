"""What an answer would change: applied to our rows inside a transaction that is rolled back, and compared."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Model

from backoffice.accounts.models import Account
from backoffice.core.refs import ref_row
from backoffice.journal.about import about
from backoffice.journal.models import Source
from backoffice.mirror.models import Mirrored
from backoffice.mirror.watches import look_for

# what no provider says of a row
OURS = frozenset({"id", "public_id", "account", "version", "observed_at", "upstream", "created_at"})
HIDDEN = "••••"


@dataclass(frozen=True)
class Change:
    """One field of a row as it is and as it would be; "" where there is nothing."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Preview:
    applied: str  # the engine's word for what would become of the news
    model: str  # what it is about: "cards.card"; "" where it is about nothing of ours
    ref: str  # the row, where there is one already
    changes: tuple[Change, ...]


def preview(account: Account, kind: str, object_id: str) -> Preview:
    """Ask the provider now, as a look does and with no transaction open, and change nothing."""
    with about("", Source.POLL):
        apply = look_for(kind)(account, object_id)
    with structlog.contextvars.bound_contextvars(preview=True), transaction.atomic():
        answer = apply()
        after = ref_row(answer.ref) if answer.ref else None
        transaction.set_rollback(True)
    before = ref_row(answer.ref) if answer.ref else None
    model = answer.ref.partition(":")[0]
    return Preview(str(answer.applied), model, answer.ref if before else "", _changes(before, after))


def _changes(before: Model | None, after: Model | None) -> tuple[Change, ...]:
    if after is None:
        return ()
    sealed = after.sealed_facts if isinstance(after, Mirrored) else ()
    names = [field.name for field in after._meta.concrete_fields if field.name not in OURS]
    found = []
    for name in names:
        old, new = getattr(before, name, None), getattr(after, name)
        if old != new and not (old is None and new in ("", [], {})):
            texts = [HIDDEN if name in sealed and value else _text(value) for value in (old, new)]
            found.append(Change(name, *texts))
    return tuple(found)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
