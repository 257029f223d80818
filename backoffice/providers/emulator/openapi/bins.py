"""BINs: what cards can be opened, at what price, within which limits."""

from typing import TYPE_CHECKING, Any

from backoffice.providers.emulator import wire
from backoffice.providers.emulator.openapi.fields import PAGING, Field, integer, text
from backoffice.providers.emulator.openapi.lists import page_of
from backoffice.providers.emulator.openapi.refusals import Refusal
from backoffice.providers.emulator.rows import App, Bin

if TYPE_CHECKING:
    from backoffice.providers.emulator.world import World

LIST_FIELDS = (*PAGING, Field("bin_type", integer), Field("bin_mode", integer), Field("status", integer))
READ_FIELDS = (Field("bin_id", text(64), required=True),)


def list_bins(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    shapes = [wire.bin_(world, row) for row in world.bins.values()]
    wanted = {name: arguments[name] for name in ("bin_type", "bin_mode", "status") if name in arguments}
    found = [shape for shape in shapes if all(shape[name] == value for name, value in wanted.items())]
    return page_of(found, arguments, "bin", lambda shape: shape)


def read_bin(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    return wire.bin_(world, bin_of(world, arguments))


def read_bin_fees(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    found = bin_of(world, arguments)
    fees = [wire.fee(world, fee) for fee in found.fees]
    return {"bin_id": found.bin_id, "currency": found.currency, "fee_list": fees}


def read_bin_limits(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    return wire.limits(world, bin_of(world, arguments))


def bin_of(world: "World", arguments: dict[str, Any]) -> Bin:
    found = world.bins.get(arguments["bin_id"])
    if not found:
        raise Refusal("not_found")
    return found
