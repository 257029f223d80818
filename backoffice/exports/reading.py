"""Reading the rows of an export on a connection of its own: the worker's other one tells meanwhile how far it is."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.utils import ConnectionHandler
from django.utils import timezone

from backoffice.exports.cells import Rows
from backoffice.exports.sealing import BLOCK

STATEMENT_SECONDS = 300
AT_ONCE = 1_000  # rows

Write = Callable[[bytes | bytearray], Any]
Told = Callable[[int], None]

# A page's limits do not fit an export. Sorting is priced out, so that an index gives the first rows at once; compiling
# the statement would delay them too.
SESSION = (
    f"-c statement_timeout={STATEMENT_SECONDS * 1000} -c lock_timeout=3000 -c idle_in_transaction_session_timeout=60000"
    " -c enable_sort=off -c jit=off"
)


@contextmanager
def reader() -> Iterator[BaseDatabaseWrapper]:
    """Closing it ends what the server still does for it."""
    settings = deepcopy(connection.settings_dict)
    if connection.vendor == "postgresql":
        settings["OPTIONS"] = {k: v for k, v in settings["OPTIONS"].items() if k != "pool"} | {"options": SESSION}
        settings["TIME_ZONE"] = timezone.get_current_timezone_name()
    own = ConnectionHandler({DEFAULT_DB_ALIAS: settings})[DEFAULT_DB_ALIAS]
    try:
        yield own
    finally:
        own.close()


def selected(queryset: QuerySet, rows: Rows, most: int) -> QuerySet:
    inputs = rows.inputs
    return queryset.annotate(**inputs).values_list(*inputs)[:most]


# --- as CSV -----------------------------------------------------------------------------------------------------------


def heading_line(rows: Rows) -> bytes:
    return _lines([rows.headings])


def write_csv(own: BaseDatabaseWrapper, queryset: QuerySet, rows: Rows, write: Write, told: Told, *, most: int) -> int:
    """Write the rows as CSV; how many there were. PostgreSQL makes the text itself, and both ways make the same."""
    way = copied if own.vendor == "postgresql" else iterated
    return way(own, selected(queryset, rows, most), rows, write, told)


def copied(own: BaseDatabaseWrapper, queryset: QuerySet, rows: Rows, write: Write, told: Told) -> int:
    try:
        inner, params = queryset.query.get_compiler(connection=own).as_sql()
    except EmptyResultSet:
        return 0
    outer, given = rows.sql()
    command = f"COPY (SELECT {outer} FROM ({inner}) AS rows LIMIT %s) TO STDOUT WITH (FORMAT csv)"  # noqa: S608  # nosec B608
    buffer, seen = bytearray(), 0
    with own.cursor() as cursor:
        with cursor.copy(command, [*given, *params, 2**62]) as copy:
            for line in copy:  # the server sends one row a message
                seen += 1
                buffer += line
                if len(buffer) >= BLOCK:
                    write(buffer)
                    buffer.clear()
                    told(seen)
        write(buffer)
        return cursor.rowcount


def iterated(own: BaseDatabaseWrapper, queryset: QuerySet, rows: Rows, write: Write, told: Told) -> int:
    seen = 0
    for batch in batches(own, queryset):
        write(_lines([rows.texts(values) for values in batch]))
        seen += len(batch)
        told(seen)
    return seen


def batches(own: BaseDatabaseWrapper, queryset: QuerySet) -> Iterator[list[tuple]]:
    """The values a thousand rows at a time; on PostgreSQL through a cursor that the server keeps."""
    if own.vendor == "postgresql":
        own.set_autocommit(False)  # outside a transaction the server would first write the whole of it down
    compiler = queryset.query.get_compiler(connection=own)
    found = compiler.results_iter(tuple_expected=True, chunked_fetch=True, chunk_size=AT_ONCE)
    batch: list[tuple] = []
    for values in found:
        batch.append(values)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _lines(rows: list[list[str]]) -> bytes:
    """Lines as PostgreSQL ends them, with a line's ends inside a cell quoted."""
    lines = _Lines()
    csv.writer(lines, lineterminator="\r\n").writerows(rows)
    return "".join(lines).encode()


class _Lines(list[str]):
    def write(self, line: str) -> None:
        self.append(f"{line[:-2]}\n")
