"""Paths, numbers, event tags and codes of the contract: one table each, and each can be overridden by configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

PATHS = {
    "list_wallets": "wallet/list",
    "read_wallet": "wallet/detail",
    "list_wallet_rows": "wallet/transaction/list",
    "read_wallet_row": "wallet/transaction/detail",
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
    "list_trades": "card/trade/list",
    "open_card": "card/order/open",
    "recharge_card": "card/order/recharge",
    "list_orders": "card/order/list",
    "read_order": "card/order/detail",
    "list_holders": "card/holder/list",
    "create_holder": "card/holder/create",
    "update_holder": "card/holder/update",
    "read_holder": "card/holder/detail",
    "delete_holder": "card/holder/delete",
}

CONSTANTS = {
    "wallet_status": {"normal": 1, "frozen": 2, "closed": 3},
    "in_out": {"income": 1, "expenditure": 2},
    "transaction_type": {
        "recharge": 1000, "collection": 1001, "withdrawal": 1002, "exchange": 1003, "card_opening": 2000,
        "card_recharge": 2001, "order_refund": 2002, "card_closing": 2003, "card_fee": 2004, "payment": 3000,
        "payment_fee": 3001, "payment_refund": 3002, "adjustment": 9000,
    },
    "transaction_status": {"pending": 1, "approved": 2, "rejected": 3},
    "bin_type": {"virtual": 1, "physical": 2},
    "bin_mode": {"recharge": 1, "shared": 2},
    "bin_status": {"available": 1, "maintenance": 2, "offline": 3},
    "card_status": {"pending": 1, "active": 2, "frozen": 3, "closing": 4, "closed": 5, "lost": 6, "replaced": 7},
    "trade_type": {
        "purchase": 1, "refund": 2, "reversal": 3, "cash": 4, "settlement_debit": 5, "fee": 6, "verification": 7,
        "settlement_credit": 8,
    },
    "trade_result": {"processing": 1, "success": 2, "failed": 3, "reversed": 4},
    "card_type": {"virtual": 1, "physical": 2},
    "order_type": {"opening": 1, "recharge": 2, "closing": 3, "replacement": 4},
    "order_status": {"processing": 1, "success": 2, "failed": 3},
    "bill_type": {"charge": 1, "refund": 2},
    "bill_in_out": {"income": 1, "expenditure": 2},
    "bill_category": {
        "trade": 0, "principal": 1, "opening_fee": 2, "recharge_fee": 3, "monthly_fee": 4, "closing_fee": 5,
        "shipping_fee": 6, "replacement_fee": 7,
    },
    "charge_mode": {"fixed": 1, "rate": 2},
}  # fmt: skip

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
    "wallet_row_pending": "wallet.transaction.pending",
    "wallet_row_approved": "wallet.transaction.approved",
    "wallet_row_rejected": "wallet.transaction.rejected",
    "wallet_frozen": "wallet.status.freeze",
    "wallet_unfrozen": "wallet.status.unfreeze",
    "unknown": "card.rumour.heard",
}

CODES = {
    "success": 0, "parameter": 1001, "key": 1002, "app": 1003, "address": 1004, "throttled": 1005, "wallet": 2001,
    "not_found": 2002, "balance": 2003, "repeated": 3001, "limit": 3002, "state": 3003, "bin": 3004, "holder": 3005,
    "count": 3006, "in_use": 3010, "channel": 9001, "system": 9999,
}  # fmt: skip

MESSAGES = {
    "success": "success", "parameter": "parameter error", "key": "authorization failed",
    "app": "application unknown or stopped", "address": "address not allowed", "throttled": "too many requests",
    "wallet": "wallet not usable", "not_found": "record not found", "balance": "insufficient wallet balance",
    "repeated": "duplicate out_order_id", "limit": "amount outside the limits", "state": "status not allowed",
    "bin": "bin not available", "holder": "holder not usable", "count": "card count limit reached",
    "in_use": "object in use", "channel": "channel error", "system": "system error",
}  # fmt: skip

ROW_TEXTS = {
    "recharge": "充值", "collection": "收款", "withdrawal": "提现", "exchange": "换汇", "card_opening": "开卡",
    "card_recharge": "卡充值", "order_refund": "订单退款", "card_closing": "销卡退款", "card_fee": "卡费用",
    "payment": "付款", "payment_fee": "付款手续费", "payment_refund": "付款退款", "adjustment": "人工调账",
}  # fmt: skip

FEE_TEXTS = {
    "open": "开卡费", "recharge": "充值手续费", "month": "月费", "close": "销卡费", "trade_decline": "交易失败费",
    "trade_cross_border": "跨境费", "trade_refund": "退款费",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Tables:
    """The words of the contract under our names; make an overridden set with `Tables.of({"paths": {...}, ...})`."""

    prefix: str = "/open-api/v1"
    paths: Mapping[str, str]
    constants: Mapping[str, Mapping[str, int]]
    events: Mapping[str, str]
    codes: Mapping[str, int]
    messages: Mapping[str, str]

    @classmethod
    def of(cls, changes: Mapping[str, Any] | None = None) -> "Tables":
        """The contract's tables with some entries replaced; a name that the contract lacks raises KeyError."""
        return cls(paths=PATHS, constants=CONSTANTS, events=EVENTS, codes=CODES, messages=MESSAGES).changed(changes)

    def changed(self, changes: Mapping[str, Any] | None) -> "Tables":
        known = {field.name for field in fields(self)}
        if strange := set(changes or {}) - known:
            raise KeyError(f"no such table: {', '.join(sorted(strange))}")
        return replace(self, **{name: _merged(getattr(self, name), new) for name, new in (changes or {}).items()})

    def number(self, group: str, name: str) -> int:
        return self.constants[group][name]

    def name(self, group: str, number: int) -> str:
        """Our name of a number, or empty text: nothing is called so."""
        return next((name for name, value in self.constants[group].items() if value == number), "")

    def call_at(self, address: str) -> str:
        """Our name of the call at a request path, whatever stands before the prefix; empty text when there is none."""
        _, found, asked = address.rpartition(f"{self.prefix}/")
        return next((call for call, path in self.paths.items() if path == asked), "") if found else ""


def _merged(old: Any, new: Any) -> Any:
    if not isinstance(old, Mapping):
        return new
    if strange := set(new) - set(old):
        raise KeyError(f"the contract has no {', '.join(sorted(strange))}")
    return {**old, **{name: _merged(old[name], value) for name, value in new.items()}}
