from decimal import Decimal

import pytest

from backoffice.exports.commands import start_export
from backoffice.exports.lists import exportable_of
from backoffice.outbox.bulk import start_batch
from backoffice.outbox.models import Batch, Call, Exchange
from backoffice.people.listings import listing_of
from backoffice.people.models import SavedView
from cards.commands import create_holder, issue_card
from cards.models import Bin, Card, CardOrder, Holder
from wallets.models import Wallet
from webhooks.commands import compare_deliveries
from webhooks.models import Delivery


@pytest.fixture
def sample_rows(mirrored, actor, world, sweep):
    """One row of each kind, made by a card issued through the real flow."""
    issue_card(actor=actor, key="sample", bin=Bin.objects.get(), wallet=Wallet.objects.get(), amount=Decimal(20))
    sweep()
    world.settle()
    sweep()
    batch = Batch.objects.create(operation="cards.issue_card", actor=actor.user)
    batch.calls.set(Call.objects.all())
    return {
        "account": mirrored,
        "export": start_export(
            actor=actor, key="sample", exportable=exportable_of("cards"), query="", columns=["card"], format="csv"
        ),
        "exportable": exportable_of("cards"),
        "batch": batch,
        "bin": Bin.objects.get(),
        "wallet": Wallet.objects.get(),
        "card": Card.objects.get(),
        "order": CardOrder.objects.get(),
        "call": Call.objects.get(),
        "exchange": Exchange.objects.order_by("-id").first(),
        "replay": compare_deliveries(actor=actor, key="sample", deliveries=Delivery.objects.all(), asked=""),
        "delivery": Delivery.objects.order_by("-id").first(),
        "holder": _holder(actor, mirrored),
        "listing": listing_of("cards"),
        "view": SavedView.objects.create(person=actor.user, listing="cards", name="Frozen", is_shared=True),
        "bulk": start_batch(actor=actor, key="bulk", command="cards.freeze_card", rows=[Card.objects.get().ref]),
    }


def _holder(actor, account) -> Holder:
    create_holder(actor=actor, key="holder", account=account, fields={"first_name": "Ada", "country": "GB"})
    return Holder.objects.get()
