"""Fees and bill lines of an order."""

from decimal import Decimal
from typing import TYPE_CHECKING

from backoffice.providers.emulator import exact
from backoffice.providers.emulator.rows import ZERO, Bill, Bin, Fee, Order, WalletRow

if TYPE_CHECKING:
    from backoffice.providers.emulator.world import World

FEE_CATEGORY = {"open": "opening_fee", "recharge": "recharge_fee", "close": "closing_fee"}


def fee_of(bin_: Bin, code: str, amount: Decimal) -> Decimal:
    """The fee of an operation: all lines of its code, each rounded half up to the currency's decimals."""
    lines = [fee for fee in bin_.fees if fee.code == code]
    return sum((exact.to_digits(_line(fee, amount), bin_.currency) for fee in lines), ZERO)


def charge(world: "World", order: Order, row: WalletRow | None, fee_code: str) -> None:
    """Write what the order takes: its principal and its fee."""
    if row:
        order.bills += [
            bill(world, row, amount, category)
            for amount, category in ((order.amount, "principal"), (order.fee, FEE_CATEGORY[fee_code]))
            if amount
        ]


def refund(world: "World", order: Order, row: WalletRow | None) -> None:
    """Write that all the order took came back."""
    if row:
        order.bills += [bill(world, row, line.amount, line.category, refund=True) for line in list(order.bills)]


def bill(world: "World", row: WalletRow, amount: Decimal, category: str, *, refund: bool = False) -> Bill:
    return Bill(
        bill_id=world.ids.of("bil"),
        income=refund,
        refund=refund,
        category=category,
        amount=amount,
        currency=row.currency,
        transaction_id=row.transaction_id,
        create_at=world.stamp(),
    )


def _line(fee: Fee, amount: Decimal) -> Decimal:
    value = fee.value * amount if fee.is_rate else fee.value
    value = max(value, fee.min_fee)
    return min(value, fee.max_fee) if fee.max_fee else value
