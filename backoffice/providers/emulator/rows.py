"""What the provider keeps: plain rows with our names for states, the provider's form for times, Decimals for money."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(kw_only=True)
class App:
    """A merchant's application: who may call, and where its callbacks go."""

    customer_id: int
    app_id: int
    key: str = field(repr=False)
    callback_url: str = ""
    stopped: bool = False
    addresses: list[str] = field(default_factory=list)
    used_ids: dict[str, list[str]] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """How rows name their app."""
        return f"{self.customer_id}:{self.app_id}"


@dataclass(kw_only=True)
class Wallet:
    wallet_id: str
    owner: str
    currency: str
    create_at: str
    balance: Decimal = ZERO
    frozen_balance: Decimal = ZERO
    status: str = "normal"


@dataclass(kw_only=True)
class WalletRow:
    """One movement of a wallet; an exchange is two rows with one transaction id."""

    wallet_id: str
    owner: str
    transaction_id: str
    out_transaction_id: str
    income: bool
    kind: str
    amount: Decimal
    currency: str
    before_balance: Decimal
    after_balance: Decimal
    create_at: str
    record_id: str = ""
    status: str = "approved"
    reject_reason: str = ""
    remark: str = ""


@dataclass(kw_only=True)
class Fee:
    code: str
    value: Decimal
    category: str = "trade"
    is_rate: bool = False
    min_fee: Decimal = ZERO
    max_fee: Decimal = ZERO
    name: str = ""


@dataclass(kw_only=True)
class Limits:
    """What a BIN allows; zero in a maximum of balance, spending or count means none."""

    open_min_amount: Decimal = Decimal(10)
    open_max_amount: Decimal = Decimal(5000)
    recharge_min_amount: Decimal = Decimal(10)
    recharge_max_amount: Decimal = Decimal(20000)
    card_max_balance: Decimal = Decimal(50000)
    trade_single_max: Decimal = ZERO
    trade_day_max: Decimal = ZERO
    trade_month_max: Decimal = ZERO
    max_card_count: int = 0
    forbid_country_list: list[str] = field(default_factory=list)
    forbid_mcc_list: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Bin:
    bin_id: str
    bin: str
    bin_name: str
    organization: str
    currency: str
    country: str = "US"
    type: str = "virtual"
    mode: str = "recharge"
    status: str = "available"
    need_holder: bool = False
    mark: str = ""
    fees: list[Fee] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)


@dataclass(kw_only=True)
class Holder:
    holder_id: str
    owner: str
    out_holder_id: str
    create_at: str
    update_at: str
    details: dict[str, str | int] = field(default_factory=dict)
    deleted: bool = False


@dataclass(kw_only=True)
class Card:
    card_id: str
    owner: str
    order_id: str
    out_order_id: str
    bin_id: str
    card_no: str
    expiry: str
    create_at: str
    cvv: str = field(default="", repr=False)
    pin: str = field(default="", repr=False)
    holder_id: str = ""
    balance: Decimal = ZERO
    limit: Decimal = ZERO
    status: str = "active"
    use_at: str = ""
    close_at: str = ""
    end_at: str = ""
    mark: str = ""


@dataclass(kw_only=True)
class Bill:
    bill_id: str
    income: bool
    category: str
    amount: Decimal
    currency: str
    transaction_id: str
    create_at: str
    refund: bool = False


@dataclass(kw_only=True)
class Order:
    """An opening, a recharge, a closing or a replacement; it ends at `settle_at` by the emulator's clock."""

    order_id: str
    owner: str
    out_order_id: str
    type: str
    bin_id: str
    card_type: str
    wallet_id: str
    currency: str
    create_at: str
    amount: Decimal = ZERO
    fee: Decimal = ZERO
    total_amount: Decimal = ZERO
    card_id: str = ""
    holder_id: str = ""
    status: str = "processing"
    fail_reason: str = ""
    mark: str = ""
    end_at: str = ""
    bills: list[Bill] = field(default_factory=list)
    settle_at: datetime | None = None
    doom: str = ""
    card_status_before: str = ""


@dataclass(kw_only=True)
class Trade:
    """A movement on a card."""

    trade_id: str
    owner: str
    card_id: str
    bin_id: str
    card_no: str
    type: str
    result: str
    amount: Decimal
    currency: str
    card_balance: Decimal
    create_at: str
    fee: Decimal = ZERO
    settle_amount: Decimal = ZERO
    origin_trade_id: str = ""
    auth_code: str = ""
    merchant_name: str = ""
    merchant_mcc: str = ""
    merchant_country: str = ""
    merchant_city: str = ""
    fail_reason: str = ""
    settle_time: str = ""


@dataclass(kw_only=True)
class LateCall:
    """A call whose sender was left without an answer and that is carried out later."""

    owner: str
    call: str
    arguments: str
    due: datetime
