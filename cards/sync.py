"""Walking through the lists of BINs, holders, cards and orders."""

from datetime import datetime
from functools import partial

from backoffice.accounts.models import Account
from backoffice.accounts.registry import client_for
from backoffice.journal.models import Source
from backoffice.mirror.syncs import syncs
from backoffice.providers.snapshots import Page
from cards.apply import apply_bin, apply_card_orders, apply_cards, apply_holders
from cards.models import Bin, Card, CardOrder, Holder

PAGE = 100


def fetch_bins(account: Account, page: int, _since: datetime | None) -> Page:
    return client_for(account).bins(page=page, page_size=PAGE)


def fetch_holders(account: Account, page: int, _since: datetime | None) -> Page:
    return client_for(account).holders(page=page, page_size=PAGE)


def fetch_cards(account: Account, page: int, since: datetime | None) -> Page:
    return client_for(account).cards(page=page, page_size=PAGE, created_after=since)


def fetch_orders(account: Account, page: int, since: datetime | None) -> Page:
    return client_for(account).card_orders(page=page, page_size=PAGE, created_after=since)


syncs(
    "cards.bin",
    model=Bin,
    fetch=fetch_bins,
    apply=lambda snapshots: [apply_bin(snapshot, source=Source.SYNC) for snapshot in snapshots],
)
syncs("cards.holder", model=Holder, fetch=fetch_holders, apply=partial(apply_holders, source=Source.SYNC))
syncs("cards.card", model=Card, fetch=fetch_cards, apply=partial(apply_cards, source=Source.SYNC), has_windows=True)
syncs(
    "cards.order",
    model=CardOrder,
    fetch=fetch_orders,
    apply=partial(apply_card_orders, source=Source.SYNC),
    has_windows=True,
)
