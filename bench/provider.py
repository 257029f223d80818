"""The emulated provider: `python -m bench.provider --port N [--slow SECONDS] [--key KEY] [--cards N [--changed N]]`."""

import argparse
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from threading import Event

from backoffice.providers.emulator import server as emulator_server
from backoffice.providers.emulator import small_world
from backoffice.providers.emulator.app import wsgi_app
from backoffice.providers.emulator.server import Emulator
from backoffice.providers.emulator.story import APP_ID, CUSTOMER_ID, KEY, add_card
from backoffice.providers.emulator.world import World

CARD_LIST = "card/list"
MADE = "2026-01-01 00:00:00"  # or each start would change them all


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", default=KEY)
    parser.add_argument("--slow", type=int, default=0)
    parser.add_argument("--cards", type=int, default=0)
    parser.add_argument("--changed", type=int, default=0, help="so many cards, far apart, have another balance")
    options = parser.parse_args()
    world = small_world(seed=7)
    if options.slow:
        world.fail_next("delay", times=1_000_000, seconds=options.slow)
    world.app(CUSTOMER_ID, APP_ID, options.key)
    fill(world, options.cards, options.changed)
    emulator_server.wsgi_app = remembering
    with Emulator(world, port=options.port):
        Event().wait()


def fill(world: World, cards: int, changed: int) -> None:
    app, bin_ = next(iter(world.apps.values())), next(iter(world.bins.values()))
    for number in range(cards):
        balance = Decimal(101 if changed and number % (cards // changed) == 0 else 100)
        add_card(world, app, bin_, balance=balance, create_at=MADE, use_at=MADE)


def remembering(world: World) -> Callable:
    """Answer the same page of the card list from memory: sorting so many rows for each is no work of ours."""
    app, pages = wsgi_app(world), {}

    def answer(environ, start_response):
        if not environ["PATH_INFO"].endswith(CARD_LIST):
            return app(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        if body not in pages:
            kept = []
            content = app({**environ, "wsgi.input": BytesIO(body)}, lambda *head: kept.extend(head))
            pages[body] = (kept, content)
        head, content = pages[body]
        start_response(*head)
        return content

    return answer


if __name__ == "__main__":
    main()
