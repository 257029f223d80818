"""Filling in the form for a card, and rows as a provider's list brings them."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from backoffice.journal.models import Source
from backoffice.providers.snapshots import CardSnapshot, CardStatus
from cards.apply import apply_card
from cards.models import Bin
from wallets.models import Wallet

START = timezone.now() - timedelta(days=1)


@pytest.fixture
def typed(mirrored):
    """What somebody types into the form; `typed(amount="1,000.00")`."""

    def values(**changes) -> dict[str, str]:
        usual = {
            "key": str(uuid.uuid4()),
            "bin": Bin.objects.get().public_id,
            "wallet": Wallet.objects.get().public_id,
            "amount": "100.00",
            "note": "Ads, Meta",
        }
        return usual | changes

    return values


@pytest.fixture
def send(browser_client, typed):
    """Send the form: `send(amount="250")`."""
    return lambda **changes: browser_client.post(reverse("cards:issue_card"), typed(**changes))


@pytest.fixture
def listed(mirrored):
    """Cards that the provider's list told of: `listed(3)`, `listed(1, last4="0042", note="Travel")`."""
    made = 0

    def tell(count: int = 1, **facts) -> list:
        nonlocal made
        cards = []
        for _each in range(count):
            made += 1
            usual = {
                "status": CardStatus.ACTIVE,
                "bin_id": Bin.objects.get().provider_id,
                "last4": f"{made:04d}",
                "balance": Decimal("10.50"),
                "activated_at": START + timedelta(minutes=made),
            }
            told = usual | facts
            snapshot = CardSnapshot(
                account="main", observed_at=timezone.now(), card_id=f"cid_{made}", word=str(told["status"]), **told
            )
            cards.append(apply_card(snapshot, source=Source.SYNC)[0])
        return cards

    return tell
