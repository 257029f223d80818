"""Their answers, our snapshots. Total over the contract: any other number is UNKNOWN, with the word as it was sent.

What an object cannot do without and that is missing or malformed is an OutcomeUnknown; nothing else is ever raised.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from backoffice.providers.openapi.fields import Fields
from backoffice.providers.openapi.tables import Tables
from backoffice.providers.redaction import last4, redacted
from backoffice.providers.snapshots import (
    BillCategory,
    BillKind,
    BillLine,
    BinFeesSnapshot,
    BinLimitsSnapshot,
    BinSnapshot,
    BinStatus,
    CardKind,
    CardMode,
    CardOrderSnapshot,
    CardSnapshot,
    CardStatus,
    Direction,
    FeeCharge,
    FeeLine,
    IdKind,
    OrderKind,
    OrderStatus,
    Page,
    WalletSnapshot,
    WalletStatus,
)

E = TypeVar("E", bound=StrEnum)
S = TypeVar("S")

CARD_KIND = {"virtual": CardKind.VIRTUAL, "physical": CardKind.PHYSICAL}
DIRECTION = {"income": Direction.IN, "expenditure": Direction.OUT}
WORDS: Mapping[str, Mapping[str, StrEnum]] = {
    "wallet_status": {"normal": WalletStatus.NORMAL, "frozen": WalletStatus.FROZEN, "closed": WalletStatus.CLOSED},
    "bin_type": CARD_KIND,
    "bin_mode": {"recharge": CardMode.PREPAID, "shared": CardMode.SHARED},
    "bin_status": {
        "available": BinStatus.AVAILABLE,
        "maintenance": BinStatus.MAINTENANCE,
        "offline": BinStatus.OFFLINE,
    },
    "card_status": {
        "pending": CardStatus.PENDING,
        "active": CardStatus.ACTIVE,
        "frozen": CardStatus.FROZEN,
        "closing": CardStatus.CLOSING,
        "closed": CardStatus.CLOSED,
        "lost": CardStatus.LOST,
        "replaced": CardStatus.REPLACED,
    },
    "card_type": CARD_KIND,
    "order_type": {
        "opening": OrderKind.ISSUE,
        "recharge": OrderKind.RECHARGE,
        "closing": OrderKind.CLOSE,
        "replacement": OrderKind.REPLACE,
    },
    "order_status": {
        "processing": OrderStatus.PENDING,
        "success": OrderStatus.SUCCEEDED,
        "failed": OrderStatus.FAILED,
    },
    "bill_type": {"charge": BillKind.CHARGE, "refund": BillKind.REFUND},
    "bill_in_out": DIRECTION,
    "bill_category": {
        "trade": BillCategory.TRADE,
        "principal": BillCategory.PRINCIPAL,
        "opening_fee": BillCategory.OPENING,
        "recharge_fee": BillCategory.RECHARGE,
        "monthly_fee": BillCategory.MONTHLY,
        "closing_fee": BillCategory.CLOSING,
        "shipping_fee": BillCategory.SHIPPING,
        "replacement_fee": BillCategory.REPLACEMENT,
    },
    "charge_mode": {"fixed": FeeCharge.FIXED, "rate": FeeCharge.RATE},
    "id_type": {
        "passport": IdKind.PASSPORT,
        "national_id": IdKind.NATIONAL_ID,
        "driving_licence": IdKind.DRIVING_LICENCE,
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Whose answer it is, when we asked, and how to read it."""

    account: str
    observed_at: datetime
    zone: ZoneInfo
    tables: Tables

    def word(self, group: str, row: Fields, name: str, unknown: E) -> E:
        """Our neutral word for a number of theirs."""
        found = WORDS[group].get(self.tables.name(group, row.integer(name)))
        return found if isinstance(found, type(unknown)) else unknown

    def said(self, row: Fields) -> dict[str, Any]:
        """What every snapshot has."""
        return {"account": self.account, "observed_at": self.observed_at, "raw": redacted(row.data)}


def page(
    data: Fields, name: str, reading: Reading, one: Callable[[Fields, Reading], S], *, asked: tuple[int, int]
) -> Page[S]:
    """One page of a list; the numbers are the provider's, else those that were asked for."""
    total = data.integer("total")
    if total is None or total < 0:
        raise data.wrong("total", "is no number of rows")
    number, size = data.integer("page"), data.integer("page_size")
    return Page(
        items=tuple(one(row, reading) for row in data.objects(name)),
        total=total,
        page=number if number and number > 0 else asked[0],
        page_size=size if size and size > 0 else asked[1],
    )


def wallet(row: Fields, reading: Reading) -> WalletSnapshot:
    return WalletSnapshot(
        **reading.said(row),
        wallet_id=row.id("wallet_id"),
        currency=row.currency("currency"),
        balance=row.balance("balance"),
        frozen_balance=row.optional_balance("frozen_balance"),
        status=reading.word("wallet_status", row, "status", WalletStatus.UNKNOWN),
        word=row.word("status"),
        created_at=row.time("create_at", reading.zone),
    )


