"""Card holders, made and changed at once."""

from typing import TYPE_CHECKING, Any

from backoffice.providers.emulator import wire
from backoffice.providers.emulator.openapi.fields import PAGING, Field, between, country, day, reference, text
from backoffice.providers.emulator.openapi.lists import matching, newest_first, page_of
from backoffice.providers.emulator.openapi.refusals import Refusal
from backoffice.providers.emulator.rows import App, Holder

if TYPE_CHECKING:
    from backoffice.providers.emulator.world import World

LAST_STATES = {"closed", "replaced"}
OPTIONAL = {"bin_id", "id_type", "id_no"}
READERS = {
    "bin_id": text(64),
    "first_name": text(64),
    "last_name": text(64),
    "email": text(128),
    "phone_code": text(8),
    "phone": text(32),
    "birthday": day,
    "nationality": country,
    "id_type": between(1, 3),
    "id_no": text(64),
    "country": country,
    "state": text(64),
    "city": text(64),
    "address": text(255),
    "post_code": text(16),
}
HOLDER = Field("holder_id", text(64), required=True)
LIST_FIELDS = (*PAGING, Field("holder_id", text(64)), Field("out_holder_id", text(64)), Field("email", text(128)))
CREATE_FIELDS = (
    Field("out_holder_id", reference, required=True),
    *(Field(name, read, required=name not in OPTIONAL) for name, read in READERS.items()),
)
UPDATE_FIELDS = (HOLDER, *(Field(name, read) for name, read in READERS.items()))
READ_FIELDS = (HOLDER,)


def list_holders(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    mine = newest_first(row for row in world.holders.values() if row.owner == app.owner and not row.deleted)
    found = matching(mine, arguments, "holder_id", "out_holder_id")
    found = [row for row in found if arguments.get("email", row.details.get("email")) == row.details.get("email")]
    return page_of(found, arguments, "holder", lambda row: wire.holder(world, row))


def create_holder(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    holder = Holder(
        holder_id=world.ids.of("hid"),
        owner=app.owner,
        out_holder_id=arguments["out_holder_id"],
        create_at=world.stamp(),
        update_at=world.stamp(),
        details={name: arguments.get(name, "") for name in READERS},
    )
    world.holders[holder.holder_id] = holder
    return {"holder_id": holder.holder_id, "out_holder_id": holder.out_holder_id}


def update_holder(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    """Change what was sent; names are locked once a card is open on the holder."""
    holder = _holder_of(world, app, arguments)
    changes = {name: arguments[name] for name in READERS if name in arguments}
    if changes.keys() & {"first_name", "last_name"} and _has_open_card(world, holder):
        raise Refusal("state")
    holder.details |= changes
    holder.update_at = world.stamp()
    return {"holder_id": holder.holder_id}


def read_holder(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    return wire.holder(world, _holder_of(world, app, arguments))


def delete_holder(world: "World", app: App, arguments: dict[str, Any]) -> dict[str, Any]:
    holder = _holder_of(world, app, arguments)
    if _has_open_card(world, holder):
        raise Refusal("in_use")
    holder.deleted = True
    return {"holder_id": holder.holder_id}


def _holder_of(world: "World", app: App, arguments: dict[str, Any]) -> Holder:
    holder = world.holders.get(arguments["holder_id"])
    if not holder or holder.owner != app.owner or holder.deleted:
        raise Refusal("not_found")
    return holder


def _has_open_card(world: "World", holder: Holder) -> bool:
    cards = (card for card in world.cards.values() if card.holder_id == holder.holder_id)
    return any(card.status not in LAST_STATES for card in cards)
