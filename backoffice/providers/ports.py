"""What the apps may ask of a provider, whichever it is."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from backoffice.providers.messages import Message, Refusal
from backoffice.providers.snapshots import (
    BinFeesSnapshot,
    BinLimitsSnapshot,
    BinSnapshot,
    CardOrderSnapshot,
    CardSnapshot,
    Page,
    WalletSnapshot,
)


class CardIssuer(Protocol):
    """A provider of cards: our words in, a snapshot or a ProviderError out. Nothing is retried inside."""

    account: str

    def wallets(self, page: int = 1, page_size: int | None = None) -> Page[WalletSnapshot]: ...

    def wallet(self, wallet_id: str) -> WalletSnapshot: ...

    def bins(self, page: int = 1, page_size: int | None = None) -> Page[BinSnapshot]: ...

    def bin(self, bin_id: str) -> BinSnapshot: ...

    def bin_fees(self, bin_id: str) -> BinFeesSnapshot: ...

    def bin_limits(self, bin_id: str) -> BinLimitsSnapshot: ...

    def cards(
        self,
        page: int = 1,
        page_size: int | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
    ) -> Page[CardSnapshot]: ...

    def card(self, card_id: str) -> CardSnapshot: ...

    def card_orders(
        self,
        page: int = 1,
        page_size: int | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
    ) -> Page[CardOrderSnapshot]: ...

    def card_order(self, order_id: str) -> CardOrderSnapshot: ...

    def issue_card(
        self,
        *,
        merchant_ref: str,
        bin_id: str,
        wallet_id: str,
        amount: Decimal,
        holder_id: str = "",
        note: str = "",
        delivery: Mapping[str, str] | None = None,
        currency: str = "",
    ) -> CardOrderSnapshot:
        """Ask for a card. `currency` is only for checking that the amount has no more decimals than it."""
        ...

    def find_card_order(self, *, merchant_ref: str) -> CardOrderSnapshot | None:
        """Look an order up by our own number; None where the provider does not know it (yet)."""
        ...


class Receiver(Protocol):
    """The other end of a provider's callbacks: verifies, cuts secrets, names what to ask about; applies nothing."""

    @property
    def acknowledgement(self) -> dict: ...

    def open(self, body: bytes, headers: Mapping[str, str]) -> Message:
        """Raises BadSignature or BadMessage."""
        ...

    def read(self, body: bytes) -> Message:
        """Understand a stored body again."""
        ...

    def refusal(self, reason: str) -> Refusal: ...
