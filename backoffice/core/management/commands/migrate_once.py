"""Migrate, one process at a time; the others that start at the same moment wait and find it done."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError, connection

LOCK = 7_305_118_262_514_903  # any number that nothing else in this database uses


class Command(BaseCommand):
    help = "Wait for the database, then migrate it, one process at a time."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--wait", type=float, default=0, metavar="SECONDS", help="for a database that still starts")

    def handle(self, *, wait: float, verbosity: int, **_options) -> None:
        wait_for_database(wait)
        with alone():
            call_command("migrate", verbosity=verbosity, interactive=False)


def wait_for_database(seconds: float) -> None:
    give_up = time.monotonic() + seconds
    while True:
        try:
            return connection.ensure_connection()
        except OperationalError as exc:
            connection.close()
            if time.monotonic() >= give_up:
                raise CommandError(f"The database does not answer: {str(exc).strip()}") from None
            time.sleep(0.5)


@contextmanager
def alone() -> Iterator[None]:
    """Hold PostgreSQL's advisory lock; SQLite has one writer anyhow."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
            cursor.execute("RESET ALL")
