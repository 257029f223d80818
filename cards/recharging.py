"""What a recharge will cost and which rules it has to keep."""

from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.core.errors import DomainError
from backoffice.core.money import digits, plain
from cards import fees
from cards.models import Bin, Card
from cards.quotes import OrderQuote, quote, require_payable
from cards.states import CardState
from wallets.models import Wallet

RECHARGEABLE = {CardState.ACTIVE, CardState.FROZEN}
SAME_AGAIN = timedelta(minutes=10)


def quote_recharge(*, card: Card, wallet: Wallet, amount: Decimal) -> OrderQuote:
    """The quote for an amount that the card receives, whether or not the wallet can pay it."""
    return quote(fees.RECHARGE, bin=_bin(card), wallet=wallet, amount=amount)


def amount_for_total(*, card: Card, total: Decimal) -> Decimal:
    """The largest amount that the card can receive so that amount and fee are at most `total`."""
    bin = _bin(card)
    lines = fees.fee_lines(bin.fees, fees.RECHARGE)
    step = Decimal(1).scaleb(-digits(bin.currency))

    def cost(amount: Decimal) -> Decimal:
        return amount + sum((fee.on(amount, bin.currency) for fee in lines), Decimal(0))

    low, high = 0, int(total / step)  # in steps of the currency; cost rises with the amount
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if cost(middle * step) <= total else (low, middle - 1)
    if not low:
        raise DomainError(_("The fee alone is more than that."), code="amount_outside_limits", field="amount")
    return low * step


def require_rechargeable(*, card: Card, wallet: Wallet, quote: OrderQuote) -> None:
    """Every rule that forbids a recharge, in plain words and with the field at fault."""
    bin = _bin(card)
    low, high = bin.recharge_min or Decimal(0), bin.recharge_max
    if quote.amount < low or (high is not None and quote.amount > high):
        raise DomainError(_limits(bin), code="amount_outside_limits", field="amount")
    room = None if bin.card_max_balance is None or card.balance is None else bin.card_max_balance - card.balance
    if room is not None and quote.amount > room:
        raise DomainError(
            _("This card may hold %(most)s %(currency)s at most; it has room for %(room)s.")
            % {
                "most": plain(bin.card_max_balance or Decimal(0), bin.currency),
                "currency": bin.currency,
                "room": plain(max(room, Decimal(0)), bin.currency),
            },
            code="amount_outside_limits",
            field="amount",
        )
    require_payable(wallet, quote)


def _bin(card: Card) -> Bin:
    if card.bin is None:
        raise DomainError(_("The BIN of this card is not known yet."), code="terms_unknown")
    return card.bin


def _limits(bin: Bin) -> str:
    low, high = bin.recharge_min or Decimal(0), bin.recharge_max
    if high is None:
        return _("A recharge is at least %(low)s %(currency)s.") % {
            "low": plain(low, bin.currency),
            "currency": bin.currency,
        }
    return _("A recharge is between %(low)s and %(high)s %(currency)s.") % {
        "low": plain(low, bin.currency),
        "high": plain(high, bin.currency),
        "currency": bin.currency,
    }
