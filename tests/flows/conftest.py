"""A person who asks for cards, and what the world and the database then hold."""

import uuid
from decimal import Decimal

import pytest

from cards import commands
from cards.models import Bin
from wallets.models import Wallet


@pytest.fixture
def issue(mirrored, actor):
    """Ask for a card: `issue("100")`, with a key of its own unless one is given."""

    def ask(amount: str = "100", *, key: str = "", who=actor, **details):
        return commands.issue_card(
            actor=who,
            key=key or str(uuid.uuid4()),
            bin=Bin.objects.select_related("account").get(),
            wallet=Wallet.objects.get(),
            amount=Decimal(amount),
            **details,
        )

    return ask


@pytest.fixture
def opened(world):
    """The references of the openings that the provider accepted."""
    return lambda: list(world.orders)


@pytest.fixture
def sent(world):
    """How many opening requests reached the provider."""
    return lambda: sum(request.path.endswith("card/order/open") for request in world.requests)
