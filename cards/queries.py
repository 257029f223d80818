"""Reads: BINs, cards, holders, orders as lists show them; each filter walks an index, however many rows there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from backoffice.accounts.models import Account
from backoffice.core.money import ExactSum
from backoffice.core.parts import Sum
from backoffice.core.refs import ref_pk
from backoffice.mirror.models import SyncRun, Watch
from backoffice.outbox.models import Call
from cards.models import Bin, Card, CardOrder, Holder
from cards.states import CardState, HolderState, OrderState

COUNTED = 10_000  # beyond this many rows a list says "more than"
SEARCHED = 10_000  # so many of the newest rows are searched for a word of their note
LONGEST_SEARCH = 64
LATE_AFTER = timedelta(minutes=10)
SOON = timedelta(seconds=15)
USUAL_OF = 200  # orders that tell how long one usually takes

CARD_VIEWS: dict[str, Q] = {
    "active": Q(state=CardState.ACTIVE),
    "frozen": Q(state=CardState.FROZEN),
    "pending": Q(state=CardState.PENDING),
    "closed": Q(state__in=[CardState.CLOSING, CardState.CLOSED]),
}
HOLDER_VIEWS: dict[str, Q] = {
    "on-file": Q(state=HolderState.ACTIVE),
    "requested": Q(state=HolderState.REQUESTED),
    "refused": Q(state=HolderState.REFUSED),
    "gone": Q(state__in=[HolderState.DELETED, HolderState.WITHDRAWN]),
}
UNSETTLED = [state for state in OrderState if state not in CardOrder.transitions.settled]
VARIANCE = Q(fee__isnull=False, quoted_fee__isnull=False) & ~Q(fee=F("quoted_fee"))
ORDER_VIEWS = ("in-doubt", "needs-person", "failed-today", "stuck", "variance")


# --- lists ------------------------------------------------------------------------------------------------------------


def bins() -> QuerySet[Bin]:
    return Bin.objects.select_related("account")


def cards(
    *,
    view: str = "",
    text: str = "",
    state: Iterable[str] = (),
    bin: Bin | None = None,
    account: Account | None = None,
    currency: str = "",
    created_from: datetime | None = None,
    created_before: datetime | None = None,
) -> QuerySet[Card]:
    """Cards with their BIN and account; `text` finds by any of their numbers, the last four digits, or the note."""
    rows = Card.objects.select_related("account", "bin")
    if view:
        rows = rows.filter(CARD_VIEWS[view])
    named = {"bin": bin, "account": account, "currency": currency}
    rows = _narrowed(rows, state=state, created_from=created_from, created_before=created_before, **named)
    return _search_cards(rows, text.strip()[:LONGEST_SEARCH]) if text.strip() else rows


def holders(
    *,
    view: str = "",
    text: str = "",
    state: Iterable[str] = (),
    bin: Bin | None = None,
    account: Account | None = None,
    country: str = "",
    created_from: datetime | None = None,
    created_before: datetime | None = None,
) -> QuerySet[Holder]:
    """Card holders; `text` finds by any of their numbers. Who they are is sealed, so no name finds them."""
    rows = Holder.objects.select_related("account", "bin")
    if view:
        rows = rows.filter(HOLDER_VIEWS[view])
    named = {"bin": bin, "account": account, "country": country}
    rows = _narrowed(rows, state=state, created_from=created_from, created_before=created_before, **named)
    found = text.strip()[:LONGEST_SEARCH]
    return rows.filter(pk__in=_by_numbers(Holder, found, "merchant_ref")) if found else rows


def orders(
    *,
    view: str = "",
    text: str = "",
    state: Iterable[str] = (),
    kind: Iterable[str] = (),
    account: Account | None = None,
    currency: str = "",
    created_from: datetime | None = None,
    created_before: datetime | None = None,
) -> QuerySet[CardOrder]:
    """Orders with what a row shows of their card, BIN, wallet and maker."""
    rows = CardOrder.objects.select_related("account", "bin", "card", "wallet__account", "maker")
    if view:
        rows = _order_view(rows, view)
    rows = _narrowed(
        rows, state=state, account=account, currency=currency, created_from=created_from, created_before=created_before
    )
    if kind:
        rows = rows.filter(kind__in=kind)
    return _search_orders(rows, text.strip()[:LONGEST_SEARCH]) if text.strip() else rows


def _narrowed(rows: QuerySet, *, state: Iterable[str], created_from, created_before, **exact: Any) -> QuerySet:
    named = {name: value for name, value in exact.items() if value}
    if state:
        named["state__in"] = list(state)
    if created_from:
        named["created_at__gte"] = created_from
    if created_before:
        named["created_at__lt"] = created_before
    return rows.filter(**named) if named else rows


def _order_view(rows: QuerySet[CardOrder], view: str) -> QuerySet[CardOrder]:
    now = timezone.now()
    if view == "in-doubt":
        return rows.filter(pk__in=_targets(Call.State.UNCERTAIN))
    if view == "needs-person":
        return rows.filter(pk__in=_targets(Call.State.DEAD))
    if view == "failed-today":
        day = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        ended = Q(ended_at__gte=day) | Q(ended_at=None, observed_at__gte=day)
        return rows.filter(ended, state=OrderState.FAILED)
    if view == "stuck":
        return rows.filter(state__in=UNSETTLED, created_at__lt=now - LATE_AFTER)
    return rows.filter(VARIANCE)


def _targets(state: str) -> list[int]:
    """The orders whose call is in this state; there are never many."""
    label = CardOrder._meta.label_lower
    found = Call.objects.filter(state=state, target__startswith=f"{label}:").values_list("target", flat=True)
    return [ref_pk(target) for target in found[:COUNTED]]


def _search_cards(rows: QuerySet[Card], text: str) -> QuerySet[Card]:
    if _is_last4(text):
        return rows.filter(last4=text)
    exact = _by_numbers(Card, text, "merchant_ref")
    return rows.filter(pk__in=exact) if exact else _by_note(rows, Card, text)


def _search_orders(rows: QuerySet[CardOrder], text: str) -> QuerySet[CardOrder]:
    if _is_last4(text):
        return rows.filter(card__in=list(Card.objects.filter(last4=text).values_list("pk", flat=True)[:COUNTED]))
    exact = _by_numbers(CardOrder, text, "merchant_ref")
    return rows.filter(pk__in=exact) if exact else _by_note(rows, CardOrder, text)


def _is_last4(text: str) -> bool:
    return len(text) == 4 and text.isascii() and text.isdigit()


def _by_numbers(model: Any, text: str, reference: str) -> list[int]:
    """Rows with exactly this number: our id, our reference, theirs. By account, as the indexes begin with it."""
    accounts = list(Account.objects.values_list("pk", flat=True))
    ours = model.objects.filter(public_id=text).values_list("pk", flat=True)
    named = model.objects.filter(account__in=accounts, **{reference: text}).values_list("pk", flat=True)
    theirs = model.objects.filter(account__in=accounts, provider_id=text).values_list("pk", flat=True)
    return list(ours.union(named, theirs))


def _by_note(rows: QuerySet, model: Any, text: str) -> QuerySet:
    """A word of the note, among the newest rows only: a word has no index that all databases share."""
    newest = model.objects.order_by("-created_at", "-id").values("pk")[:SEARCHED]
    return rows.filter(pk__in=newest, note__icontains=text)


# --- what stands under a list -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Totals:
    """How many rows a filter leaves, up to a bound, and their sum per currency, without one."""

    count: int
    is_all: bool
    sums: tuple[Sum, ...]


def totals(rows: QuerySet, amount: str) -> Totals:
    plain = rows.select_related(None).order_by()
    found = plain.values("pk")[: COUNTED + 1].count()
    sums = (
        plain.values_list("currency").annotate(total=ExactSum(amount), rows=Count("pk")).order_by("-rows", "currency")
    )
    named = tuple(Sum(amount=total, currency=code) for code, total, _rows in sums if total is not None and code)
    return Totals(min(found, COUNTED), found <= COUNTED, named)


# --- beside the rows --------------------------------------------------------------------------------------------------


def open_calls(rows: Iterable[CardOrder | Holder]) -> dict[int, Call]:
    """The open call of each row that has one, for a page of orders or of holders, with one query."""
    by_ref = {row.ref: row.pk for row in rows}
    calls = Call.objects.filter(target__in=by_ref, state__in=Call.OPEN) if by_ref else ()
    return {by_ref[call.target]: call for call in calls}


def last_call(order: CardOrder | Holder) -> Call | None:
    """The latest call for an order or a holder, open or not."""
    return (
        Call.objects.filter(target=order.ref).select_related("actor", "account").order_by("-created_at", "-id").first()
    )


WATCHED = {Card: "cards.card", CardOrder: "cards.order", Holder: "cards.holder"}


def watch_of(row: Card | CardOrder | Holder) -> Watch | None:
    """What we ask about this card, order or holder, and when next."""
    kind = WATCHED[type(row)]
    found = Watch.objects.filter(account=row.account, kind=kind, object_id=row.provider_id)
    return found.first() if row.provider_id else None


def is_being_asked(watch: Watch | None) -> bool:
    """Whether an answer is to be expected while somebody looks on."""
    return bool(watch and watch.due_at and watch.due_at <= timezone.now() + SOON)


def holder_ids(numbers: Iterable[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """Our ids of the holders that accounts know by these numbers, with one query."""
    wanted = {pair for pair in numbers if pair[1]}
    if not wanted:
        return {}
    accounts, theirs = {pair[0] for pair in wanted}, {pair[1] for pair in wanted}
    rows = Holder.objects.filter(account__in=accounts, provider_id__in=theirs)
    return {(row[0], row[1]): row[2] for row in rows.values_list("account_id", "provider_id", "public_id")}


def orders_of(card: Card, most: int = 20) -> list[CardOrder]:
    return list(card.orders.select_related("account", "maker").order_by("-created_at", "-id")[:most])


def card_counts(rows: Iterable[Holder]) -> dict[int, tuple[int, int]]:
    """How many cards of each holder are active, and how many there are, for a page of holders, with one query."""
    counts = Card.objects.filter(holder__in=[row.pk for row in rows]).order_by().values_list("holder")
    active = Count("pk", filter=Q(state=CardState.ACTIVE))
    return {holder: (of_those, every) for holder, every, of_those in counts.annotate(Count("pk"), active=active)}


def cards_of(holder: Holder, most: int = 50) -> list[Card]:
    return list(holder.cards.select_related("account", "bin").order_by("-created_at", "-id")[:most])


def usual_seconds(kind: str) -> float | None:
    """Within how many seconds 95 in 100 of the latest orders of a kind ended; None while there are too few to tell."""
    rows = CardOrder.objects.filter(kind=kind).exclude(merchant_ref="").order_by("-created_at", "-id")
    times = rows.values_list("created_at", "ended_at")[:USUAL_OF]
    took = sorted((ended - made).total_seconds() for made, ended in times if ended and ended >= made)
    return took[int(len(took) * 0.95) - 1] if len(took) >= 20 else None


def last_syncs(kind: str) -> list[SyncRun]:
    """The latest whole walk through the list of a kind, for each account."""
    runs = (
        SyncRun.objects.filter(kind=kind, since=None)
        .order_by("account", "-created_at", "-id")
        .select_related("account")
    )
    latest: dict[int, SyncRun] = {}
    for run in runs[:200]:
        latest.setdefault(run.account_id, run)
    return list(latest.values())


def newer_than(rows: QuerySet, row: Any, most: int = 100) -> int:
    """How many rows came in above this one, up to a bound."""
    above = Q(created_at__gt=row.created_at) | Q(created_at=row.created_at, pk__gt=row.pk)
    return rows.filter(above, created_at__gte=row.created_at).order_by()[:most].count()
