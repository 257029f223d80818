"""Exports: PostgreSQL's COPY beside the guarded iterator, and callbacks received while exports are written."""

import json
import time
from contextlib import ExitStack
from statistics import median

from backoffice.core.workers import worker
from bench.house import House
from bench.receipt import RECEIPT, load
from bench.result import Goal

MANY = 1_000_000
MEBIBYTES = 32
FIRST_MS = 100


def beside_an_iterator(house: House, database: str, *, rounds: int):
    """Each in a process of its own, in turn."""
    seen: dict[str, list[dict]] = {"copied": [], "iterated": []}
    for _ in range(rounds):
        for way, found in seen.items():
            found.append(json.loads(house.run(database, "bench.exporting", way)))
    copied, iterated = seen["copied"], seen["iterated"]
    ratios = [slow["seconds"] / quick["seconds"] for quick, slow in zip(copied, iterated, strict=True)]
    rows, columns, size = (copied[0][name] for name in ("rows", "columns", "bytes"))
    figures = f"{_middle(copied, 'seconds'):.1f} s, iterator {_middle(iterated, 'seconds'):.1f} s"
    yield f"  {rows:,} rows, {columns} columns, {size / 1e6:.0f} MB; the iterator writes the same bytes"
    yield Goal("export, COPY beside the iterator", median(ratios), at_least=4, figures=figures)
    growth = f"iterator {_middle(iterated, 'growth'):.0f} MiB"
    yield Goal("its growth, MiB", max(_middle(copied, "growth"), 0.1), at_most=MEBIBYTES, figures=growth)
    first = f"iterator {_middle(iterated, 'first_ms'):.0f} ms"
    yield Goal("its first bytes, ms", _middle(copied, "first_ms"), at_most=FIRST_MS, figures=first)


def beside_callbacks(house: House, database: str, *, rounds: int, seconds: float):
    """One callback after another, alone and while a worker of its own writes exports."""
    idle, busy = [], []
    with ExitStack() as stack:
        url, _ = stack.enter_context(house.web("backoffice.wsgi", "/readyz", database=database))
        load(f"{url}{RECEIPT}", at_once=1, seconds=1)
        for _ in range(rounds):
            idle.append(load(f"{url}{RECEIPT}", at_once=1, seconds=seconds))
            with house.program(*worker("exports", queues="export", processes=1), database=database):
                _wait_for_an_export(house, database)
                busy.append(load(f"{url}{RECEIPT}", at_once=1, seconds=seconds))
    ratios = [one["p99_ms"] / other["p99_ms"] for one, other in zip(busy, idle, strict=True)]
    figures = f"{_middle(busy, 'p99_ms'):.1f} ms, idle {_middle(idle, 'p99_ms'):.1f} ms"
    yield Goal("callbacks' p99 during an export", median(ratios), at_most=2, figures=figures)


def _wait_for_an_export(house: House, database: str) -> None:
    until = time.monotonic() + 60
    house.run(database, "bench.exporting", "ask")
    count = "SELECT count(*) FROM exports_export WHERE state = 'running' AND leased_until > now()"
    while house.value(database, count) == "0":
        if time.monotonic() > until:
            raise SystemExit("no export began")
        time.sleep(0.2)


def _middle(found: list[dict], name: str) -> float:
    return median(one[name] for one in found)
