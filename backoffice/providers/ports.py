"""What the apps may ask of a provider, whichever it is."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol, TypedDict, Unpack

from backoffice.providers.messages import Message, Refusal
from backoffice.providers.snapshots import (
    BinFeesSnapshot,
    BinLimitsSnapshot,
    BinSnapshot,
    CardOrderSnapshot,
    CardSecrets,
    CardSnapshot,
    CardStatusSnapshot,
    HolderSnapshot,
    IdKind,
    Page,
    WalletSnapshot,
)


class HolderFields(TypedDict, total=False):
    """What can be said of a card holder; a new one needs all but `bin_id`, `id_kind` and `id_number`."""

    bin_id: str
    first_name: str
    last_name: str
    email: str
    phone_code: str  # digits, without the plus sign
    phone: str
    birthday: date
    nationality: str  # two letters, as of a country
    id_kind: IdKind
    id_number: str
    country: str
    region: str
    city: str
    street: str
    post_code: str


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

    def recharge_card(
        self,
        *,
        merchant_ref: str,
        card_id: str,
        wallet_id: str,
        amount: Decimal,
        note: str = "",
        currency: str = "",
    ) -> CardOrderSnapshot:
        """Put `amount` on a card; fees come on top of it from the wallet. `currency` is as in `issue_card`."""
        ...

    def close_card(self, *, merchant_ref: str, card_id: str, reason: str = "") -> CardOrderSnapshot:
        """Start a closing, which is an order with our number like any other."""
        ...

    def activate_card(self, *, card_id: str, code: str = "", pin: str = "") -> CardStatusSnapshot:
        """Bring a card into use; code and PIN are for physical ones, and are neither kept nor told."""
        ...

    def freeze_card(self, *, card_id: str, reason: str = "") -> CardStatusSnapshot: ...

    def unfreeze_card(self, *, card_id: str, reason: str = "") -> CardStatusSnapshot: ...

    def reveal_card(self, card_id: str) -> CardSecrets: ...

    def holders(self, page: int = 1, page_size: int | None = None) -> Page[HolderSnapshot]: ...

    def holder(self, holder_id: str) -> HolderSnapshot: ...

    def find_holder(self, *, merchant_ref: str) -> HolderSnapshot | None:
        """Look a holder up by our own number; None where the provider does not know it (yet, or any more)."""
        ...

    def create_holder(self, *, merchant_ref: str, **fields: Unpack[HolderFields]) -> HolderSnapshot: ...

    def edit_holder(self, *, holder_id: str, **fields: Unpack[HolderFields]) -> HolderSnapshot:
        """Change the given fields and no other; none of them can be emptied."""
        ...

    def delete_holder(self, *, holder_id: str) -> HolderSnapshot:
        """NotFound says that it is gone already."""
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
