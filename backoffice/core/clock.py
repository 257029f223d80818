"""The time that all processes agree on: the database's. What one machine leases by it, another understands."""

from datetime import UTC, datetime, timedelta
from time import monotonic

from django.db import connection
from django.utils import timezone

TRUSTED = 5  # seconds that the answer of the database is counted on from, by a clock that nobody can set
_anchor: tuple[datetime, float] | None = None


def now() -> datetime:
    """The database's time. With SQLite there is one machine and so one clock."""
    if connection.vendor != "postgresql":
        return timezone.now()
    global _anchor
    asked = monotonic()
    if _anchor is None or asked - _anchor[1] > TRUSTED:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            _anchor = (cursor.fetchone()[0].astimezone(UTC), asked)
    moment, then = _anchor
    return moment + timedelta(seconds=asked - then)


def forget() -> None:
    """Ask the database anew at the next call."""
    global _anchor
    _anchor = None
