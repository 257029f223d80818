"""Reads: calls by what they wait for, and the exchanges of one."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from backoffice.accounts.models import Account
from backoffice.outbox.models import Call, Exchange

WAITING = (Call.State.UNCERTAIN, Call.State.DEAD)  # sent, perhaps; nobody knows what became of it
ON_ITS_WAY = (Call.State.HELD, Call.State.QUEUED, Call.State.CLAIMED)


def calls() -> QuerySet[Call]:
    return Call.objects.select_related("account", "actor")


def find_calls(rows: QuerySet[Call], text: str) -> QuerySet[Call]:
    """The call of exactly this id or reference; both are found in an index."""
    accounts = list(Account.objects.values_list("pk", flat=True))  # the index of references begins with the account
    return rows.filter(Q(public_id=text) | Q(account__in=accounts, reference=text) & ~Q(reference=""))


def exchanges_of(call: Call) -> QuerySet[Exchange]:
    return call.exchanges.select_related("account").order_by("-created_at", "-id")


def latest_calls(targets: Iterable[str]) -> dict[str, Call]:
    """The latest call for each of these rows, by their refs, with one query."""
    return {call.target: call for call in Call.objects.filter(target__in=list(targets)).order_by("created_at", "id")}
