"""One export in a process of its own: `python -m bench.exporting copied|iterated|sheet|ask`; prints JSON."""

import argparse
import json
import os
import resource
import tempfile
from pathlib import Path
from time import perf_counter

import django

django.setup()

# ruff: noqa: E402
from django.contrib.auth import get_user_model

from backoffice.exports.commands import MOST_OPEN, start_export
from backoffice.exports.lists import exportable_of, rows_of, written
from backoffice.exports.models import Export
from backoffice.exports.reading import copied, iterated, reader, selected
from backoffice.exports.sealing import SealedFile, new_key
from backoffice.exports.sheet import SHEET_ROWS, write_xlsx
from backoffice.exports.tasks import work_exports
from backoffice.journal.record import Actor
from backoffice.people.listings import listing_of
from bench.memory import resident

WARM, MOST = 1_000, 2_000_001


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("way", choices=("copied", "iterated", "sheet", "ask"))
    parser.add_argument("--listing", default="cards")
    options = parser.parse_args()
    if options.way == "ask":
        print(json.dumps(ask(options.listing)))
        return
    with tempfile.TemporaryDirectory() as folder:
        write(options.way, options.listing, Path(folder) / "warm", WARM)
        before = resident(os.getpid())
        told = write(options.way, options.listing, Path(folder) / "export", MOST)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(told | {"growth": peak - before}))


def write(way: str, listing: str, path: Path, most: int) -> dict:
    """As the worker does it: onto a connection of its own, into a sealed file."""
    exportable = exportable_of(listing)
    rows = written(exportable, [column.name for column in listing_of(listing).columns if not column.spare])
    queryset = rows_of(exportable, "", get_user_model().objects.get())
    file, first = SealedFile(path, new_key()), []

    def put(block) -> None:
        if block and not first:
            first.append(perf_counter())
        file.write(block)

    started = perf_counter()
    with reader() as own:
        if way == "sheet":
            limits = {"most": min(most, SHEET_ROWS), "name": listing, "near": path, "rest": print_nothing}
            seen = write_xlsx(own, queryset, rows, file, print_nothing, **limits)
        else:
            way = {"copied": copied, "iterated": iterated}[way]
            seen = way(own, selected(queryset, rows, most), rows, put, print_nothing)
    file.close()
    took = perf_counter() - started
    return {
        "rows": seen,
        "seconds": took,
        "first_ms": (first[0] - started) * 1000 if first else 0,
        "bytes": file.size,
        "columns": len(rows.cells),
    }


def print_nothing(_rows: int) -> None:
    pass


def ask(listing: str) -> int:
    """Have as many exports written as one person may have under way; how many were written so far."""
    person = get_user_model().objects.get()
    done = Export.objects.filter(state=Export.State.DONE).count()
    for number in range(MOST_OPEN - Export.objects.filter(state__in=Export.OPEN).count()):
        start_export(
            actor=Actor(person),
            key=f"{perf_counter()} {number}",
            exportable=exportable_of(listing),
            query="",
            columns=[column.name for column in listing_of(listing).columns if not column.spare],
            format=Export.Format.CSV,
        )
    work_exports.delay()  # this process may be gone before the bell rings
    return done


if __name__ == "__main__":
    main()
