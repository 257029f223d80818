"""OPEN-API as its contract has it: who may call, in which order a call is checked, and the answer's envelope."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from backoffice.providers.emulator import exact
from backoffice.providers.emulator.openapi import bins, cards, holders, orders, wallets
from backoffice.providers.emulator.openapi.fields import REFERENCE, Field, read_all
from backoffice.providers.emulator.openapi.refusals import Refusal
from backoffice.providers.emulator.rows import App, LateCall

if TYPE_CHECKING:
    from backoffice.providers.emulator.world import World

CALLS_A_SECOND, WRITES_A_SECOND = 10, 1
CREDENTIALS = ("customer_id", "app_id", "key")


@dataclass(frozen=True)
class Call:
    """How a call reads its fields and answers; `outside_id` is the merchant's id that it uses up, in a name space."""

    answer: Callable[["World", App, dict[str, Any]], dict[str, Any]]
    fields: tuple[Field, ...]
    check: Callable[["World", dict[str, Any]], None] | None = None
    writes: bool = False
    outside_id: tuple[str, str] | None = None


ORDER_ID, HOLDER_ID = ("out_order_id", "orders"), ("out_holder_id", "holders")
CALLS = {
    "list_wallets": Call(wallets.list_wallets, wallets.LIST_FIELDS),
    "read_wallet": Call(wallets.read_wallet, wallets.READ_FIELDS),
    "list_wallet_rows": Call(wallets.list_wallet_rows, wallets.ROW_LIST_FIELDS),
    "read_wallet_row": Call(wallets.read_wallet_row, wallets.ROW_READ_FIELDS),
    "list_bins": Call(bins.list_bins, bins.LIST_FIELDS),
    "read_bin": Call(bins.read_bin, bins.READ_FIELDS),
    "read_bin_fees": Call(bins.read_bin_fees, bins.READ_FIELDS),
    "read_bin_limits": Call(bins.read_bin_limits, bins.READ_FIELDS),
    "list_cards": Call(cards.list_cards, cards.LIST_FIELDS),
    "read_card": Call(cards.read_card, cards.READ_FIELDS),
    "activate_card": Call(cards.activate_card, cards.ACTIVATE_FIELDS, writes=True),
    "freeze_card": Call(cards.freeze_card, cards.STATE_FIELDS, writes=True),
    "unfreeze_card": Call(cards.unfreeze_card, cards.STATE_FIELDS, writes=True),
    "close_card": Call(cards.close_card, cards.CLOSE_FIELDS, writes=True, outside_id=ORDER_ID),
    "list_trades": Call(cards.list_trades, cards.TRADE_FIELDS),
    "open_card": Call(orders.open_card, orders.OPEN_FIELDS, orders.check_opening, writes=True, outside_id=ORDER_ID),
    "recharge_card": Call(orders.recharge_card, orders.RECHARGE_FIELDS, writes=True, outside_id=ORDER_ID),
    "list_orders": Call(orders.list_orders, orders.LIST_FIELDS),
    "read_order": Call(orders.read_order, orders.READ_FIELDS, orders.check_reading),
    "list_holders": Call(holders.list_holders, holders.LIST_FIELDS),
    "create_holder": Call(holders.create_holder, holders.CREATE_FIELDS, writes=True, outside_id=HOLDER_ID),
    "update_holder": Call(holders.update_holder, holders.UPDATE_FIELDS, writes=True),
    "read_holder": Call(holders.read_holder, holders.READ_FIELDS),
    "delete_holder": Call(holders.delete_holder, holders.READ_FIELDS, writes=True),
}


def answer(world: "World", call: str, given: Any, *, address: str) -> dict[str, Any]:
    """The envelope of a request; the caller holds the world's lock."""
    try:
        app = _admit(world, call, given, address)
    except Refusal as refusal:
        return envelope(world, refusal.name, refusal.message)
    return perform(world, app, call, _without_credentials(given))


def perform(world: "World", app: App, call: str, given: dict[str, Any]) -> dict[str, Any]:
    """Carry out a call that was admitted."""
    how = CALLS[call]
    used_before = _use_up(app, how, given)
    try:
        arguments = read_all(how.fields, given)
        if how.check:
            how.check(world, arguments)
        if used_before:
            raise Refusal("repeated", f"duplicate {how.outside_id[0]}" if how.outside_id else "")
        return envelope(world, "success", data=how.answer(world, app, arguments))
    except Refusal as refusal:
        return envelope(world, refusal.name, refusal.message)


def postpone(world: "World", call: str, given: Any, *, address: str, seconds: float) -> None:
    """Let an admitted call be carried out later; its sender hears nothing."""
    try:
        app = _admit(world, call, given, address)
    except Refusal:
        return
    arguments = exact.dumps(_without_credentials(given))
    due = world.now() + timedelta(seconds=seconds)
    world.late_calls.append(LateCall(owner=app.owner, call=call, arguments=arguments, due=due))


def envelope(world: "World", name: str, message: str = "", *, data: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"code": world.tables.codes[name], "message": message or world.tables.messages[name], "data": data or {}}


def _admit(world: "World", call: str, given: Any, address: str) -> App:
    """The app that asks, once its credentials, its address and its pace are in order."""
    if not isinstance(given, dict):
        raise Refusal("parameter", "body is not a JSON object")
    customer_id, app_id, key = (given.get(name) for name in CREDENTIALS)
    customers_apps = [app for app in world.apps.values() if app.customer_id == customer_id and type(customer_id) is int]
    if not isinstance(key, str) or key not in {app.key for app in customers_apps}:
        raise Refusal("key")
    app = next((app for app in customers_apps if app.app_id == app_id and type(app_id) is int), None)
    if not app or app.stopped:
        raise Refusal("app")
    if app.key != key:
        raise Refusal("key")
    if app.addresses and address not in app.addresses:
        raise Refusal("address")
    if world.switches.rate_limit:
        _check_pace(world, app, writes=CALLS[call].writes)
    return app


def _check_pace(world: "World", app: App, *, writes: bool) -> None:
    start = world.now() - timedelta(seconds=1)
    recent = [(at, wrote) for at, wrote in world.recent_calls.get(app.owner, []) if at > start]
    if len(recent) >= CALLS_A_SECOND or (writes and sum(wrote for _, wrote in recent) >= WRITES_A_SECOND):
        raise Refusal("throttled")
    world.recent_calls[app.owner] = [*recent, (world.now(), writes)]


def _use_up(app: App, how: Call, given: dict[str, Any]) -> bool:
    """Note the merchant's id of the call, whatever becomes of the call; say whether it was used before."""
    if not how.outside_id:
        return False
    name, space = how.outside_id
    used, value = app.used_ids.setdefault(space, []), given.get(name)
    if not isinstance(value, str) or not REFERENCE.fullmatch(value):
        return False
    if value in used:
        return True
    used.append(value)
    return False


def _without_credentials(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in CREDENTIALS}
