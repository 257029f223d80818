"""All news of BINs, cards and card orders ends here: replies, callbacks, looks and syncs."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from backoffice.accounts.models import Account
from backoffice.accounts.registry import account_of
from backoffice.journal.models import Source
from backoffice.mirror.engine import Applied, mirror
from backoffice.mirror.watches import ask
from backoffice.providers.snapshots import (
    BillLine,
    BinFeesSnapshot,
    BinLimitsSnapshot,
    BinSnapshot,
    BinStatus,
    CardOrderSnapshot,
    CardSnapshot,
    CardStatus,
    OrderStatus,
)
from cards import fees
from cards.models import Bin, Card, CardOrder
from cards.states import BinState, CardState, OrderState
from wallets.models import Wallet

BIN_STATE = {
    BinStatus.AVAILABLE: BinState.AVAILABLE,
    BinStatus.MAINTENANCE: BinState.MAINTENANCE,
    BinStatus.OFFLINE: BinState.OFFLINE,
}
CARD_STATE = {
    CardStatus.PENDING: CardState.PENDING,
    CardStatus.ACTIVE: CardState.ACTIVE,
    CardStatus.FROZEN: CardState.FROZEN,
    CardStatus.CLOSING: CardState.CLOSING,
    CardStatus.CLOSED: CardState.CLOSED,
    CardStatus.LOST: CardState.LOST,
    CardStatus.REPLACED: CardState.REPLACED,
}
ORDER_STATE = {
    OrderStatus.PENDING: OrderState.PROCESSING,
    OrderStatus.SUCCEEDED: OrderState.SUCCEEDED,
    OrderStatus.FAILED: OrderState.FAILED,
}


@transaction.atomic
def apply_bin(snapshot: BinSnapshot, *, source: Source) -> tuple[Bin | None, Applied]:
    """A new BIN, or one that is back on sale, is asked for its fees and limits as well."""
    account = account_of(snapshot.account)
    row, applied = mirror(
        Bin,
        snapshot,
        key={"account": account, "provider_id": snapshot.bin_id},
        state=BIN_STATE.get(snapshot.status),
        facts={
            "word": snapshot.word,
            "digits": snapshot.digits,
            "name": snapshot.name,
            "network": snapshot.network,
            "country": snapshot.country,
            "currency": snapshot.currency,
            "kind": str(snapshot.kind),
            "mode": str(snapshot.mode),
            "needs_holder": snapshot.needs_holder,
            "notes": snapshot.notes,
        },
        source=source,
        watch=("cards.bin", snapshot.bin_id),
    )
    if row and (applied in {Applied.BORN, Applied.MOVED} or not row.terms_known):
        ask(account, "cards.bin", snapshot.bin_id, why="its terms")
    return row, applied


def apply_bin_terms(
    bin_snapshot: BinSnapshot, costs: BinFeesSnapshot, limits: BinLimitsSnapshot, *, source: Source
) -> tuple[Bin | None, Applied]:
    """The whole of a BIN, asked for in three questions that belong together."""
    return mirror(
        Bin,
        bin_snapshot,
        key={"account": account_of(bin_snapshot.account), "provider_id": bin_snapshot.bin_id},
        state=BIN_STATE.get(bin_snapshot.status),
        facts={
            "word": bin_snapshot.word,
            "fees": fees.stored(costs.fees),
            "fees_observed_at": costs.observed_at,
            "limits_observed_at": limits.observed_at,
            "forbidden_countries": list(limits.forbidden_countries),
            "forbidden_mccs": list(limits.forbidden_mccs),
        }
        | {name: getattr(limits, name) for name in LIMITS},
        source=source,
    )


LIMITS = (
    "open_min",
    "open_max",
    "recharge_min",
    "recharge_max",
    "card_max_balance",
    "trade_single_max",
    "trade_day_max",
    "trade_month_max",
    "max_card_count",
)


@transaction.atomic
def apply_card(snapshot: CardSnapshot, *, source: Source) -> tuple[Card | None, Applied]:
    account = account_of(snapshot.account)
    bin = _known(Bin, account, snapshot.bin_id)
    row, applied = mirror(
        Card,
        snapshot,
        key={"account": account, "provider_id": snapshot.card_id},
        state=CARD_STATE.get(snapshot.status),
        facts={
            "word": snapshot.word,
            "bin": bin,
            "bin_provider_id": snapshot.bin_id,
            "currency": bin.currency if bin else None,
            "holder_provider_id": snapshot.holder_id,
            "order_provider_id": snapshot.order_id,
            "merchant_ref": snapshot.merchant_ref,
            "app_id": snapshot.app_id,
            "last4": snapshot.last4,
            "balance": snapshot.balance,
            "recharged": snapshot.recharged,
            "expiry": snapshot.expiry,
            "activated_at": snapshot.activated_at,
            "closing_at": snapshot.closing_at,
            "ended_at": snapshot.ended_at,
            "note": snapshot.note,
        },
        birth={"created_at": snapshot.activated_at} if source is Source.SYNC and snapshot.activated_at else {},
        source=source,
        watch=("cards.card", snapshot.card_id),
    )
    if row and applied is Applied.BORN:
        CardOrder.objects.filter(account=account, card_provider_id=row.provider_id, card=None).update(card=row)
    if row and applied is Applied.BORN and snapshot.bin_id and bin is None:
        ask(account, "cards.bin", snapshot.bin_id, why="a card of it")
    if row and not row.is_settled:
        ask(account, "cards.card", snapshot.card_id, why="not settled", after=FIRST_LOOK)
    return row, applied


@transaction.atomic
def apply_card_order(snapshot: CardOrderSnapshot, *, source: Source) -> tuple[CardOrder | None, Applied]:
    """All news of an order. One that succeeded makes us ask for its card and its wallet; one under way is watched."""
    account = account_of(snapshot.account)
    row, applied = mirror(
        CardOrder,
        snapshot,
        key=_order_key(account, snapshot),
        state=ORDER_STATE.get(snapshot.status),
        facts=_order_facts(account, snapshot),
        birth=_order_birth(snapshot),
        source=source,
        watch=("cards.order", snapshot.order_id),
    )
    if row and applied in {Applied.BORN, Applied.MOVED, Applied.CHANGED}:
        _follow_up(account, row)
    return row, applied


FIRST_LOOK = 3  # seconds: a callback is usually quicker than our first question


def _follow_up(account: Account, order: CardOrder) -> None:
    if not order.is_settled:
        ask(account, "cards.order", order.provider_id, why="not settled", after=FIRST_LOOK)
        return
    if order.fee is None:  # the news was only a status: the amounts are still to be told
        ask(account, "cards.order", order.provider_id, why="its amounts")
    if order.card_provider_id and order.state == OrderState.SUCCEEDED:
        ask(account, "cards.card", order.card_provider_id, why="its order succeeded")
    if order.wallet_provider_id:
        ask(account, "wallets.wallet", order.wallet_provider_id, why="an order of it ended")


def _order_key(account: Account, snapshot: CardOrderSnapshot) -> dict[str, Any]:
    """Ours are known by our own number, what was made elsewhere by theirs."""
    if snapshot.merchant_ref:
        return {"account": account, "merchant_ref": snapshot.merchant_ref}
    return {"account": account, "provider_id": snapshot.order_id}


def _order_facts(account: Account, snapshot: CardOrderSnapshot) -> dict[str, Any]:
    return {
        "word": snapshot.word,
        "provider_id": snapshot.order_id or None,
        "app_id": snapshot.app_id or None,
        "kind": str(snapshot.kind) if snapshot.kind else None,
        "bin": _known(Bin, account, snapshot.bin_id),
        "bin_provider_id": snapshot.bin_id,
        "card": _known(Card, account, snapshot.card_id),
        "card_provider_id": snapshot.card_id or None,
        "holder_provider_id": snapshot.holder_id,
        "wallet": _known(Wallet, account, snapshot.wallet_id),
        "wallet_provider_id": snapshot.wallet_id,
        "currency": snapshot.currency,
        "amount": snapshot.amount,
        "fee": snapshot.fee,
        "total": snapshot.total,
        "reason": snapshot.reason,
        "note": snapshot.note,
        "ended_at": snapshot.ended_at,
        "bills": None if snapshot.bills is None else [_bill(line) for line in snapshot.bills],
    }


def _order_birth(snapshot: CardOrderSnapshot) -> dict[str, Any]:
    """An order that nobody here asked for comes with its own time and, if it is not said, an unknown kind."""
    kind = {} if snapshot.kind else {"kind": CardOrder.Kind.UNKNOWN}
    return kind | ({"created_at": snapshot.created_at} if snapshot.created_at else {})


def _known(model: Any, account: Account, provider_id: str | None) -> Any:
    return model.objects.filter(account=account, provider_id=provider_id).first() if provider_id else None


def _bill(line: BillLine) -> dict[str, Any]:
    return {
        "id": line.bill_id,
        "direction": str(line.direction),
        "kind": str(line.kind),
        "category": str(line.category),
        "amount": _text(line.amount),
        "currency": line.currency,
        "transaction_id": line.transaction_id or "",
        "created_at": line.created_at.isoformat() if line.created_at else "",
    }


def _text(amount: Decimal) -> str:
    return f"{amount:f}"