def bin_(row: Fields, reading: Reading) -> BinSnapshot:
    return BinSnapshot(
        **reading.said(row),
        bin_id=row.id("bin_id"),
        digits=row.matching("bin", r"[0-9]{4,8}"),
        name=row.text("bin_name", 120),
        network=row.text("organization", 24),
        country=row.matching("country", r"[A-Z]{2}"),
        currency=row.currency("currency"),
        kind=reading.word("bin_type", row, "bin_type", CardKind.UNKNOWN),
        mode=reading.word("bin_mode", row, "bin_mode", CardMode.UNKNOWN),
        status=reading.word("bin_status", row, "status", BinStatus.UNKNOWN),
        word=row.word("status"),
        needs_holder={0: False, 1: True}.get(row.integer("need_holder")),  # type: ignore[arg-type]
        notes=row.text("mark", 400),
    )


def bin_fees(row: Fields, reading: Reading) -> BinFeesSnapshot:
    return BinFeesSnapshot(
        **reading.said(row),
        bin_id=row.id("bin_id"),
        currency=row.currency("currency"),
        fees=tuple(_fee(line, reading) for line in row.objects("fee_list")),
    )


def _fee(line: Fields, reading: Reading) -> FeeLine:
    return FeeLine(
        code=line.id("fee_code"),
        name=line.text("fee_name", 120) or "",
        category=reading.word("bill_category", line, "bill_category", BillCategory.UNKNOWN),
        charge=reading.word("charge_mode", line, "charge_mode", FeeCharge.UNKNOWN),
        value=line.amount("fee_value"),
        minimum=line.bound("min_fee"),
        maximum=line.bound("max_fee"),
    )


def bin_limits(row: Fields, reading: Reading) -> BinLimitsSnapshot:
    return BinLimitsSnapshot(
        **reading.said(row),
        bin_id=row.id("bin_id"),
        currency=row.currency("currency"),
        open_min=row.bound("open_min_amount"),
        open_max=row.bound("open_max_amount"),
        recharge_min=row.bound("recharge_min_amount"),
        recharge_max=row.bound("recharge_max_amount"),
        card_max_balance=row.bound("card_max_balance"),
        trade_single_max=row.bound("trade_single_max"),
        trade_day_max=row.bound("trade_day_max"),
        trade_month_max=row.bound("trade_month_max"),
        max_card_count=_count(row.integer("max_card_count")),
        forbidden_countries=row.texts("forbid_country_list", r"[A-Z]{2}"),
        forbidden_mccs=row.texts("forbid_mcc_list", r"[0-9]{4}"),
    )


def _count(number: int | None) -> int | None:
    return number if number and 0 < number < 2**31 else None


def card(row: Fields, reading: Reading) -> CardSnapshot:
    return CardSnapshot(
        **reading.said(row),
        card_id=row.id("card_id"),
        order_id=row.optional_id("order_id"),
        merchant_ref=row.optional_id("out_order_id"),
        app_id=_app_id(row),
        bin_id=row.optional_id("bin_id"),
        holder_id=row.optional_id("holder_id"),
        last4=last4(row.data.get("card_no")),
        balance=row.balance("balance"),
        recharged=row.optional_amount("limit"),
        expiry=row.matching("expiry", r"[0-9]{2}/[0-9]{2}"),
        status=reading.word("card_status", row, "status", CardStatus.UNKNOWN),
        word=row.word("status"),
        activated_at=row.time("use_at", reading.zone),
        closing_at=row.time("close_at", reading.zone),
        ended_at=row.time("end_at", reading.zone),
        note=row.text("mark", 64),
    )


def card_order(row: Fields, reading: Reading) -> CardOrderSnapshot:
    return CardOrderSnapshot(
        **reading.said(row),
        merchant_ref=row.reference("out_order_id"),
        order_id=row.id("order_id"),
        app_id=_app_id(row),
        kind=reading.word("order_type", row, "order_type", OrderKind.UNKNOWN),
        card_kind=reading.word("card_type", row, "card_type", CardKind.UNKNOWN),
        bin_id=row.optional_id("bin_id"),
        card_id=row.optional_id("card_id"),
        holder_id=row.optional_id("holder_id"),
        wallet_id=row.optional_id("wallet_id"),
        currency=row.currency("currency"),
        amount=row.amount("amount"),
        fee=row.optional_amount("fee"),
        total=row.optional_amount("total_amount"),
        status=reading.word("order_status", row, "status", OrderStatus.UNKNOWN),
        word=row.word("status"),
        reason=row.text("fail_reason", 200),
        note=row.text("mark", 64),
        created_at=row.time("create_at", reading.zone),
        ended_at=row.time("end_at", reading.zone),
        bills=_bills(row, reading),
    )


def _bills(row: Fields, reading: Reading) -> tuple[BillLine, ...] | None:
    if row.data.get("bill_list") is None:
        return None
    return tuple(
        BillLine(
            bill_id=line.id("bill_id"),
            direction=reading.word("bill_in_out", line, "in_out_type", Direction.UNKNOWN),
            kind=reading.word("bill_type", line, "order_bill_type", BillKind.UNKNOWN),
            category=reading.word("bill_category", line, "bill_category", BillCategory.UNKNOWN),
            amount=line.amount("amount"),
            currency=line.currency("currency"),
            transaction_id=line.optional_id("transaction_id"),
            created_at=line.time("create_at", reading.zone),
        )
        for line in row.objects("bill_list")
    )


def _app_id(row: Fields) -> str:
    number = row.integer("app_id")
    return "" if number is None else str(number)
