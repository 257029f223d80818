"""Walking through the lists of BINs, cards and orders."""

from collections.abc import Sequence
from functools import partial

from backoffice.accounts.models import Account
from backoffice.accounts.registry import client_for
from backoffice.journal.models import Source
from backoffice.mirror.engine import Applied
from backoffice.mirror.syncs import syncs
from backoffice.providers.snapshots import Page, Snapshot
from cards.apply import apply_bin, apply_card, apply_card_order

PAGE = 100


def fetch_bins(account: Account, page: int) -> Page:
    return client_for(account).bins(page=page, page_size=PAGE)


def fetch_cards(account: Account, page: int) -> Page:
    return client_for(account).cards(page=page, page_size=PAGE)


def fetch_orders(account: Account, page: int) -> Page:
    return client_for(account).card_orders(page=page, page_size=PAGE)


def _each(apply, snapshots: Sequence[Snapshot]) -> list[Applied]:
    return [apply(snapshot, source=Source.SYNC)[1] for snapshot in snapshots]


syncs("cards.bin", fetch=fetch_bins, apply=partial(_each, apply_bin))
syncs("cards.card", fetch=fetch_cards, apply=partial(_each, apply_card))
syncs("cards.order", fetch=fetch_orders, apply=partial(_each, apply_card_order))
