"""How much memory an idle process of each kind holds."""

import time
from pathlib import Path

from backoffice.core.workers import BEAT, worker
from bench.house import House
from bench.result import Goal
from tools.servers import wait_until

MOST = 150  # MB
PROCESSES = 2


def idle(house: House, *, settle: float):
    with (
        house.web("backoffice.wsgi", "/readyz") as (_url, web),
        house.program(*worker("bench", processes=PROCESSES)) as working,
        house.program(*BEAT) as beat,
    ):
        wait_until(lambda: len(family(working.pid)) > PROCESSES, "the worker's processes", seconds=90)
        time.sleep(settle)
        for name, process in (("web", web), ("worker", working), ("beat", beat)):
            sizes = [resident(pid) for pid in family(process.pid)]
            figures = f"{len(sizes)} processes: {', '.join(f'{size:.0f}' for size in sizes)} MB"
            yield Goal(f"{name}, the largest process, MB", max(sizes), at_most=MOST, figures=figures)


def family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in family(int(child)))]


def resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
