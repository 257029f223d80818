"""What OPEN-API's pages say, one table each: paths, constants, event tags, codes.

Most of it is inferred, so that an account may replace entries in its `tables`; the names are those of the emulator's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from typing import Any

PATHS = {
    "list_wallets": "wallet/list",
    "read_wallet": "wallet/detail",
    "list_bins": "card/bin/list",
    "read_bin": "card/bin/detail",
    "read_bin_fees": "card/bin/fee",
    "read_bin_limits": "card/bin/limit",
    "list_cards": "card/list",
    "read_card": "card/detail",
    "activate_card": "card/activate",
    "freeze_card": "card/freeze",
    "unfreeze_card": "card/unfreeze",
    "close_card": "card/close",
    "open_card": "card/order/open",
    "recharge_card": "card/order/recharge",
    "list_orders": "card/order/list",
    "read_order": "card/order/detail",
    "list_holders": "card/holder/list",
    "read_holder": "card/holder/detail",
    "create_holder": "card/holder/create",
    "update_holder": "card/holder/update",
    "delete_holder": "card/holder/delete",
}

CONSTANTS = {
    "wallet_status": {"normal": 1, "frozen": 2, "closed": 3},
    "bin_type": {"virtual": 1, "physical": 2},
    "bin_mode": {"recharge": 1, "shared": 2},
    "bin_status": {"available": 1, "maintenance": 2, "offline": 3},
    "card_status": {"pending": 1, "active": 2, "frozen": 3, "closing": 4, "closed": 5, "lost": 6, "replaced": 7},
    "card_type": {"virtual": 1, "physical": 2},
    "order_type": {"opening": 1, "recharge": 2, "closing": 3, "replacement": 4},
    "order_status": {"processing": 1, "success": 2, "failed": 3},
    "bill_type": {"charge": 1, "refund": 2},
    "bill_in_out": {"income": 1, "expenditure": 2},
    "bill_category": {
        "trade": 0,
        "principal": 1,
        "opening_fee": 2,
        "recharge_fee": 3,
        "monthly_fee": 4,
        "closing_fee": 5,
        "shipping_fee": 6,
        "replacement_fee": 7,
    },
    "charge_mode": {"fixed": 1, "rate": 2},
    "id_type": {"passport": 1, "national_id": 2, "driving_licence": 3},
}

EVENTS = {
    "order_processing": "card.order.processing",
    "order_success": "card.order.success",
    "order_failed": "card.order.fail",
    "card_active": "card.status.active",
    "card_frozen": "card.status.freeze",
    "card_unfrozen": "card.status.unfreeze",
    "card_closing": "card.status.closing",
    "card_closed": "card.status.closed",
    "card_lost": "card.status.lost",
    "card_replaced": "card.status.replace",
    "trade_processing": "card.trade.processing",
    "trade_success": "card.trade.success",
    "trade_failed": "card.trade.fail",
    "trade_reversed": "card.trade.reversed",
    "payee_reviewing": "payee.status.reviewing",
    "payee_approved": "payee.status.approved",
    "payee_rejected": "payee.status.rejected",
    "payee_disabled": "payee.status.disabled",
    "payment_pending": "payment.status.pending",
    "payment_processing": "payment.status.processing",
    "payment_success": "payment.status.success",
    "payment_failed": "payment.status.fail",
    "payment_rejected": "payment.status.rejected",
    "payment_returned": "payment.status.returned",
    "payment_cancelled": "payment.status.cancelled",
    "wallet_row_pending": "wallet.transaction.pending",
    "wallet_row_approved": "wallet.transaction.approved",
    "wallet_row_rejected": "wallet.transaction.rejected",
    "wallet_frozen": "wallet.status.freeze",
    "wallet_unfrozen": "wallet.status.unfreeze",
}

CODES = {
    "success": 0,
    "parameter": 1001,
    "key": 1002,
    "app": 1003,
    "address": 1004,
    "throttled": 1005,
    "wallet": 2001,
    "not_found": 2002,
    "balance": 2003,
    "repeated": 3001,
    "limit": 3002,
    "state": 3003,
    "bin": 3004,
    "holder": 3005,
    "count": 3006,
    "payee": 3007,
    "fee_mode": 3008,
    "in_use": 3010,
    "channel": 9001,
    "system": 9999,
}


@dataclass(frozen=True, kw_only=True, repr=False)
class Tables:
    """The tables of one account."""

    paths: Mapping[str, str]
    constants: Mapping[str, Mapping[str, int]]
    events: Mapping[str, str]
    codes: Mapping[str, int]

    @classmethod
    def of(cls, changes: Mapping[str, Any] | None = None) -> "Tables":
        """The contract's tables with some entries replaced; ValueError names an entry that is wrong or not known."""
        tables = cls(paths=PATHS, constants=CONSTANTS, events=EVENTS, codes=CODES)
        known = {field.name: getattr(tables, field.name) for field in fields(cls)}
        return replace(tables, **_merged(known, changes or {}))

    def name(self, group: str, number: object) -> str:
        """Our name of a number; empty where there is none."""
        return _name_of(self.constants[group], number)

    def number(self, group: str, name: str) -> int:
        return self.constants[group][name]

    def code_name(self, code: object) -> str:
        return _name_of(self.codes, code)

    def event_name(self, tag: object) -> str:
        return _name_of(self.events, tag)


def _name_of(table: Mapping[str, Any], wanted: object) -> str:
    return next((name for name, value in table.items() if type(value) is type(wanted) and value == wanted), "")


def _merged(known: Mapping[str, Any], changes: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    merged = dict(known)
    for name, new in changes.items():
        here = f"{above}{name}"
        if name not in known:
            close = get_close_matches(name, known, 1)
            raise ValueError(f"{here} is not known" + (f"; did you mean {above}{close[0]}?" if close else ""))
        old = known[name]
        if isinstance(old, Mapping):
            if not isinstance(new, Mapping):
                raise ValueError(f"{here} is a table")
            merged[name] = _merged(old, new, f"{here}.")
            _require_distinct(merged[name], here)
        elif type(new) is not type(old) or new == "":
            raise ValueError(f"{here} is {'a whole number' if isinstance(old, int) else 'text'}")
        else:
            merged[name] = new
    return merged


def _require_distinct(table: Mapping[str, Any], here: str) -> None:
    """Two meanings of one number or tag would make the first of them win in silence."""
    values = [value for value in table.values() if not isinstance(value, Mapping)]
    if twice := next((value for value in values if values.count(value) > 1), None):
        raise ValueError(f"{here} has {twice} twice")
