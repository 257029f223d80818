"""How accepted orders end: money booked, card made, loaded or closed, events written."""

from datetime import datetime
from typing import TYPE_CHECKING

from backoffice.providers.emulator import acts, exact, ledger, openapi, pricing
from backoffice.providers.emulator.rows import ZERO, Card, LateCall, Order

if TYPE_CHECKING:
    from backoffice.providers.emulator.world import World

CARD_YEARS = 3


def settle_due(world: "World") -> None:
    """Carry out late calls and end the orders whose time has come, oldest first."""
    with world.lock:
        now = world.now()
        calls = [late for late in world.late_calls if late.due <= now]
        world.late_calls = [late for late in world.late_calls if late.due > now]
        for late in sorted(calls, key=lambda late: late.due):
            _carry_out(world, late)
        orders = [order for order in world.orders_by_id.values() if _is_due(order, now)]
        for order in sorted(orders, key=lambda order: order.settle_at or now):
            settle(world, order)
        if calls or orders:
            world.save()


def next_due(world: "World") -> datetime | None:
    """The next moment at which something happens by itself."""
    with world.lock:
        moments = [order.settle_at for order in world.orders_by_id.values() if order.status == "processing"]
        moments += [letter.due for letter in world.letters if letter.state == "waiting"]
        moments += [late.due for late in world.late_calls]
        return min((moment for moment in moments if moment), default=None)


def settle(world: "World", order: Order) -> None:
    """End one order now."""
    order.end_at, order.settle_at = world.stamp(), None
    {"opening": _end_opening, "recharge": _end_recharge, "closing": _end_closing}[order.type](world, order)


def _is_due(order: Order, now: datetime) -> bool:
    return order.status == "processing" and order.settle_at is not None and order.settle_at <= now


def _carry_out(world: "World", late: LateCall) -> None:
    openapi.perform(world, world.apps[late.owner], late.call, exact.loads(late.arguments))


def _end_opening(world: "World", order: Order) -> None:
    if order.doom:
        _fail(world, order)
        return
    card = _new_card(world, order)
    world.cards[card.card_id] = card
    order.card_id = card.card_id
    _succeed(world, order)
    if card.status == "active":
        acts.tell_card(world, card, "card_active")


def _end_recharge(world: "World", order: Order) -> None:
    card = world.cards[order.card_id]
    if card.status not in {"active", "frozen"}:
        order.doom = order.doom or "card not usable"
    if order.doom:
        _fail(world, order)
        return
    card.balance += order.amount
    card.limit += order.amount
    _succeed(world, order)


def _end_closing(world: "World", order: Order) -> None:
    card = world.cards[order.card_id]
    if order.doom:
        card.status, card.close_at = order.card_status_before, ""
        order.status, order.fail_reason = "failed", order.doom
        acts.tell_order(world, order)
        return
    _pay_out(world, order, card)
    card.status, card.end_at, order.status = "closed", world.stamp(), "success"
    acts.tell_order(world, order)
    acts.tell_card(world, card, "card_closed")
    if world.switches.late_settlement:
        acts.spend(world, card.card_id, acts.LATE_AMOUNT, merchant_name="LATE CLEARING")


def _pay_out(world: "World", order: Order, card: Card) -> None:
    """Give the card's balance, less the fee, back in one row; nothing to give back writes no row and no bill."""
    order.amount = max(card.balance, ZERO)
    order.fee = min(pricing.fee_of(world.bins[card.bin_id], "close", order.amount), order.amount)
    order.total_amount = order.amount - order.fee
    card.balance -= order.amount
    if not order.total_amount:
        return
    row = ledger.write_row(
        world,
        world.wallets[order.wallet_id],
        amount=order.total_amount,
        kind="card_closing",
        record_id=order.order_id,
        out_id=order.out_order_id,
    )
    order.bills.append(pricing.bill(world, row, order.amount, "principal", refund=True))
    if order.fee:
        order.bills.append(pricing.bill(world, row, order.fee, "closing_fee"))
    ledger.announce(world, row)


def _succeed(world: "World", order: Order) -> None:
    order.status = "success"
    ledger.take_held(world, order)
    acts.tell_order(world, order)


def _fail(world: "World", order: Order) -> None:
    order.status, order.fail_reason = "failed", order.doom
    pricing.refund(world, order, ledger.give_back(world, order))
    acts.tell_order(world, order)


def _new_card(world: "World", order: Order) -> Card:
    now, is_virtual = world.now(), order.card_type == "virtual"
    return Card(
        card_id=world.ids.of("cid"),
        owner=order.owner,
        order_id=order.order_id,
        out_order_id=order.out_order_id,
        bin_id=order.bin_id,
        holder_id=order.holder_id,
        card_no=world.ids.card_no(),
        expiry=f"{now.month:02d}/{(now.year + CARD_YEARS) % 100:02d}",
        cvv=world.ids.cvv(),
        pin="" if is_virtual else world.ids.pin(),
        balance=order.amount,
        limit=order.amount,
        status="active" if is_virtual else "pending",
        use_at=world.stamp() if is_virtual else "",
        mark=order.mark,
        create_at=world.stamp(),
    )
