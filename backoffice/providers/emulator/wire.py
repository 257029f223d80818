"""Rows in the shapes of the contract: keys, order and empty texts as in its examples."""

from typing import TYPE_CHECKING, Any

from backoffice.providers.emulator.rows import Bill, Bin, Card, Fee, Holder, Order, Trade, Wallet, WalletRow
from backoffice.providers.emulator.tables import FEE_TEXTS, ROW_TEXTS

if TYPE_CHECKING:
    from backoffice.providers.emulator.world import World

Shape = dict[str, Any]


def wallet(world: "World", row: Wallet) -> Shape:
    return {
        "wallet_id": row.wallet_id,
        "currency": row.currency,
        "balance": row.balance,
        "frozen_balance": row.frozen_balance,
        "status": world.tables.number("wallet_status", row.status),
        "create_at": row.create_at,
    }


def wallet_event(world: "World", row: Wallet) -> Shape:
    return {**wallet(world, row), "app_id": world.apps[row.owner].app_id}


def wallet_row(world: "World", row: WalletRow) -> Shape:
    return {
        "record_id": row.record_id,
        "transaction_id": row.transaction_id,
        "out_transaction_id": row.out_transaction_id,
        "in_out_type": world.tables.number("in_out", "income" if row.income else "expenditure"),
        "transaction_type": world.tables.number("transaction_type", row.kind),
        "transaction_desc": ROW_TEXTS[row.kind],
        "amount": row.amount,
        "currency": row.currency,
        "before_balance": row.before_balance,
        "after_balance": row.after_balance,
        "status": world.tables.number("transaction_status", row.status),
        "reject_reason": row.reject_reason,
        "remark": row.remark,
        "transaction_time": row.create_at,
        "create_at": row.create_at,
    }


def wallet_row_event(world: "World", row: WalletRow) -> Shape:
    return {"wallet_id": row.wallet_id, "app_id": world.apps[row.owner].app_id, **wallet_row(world, row)}


def bin_(world: "World", row: Bin) -> Shape:
    return {
        "bin_id": row.bin_id,
        "bin": row.bin,
        "bin_name": row.bin_name,
        "organization": row.organization,
        "country": row.country,
        "currency": row.currency,
        "bin_type": world.tables.number("bin_type", row.type),
        "bin_mode": world.tables.number("bin_mode", row.mode),
        "status": world.tables.number("bin_status", row.status),
        "need_holder": int(row.need_holder),
        "mark": row.mark,
    }


def fee(world: "World", row: Fee) -> Shape:
    return {
        "bill_category": world.tables.number("bill_category", row.category),
        "fee_code": row.code,
        "fee_name": row.name or FEE_TEXTS[row.code],
        "charge_mode": world.tables.number("charge_mode", "rate" if row.is_rate else "fixed"),
        "fee_value": row.value,
        "min_fee": row.min_fee,
        "max_fee": row.max_fee,
    }


def limits(world: "World", row: Bin) -> Shape:
    return {"bin_id": row.bin_id, "currency": row.currency, **vars(row.limits)}


def card(world: "World", row: Card) -> Shape:
    """A card with its secrets, as the detail call and the callbacks carry it."""
    return {
        "card_id": row.card_id,
        "order_id": row.order_id,
        "out_order_id": row.out_order_id,
        "app_id": world.apps[row.owner].app_id,
        "bin_id": row.bin_id,
        "holder_id": row.holder_id,
        "card_no": row.card_no,
        "balance": row.balance,
        "limit": row.limit,
        "expiry": row.expiry,
        "cvv": row.cvv,
        "pin": row.pin,
        "status": world.tables.number("card_status", row.status),
        "use_at": row.use_at,
        "close_at": row.close_at,
        "end_at": row.end_at,
        "mark": row.mark,
    }


def listed_card(world: "World", row: Card) -> Shape:
    """A card in a list: code and PIN are empty unless the switch says otherwise."""
    return card(world, row) | ({} if world.switches.secrets_everywhere else {"cvv": "", "pin": ""})


def listed_order(world: "World", row: Order) -> Shape:
    return {
        "order_id": row.order_id,
        "out_order_id": row.out_order_id,
        "app_id": world.apps[row.owner].app_id,
        "order_type": world.tables.number("order_type", row.type),
        "card_type": world.tables.number("card_type", row.card_type),
        "bin_id": row.bin_id,
        "card_id": row.card_id,
        "holder_id": row.holder_id,
        "wallet_id": row.wallet_id,
        "currency": row.currency,
        "amount": row.amount,
        "fee": row.fee,
        "total_amount": row.total_amount,
        "status": world.tables.number("order_status", row.status),
        "fail_reason": row.fail_reason,
        "mark": row.mark,
        "create_at": row.create_at,
        "end_at": row.end_at,
    }


def order(world: "World", row: Order) -> Shape:
    return {**listed_order(world, row), "bill_list": [bill(world, line) for line in row.bills]}


def bill(world: "World", row: Bill) -> Shape:
    return {
        "bill_id": row.bill_id,
        "order_bill_type": world.tables.number("bill_type", "refund" if row.refund else "charge"),
        "in_out_type": world.tables.number("bill_in_out", "income" if row.income else "expenditure"),
        "bill_category": world.tables.number("bill_category", row.category),
        "amount": row.amount,
        "currency": row.currency,
        "transaction_id": row.transaction_id,
        "create_at": row.create_at,
    }


def holder(world: "World", row: Holder) -> Shape:
    given = {"holder_id": row.holder_id, "out_holder_id": row.out_holder_id, **row.details}
    return {**given, "create_at": row.create_at, "update_at": row.update_at}


def trade(world: "World", row: Trade) -> Shape:
    return {
        "trade_id": row.trade_id,
        "origin_trade_id": row.origin_trade_id,
        "card_id": row.card_id,
        "app_id": world.apps[row.owner].app_id,
        "bin_id": row.bin_id,
        "card_no": row.card_no,
        "trade_type": world.tables.number("trade_type", row.type),
        "trade_result": world.tables.number("trade_result", row.result),
        "amount": row.amount,
        "currency": row.currency,
        "trade_amount": row.amount,
        "trade_currency": row.currency,
        "fee": row.fee,
        "settle_amount": row.settle_amount,
        "card_balance": row.card_balance,
        "auth_code": row.auth_code,
        "merchant_name": row.merchant_name,
        "merchant_mcc": row.merchant_mcc,
        "merchant_country": row.merchant_country,
        "merchant_city": row.merchant_city,
        "fail_reason": row.fail_reason,
        "trade_time": row.create_at,
        "settle_time": row.settle_time,
        "create_at": row.create_at,
    }
