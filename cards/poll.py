"""Asking about one BIN, one card, one order."""

from contextlib import AbstractContextManager

from backoffice.accounts.models import Account
from backoffice.accounts.registry import client_for
from backoffice.journal.about import about
from backoffice.journal.models import Source
from backoffice.mirror.models import Mirrored
from backoffice.mirror.watches import Answer, looks_at
from backoffice.providers.errors import NotFound
from cards.apply import apply_bin_terms, apply_card, apply_card_order
from cards.models import Bin, Card, CardOrder


@looks_at("cards.bin")
def look_at_bin(account: Account, bin_id: str) -> Answer:
    """A BIN with its fees and limits: three questions, applied as one."""
    client = client_for(account)
    with _about(Bin, account, provider_id=bin_id):
        told = client.bin(bin_id), client.bin_fees(bin_id), client.bin_limits(bin_id)
    row, applied = apply_bin_terms(*told, source=Source.POLL)
    return Answer(row.ref if row else "", settled=True, applied=applied)


@looks_at("cards.card")
def look_at_card(account: Account, card_id: str) -> Answer:
    with _about(Card, account, provider_id=card_id):
        snapshot = client_for(account).card(card_id)
    row, applied = apply_card(snapshot, source=Source.POLL)
    return Answer(row.ref if row else "", settled=bool(row and row.is_settled), applied=applied)


@looks_at("cards.order")
def look_at_order(account: Account, order_id: str) -> Answer:
    with _about(CardOrder, account, provider_id=order_id):
        snapshot = client_for(account).card_order(order_id)
    row, applied = apply_card_order(snapshot, source=Source.POLL)
    return Answer(row.ref if row else "", settled=bool(row and row.is_settled), applied=applied)


@looks_at("cards.order_ref")
def look_at_order_by_reference(account: Account, merchant_ref: str) -> Answer:
    """The same, where a callback knows our own number."""
    with _about(CardOrder, account, merchant_ref=merchant_ref):
        snapshot = client_for(account).find_card_order(merchant_ref=merchant_ref)
    if snapshot is None:
        raise NotFound("the provider does not know this reference")
    row, applied = apply_card_order(snapshot, source=Source.POLL)
    return Answer(row.ref if row else "", settled=True, applied=applied)  # `cards.order` goes on watching it


def _about(model: type[Mirrored], account: Account, **number: str) -> AbstractContextManager[None]:
    """Let the exchanges of a look be told in the timeline of the row they are about, where there is one already."""
    row = model._default_manager.filter(account=account, **number).only("pk").first()
    return about(row.ref if row else "", Source.POLL)
