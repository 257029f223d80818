"""A BIN's fees, and what they make of an amount."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from backoffice.core.money import rounded
from backoffice.providers.snapshots import FeeCharge, FeeLine

OPEN, RECHARGE, CLOSE = "open", "recharge", "close"
COMPUTED = frozenset({FeeCharge.FIXED, FeeCharge.RATE})  # the kinds that `Fee.on` knows


@dataclass(frozen=True)
class Fee:
    """One line of a BIN's fees as we keep it: a fixed amount, or a rate (0.01 is 1 %) between two bounds."""

    code: str
    name: str
    charge: str
    value: Decimal
    minimum: Decimal | None
    maximum: Decimal | None

    def on(self, amount: Decimal, currency: str) -> Decimal:
        if self.charge == FeeCharge.FIXED:
            return self.value
        fee = rounded(amount * self.value, currency)
        fee = max(fee, self.minimum) if self.minimum else fee
        return min(fee, self.maximum) if self.maximum else fee


def stored(lines: Iterable[FeeLine]) -> list[dict[str, Any]]:
    """As JSON, amounts as text."""
    kept = (Fee(line.code, line.name, str(line.charge), line.value, line.minimum, line.maximum) for line in lines)
    return [
        {name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(fee).items()}
        for fee in kept
    ]


def read(rows: Iterable[dict[str, Any]] | None) -> list[Fee]:
    return [
        Fee(
            row["code"],
            row["name"],
            row["charge"],
            Decimal(row["value"]),
            Decimal(row["minimum"]) if row["minimum"] else None,
            Decimal(row["maximum"]) if row["maximum"] else None,
        )
        for row in rows or []
    ]


def fee_lines(rows: Iterable[dict[str, Any]] | None, code: str) -> list[Fee]:
    return [fee for fee in read(rows) if fee.code == code]
