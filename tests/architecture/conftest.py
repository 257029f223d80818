from decimal import Decimal

import pytest

from backoffice.outbox.models import Call
from cards.commands import issue_card
from cards.models import Bin, Card, CardOrder
from wallets.models import Wallet
from webhooks.models import Delivery


@pytest.fixture
def sample_rows(mirrored, actor, world, sweep):
    """One row of each kind, made by a card issued through the real flow."""
    issue_card(actor=actor, key="sample", bin=Bin.objects.get(), wallet=Wallet.objects.get(), amount=Decimal(20))
    sweep()
    world.settle()
    sweep()
    return {
        "account": mirrored,
        "bin": Bin.objects.get(),
        "wallet": Wallet.objects.get(),
        "card": Card.objects.get(),
        "order": CardOrder.objects.get(),
        "call": Call.objects.get(),
        "delivery": Delivery.objects.order_by("-id").first(),
    }
