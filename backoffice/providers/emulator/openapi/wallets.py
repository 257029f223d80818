"""Wallets and their rows."""

from typing import TYPE_CHECKING, Any

from backoffice.providers.emulator import wire
from backoffice.providers.emulator.openapi.fields import PAGING, WINDOW, Field, integer, text
from backoffice.providers.emulator.openapi.lists import matching, named, newest_first, page_of
from backoffice.providers.emulator.openapi.refusals import Refusal
from backoffice.providers.emulator.rows import App, Wallet

if TYPE_CHECKING:
    from backoffice.providers.emulator.world import World

LIST_FIELDS = (*PAGING, Field("currency", text(10)), Field("status", integer))
READ_FIELDS = (Field("wallet_id", text(64), required=True),)
ROW_LIST_FIELDS = (
    *PAGING,
    Field("wallet_id", text(64)),
    Field("currency", text(10)),
    Field("in_out_type", integer),
    Field("transaction_type", integer),
    Field("status", integer),
    *WINDOW,
)
ROW_READ_FIELDS = (Field("transaction_id", text(64), required=True),)


def list_wallets(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    arguments = named(world, arguments, status="wallet_status")
    mine = sorted(_mine(world, app), key=lambda wallet: wallet.create_at, reverse=True)
    return page_of(
        matching(mine, arguments, "currency", "status"), arguments, "wallet", lambda row: wire.wallet(world, row)
    )


def read_wallet(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    wallet = world.wallets.get(arguments["wallet_id"])
    if not wallet or wallet.owner != app.owner:
        raise Refusal("not_found")
    return wire.wallet(world, wallet)


def list_wallet_rows(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    arguments = named(world, arguments, transaction_type="transaction_type", status="transaction_status")
    arguments |= {"kind": arguments["transaction_type"]} if "transaction_type" in arguments else {}
    rows = matching(
        newest_first(row for row in world.wallet_rows if row.owner == app.owner),
        arguments,
        "wallet_id",
        "currency",
        "kind",
        "status",
    )
    shapes = [wire.wallet_row(world, row) for row in rows]
    if "in_out_type" in arguments:
        shapes = [shape for shape in shapes if shape["in_out_type"] == arguments["in_out_type"]]
    return page_of(shapes, arguments, "transaction", lambda shape: shape)


def read_wallet_row(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    """One row as a rule, two for an exchange, none for an id that nobody knows."""
    rows = (row for row in world.wallet_rows if row.owner == app.owner)
    found = [row for row in rows if row.transaction_id == arguments["transaction_id"]]
    return {"transaction_list": [wire.wallet_row(world, row) for row in found]}


def wallet_to_debit(world: "World", app: App, arguments: dict[str, Any], currency: str) -> Wallet:
    """The wallet an order names, or the app's in that currency; one that is missing or not usable is refused."""
    named_id = arguments.get("wallet_id")
    found = [wallet for wallet in _mine(world, app) if wallet.wallet_id == named_id or not named_id]
    usable = [wallet for wallet in found if wallet.currency == currency]
    if not usable:
        raise Refusal("wallet")
    return usable[0]


def _mine(world: "World", app: App) -> list[Wallet]:
    return [wallet for wallet in world.wallets.values() if wallet.owner == app.owner]
