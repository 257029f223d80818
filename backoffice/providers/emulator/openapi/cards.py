"""Cards: read, activated, frozen, set free, closed; and the trades on them."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from backoffice.providers.emulator import acts, pricing, wire
from backoffice.providers.emulator.openapi.fields import PAGING, WINDOW, Field, digits, integer, reference, text
from backoffice.providers.emulator.openapi.lists import matching, named, newest_first, page_of
from backoffice.providers.emulator.openapi.refusals import Refusal
from backoffice.providers.emulator.openapi.wallets import wallet_to_debit
from backoffice.providers.emulator.rows import App, Card, Order

if TYPE_CHECKING:
    from backoffice.providers.emulator.world import World

FILTERS = ("card_id", "order_id", "out_order_id", "bin_id", "holder_id")
LIST_FIELDS = (*PAGING, *(Field(name, text(64)) for name in FILTERS), Field("status", integer), *WINDOW)
CARD = Field("card_id", text(64), required=True)
READ_FIELDS = (CARD,)
ACTIVATE_FIELDS = (CARD, Field("active_code", text(64)), Field("pin", digits(6)))
STATE_FIELDS = (CARD, Field("reason", text(200)))
CLOSE_FIELDS = (CARD, Field("out_order_id", reference, required=True), Field("reason", text(200)))
TRADE_FIELDS = (
    *PAGING,
    Field("card_id", text(64)),
    Field("trade_id", text(64)),
    Field("trade_type", integer),
    Field("trade_result", integer),
    *WINDOW,
)


def list_cards(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    arguments = named(world, arguments, status="card_status")
    mine = newest_first(card for card in world.cards.values() if card.owner == app.owner)
    found = matching(mine, arguments, *FILTERS, "status")
    return page_of(found, arguments, "card", lambda row: wire.listed_card(world, row))


def read_card(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    return wire.card(world, card_of(world, app, arguments))


def activate_card(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    card = _in_state(world, app, arguments, "pending")
    card.use_at, card.pin = world.stamp(), arguments.get("pin", card.pin)
    return _changed(world, card, "active", "card_active")


def freeze_card(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    return _changed(world, _in_state(world, app, arguments, "active"), "frozen", "card_frozen")


def unfreeze_card(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    return _changed(world, _in_state(world, app, arguments, "frozen"), "active", "card_unfrozen")


def close_card(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    """Start a closing, which is an order of its own; the reason `fail` lets it fail in the end."""
    card = _in_state(world, app, arguments, "pending", "active", "frozen", "lost")
    order = _closing(world, app, card, arguments)
    world.orders_by_id[order.order_id] = order
    card.status, card.close_at = "closing", world.stamp()
    acts.tell_card(world, card, "card_closing")
    acts.tell_order(world, order)
    return {
        "card_id": card.card_id,
        "order_id": order.order_id,
        "status": world.tables.number("card_status", "closing"),
    }


def list_trades(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    shapes = [
        wire.trade(world, row)
        for row in matching(
            newest_first(trade for trade in world.trades if trade.owner == app.owner), arguments, "card_id", "trade_id"
        )
    ]
    wanted = {name: arguments[name] for name in ("trade_type", "trade_result") if name in arguments}
    found = [shape for shape in shapes if all(shape[name] == value for name, value in wanted.items())]
    return page_of(found, arguments, "trade", lambda shape: shape)


def card_of(world: "World", app: App, arguments: dict[str, Any]) -> Card:
    card = world.cards.get(arguments["card_id"])
    if not card or card.owner != app.owner:
        raise Refusal("not_found")
    return card


def _in_state(world: "World", app: App, arguments: dict[str, Any], *states: str) -> Card:
    card = card_of(world, app, arguments)
    if card.status not in states:
        raise Refusal("state")
    return card


def _changed(world: "World", card: Card, status: str, event: str) -> dict[str, Any]:
    card.status = status
    acts.tell_card(world, card, event)
    return {"card_id": card.card_id, "status": world.tables.number("card_status", status)}


def _closing(world: "World", app: App, card: Card, arguments: dict[str, Any]) -> Order:
    bin_ = world.bins[card.bin_id]
    amount = max(card.balance, pricing.ZERO)
    fee = min(pricing.fee_of(bin_, "close", amount), amount)
    return Order(
        order_id=world.ids.of("ord"),
        owner=app.owner,
        out_order_id=arguments["out_order_id"],
        type="closing",
        bin_id=card.bin_id,
        card_type=bin_.type,
        card_id=card.card_id,
        holder_id=card.holder_id,
        wallet_id=_wallet_of(world, app, card, bin_.currency),
        currency=bin_.currency,
        amount=amount,
        fee=fee,
        total_amount=amount - fee,
        create_at=world.stamp(),
        settle_at=world.now() + timedelta(seconds=float(world.switches.close_after)),
        doom="issuer rejected" if arguments.get("reason") == "fail" else "",
        card_status_before=card.status,
    )


def _wallet_of(world: "World", app: App, card: Card, currency: str) -> str:
    opening = world.orders_by_id.get(card.order_id)
    return (opening and opening.wallet_id) or wallet_to_debit(world, app, {}, currency).wallet_id
