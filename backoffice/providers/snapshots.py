"""Everything a provider may tell us, in our words. No raw status, no provider field name and no float goes past here.

In optional text, None means "not said" and "" means "said to be empty". `word` is the provider's status as it was sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class WalletStatus(StrEnum):
    NORMAL = "normal"
    FROZEN = "frozen"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class CardKind(StrEnum):
    VIRTUAL = "virtual"
    PHYSICAL = "physical"
    UNKNOWN = "unknown"


class CardMode(StrEnum):
    PREPAID = "prepaid"  # each card has its own balance
    SHARED = "shared"  # the card spends up to a limit set at its opening
    UNKNOWN = "unknown"


class BinStatus(StrEnum):
    AVAILABLE = "available"
    MAINTENANCE = "maintenance"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


class CardStatus(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    FROZEN = "frozen"
    CLOSING = "closing"
    CLOSED = "closed"
    LOST = "lost"
    REPLACED = "replaced"
    UNKNOWN = "unknown"


class OrderKind(StrEnum):
    ISSUE = "issue"
    RECHARGE = "recharge"
    CLOSE = "close"
    REPLACE = "replace"
    UNKNOWN = "unknown"


class OrderStatus(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


class IdKind(StrEnum):
    """What a holder's identity number is the number of."""

    PASSPORT = "passport"
    NATIONAL_ID = "national_id"
    DRIVING_LICENCE = "driving_licence"
    UNKNOWN = "unknown"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


class BillKind(StrEnum):
    CHARGE = "charge"
    REFUND = "refund"
    UNKNOWN = "unknown"


class BillCategory(StrEnum):
    PRINCIPAL = "principal"
    OPENING = "opening"
    RECHARGE = "recharge"
    MONTHLY = "monthly"
    CLOSING = "closing"
    SHIPPING = "shipping"
    REPLACEMENT = "replacement"
    TRADE = "trade"
    UNKNOWN = "unknown"


class FeeCharge(StrEnum):
    FIXED = "fixed"  # an amount
    RATE = "rate"  # a fraction: 0.01 is one per cent
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a provider said about one thing at one moment."""

    account: str
    observed_at: datetime  # when we asked, not when the answer came
    raw: Mapping = field(default_factory=dict, repr=False)  # redacted before it gets here


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletSnapshot(Snapshot):
    wallet_id: str
    currency: str
    balance: Decimal
    frozen_balance: Decimal | None = None
    status: WalletStatus
    word: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BinSnapshot(Snapshot):
    bin_id: str
    digits: str | None = None
    name: str | None = None
    network: str | None = None
    country: str | None = None
    currency: str
    kind: CardKind
    mode: CardMode
    status: BinStatus
    word: str = ""
    needs_holder: bool | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLine:
    """One fee of a BIN; `value` is an amount or a fraction, as `charge` says."""

    code: str
    name: str
    category: BillCategory
    charge: FeeCharge
    value: Decimal
    minimum: Decimal | None = None
    maximum: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BinFeesSnapshot(Snapshot):
    bin_id: str
    currency: str
    fees: tuple[FeeLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BinLimitsSnapshot(Snapshot):
    """None means that there is no such limit, or that none was said."""

    bin_id: str
    currency: str
    open_min: Decimal | None = None
    open_max: Decimal | None = None
    recharge_min: Decimal | None = None
    recharge_max: Decimal | None = None
    card_max_balance: Decimal | None = None
    trade_single_max: Decimal | None = None
    trade_day_max: Decimal | None = None
    trade_month_max: Decimal | None = None
    max_card_count: int | None = None
    forbidden_countries: tuple[str, ...] = ()
    forbidden_mccs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSnapshot(Snapshot):
    card_id: str
    order_id: str | None = None  # the order that opened it
    merchant_ref: str | None = None  # our number of that order
    app_id: str = ""
    bin_id: str | None = None
    holder_id: str | None = None
    last4: str = ""
    balance: Decimal
    recharged: Decimal | None = None  # all that was ever put on the card; not a spending limit
    expiry: str | None = None  # MM/YY
    status: CardStatus
    word: str = ""
    activated_at: datetime | None = None
    closing_at: datetime | None = None
    ended_at: datetime | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardStatusSnapshot(Snapshot):
    """The answer to a command that only moves a card; everything else is to be asked for."""

    card_id: str
    status: CardStatus
    word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSecrets:
    """What is shown of a card once and kept nowhere: no snapshot, and without a repr."""

    number: str = field(repr=False)
    expiry: str = field(default="", repr=False)  # MM/YY
    cvv: str = field(default="", repr=False)
    pin: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderSnapshot(Snapshot):
    """The answer to a command says only whose it is. What is said of the person is exact, and kept sealed alone."""

    holder_id: str
    merchant_ref: str | None = None  # our own number, echoed back
    bin_id: str | None = None  # the BIN it was registered for
    first_name: str | None = field(default=None, repr=False)
    last_name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    phone_code: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    birthday: date | None = field(default=None, repr=False)
    nationality: str | None = field(default=None, repr=False)
    id_kind: IdKind | None = field(default=None, repr=False)
    id_number: str | None = field(default=None, repr=False)
    country: str | None = field(default=None, repr=False)
    region: str | None = field(default=None, repr=False)
    city: str | None = field(default=None, repr=False)
    street: str | None = field(default=None, repr=False)
    post_code: str | None = field(default=None, repr=False)
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted: bool = False  # the provider confirms that it is gone


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """One money line of an order; the amount is positive, the direction is the wallet's."""

    bill_id: str
    direction: Direction
    kind: BillKind
    category: BillCategory
    amount: Decimal
    currency: str
    transaction_id: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOrderSnapshot(Snapshot):
    """The answer to a command fills in the references and the status alone; None elsewhere means "not said"."""

    merchant_ref: str  # our own number, echoed back; empty where the provider made the order itself
    order_id: str
    app_id: str = ""
    kind: OrderKind | None = None
    card_kind: CardKind | None = None
    bin_id: str | None = None
    card_id: str | None = None
    holder_id: str | None = None
    wallet_id: str | None = None
    currency: str | None = None
    amount: Decimal | None = None
    fee: Decimal | None = None
    total: Decimal | None = None
    status: OrderStatus
    word: str = ""
    reason: str | None = None
    note: str | None = None
    created_at: datetime | None = None
    ended_at: datetime | None = None
    bills: tuple[BillLine, ...] | None = None  # None: the answer has no bills, as in lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list. Rows may move between pages while we read, so `total` is only the provider's word."""

    items: tuple[T, ...]
    total: int
    page: int
    page_size: int

    @property
    def is_last(self) -> bool:
        return self.page * self.page_size >= self.total
