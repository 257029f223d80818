"""Asking about one BIN, one card, one holder, one order."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from backoffice.accounts.models import Account
from backoffice.accounts.registry import client_for
from backoffice.journal.about import about
from backoffice.journal.models import Source
from backoffice.mirror.models import Mirrored
from backoffice.mirror.watches import Answer, looks_at
from backoffice.providers.errors import NotFound
from cards.apply import apply_bin_terms, apply_card, apply_card_order, apply_holder
from cards.models import Bin, Card, CardOrder, Holder

News = Callable[[], Answer]


@looks_at("cards.bin")
def look_at_bin(account: Account, bin_id: str) -> News:
    """A BIN with its fees and limits: three questions, applied as one."""
    client = client_for(account)
    with _about(Bin, account, provider_id=bin_id):
        told = client.bin(bin_id), client.bin_fees(bin_id), client.bin_limits(bin_id)
    return _news(apply_bin_terms, *told, settled=True)


@looks_at("cards.card")
def look_at_card(account: Account, card_id: str) -> News:
    with _about(Card, account, provider_id=card_id):
        return _news(apply_card, client_for(account).card(card_id))


@looks_at("cards.order")
def look_at_order(account: Account, order_id: str) -> News:
    with _about(CardOrder, account, provider_id=order_id):
        return _news(apply_card_order, client_for(account).card_order(order_id))


@looks_at("cards.order_ref")
def look_at_order_by_reference(account: Account, merchant_ref: str) -> News:
    """The same, where a callback knows our own number."""
    with _about(CardOrder, account, merchant_ref=merchant_ref):
        snapshot = client_for(account).find_card_order(merchant_ref=merchant_ref)
    if snapshot is None:
        raise NotFound("the provider does not know this reference")
    return _news(apply_card_order, snapshot, settled=True)  # `cards.order` goes on watching it


@looks_at("cards.holder")
def look_at_holder(account: Account, holder_id: str) -> News:
    with _about(Holder, account, provider_id=holder_id):
        return _news(apply_holder, client_for(account).holder(holder_id), settled=True)


def _news(apply: Callable[..., tuple[Any, str]], *told: Any, settled: bool = False) -> News:
    """What lets the answer change our rows; `settled`: there is nothing more to ask whatever it says."""

    def run() -> Answer:
        row, applied = apply(*told, source=Source.POLL)
        return Answer(row.ref if row else "", settled=settled or bool(row and row.is_settled), applied=applied)

    return run


def _about(model: type[Mirrored], account: Account, **number: str) -> AbstractContextManager[None]:
    """Let the exchanges of a look be told in the timeline of the row they are about, where there is one already."""
    row = model._default_manager.filter(account=account, **number).only("pk").first()
    return about(row.ref if row else "", Source.POLL)
