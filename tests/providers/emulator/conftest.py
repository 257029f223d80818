"""An emulator without a socket, and one behind a real one."""

import pytest

from backoffice.providers.emulator.server import Emulator
from backoffice.providers.emulator.story import example_world, small_world
from tests.providers.emulator.asking import BASE, FIXTURES, START, Received, calling, session_into


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
def session(world):
    return session_into(world)


@pytest.fixture
def call(session):
    return calling(session, BASE)


@pytest.fixture
def opening(world):
    """Fields of an opening that succeeds."""
    return {"out_order_id": "o-1", "bin_id": next(iter(world.bins)), "amount": 100}


@pytest.fixture
def server(world):
    with Emulator(world, ticks=False) as emulator:
        yield emulator
