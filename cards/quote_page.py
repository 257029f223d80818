"""A quote as the rail beside a form shows it: the arithmetic of a request, and the wallet before and after."""

from decimal import Decimal

from backoffice.core.parts import Quote, QuoteLine
from backoffice.core.templatetags.ui import figures
from backoffice.providers.snapshots import FeeCharge
from cards import fees
from cards.quotes import OrderQuote
from cards.terms import fee_name, fee_words
from wallets.models import Wallet
from wallets.queries import Funds


def whole(order: OrderQuote, wallet: Wallet, *, label: str, note: str, foot: str) -> Quote:
    """All of it, for as many as were asked for."""
    code, times = order.currency, order.quantity
    each = f"{times} × {figures(order.amount, code)}" if times > 1 else ""
    return Quote(
        currency=code,
        lines=[
            QuoteLine(label=label, amount=order.amount * times, note=", ".join(part for part in (each, note) if part)),
            *(
                QuoteLine(label=fee_name(fee), amount=charged * times, note=_how(fee, charged, order))
                for fee, charged in order.fees
            ),
        ],
        total=order.all_totals,
        wallet=str(wallet),
        wallet_currency=wallet.currency,
        now=order.funds.balance,
        reserved=-order.funds.reserved,
        request=-order.all_totals,
        after=order.free_after,
        short_by=order.missing if order.missing else None,
        foot=foot,
    )


def _how(fee: fees.Fee, charged: Decimal, order: OrderQuote) -> str:
    """2 × (100.00 × 1 %, min 0.50)"""
    if fee.charge == FeeCharge.FIXED:
        return f"{order.quantity} × {figures(charged, order.currency)}" if order.quantity > 1 else ""
    one = f"{order.amount} × {fee_words(fee, order.currency)}"
    return f"{order.quantity} × ({one})" if order.quantity > 1 else one


def without_amount(
    currency: str, wallet: Wallet | None, money: Funds | None, *, label: str, note: str, foot: str
) -> Quote:
    """What can be said before an amount is known: the wallet."""
    return Quote(
        currency=currency,
        lines=[QuoteLine(label=label, amount=None, note=note)],
        total=None,
        wallet=str(wallet) if wallet and money else "",
        wallet_currency=wallet.currency if wallet else "",
        now=money.balance if money else None,
        reserved=-money.reserved if money else None,
        foot=foot,
    )
