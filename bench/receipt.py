"""How many callbacks are kept in a second, beside a bare view; and whether a slow or absent provider changes that."""

import json
import subprocess
import sys
from contextlib import ExitStack
from statistics import median

from backoffice.core.workers import BEAT, worker
from bench.house import ROOT, TOKEN, House
from bench.result import Goal
from tools.servers import wait_until

TABLE = "CREATE TABLE bench_row (id bigserial PRIMARY KEY, body bytea NOT NULL, at timestamptz NOT NULL)"
RECEIPT, BARE = f"/webhooks/openapi/{TOKEN}/", "/row/"


def load(url: str, *, at_once: int, seconds: float) -> dict:
    command = [sys.executable, "-m", "bench.load", url, "--at-once", str(at_once), "--seconds", str(seconds)]
    return json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout)


def beside_a_bare_view(house: House, *, rounds: int, seconds: float):
    """Interleaved, so that what else the machine does meets both alike."""
    house.sql("bench", TABLE)
    with ExitStack() as stack:
        ours, _ = stack.enter_context(house.web("backoffice.wsgi", "/readyz"))
        bare, _ = stack.enter_context(house.web("bench.floor", ""))
        wait_until(lambda: _answers(f"{bare}{BARE}"), "the bare view")
        for at_once in (8, 32):
            ratios, tails, seen = [], [], []
            for _ in range(rounds):
                floor = load(f"{bare}{BARE}", at_once=at_once, seconds=seconds)
                own = load(f"{ours}{RECEIPT}", at_once=at_once, seconds=seconds)
                ratios.append(own["per_second"] / floor["per_second"])
                tails.append(own["p99_ms"] / floor["p99_ms"])
                seen.append((floor, own))
                _require_good(floor, own)
            floor, own = ([pair[side] for pair in seen] for side in (0, 1))
            yield Goal(
                f"receipt, {at_once} at once",
                median(ratios),
                at_least=0.6,
                figures=f"{_rate(own):.0f}/s, bare view {_rate(floor):.0f}/s",
            )
            yield Goal(
                f"its p99, {at_once} at once",
                median(tails),
                at_most=3,
                figures=f"{_tail(own):.1f} ms, bare view {_tail(floor):.1f} ms",
            )


def _empty(house: House) -> None:
    """Forget what the last round left; the worker is in the middle of it, so the two may lock each other out."""
    for tries_left in (2, 1, 0):
        try:
            return house.sql("bench", "TRUNCATE webhooks_delivery, mirror_watch CASCADE")
        except subprocess.CalledProcessError:
            if not tries_left:
                raise
    return None


def with_a_bad_provider(house: House, *, rounds: int, seconds: float):
    """A worker asks the provider all the while: it answers, answers after two seconds, or is not there."""
    modes = {"normal": [], "2 s slow": ["--slow", "2"], "down": None}
    seen: dict[str, list[dict]] = {mode: [] for mode in modes}
    with ExitStack() as stack:
        url, _ = stack.enter_context(house.web("backoffice.wsgi", "/readyz"))
        stack.enter_context(house.program(*worker("bench", processes=2)))
        stack.enter_context(house.program(*BEAT))
        for _ in range(rounds):
            for mode, arguments in modes.items():
                _empty(house)
                with ExitStack() as provider:
                    if arguments is not None:
                        port = ["--port", str(house.emulator_port)]
                        command = [sys.executable, "-m", "bench.provider", *port, *arguments]
                        provider.enter_context(house.program(*command))
                    load(f"{url}{RECEIPT}", at_once=8, seconds=1)  # the worker is busy when it counts
                    seen[mode].append(load(f"{url}{RECEIPT}", at_once=8, seconds=seconds))
                _require_good(seen[mode][-1])
    for mode in ("2 s slow", "down"):
        ratios = [bad["per_second"] / good["per_second"] for bad, good in zip(seen[mode], seen["normal"], strict=True)]
        figures = f"{_rate(seen[mode]):.0f}/s, normal {_rate(seen['normal']):.0f}/s"
        yield Goal(f"receipt, provider {mode}", median(ratios), at_least=0.9, figures=figures)


def _answers(url: str) -> bool:
    return load(url, at_once=1, seconds=0.1)["answers"].keys() == {"200"}


def _require_good(*seen: dict) -> None:
    for one in seen:
        if one["answers"].keys() != {"200"}:
            raise SystemExit(f"not every callback was acknowledged: {one['answers']}")


def _rate(seen: list[dict]) -> float:
    return median(one["per_second"] for one in seen)


def _tail(seen: list[dict]) -> float:
    return median(one["p99_ms"] for one in seen)
