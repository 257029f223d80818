"""Reads: wallets, what open calls hold of them, what is free."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Model, Q, QuerySet

from backoffice.core.money import ExactSum
from backoffice.outbox.models import Call
from wallets.models import Wallet

LEFT = Q(state=Call.State.DONE) | Q(state=Call.State.WITHDRAWN, maybe_sent=True)  # may have moved money


@dataclass(frozen=True)
class Funds:
    """A wallet's money: what the provider says is there, what our calls hold, what is left."""

    balance: Decimal | None
    reserved: Decimal

    @property
    def free(self) -> Decimal | None:
        return None if self.balance is None else self.balance - self.reserved


def wallets() -> QuerySet[Wallet]:
    return Wallet.objects.select_related("account")


def balances() -> QuerySet:
    """Currency and total balance of all wallets that we have heard of."""
    return Wallet.objects.order_by("currency").values_list("currency").annotate(ExactSum("balance"))


def holding(wallet: Wallet) -> QuerySet[Call]:
    """The calls that hold money of this wallet, by the rule of `funds_of`, oldest first."""
    left = LEFT if wallet.observed_at is None else LEFT & Q(left_at__gte=wallet.observed_at)
    calls = Call.objects.filter(reserves=wallet.ref).filter(Q(state__in=Call.OPEN) | left)
    return calls.select_related("actor").order_by("created_at", "id")


def orders_of(wallet: Wallet, most: int = 10) -> list[Model]:
    """The latest orders that this wallet pays for, of whatever app points at it."""
    return list(wallet.orders.select_related("account").order_by("-created_at", "-id")[:most])


def funds(wallet: Wallet) -> Funds:
    return funds_of([wallet])[wallet.pk]


def funds_of(rows: Iterable[Wallet]) -> dict[int, Funds]:
    """The funds of several wallets, with one query.

    What was refused or never left holds nothing. Any other reservation ends only when the wallet was observed after its
    call left: the balance then tells the outcome.
    """
    by_ref = {wallet.ref: wallet for wallet in rows}
    held = dict.fromkeys(by_ref, Decimal(0))
    calls = Call.objects.filter(reserves__in=by_ref).filter(Q(state__in=Call.OPEN) | LEFT)
    oldest = min((w.observed_at for w in by_ref.values() if w.observed_at), default=None)
    if oldest:
        calls = calls.filter(Q(state__in=Call.OPEN) | Q(left_at__gte=oldest))
    for name, state, left_at, amount in calls.values_list("reserves", "state", "left_at", "reserved_amount"):
        seen = by_ref[name].observed_at
        if state in Call.OPEN or seen is None or left_at is None or left_at >= seen:
            held[name] += amount or Decimal(0)
    return {wallet.pk: Funds(wallet.balance, held[name]) for name, wallet in by_ref.items()}
