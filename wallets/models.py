from django.db import models
from django.db.models import Q
from django.urls import reverse

from backoffice.core.ids import PublicIdField
from backoffice.core.money import AmountField
from backoffice.mirror.models import Mirrored
from wallets import states


class Wallet(Mirrored):
    """A wallet at a provider; `balance` is what they call available, `frozen_balance` what their open orders hold."""

    transitions = states.WALLET
    holds_money = True
    quiet_facts = ("word", "balance", "frozen_balance")

    public_id = PublicIdField("wal")
    provider_id = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=states.WalletState, default=states.WalletState.UNKNOWN)
    currency = models.CharField(max_length=8)
    balance = AmountField(null=True)
    frozen_balance = AmountField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "provider_id"], name="wallets_wallet_once"),
            models.CheckConstraint(condition=Q(state__in=states.WalletState.values), name="wallets_wallet_state"),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="wallets_wallet_newest")]

    def __str__(self):
        return f"{self.currency} {self.account.title}"

    def get_absolute_url(self) -> str:
        return reverse("wallets:wallet", args=[self.public_id])

    @property
    def tone(self) -> str:
        return states.TONES[states.WalletState(self.state)]
