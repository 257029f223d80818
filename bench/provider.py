"""The emulated provider, as slow as is asked for: `python -m bench.provider --port N [--slow SECONDS]`."""

import argparse
from threading import Event

from backoffice.providers.emulator import small_world
from backoffice.providers.emulator.server import Emulator


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--slow", type=int, default=0)
    options = parser.parse_args()
    world = small_world()
    if options.slow:
        world.fail_next("delay", times=1_000_000, seconds=options.slow)
    with Emulator(world, port=options.port):
        Event().wait()


if __name__ == "__main__":
    main()
