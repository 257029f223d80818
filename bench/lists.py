"""Lists over a million rows beside the same lists over a thousand."""

import json
from contextlib import ExitStack
from http.client import HTTPConnection
from statistics import median
from time import perf_counter

from bench.house import House
from bench.result import Goal

FEW, MANY, FAR = 1_000, 1_000_000, 10_000
LISTS = {"cards": "/cards/", "orders": "/cards/orders/"}
FILTER = {"cards": "state=frozen", "orders": "state=failed"}


def few_and_many(house: House, *, many: int, times: int):
    """Each page in turn from the one and from the other, the middle of the times each took."""
    far = min(FAR, many // 2)
    with ExitStack() as stack:
        sides = []
        for name, rows, distant in (("few", FEW, FEW // 2), ("many", many, far)):
            known = json.loads(house.make(name, "--rows", str(rows), "--far", str(distant)))
            url, _ = stack.enter_context(house.web("backoffice.wsgi", "/readyz", database=name, processes=1))
            sides.append(Side(url.removeprefix("http://"), known))
        for name, path in LISTS.items():
            pages = {
                "first page": lambda _side: "",
                "filtered": lambda _side, name=name: FILTER[name],
                "by last four": lambda _side: "q=0007",
                f"{far:,} rows on": lambda side, name=name: f"cursor={side.known[name]}",
            }
            for title, query in pages.items():
                took = [[side.get(f"{path}?{query(side)}") for side in sides] for _ in range(times + 3)][3:]
                few, many_ = (median(pair[side] for pair in took) * 1000 for side in (0, 1))
                figures = f"{many_:.1f} ms of {many:,}, {few:.1f} ms of {FEW:,}"
                yield Goal(f"{name}, {title}", many_ / few, at_most=1.5, figures=figures)


class Side:
    """A signed-in browser on one of the two."""

    def __init__(self, address: str, known: dict[str, str]):
        self.known = known
        self.connection = HTTPConnection(address, timeout=60)

    def get(self, path: str) -> float:
        started = perf_counter()
        self.connection.request("GET", path, headers={"Cookie": f"session={self.known['session']}"})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200 or body.count(b"<tr") < 40:
            raise SystemExit(f"{path}: {answer.status}, {body.count(b'<tr')} rows")
        return perf_counter() - started
