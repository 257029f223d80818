"""Balances are what issuing is decided by, so they are asked for all day."""

from celery import shared_task

from backoffice.mirror.watches import ask
from wallets.models import Wallet


@shared_task
def refresh_wallets() -> None:
    """Note that each wallet of a running account is due to be asked for."""
    for wallet in Wallet.objects.filter(account__listed=True, account__paused_at=None).select_related("account"):
        ask(wallet.account, "wallets.wallet", wallet.provider_id, why="its balance")
