"""Worlds to start from: a small one for tests, and the one that the contract's examples tell of."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from backoffice.providers.emulator import exact
from backoffice.providers.emulator.rows import (
    App,
    Bill,
    Bin,
    Card,
    Fee,
    Holder,
    Limits,
    Order,
    Wallet,
    WalletRow,
)
from backoffice.providers.emulator.world import World

CUSTOMER_ID, APP_ID, KEY = 10001001, 100001, "ae9ae3f5ad284ef4836de18aa3d41c47"


def small_world(
    *, balance: Decimal | int = 5000, currency: str = "USD", callback_url: str = "", **world_details: Any
) -> World:
    """One app, one wallet with money, one virtual BIN: opening 1.50, recharge 1 % and at least 0.50."""
    world = World(**world_details)
    app = world.app(CUSTOMER_ID, APP_ID, KEY, callback_url=callback_url)
    add_wallet(world, app, currency, balance)
    add_bin(world, currency=currency)
    return world


def add_wallet(world: World, app: App, currency: str, balance: Decimal | int = 0, **details: Any) -> Wallet:
    """A wallet, its balance explained by one top-up."""
    wallet = Wallet(
        **{"wallet_id": world.ids.of("wid"), "create_at": world.stamp(), **details}, owner=app.owner, currency=currency
    )
    world.wallets[wallet.wallet_id] = wallet
    if balance:
        _top_up(world, app, wallet, Decimal(balance))
    return wallet


def add_bin(world: World, **details: Any) -> Bin:
    """A BIN; without details a virtual one for advertising."""
    usual = {
        "bin_id": world.ids.bin_id(),
        "bin": "493875",
        "bin_name": "VISA 493875 advertising",
        "organization": "VISA",
        "currency": "USD",
        "fees": [opening_fee("1.50"), recharge_fee("0.01", at_least="0.50")],
    }
    bin_ = Bin(**{**usual, **details})
    world.bins[bin_.bin_id] = bin_
    return bin_


def opening_fee(value: str) -> Fee:
    return Fee(code="open", category="opening_fee", value=Decimal(value))


def recharge_fee(rate: str, *, at_least: str = "0", at_most: str = "0") -> Fee:
    return Fee(
        code="recharge",
        category="recharge_fee",
        is_rate=True,
        value=Decimal(rate),
        min_fee=Decimal(at_least),
        max_fee=Decimal(at_most),
    )


def closing_fee(value: str) -> Fee:
    return Fee(code="close", category="closing_fee", value=Decimal(value))


def add_card(world: World, app: App, bin_: Bin, **details: Any) -> Card:
    """A card as if it had long been open; its money is not traced to a wallet."""
    usual = {
        "card_id": world.ids.of("cid"),
        "order_id": world.ids.of("ord"),
        "out_order_id": "",
        "card_no": world.ids.card_no(),
        "cvv": world.ids.cvv(),
        "expiry": "03/28",
        "create_at": world.stamp(),
        "use_at": world.stamp(),
    }
    card = Card(**{**usual, **details}, owner=app.owner, bin_id=bin_.bin_id)
    world.cards[card.card_id] = card
    return card


def example_world(folder: Path, **world_details: Any) -> World:
    """The world of the contract's examples, read from its fixture files."""
    world = World(**{"now": datetime(2025, 3, 21, tzinfo=UTC), **world_details})
    app = world.app(CUSTOMER_ID, APP_ID, KEY)
    for wallet in _data(folder, "api.wallet.list")["wallet_list"]:
        wallet["status"] = world.tables.name("wallet_status", wallet["status"])
        world.wallets[wallet["wallet_id"]] = Wallet(owner=app.owner, **_money(wallet, "balance", "frozen_balance"))
    rows = _data(folder, "api.wallet.transaction.list")["transaction_list"][::-1]
    rows += _data(folder, "api.wallet.transaction.detail.exchange")["transaction_list"]
    world.wallet_rows = [_wallet_row(world, app, row) for row in rows]
    for shape in _data(folder, "api.card.bin.list")["bin_list"]:
        world.bins[shape["bin_id"]] = _bin(world, folder, shape)
    for shape in _data(folder, "api.card.holder.list")["holder_list"]:
        holder = _holder(app, shape)
        world.holders[holder.holder_id] = holder
    for shape in _data(folder, "api.card.order.list")["order_list"][::-1]:
        world.orders_by_id[shape["order_id"]] = _order(world, app, folder, shape)
    app.used_ids = {"orders": list(world.orders), "holders": [row.out_holder_id for row in world.holders.values()]}
    for shape in _data(folder, "api.card.list")["card_list"][::-1]:
        world.cards[shape["card_id"]] = _card(world, app, folder, shape)
    return world


