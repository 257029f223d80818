"""The product's accounts file, read for what the provider's side needs: who may call, and where callbacks go."""

import os
import tomllib
from pathlib import Path
from typing import Any

from backoffice.providers.emulator.world import World


class AccountsError(Exception):
    """The accounts file cannot be used; the message says where and why."""


def add_accounts(world: World, path: Path, *, callback_base: str) -> list[str]:
    """Make an app of each openapi account of the file, and take over its `tables`; answers their slugs."""
    found = {slug: table for slug, table in _read(path).items() if table.get("provider") == "openapi"}
    for slug, table in found.items():
        try:
            _add(world, table, callback_base)
        except (KeyError, ValueError, OSError) as exc:
            raise AccountsError(f"{path}: [{slug}]: {type(exc).__name__}: {exc}") from None
    return list(found)


def resolve(value: Any) -> Any:
    """A value itself, or what stands in the environment (`env:NAME`) or in a file (`file:/path`)."""
    if isinstance(value, str) and value.startswith("env:"):
        return os.environ[value.removeprefix("env:")]
    if isinstance(value, str) and value.startswith("file:"):
        return Path(value.removeprefix("file:")).read_text().strip()
    return value


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        tables = tomllib.loads(path.read_text())
    except (OSError, ValueError) as exc:
        raise AccountsError(f"{path}: {exc}") from None
    return {slug: table for slug, table in tables.get("accounts", tables).items() if isinstance(table, dict)}


def _add(world: World, table: dict[str, Any], callback_base: str) -> None:
    given = {name: resolve(value) for name, value in table.items()}
    if given.get("tables"):
        world.tables = world.tables.changed(given["tables"])
    address = given.get("callback_url", "")
    if not address and callback_base:
        address = f"{callback_base.rstrip('/')}/webhooks/openapi/{given['callback_token']}/"
    world.app(int(given["customer_id"]), int(given["app_id"]), str(given["key"]), callback_url=address)
