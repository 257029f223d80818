"""The real client into the emulator, with everything around it noted."""

import pytest

from backoffice.providers.config import parse_account
from backoffice.providers.emulator.story import APP_ID, CUSTOMER_ID, KEY, example_world, small_world
from backoffice.providers.registry import build_client, build_receiver
from tests.providers.emulator.asking import FIXTURES, START, Received, session_into

TOKEN = "t" * 32


def account(**changes):
    entry = {
        "provider": "openapi",
        "title": "Main company",
        "live": False,
        "base_url": "https://provider.test/open-api/v1",
        "customer_id": CUSTOMER_ID,
        "app_id": APP_ID,
        "key": KEY,
        "callback_token": TOKEN,
        "timeout_s": [1, 1],
    }
    return parse_account("main", entry | changes, where="accounts.toml")


class Connected:
    """A client, and what its exchanges told."""

    def __init__(self, world, **changes):
        self.records, self.turns = [], []
        self.client = build_client(
            account(**changes),
            guard=lambda: None,
            pace=self.turns.append,
            observe=self.records.append,
            session=session_into(world),
        )


@pytest.fixture
def received():
    return Received()


@pytest.fixture
def world(received):
    return small_world(now=START, seed=7, deliver=received)


@pytest.fixture
def example(received):
    return example_world(FIXTURES, deliver=received)


@pytest.fixture
def connected(world):
    return Connected(world)


@pytest.fixture
def client(connected):
    return connected.client


@pytest.fixture
def receiver():
    return build_receiver(account())