def _top_up(world: World, app: App, wallet: Wallet, amount: Decimal) -> None:
    number = world.tables.number("transaction_type", "recharge")
    wallet.balance = amount
    world.wallet_rows.append(
        WalletRow(
            wallet_id=wallet.wallet_id,
            owner=app.owner,
            transaction_id=world.ids.transaction_id(number, world.now(), app.customer_id),
            out_transaction_id="",
            income=True,
            kind="recharge",
            amount=amount,
            currency=wallet.currency,
            before_balance=Decimal(0),
            after_balance=amount,
            create_at=wallet.create_at,
            remark="bank transfer",
        )
    )


def _data(folder: Path, name: str) -> dict[str, Any]:
    return exact.loads((folder / f"{name}.response.json").read_text())["data"]


def _money(shape: dict[str, Any], *names: str) -> dict[str, Any]:
    return {**shape, **{name: Decimal(shape[name]) for name in names}}


def _wallet_row(world: World, app: App, shape: dict[str, Any]) -> WalletRow:
    kept = ("transaction_id", "out_transaction_id", "record_id", "currency", "reject_reason", "remark", "create_at")
    wallet = next(wallet for wallet in world.wallets.values() if wallet.currency == shape["currency"])
    return WalletRow(
        **{name: shape[name] for name in kept},
        amount=Decimal(shape["amount"]),
        before_balance=Decimal(shape["before_balance"]),
        after_balance=Decimal(shape["after_balance"]),
        wallet_id=wallet.wallet_id,
        owner=app.owner,
        income=shape["in_out_type"] == world.tables.number("in_out", "income"),
        kind=world.tables.name("transaction_type", shape["transaction_type"]),
        status=world.tables.name("transaction_status", shape["status"]),
    )


def _bin(world: World, folder: Path, shape: dict[str, Any]) -> Bin:
    bin_ = Bin(
        **{name: shape[name] for name in ("bin_id", "bin", "bin_name", "organization", "country", "currency", "mark")},
        type=world.tables.name("bin_type", shape["bin_type"]),
        mode=world.tables.name("bin_mode", shape["bin_mode"]),
        status=world.tables.name("bin_status", shape["status"]),
        need_holder=bool(shape["need_holder"]),
    )
    fees, limits = _data(folder, "api.card.bin.fee"), _data(folder, "api.card.bin.limit")
    if fees["bin_id"] == bin_.bin_id:
        bin_.fees = [_fee(world, fee) for fee in fees["fee_list"]]
    if limits["bin_id"] == bin_.bin_id:
        del limits["bin_id"], limits["currency"]
        bin_.limits = Limits(
            **_money(limits, *(name for name in limits if name.endswith(("amount", "balance", "max"))))
        )
    return bin_


def _fee(world: World, shape: dict[str, Any]) -> Fee:
    return Fee(
        code=shape["fee_code"],
        name=shape["fee_name"],
        category=world.tables.name("bill_category", shape["bill_category"]),
        is_rate=shape["charge_mode"] == world.tables.number("charge_mode", "rate"),
        value=Decimal(shape["fee_value"]),
        min_fee=Decimal(shape["min_fee"]),
        max_fee=Decimal(shape["max_fee"]),
    )


def _holder(app: App, shape: dict[str, Any]) -> Holder:
    own = {name: shape.pop(name) for name in ("holder_id", "out_holder_id", "create_at", "update_at")}
    return Holder(**own, owner=app.owner, details=shape)


def _order(world: World, app: App, folder: Path, shape: dict[str, Any]) -> Order:
    row = _money(shape, "amount", "fee", "total_amount")
    row["type"] = world.tables.name("order_type", row.pop("order_type"))
    row["card_type"] = world.tables.name("card_type", row["card_type"])
    row["status"] = world.tables.name("order_status", row["status"])
    del row["app_id"]
    return Order(**row, owner=app.owner, bills=[_bill(world, line) for line in _bills(folder, shape["order_id"])])


def _bills(folder: Path, order_id: str) -> list[dict[str, Any]]:
    for path in sorted(folder.glob("webhook.card.order.*.json")):
        order = exact.loads(json.loads(path.read_text())["event_data"])
        if order["order_id"] == order_id and order["end_at"]:
            return order["bill_list"]
    return []


def _bill(world: World, shape: dict[str, Any]) -> Bill:
    return Bill(
        bill_id=shape["bill_id"],
        income=shape["in_out_type"] == world.tables.number("bill_in_out", "income"),
        refund=shape["order_bill_type"] == world.tables.number("bill_type", "refund"),
        category=world.tables.name("bill_category", shape["bill_category"]),
        amount=Decimal(shape["amount"]),
        currency=shape["currency"],
        transaction_id=shape["transaction_id"],
        create_at=shape["create_at"],
    )


def _card(world: World, app: App, folder: Path, shape: dict[str, Any]) -> Card:
    detail = _data(folder, "api.card.detail")
    row = _money(detail if detail["card_id"] == shape["card_id"] else shape, "balance", "limit")
    row["status"] = world.tables.name("card_status", row["status"])
    del row["app_id"]
    return Card(**row, owner=app.owner, create_at=world.orders_by_id[row["order_id"]].create_at)
