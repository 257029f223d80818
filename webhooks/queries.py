"""Reads: callbacks by what became of them, and what was turned away."""

from django.db.models import Q, QuerySet

from backoffice.accounts.models import Account
from backoffice.journal.models import JournalEntry
from webhooks.models import Delivery


def deliveries() -> QuerySet[Delivery]:
    """Without bodies and traces: a list shows neither."""
    return Delivery.objects.select_related("account").defer("body", "traceback", "headers")


def find_deliveries(rows: QuerySet[Delivery], text: str) -> QuerySet[Delivery]:
    """Exactly this id, the provider's id of the message, or the number it is about; each is found in an index."""
    accounts = list(Account.objects.values_list("pk", flat=True))
    return rows.filter(Q(public_id=text) | Q(object_id=text) | Q(account__in=accounts, delivery_id=text))


def effects_of(delivery: Delivery, most: int = 50) -> list[JournalEntry]:
    """What was written down because of it, oldest first."""
    refs = [name for name in {delivery.ref, delivery.own_ref} if name]
    named = JournalEntry.objects.filter(ref__in=refs, delivery=delivery.public_id)
    return list(named.select_related("actor").order_by("created_at", "id")[:most])
