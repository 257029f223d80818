"""Walking through the list of wallets."""

from datetime import datetime

from backoffice.accounts.models import Account
from backoffice.accounts.registry import client_for
from backoffice.journal.models import Source
from backoffice.mirror.syncs import syncs
from backoffice.providers.snapshots import Page
from wallets.apply import apply_wallet
from wallets.models import Wallet

PAGE = 100


def fetch_wallets(account: Account, page: int, _since: datetime | None) -> Page:
    return client_for(account).wallets(page=page, page_size=PAGE)


syncs(
    "wallets.wallet",
    model=Wallet,
    fetch=fetch_wallets,
    apply=lambda snapshots: [apply_wallet(snapshot, source=Source.SYNC) for snapshot in snapshots],
)
