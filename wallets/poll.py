"""Asking about one wallet."""

from collections.abc import Callable

from backoffice.accounts.models import Account
from backoffice.accounts.registry import client_for
from backoffice.journal.models import Source
from backoffice.mirror.watches import Answer, looks_at
from wallets.apply import apply_wallet


@looks_at("wallets.wallet")
def look_at_wallet(account: Account, wallet_id: str) -> Callable[[], Answer]:
    snapshot = client_for(account).wallet(wallet_id)

    def apply() -> Answer:
        row, applied = apply_wallet(snapshot, source=Source.POLL)
        return Answer(row.ref if row else "", settled=True, applied=applied)

    return apply
