"""How much of an answer goes on the record, and at what time."""

from datetime import UTC, datetime

from backoffice.providers import exactjson

MOST_ROWS = 10  # of a list, on the record: the others are told by the rows that they became


def shortened(value: object, depth: int = 3) -> object:
    """An answer without most of its rows: a walk through a list would store each of them twice, every night."""
    if isinstance(value, dict) and depth:
        return {name: shortened(item, depth - 1) for name, item in value.items()}
    if isinstance(value, list) and len(value) > MOST_ROWS:
        return [*value[:MOST_ROWS], f"and {len(value) - MOST_ROWS} more"]
    return value


def readable(body: bytes) -> object:
    try:
        return exactjson.loads(body) if body else None
    except exactjson.NotJson:
        return None


def own_time() -> datetime:
    """The time of this machine, where no other is given."""
    return datetime.now(UTC)
