"""All news of wallets ends here."""

from backoffice.accounts.registry import account_of
from backoffice.journal.models import Source
from backoffice.mirror.engine import Applied, mirror
from backoffice.providers.snapshots import WalletSnapshot, WalletStatus
from wallets.models import Wallet
from wallets.states import WalletState

STATE = {
    WalletStatus.NORMAL: WalletState.NORMAL,
    WalletStatus.FROZEN: WalletState.FROZEN,
    WalletStatus.CLOSED: WalletState.CLOSED,
}


def apply_wallet(snapshot: WalletSnapshot, *, source: Source) -> tuple[Wallet | None, Applied]:
    return mirror(
        Wallet,
        snapshot,
        key={"account": account_of(snapshot.account), "provider_id": snapshot.wallet_id},
        state=STATE.get(snapshot.status),
        facts={
            "word": snapshot.word,
            "currency": snapshot.currency,
            "balance": snapshot.balance,
            "frozen_balance": snapshot.frozen_balance,
        },
        birth={"created_at": snapshot.created_at} if snapshot.created_at else {},
        source=source,
        watch=("wallets.wallet", snapshot.wallet_id),
    )
