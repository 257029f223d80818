"""Wallet money: taken, held, given back, and written down so that the rows chain."""

from decimal import Decimal
from typing import TYPE_CHECKING

from backoffice.providers.emulator.rows import Order, Wallet, WalletRow
from backoffice.providers.emulator.wire import wallet_row_event

if TYPE_CHECKING:
    from backoffice.providers.emulator.world import World


def hold(world: "World", order: Order, kind: str) -> WalletRow | None:
    """Move an order's total from the balance to the frozen balance; nothing to move writes no row."""
    if not order.total_amount:
        return None
    wallet = world.wallets[order.wallet_id]
    row = write_row(
        world, wallet, amount=-order.total_amount, kind=kind, record_id=order.order_id, out_id=order.out_order_id
    )
    wallet.frozen_balance += order.total_amount
    if world.switches.approval:
        row.status, row.after_balance = "pending", row.before_balance
    announce(world, row)
    return row


def take_held(world: "World", order: Order) -> None:
    """The order succeeded: its money leaves the frozen balance, a waiting row is booked."""
    world.wallets[order.wallet_id].frozen_balance -= order.total_amount
    if row := _waiting_row(world, order):
        row.status, row.after_balance = "approved", row.before_balance - row.amount
        announce(world, row)


def give_back(world: "World", order: Order) -> WalletRow | None:
    """The order failed: its money returns by a row of its own, or by the rejection of the waiting one."""
    wallet = world.wallets[order.wallet_id]
    wallet.frozen_balance -= order.total_amount
    if row := _waiting_row(world, order):
        row.status, row.reject_reason = "rejected", order.fail_reason
        wallet.balance += order.total_amount
    elif order.total_amount:
        row = write_row(
            world,
            wallet,
            amount=order.total_amount,
            kind="order_refund",
            record_id=order.order_id,
            out_id=order.out_order_id,
        )
    if row:
        announce(world, row)
    return row


def write_row(
    world: "World",
    wallet: Wallet,
    *,
    amount: Decimal,
    kind: str,
    record_id: str = "",
    out_id: str = "",
    remark: str = "",
) -> WalletRow:
    """Change the balance by a signed amount and write the row of it."""
    app = world.apps[wallet.owner]
    group = world.tables.number("transaction_type", kind)
    row = WalletRow(
        wallet_id=wallet.wallet_id,
        owner=wallet.owner,
        transaction_id=world.ids.transaction_id(group, world.now(), app.customer_id),
        out_transaction_id=out_id,
        income=amount > 0,
        kind=kind,
        amount=abs(amount),
        currency=wallet.currency,
        before_balance=wallet.balance,
        after_balance=wallet.balance + amount,
        record_id=record_id,
        remark=remark,
        create_at=world.stamp(),
    )
    wallet.balance += amount
    world.wallet_rows.append(row)
    return row


def announce(world: "World", row: WalletRow) -> None:
    world.emit(world.apps[row.owner], f"wallet_row_{row.status}", wallet_row_event(world, row))


def _waiting_row(world: "World", order: Order) -> WalletRow | None:
    return next((r for r in world.wallet_rows if r.record_id == order.order_id and r.status == "pending"), None)
