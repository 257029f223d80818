from django.db import models
from django.utils.translation import pgettext_lazy

from backoffice.core.states import Transitions


class WalletState(models.TextChoices):
    UNKNOWN = "unknown", pgettext_lazy("wallet", "Unknown")
    NORMAL = "normal", pgettext_lazy("wallet", "Usable")
    FROZEN = "frozen", pgettext_lazy("wallet", "Frozen")
    CLOSED = "closed", pgettext_lazy("wallet", "Closed")


WALLET = Transitions(
    {
        WalletState.UNKNOWN: {WalletState.NORMAL, WalletState.FROZEN, WalletState.CLOSED},
        WalletState.NORMAL: {WalletState.FROZEN, WalletState.CLOSED},
        WalletState.FROZEN: {WalletState.NORMAL, WalletState.CLOSED},
        WalletState.CLOSED: {},
    },
    settled=WalletState,  # nothing is under way in any of them
    unknown=WalletState.UNKNOWN,
)

TONES = {
    WalletState.UNKNOWN: "warn",
    WalletState.NORMAL: "good",
    WalletState.FROZEN: "quiet",
    WalletState.CLOSED: "quiet",
}
