"""`python -m bench [--quick] [--only receipt|provider|lists|memory|exports|sync]`: 1 when a goal is missed by far."""

import argparse
import sys
from collections.abc import Iterator

from bench import exports, lists, memory, receipt, sync
from bench.house import House
from bench.result import Goal
from tools.servers import Missing

PARTS = ("receipt", "provider", "lists", "memory", "exports", "sync")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds, fewer rows")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part alone; may be given again")
    options = parser.parse_args()
    try:
        with House() as house:
            house.make("bench")
            goals = list(told(measured(house, options.only or PARTS, quick=options.quick)))
    except Missing as exc:
        print(f"{exc} is missing. On Debian and Ubuntu: apt-get install postgresql redis-server", file=sys.stderr)
        return 1
    missed = [goal for goal in goals if goal.word == "MISSED"]
    print(f"{len(goals)} goals, {len(missed)} missed.")
    return 1 if missed else 0


def measured(house: House, parts, *, quick: bool) -> Iterator[Goal | str]:
    rounds, seconds = (3, 1.5) if quick else (5, 4)
    if "receipt" in parts:
        yield "Receipt of callbacks beside a bare view that inserts one row (2 processes of 8 threads)"
        yield from receipt.beside_a_bare_view(house, rounds=rounds, seconds=seconds)
    if "provider" in parts:
        yield "Receipt while the provider does not answer, beside receipt while it does"
        yield from receipt.with_a_bad_provider(house, rounds=rounds, seconds=seconds)
    if "memory" in parts:
        yield "Memory of idle processes"
        yield from memory.idle(house, settle=3 if quick else 10)
    if "sync" in parts:
        cards = sync.CARDS // 10 if quick else sync.CARDS
        yield f"A walk through a list of {cards:,} cards"
        yield from sync.walks(house, cards=cards)
    if "lists" in parts:
        many = lists.MANY // 10 if quick else lists.MANY
        yield f"Lists over {many:,} rows beside {lists.FEW:,}"
        yield from lists.few_and_many(house, many=many, times=15 if quick else 40)
    if "exports" in parts:
        many = exports.MANY // 10 if quick else exports.MANY
        yield f"Export of {many:,} cards, and callbacks beside it"
        house.make("export", "--rows", str(many), "--far", "10")
        yield from exports.beside_an_iterator(house, "export", rounds=1 if quick else 3)
        yield from exports.beside_callbacks(house, "export", rounds=rounds, seconds=seconds)


def told(lines: Iterator[Goal | str]) -> Iterator[Goal]:
    """Print as it comes, and pass the goals on."""
    for line in lines:
        print(line if isinstance(line, Goal) else f"\n{line}", flush=True)
        if isinstance(line, Goal):
            yield line


if __name__ == "__main__":
    sys.exit(main())
