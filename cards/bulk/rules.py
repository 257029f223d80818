"""What of many cards or orders a command can be asked for, and why not of the others, with a few queries for all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core.errors import DomainError
from backoffice.outbox.models import Call
from backoffice.outbox.queries import WAITING
from cards.commands.life import WORDS
from cards.commands.money import CLOSABLE
from cards.models import Card, CardOrder
from cards.quotes import OrderQuote
from cards.recharging import RECHARGEABLE, SAME_AGAIN, quote_recharge, require_rechargeable
from cards.states import CardState, OrderState
from wallets.models import Wallet

UNSETTLED = [OrderState.UNKNOWN, OrderState.REQUESTED, OrderState.PROCESSING]


@dataclass(frozen=True)
class Sorted:
    """The rows that a command can be asked for, and the others with the reason of each."""

    fit: list = field(default_factory=list)
    unfit: list[tuple[Card | CardOrder, str]] = field(default_factory=list)

    def add(self, row: Card | CardOrder, why_not: str) -> None:
        if why_not:
            self.unfit.append((row, why_not))
        else:
            self.fit.append(row)


def to_turn(cards: Sequence[Card], wanted: CardState, only_from: set[CardState]) -> Sorted:
    """For freezing and its reverse."""
    busy, closing, found = _busy(Card), _with_open_order(CardOrder.Kind.CLOSE), Sorted()
    for card in cards:
        found.add(card, _why_not_turned(card, wanted, only_from, busy, closing))
    return found


def _why_not_turned(card: Card, wanted: CardState, only_from: set[CardState], busy: set[str], closing: set) -> str:
    if CardState(card.state) not in only_from or not card.transitions.step(card.state, wanted):
        return _(WORDS[wanted]) % {"state": card.get_state_display().lower()}
    if _named(card) in closing:
        return _("This card is being closed.")
    return _("Another request for this is still under way.") if card.ref in busy else ""


def to_close(cards: Sequence[Card]) -> Sorted:
    under_way, found = _with_open_order(), Sorted()
    for card in cards:
        if CardState(card.state) not in CLOSABLE:
            found.add(card, _(WORDS[CardState.CLOSING]) % {"state": card.get_state_display().lower()})
        else:
            waits = _named(card) in under_way
            found.add(card, _("Another order on this card is still under way.") if waits else "")
    return found


@dataclass(frozen=True)
class Recharges:
    """What fits, and what all of it costs."""

    sorted: Sorted
    quotes: dict[int | None, OrderQuote]  # by BIN; a recharge costs the same for every card of one

    @property
    def total(self) -> Decimal:
        return sum((self.quotes[card.bin_id].total for card in self.sorted.fit), Decimal(0))

    @property
    def received(self) -> Decimal:
        return sum((self.quotes[card.bin_id].amount for card in self.sorted.fit), Decimal(0))


def to_recharge(cards: Sequence[Card], wallet: Wallet, amount: Decimal) -> Recharges:
    """Each card against the rules of one recharge; whether the wallet can pay all of them is told by the total."""
    closing, lately, found = _with_open_order(CardOrder.Kind.CLOSE), _recharged_lately(amount), Sorted()
    quotes: dict[int | None, OrderQuote] = {}
    refused: dict[int | None, str] = {}
    for card in cards:
        if card.bin_id not in quotes and card.bin_id not in refused and card.bin is not None:
            try:
                quotes[card.bin_id] = quote_recharge(card=card, wallet=wallet, amount=amount)
            except DomainError as exc:
                refused[card.bin_id] = exc.message
        found.add(card, _why_not_recharged(card, wallet, quotes, refused, closing, lately))
    return Recharges(found, quotes)


def _why_not_recharged(card: Card, wallet: Wallet, quotes: dict, refused: dict, closing: set, lately: set) -> str:
    if CardState(card.state) not in RECHARGEABLE:
        return _("This card is %(state)s; it cannot be recharged now.") % {"state": card.get_state_display().lower()}
    if card.bin is None:
        return _("The BIN of this card is not known yet.")
    if card.bin_id in refused:
        return refused[card.bin_id]
    if _named(card) in closing:
        return _("This card is being closed.")
    if card.pk in lately:
        return _("The same amount was put on this card a moment ago.")
    try:
        require_rechargeable(card=card, wallet=wallet, quote=quotes[card.bin_id])
    except DomainError as exc:
        return exc.message
    return ""


def to_ask(rows: Sequence[Card | CardOrder]) -> Sorted:
    found = Sorted()
    for row in rows:
        known = row.provider_id or row.merchant_ref
        found.add(row, "" if known else _("Nothing is known by which to ask for it."))
    return found


def to_look_up(orders: Sequence[CardOrder]) -> Sorted:
    label = CardOrder._meta.label_lower
    waiting = set(
        Call.objects.filter(state__in=WAITING, target__startswith=f"{label}:").values_list("target", flat=True)
    )
    found = Sorted()
    for order in orders:
        found.add(order, "" if order.ref in waiting else _("No call of it is in doubt."))
    return found


# --- facts for all rows at once; open things are few, however many rows there are -------------------------------------


def _named(card: Card) -> tuple[int, str]:
    return (card.account_id, card.provider_id)


def _busy(model: type[Card]) -> set[str]:
    """The refs of rows that have an open call."""
    label = model._meta.label_lower
    calls = Call.objects.filter(state__in=Call.OPEN, target__startswith=f"{label}:")
    return set(calls.values_list("target", flat=True))


def _with_open_order(kind: str = "") -> set[tuple[int, str]]:
    """Cards by account and number that an order, or one of this kind, is open for."""
    rows = CardOrder.objects.filter(state__in=UNSETTLED)
    rows = rows.filter(kind=kind) if kind else rows
    return set(rows.values_list("account_id", "card_provider_id"))


def _recharged_lately(amount: Decimal) -> set[int]:
    since = timezone.now() - SAME_AGAIN
    rows = CardOrder.objects.filter(kind=CardOrder.Kind.RECHARGE, amount=amount, created_at__gt=since)
    return set(rows.exclude(state__in=[OrderState.FAILED, OrderState.WITHDRAWN]).values_list("card_id", flat=True))
