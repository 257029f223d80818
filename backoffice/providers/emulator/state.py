"""The world as a file: written whole and atomically, read back by the types of the rows."""

import json
import os
import types
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from backoffice.providers.emulator.callbacks import Letter, Sent
from backoffice.providers.emulator.rows import App, Bin, Card, Holder, LateCall, Order, Trade, Wallet, WalletRow
from backoffice.providers.emulator.switches import Switches

if TYPE_CHECKING:
    from backoffice.providers.emulator.world import World

KEPT = {
    "switches": Switches,
    "apps": dict[str, App],
    "wallets": dict[str, Wallet],
    "wallet_rows": list[WalletRow],
    "bins": dict[str, Bin],
    "holders": dict[str, Holder],
    "cards": dict[str, Card],
    "orders_by_id": dict[str, Order],
    "trades": list[Trade],
    "letters": list[Letter],
    "late_calls": list[LateCall],
    "callbacks": list[Sent],
}
KEPT_CALLBACKS = 1000


def save(world: "World", path: Path) -> None:
    """Write the world so that a crash leaves either the old file or the new one."""
    with world.lock:
        del world.callbacks[:-KEPT_CALLBACKS]
        kept = {name: pack(getattr(world, name)) for name in KEPT}
        kept["now"] = pack(world.now() if world.clock.standing else None)
        kept["offset"] = world.clock.offset.total_seconds()
        draft = path.with_name(path.name + ".new")
        draft.touch(mode=0o600)
        with draft.open("w") as file:
            json.dump(kept, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)


def load(world: "World", path: Path) -> bool:
    """Fill the world from its file; a world without a file is left as it is, and the answer is False."""
    world.path = path
    if not path.exists():
        return False
    kept = json.loads(path.read_text())
    with world.lock:
        for name, kind in KEPT.items():
            setattr(world, name, unpack(kind, kept[name]))
        for letter in world.letters:
            letter.state = "waiting" if letter.state == "leaving" else letter.state
        world.clock.standing = unpack(datetime, kept["now"]) if kept["now"] else None
        world.clock.offset = world.clock.offset.__class__(seconds=kept["offset"])
    return True


def pack(value: Any) -> Any:
    """Plain JSON values; Decimals and moments as text."""
    if is_dataclass(value):
        return {field.name: pack(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {key: pack(item) for key, item in value.items()}
    if isinstance(value, list):
        return [pack(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def unpack(kind: Any, value: Any) -> Any:
    """What `pack` made, back in the type it came from."""
    if get_origin(kind) is types.UnionType:
        return None if value is None else unpack(get_args(kind)[0], value)
    if get_origin(kind) is dict:
        return {key: unpack(get_args(kind)[1], item) for key, item in value.items()}
    if get_origin(kind) is list:
        return [unpack(get_args(kind)[0], item) for item in value]
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(**{name: unpack(hint, value[name]) for name, hint in get_type_hints(kind).items()})
    if kind is datetime:
        return datetime.fromisoformat(value)
    return Decimal(value) if kind is Decimal else value
