"""What the provider does on its own side, with no call for it: money in, cards lost or replaced, spending."""

from decimal import Decimal
from typing import TYPE_CHECKING

from backoffice.providers.emulator import ledger, wire
from backoffice.providers.emulator.rows import ZERO, Card, Order, Trade, WalletRow

if TYPE_CHECKING:
    from backoffice.providers.emulator.world import World

LATE_AMOUNT = Decimal("4.20")
ORDER_EVENTS = {"processing": "order_processing", "success": "order_success", "failed": "order_failed"}


def deposit(world: "World", wallet_id: str, amount: Decimal, *, out_id: str = "", remark: str = "") -> WalletRow:
    """Put money into a wallet."""
    with world.lock:
        row = ledger.write_row(
            world, world.wallets[wallet_id], amount=amount, kind="recharge", out_id=out_id, remark=remark
        )
        ledger.announce(world, row)
        return row


def freeze_wallet(world: "World", wallet_id: str) -> None:
    """Refuse debits of a wallet from now on."""
    _change_wallet(world, wallet_id, "frozen", "wallet_frozen")


def unfreeze_wallet(world: "World", wallet_id: str) -> None:
    _change_wallet(world, wallet_id, "normal", "wallet_unfrozen")


def report_lost(world: "World", card_id: str) -> None:
    """Block a card as lost."""
    with world.lock:
        card = world.cards[card_id]
        _require(card, "pending", "active", "frozen")
        card.status = "lost"
        tell_card(world, card, "card_lost")


def replace_card(world: "World", card_id: str) -> Card:
    """Replace a lost card by a new one that carries its balance over."""
    with world.lock:
        old = world.cards[card_id]
        _require(old, "lost")
        new = _successor(world, old)
        order = _replacement_order(world, old, new)
        new.order_id = order.order_id
        old.status, old.end_at, old.balance = "replaced", world.stamp(), ZERO
        world.cards[new.card_id], world.orders_by_id[order.order_id] = new, order
        tell_card(world, old, "card_replaced")
        tell_order(world, order)
        if new.status == "active":
            tell_card(world, new, "card_active")
        return new


def spend(world: "World", card_id: str, amount: Decimal, *, merchant_name: str = "ACME CLOUD DUBLIN") -> Trade:
    """A purchase, cleared at once; one above the balance of an open card, or ending in .13, is declined."""
    with world.lock:
        card = world.cards[card_id]
        declined = _declined(card, amount)
        card.balance -= ZERO if declined else amount
        trade = Trade(
            trade_id=world.ids.of("trd"),
            owner=card.owner,
            card_id=card_id,
            bin_id=card.bin_id,
            card_no=card.card_no,
            type="purchase",
            result="failed" if declined else "success",
            amount=amount,
            currency=world.bins[card.bin_id].currency,
            settle_amount=ZERO if declined else amount,
            card_balance=card.balance,
            merchant_name=merchant_name,
            merchant_mcc="7372",
            merchant_country="IE",
            merchant_city="DUBLIN",
            fail_reason=declined,
            create_at=world.stamp(),
            settle_time="" if declined else world.stamp(),
        )
        world.trades.append(trade)
        world.emit(world.apps[card.owner], f"trade_{trade.result}", wire.trade(world, trade))
        return trade


def tell_card(world: "World", card: Card, event: str) -> None:
    world.emit(world.apps[card.owner], event, wire.card(world, card))


def tell_order(world: "World", order: Order) -> None:
    world.emit(world.apps[order.owner], ORDER_EVENTS[order.status], wire.order(world, order))


def _change_wallet(world: "World", wallet_id: str, status: str, event: str) -> None:
    with world.lock:
        wallet = world.wallets[wallet_id]
        wallet.status = status
        world.emit(world.apps[wallet.owner], event, wire.wallet_event(world, wallet))


def _require(card: Card, *statuses: str) -> None:
    if card.status not in statuses:
        raise ValueError(f"card {card.card_id} is {card.status}")


def _declined(card: Card, amount: Decimal) -> str:
    if amount % 1 == Decimal("0.13"):
        return "declined by the issuer"
    if card.status == "closed":
        return ""
    if card.status != "active":
        return "card not active"
    return "insufficient balance" if amount > card.balance else ""


def _successor(world: "World", old: Card) -> Card:
    is_virtual = world.bins[old.bin_id].type == "virtual"
    return Card(
        card_id=world.ids.of("cid"),
        owner=old.owner,
        order_id="",
        out_order_id="",
        bin_id=old.bin_id,
        holder_id=old.holder_id,
        card_no=world.ids.card_no(),
        expiry=old.expiry,
        cvv=world.ids.cvv(),
        pin="" if is_virtual else world.ids.pin(),
        balance=old.balance,
        limit=old.limit,
        status="active" if is_virtual else "pending",
        use_at=world.stamp() if is_virtual else "",
        mark=old.mark,
        create_at=world.stamp(),
    )


def _replacement_order(world: "World", old: Card, new: Card) -> Order:
    opening = world.orders_by_id.get(old.order_id)
    return Order(
        order_id=world.ids.of("ord"),
        owner=old.owner,
        out_order_id="",
        type="replacement",
        bin_id=old.bin_id,
        card_type=world.bins[old.bin_id].type,
        wallet_id=opening.wallet_id if opening else "",
        currency=world.bins[old.bin_id].currency,
        amount=old.balance,
        total_amount=old.balance,
        card_id=new.card_id,
        holder_id=old.holder_id,
        mark=old.mark,
        status="success",
        create_at=world.stamp(),
        end_at=world.stamp(),
    )
