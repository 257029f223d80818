"""Run the emulator: `python -m backoffice.providers.emulator --port 9100`."""

import argparse
import signal
import sys
from pathlib import Path
from threading import Event

from backoffice.providers.emulator import state
from backoffice.providers.emulator.accounts import AccountsError, add_accounts
from backoffice.providers.emulator.merchant import seed_merchant
from backoffice.providers.emulator.server import Emulator
from backoffice.providers.emulator.world import World


def main(argv: list[str] | None = None) -> int:
    """Serve until told to stop; 1 when it cannot start."""
    options = _options(argv)
    try:
        world = _world(options)
        emulator = Emulator(world, host=options.host, port=options.port)
    except AccountsError as exc:
        return _say(f"emulator: {exc}")
    except OSError as exc:
        return _say(f"emulator: cannot listen on {options.host}:{options.port}: {exc.strerror or exc}")
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    emulator.start()
    print(f"READY {emulator.url} controls {emulator.url}/_emu/", flush=True)
    stopped.wait()
    emulator.stop()
    return 0


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="emulator", description="Providers, emulated, for development and tests.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9100, help="0 takes a free one")
    parser.add_argument("--state", type=Path, help="file that keeps the world between runs")
    parser.add_argument("--accounts", type=Path, help="the product's accounts file (TOML)")
    parser.add_argument("--callback-base", default="", help="address of the product, where callbacks go")
    parser.add_argument("--merchant", action="store_true", help="fill an empty world with a merchant's business")
    return parser.parse_args(argv)


def _world(options: argparse.Namespace) -> World:
    world = World()
    found = bool(options.state) and state.load(world, options.state)

    def fill(world: World) -> None:
        if options.accounts:
            add_accounts(world, options.accounts, callback_base=options.callback_base)
        if options.merchant and not world.wallets:
            seed_merchant(world)

    fill(world)
    world.fill = fill
    if options.state and not found:
        world.save()
    return world


def _say(line: str) -> int:
    print(line, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
