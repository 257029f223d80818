"""Card orders: openings and recharges are accepted here and end later; all orders are read here."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from backoffice.providers.emulator import acts, ledger, pricing, wire
from backoffice.providers.emulator.openapi.bins import bin_of
from backoffice.providers.emulator.openapi.cards import card_of
from backoffice.providers.emulator.openapi.fields import PAGING, WINDOW, Field, amount, integer, reference, structure
from backoffice.providers.emulator.openapi.fields import text as text_of
from backoffice.providers.emulator.openapi.lists import matching, named, newest_first, page_of
from backoffice.providers.emulator.openapi.refusals import Refusal
from backoffice.providers.emulator.openapi.wallets import wallet_to_debit
from backoffice.providers.emulator.rows import App, Bin, Card, Order

if TYPE_CHECKING:
    from backoffice.providers.emulator.world import World

DELIVERY = ("name", "phone", "country", "city", "address")
OUT_ORDER_ID = Field("out_order_id", reference, required=True)
OPEN_FIELDS = (
    OUT_ORDER_ID,
    Field("bin_id", text_of(64), required=True),
    Field("wallet_id", text_of(64)),
    Field("amount", amount, required=True),
    Field("holder_id", text_of(64)),
    Field("mark", text_of(64)),
    Field("delivery", structure),
)
RECHARGE_FIELDS = (
    OUT_ORDER_ID,
    Field("card_id", text_of(64), required=True),
    Field("wallet_id", text_of(64)),
    Field("amount", amount, required=True),
    Field("mark", text_of(64)),
)
FILTERS = ("order_id", "out_order_id", "card_id")
LIST_FIELDS = (
    *PAGING,
    *(Field(name, text_of(64)) for name in FILTERS),
    Field("order_type", integer),
    Field("status", integer),
    *WINDOW,
)
READ_FIELDS = (Field("order_id", text_of(64)), Field("out_order_id", text_of(64)))


def check_opening(world: "World", arguments: dict[str, Any]) -> None:
    """A physical card needs an address to be sent to."""
    found, delivery = world.bins.get(arguments["bin_id"]), arguments.get("delivery", {})
    if found and found.type == "physical" and not all(isinstance(delivery.get(key), str) for key in DELIVERY):
        raise Refusal("parameter", "delivery is required")


def open_card(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    bin_ = bin_of(world, arguments)
    wallet = wallet_to_debit(world, app, arguments, bin_.currency)
    _check_holder(world, app, bin_, arguments)
    _check_bin(bin_)
    _check_wallet_state(wallet.status)
    _check_count(world, app, bin_)
    _check_limit(arguments["amount"], bin_.limits.open_min_amount, bin_.limits.open_max_amount)
    order = Order(
        order_id=world.ids.of("ord"),
        owner=app.owner,
        out_order_id=arguments["out_order_id"],
        type="opening",
        bin_id=bin_.bin_id,
        card_type=bin_.type,
        wallet_id=wallet.wallet_id,
        currency=bin_.currency,
        holder_id=arguments.get("holder_id", ""),
        create_at=world.stamp(),
    )
    return _accept(world, order, arguments, fee=pricing.fee_of(bin_, "open", arguments["amount"]))


def recharge_card(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    card = card_of(world, app, arguments)
    bin_ = world.bins[card.bin_id]
    wallet = wallet_to_debit(world, app, arguments, bin_.currency)
    if card.status not in {"active", "frozen"} or bin_.mode == "shared":
        raise Refusal("state")
    _check_bin(bin_)
    _check_wallet_state(wallet.status)
    _check_limit(arguments["amount"], bin_.limits.recharge_min_amount, bin_.limits.recharge_max_amount)
    _check_card_balance(bin_, card, arguments["amount"])
    order = Order(
        order_id=world.ids.of("ord"),
        owner=app.owner,
        out_order_id=arguments["out_order_id"],
        type="recharge",
        bin_id=bin_.bin_id,
        card_type=bin_.type,
        card_id=card.card_id,
        holder_id=card.holder_id,
        wallet_id=wallet.wallet_id,
        currency=bin_.currency,
        create_at=world.stamp(),
    )
    return _accept(world, order, arguments, fee=pricing.fee_of(bin_, "recharge", arguments["amount"]))


def list_orders(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    arguments = named(world, arguments, order_type="order_type", status="order_status")
    arguments |= {"type": arguments["order_type"]} if "order_type" in arguments else {}
    mine = newest_first(order for order in world.orders_by_id.values() if order.owner == app.owner)
    found = matching(mine, arguments, *FILTERS, "type", "status")
    return page_of(found, arguments, "order", lambda row: wire.listed_order(world, row))


def check_reading(world: "World", arguments: dict[str, Any]) -> None:
    if not arguments.keys() & {"order_id", "out_order_id"}:
        raise Refusal("parameter", "order_id or out_order_id is required")


def read_order(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    mine = (order for order in world.orders_by_id.values() if order.owner == app.owner)
    found = matching(mine, arguments, "order_id", "out_order_id")
    if not found:
        raise Refusal("not_found")
    return wire.order(world, found[0])


def _accept(world: "World", order: Order, arguments: dict[str, Any], *, fee: Decimal) -> dict[str, Any]:
    """Hold the money, keep the order and answer; an amount ending in .99 answers a system error after all that."""
    order.amount, order.fee, order.total_amount = arguments["amount"], fee, arguments["amount"] + fee
    order.mark = arguments.get("mark", "")
    order.settle_at = world.now() + timedelta(seconds=float(world.switches.settle_after))
    order.doom = "issuer rejected" if order.mark == "fail" or _ends_in(order.amount, "0.13") else ""
    if world.wallets[order.wallet_id].balance < order.total_amount:
        raise Refusal("balance")
    opening = order.type == "opening"
    row = ledger.hold(world, order, "card_opening" if opening else "card_recharge")
    pricing.charge(world, order, row, "open" if opening else "recharge")
    world.orders_by_id[order.order_id] = order
    acts.tell_order(world, order)
    if _ends_in(order.amount, "0.99"):
        raise Refusal("system")
    return {
        "order_id": order.order_id,
        "out_order_id": order.out_order_id,
        "status": world.tables.number("order_status", "processing"),
    }


def _check_holder(world: "World", app: App, bin_: Bin, arguments: dict[str, Any]) -> None:
    wanted = arguments.get("holder_id")
    holder = world.holders.get(wanted) if wanted else None
    known = holder is not None and holder.owner == app.owner and not holder.deleted
    if (wanted or bin_.need_holder) and not known:
        raise Refusal("holder")


def _check_bin(bin_: Bin) -> None:
    if bin_.status != "available":
        raise Refusal("bin")


def _check_wallet_state(status: str) -> None:
    if status != "normal":
        raise Refusal("wallet")


def _check_count(world: "World", app: App, bin_: Bin) -> None:
    cards = sum(card.owner == app.owner and card.bin_id == bin_.bin_id for card in world.cards.values())
    under_way = sum(
        order.owner == app.owner
        and order.bin_id == bin_.bin_id
        and order.type == "opening"
        and order.status == "processing"
        for order in world.orders_by_id.values()
    )
    if bin_.limits.max_card_count and cards + under_way >= bin_.limits.max_card_count:
        raise Refusal("count")


def _check_limit(value: Decimal, lowest: Decimal, highest: Decimal) -> None:
    if not lowest <= value <= highest:
        raise Refusal("limit")


def _check_card_balance(bin_: Bin, card: Card, value: Decimal) -> None:
    highest = bin_.limits.card_max_balance
    if highest and card.balance + value > highest:
        raise Refusal("limit")


def _ends_in(value: Decimal, tail: str) -> bool:
    return value % 1 == Decimal(tail)
