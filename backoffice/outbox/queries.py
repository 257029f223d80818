"""Reads: calls by what they wait for, and the exchanges of one."""

from collections.abc import Iterable

from django.db.models import CharField, Model, OuterRef, Q, QuerySet, Subquery

from backoffice.accounts.models import Account
from backoffice.exports.cells import row_ref, words
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


def exchanges() -> QuerySet[Exchange]:
    return Exchange.objects.select_related("account", "call")


def find_exchanges(rows: QuerySet[Exchange], text: str) -> QuerySet[Exchange]:
    """Those of one call, by its id or our reference; both are found in an index."""
    return rows.filter(call__in=find_calls(Call.objects.all(), text).values("pk"))


def open_call_words(model: type[Model]) -> Subquery:
    """Our own progress beside a row's state: the words for its open call, found in the index of those."""
    calls = Call.objects.filter(target=row_ref(model, OuterRef("pk")), state__in=Call.OPEN)
    return Subquery(calls.values_list(words("state", Call.State.choices))[:1], output_field=CharField())
