"""Pages of rows and the filters on them."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backoffice.providers.emulator.world import World


def page_of(
    rows: Iterable[Any], arguments: dict[str, Any], name: str, shape: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """One page of rows in the list answer's form."""
    found, page, size = list(rows), arguments.get("page", 1), arguments.get("page_size", 10)
    shown = found[(page - 1) * size : page * size]
    return {"total": len(found), "page": page, "page_size": size, f"{name}_list": [shape(row) for row in shown]}


def newest_first(rows: Iterable[Any]) -> list[Any]:
    """By time, and of one second the one written last first."""
    return sorted(reversed(list(rows)), key=lambda row: row.create_at, reverse=True)


def matching(rows: Iterable[Any], arguments: dict[str, Any], *names: str) -> list[Any]:
    """Rows whose fields equal the given arguments of the same names, made within the given window."""
    wanted = {name: arguments[name] for name in names if name in arguments}
    start, end = arguments.get("start_time"), arguments.get("end_time")
    return [
        row
        for row in rows
        if all(getattr(row, name) == value for name, value in wanted.items())
        and (start is None or row.create_at >= start)
        and (end is None or row.create_at < end)
    ]


def named(world: "World", arguments: dict[str, Any], **groups: str) -> dict[str, Any]:
    """The arguments with numbers turned into our names; a number without a name matches nothing."""
    return arguments | {
        name: world.tables.name(group, arguments[name]) for name, group in groups.items() if name in arguments
    }
