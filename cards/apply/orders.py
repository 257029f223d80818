"""All news of card orders: replies, callbacks, looks and syncs."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from backoffice.accounts.models import Account
from backoffice.accounts.registry import account_of
from backoffice.journal.models import Source
from backoffice.mirror.engine import Applied, News, mirror_page
from backoffice.mirror.watches import ask
from backoffice.providers.snapshots import BillLine, CardOrderSnapshot, OrderStatus
from cards.apply.known import FIRST_LOOK, known
from cards.models import Bin, Card, CardOrder
from cards.states import OrderState
from wallets.models import Wallet

ORDER_STATE = {
    OrderStatus.PENDING: OrderState.PROCESSING,
    OrderStatus.SUCCEEDED: OrderState.SUCCEEDED,
    OrderStatus.FAILED: OrderState.FAILED,
}


def apply_card_order(snapshot: CardOrderSnapshot, *, source: Source) -> tuple[CardOrder | None, Applied]:
    """All news of an order. One that succeeded makes us ask for its card and its wallet; one under way is watched."""
    return apply_card_orders([snapshot], source=source)[0]


@transaction.atomic
def apply_card_orders(
    snapshots: Sequence[CardOrderSnapshot], *, source: Source
) -> list[tuple[CardOrder | None, Applied]]:
    """All of one account, as a page of a list has them."""
    if not snapshots:
        return []
    account = account_of(snapshots[0].account)
    rows = {
        "bin": known(Bin, account, (snapshot.bin_id for snapshot in snapshots)),
        "card": known(Card, account, (snapshot.card_id for snapshot in snapshots)),
        "wallet": known(Wallet, account, (snapshot.wallet_id for snapshot in snapshots)),
    }
    page: list[News[CardOrder]] = [
        News(
            snapshot=snapshot,
            key=_order_key(account, snapshot),
            state=ORDER_STATE.get(snapshot.status),
            facts=_order_facts(snapshot, rows),
            birth=_order_birth(snapshot),
            watch=("cards.order", snapshot.order_id),
        )
        for snapshot in snapshots
    ]
    became = mirror_page(CardOrder, page, source=source)
    for row, applied in became:
        if row and applied in {Applied.BORN, Applied.MOVED, Applied.CHANGED}:
            _follow_up(account, row)
    return became


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


def _order_facts(snapshot: CardOrderSnapshot, rows: Mapping[str, Mapping[str | None, Any]]) -> dict[str, Any]:
    return {
        "word": snapshot.word,
        "provider_id": snapshot.order_id or None,
        "app_id": snapshot.app_id or None,
        "kind": str(snapshot.kind) if snapshot.kind else None,
        "bin": rows["bin"].get(snapshot.bin_id),
        "bin_provider_id": snapshot.bin_id,
        "card": rows["card"].get(snapshot.card_id),
        "card_provider_id": snapshot.card_id or None,
        "holder_provider_id": snapshot.holder_id,
        "wallet": rows["wallet"].get(snapshot.wallet_id),
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
