"""A walk through a list of many cards: when it is new, when nothing has changed, when some have."""

import json
import sys
from contextlib import contextmanager

from backoffice.probe import wait_for
from bench.house import KEY, House
from bench.result import Goal

CARDS, CHANGED_PART = 100_000, 100
PATIENCE = 300  # seconds until so many cards are made
LEAST_RATE, MOST_MEMORY = 3_000, 200  # rows a second; MB


def walks(house: House, *, cards: int):
    house.make("walk")
    changed = cards // CHANGED_PART
    with provider(house, cards):
        walk(house)  # brings them all, and lets the provider remember its pages
        still = walk(house)
    with provider(house, cards, "--changed", str(changed)):
        walk_of_changed = walk(house)
    figures = f"{still['seen']:,} cards, {still['rate_by_cpu']:,.0f} a second of our processor time"
    yield Goal("unchanged cards, rows/s", still["rate"], at_least=LEAST_RATE, figures=figures)
    yield Goal("the same, most memory, MB", still["peak_mb"], at_most=MOST_MEMORY, figures="of the process")
    touched = still["lines"] + (not still["rows_untouched"])
    figures = "row versions or lines were written" if touched else "no row version and no line was written"
    yield Goal("the same, 1 and what was written", 1 + touched, at_most=1, figures=figures)
    lines = walk_of_changed["lines"] / max(1, walk_of_changed["changed"])
    figures = f"{walk_of_changed['changed']:,} changed, {walk_of_changed['rate']:,.0f} rows/s in all"
    yield Goal("changed cards, lines each", lines, at_most=1, figures=figures)


def walk(house: House) -> dict:
    return json.loads(house.run("walk", "bench.walk").splitlines()[-1])


@contextmanager
def provider(house: House, cards: int, *more: str):
    """The emulator with so many cards, once it answers."""
    port = str(house.emulator_port)
    with house.program(
        sys.executable, "-m", "bench.provider", "--port", port, "--key", KEY, "--cards", str(cards), *more
    ):
        if not wait_for("/_emu/", bind=f"127.0.0.1:{port}", seconds=PATIENCE):
            raise SystemExit("the emulator did not start")
        yield
