"""What the form for a recharge shows beside its fields: limits before they are broken, quick fills, the quote."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.core.errors import DomainError
from backoffice.core.money import digits, exact, plain
from backoffice.core.parts import Quote
from backoffice.core.templatetags.ui import figures, money_text
from cards import quote_page
from cards.life_forms import RechargeForm
from cards.models import Card
from cards.recharging import amount_for_total, quote_recharge
from cards.terms import fees_words, range_words
from wallets.models import Wallet
from wallets.queries import Funds

ROUND = tuple(Decimal(target) for target in (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000))
MOST_FILLS = 3


def received(card: Card, side: str, amount: Decimal) -> Decimal:
    """What the card receives, whichever side the amount was told for. DomainError where that cannot be said."""
    if side != RechargeForm.WALLET:
        return amount
    if not exact(amount, card.currency):
        raise DomainError(
            _("%(currency)s amounts have %(digits)d decimals.")
            % {"currency": card.currency, "digits": digits(card.currency)},
            code="too_many_decimals",
            field="amount",
        )
    return amount_for_total(card=card, total=amount)


def quote(*, card: Card, wallet: Wallet | None, side: str, amount: Decimal | None, money: Funds | None) -> Quote:
    """As much of it as can be computed."""
    line = {"label": _("Card receives"), "note": ""}
    if wallet and amount is not None:
        try:
            order = quote_recharge(card=card, wallet=wallet, amount=received(card, side, amount))
            return quote_page.whole(order, wallet, foot=_foot(card, order.amount), **line)
        except DomainError:
            pass  # the form says what is wrong; the rail goes on showing the wallet
    return quote_page.without_amount(
        card.currency, wallet, money, foot=_("Enter an amount to see what it costs."), **line
    )


def _foot(card: Card, amount: Decimal) -> str:
    held = _("Nothing is sent before you ask for it. Until the provider answers, the total is held in the wallet.")
    if card.balance is None:
        return held
    after = money_text(card.balance + amount, card.currency)
    return _("The card then has %(after)s.") % {"after": after} + " " + held


def button(quote: Quote) -> str:
    if quote.total is None:
        return _("Recharge card")
    return _("Recharge for %(total)s") % {"total": money_text(quote.total, quote.currency)}


def limits(card: Card) -> str:
    """Under the amount's box: what one recharge may be, what the card has room for, what it costs."""
    bin = card.bin
    if not (bin and bin.terms_known):
        return ""
    told = [f"{range_words(bin.recharge_min, bin.recharge_max, bin.currency)} {bin.currency}"]
    if (room := room_of(card)) is not None:
        told.append(_("room for %(room)s") % {"room": money_text(room, card.currency)})
    told.append(_("fee %(fee)s") % {"fee": fees_words(bin, "recharge")})
    return " · ".join(told)


def room_of(card: Card) -> Decimal | None:
    """How much more it may hold; None where there is no limit or no balance."""
    if not card.bin or card.bin.card_max_balance is None or card.balance is None:
        return None
    return max(card.bin.card_max_balance - card.balance, Decimal(0))


@dataclass(frozen=True)
class Fill:
    label: str
    amount: str


def fills(card: Card) -> list[Fill]:
    """Amounts that bring the card to a round balance and keep every limit."""
    if card.balance is None or card.bin is None:
        return []
    low, high, room = card.bin.recharge_min or Decimal(0), card.bin.recharge_max, room_of(card)
    found = [
        (target, target - card.balance)
        for target in ROUND
        if target - card.balance > 0
        and target - card.balance >= low
        and (high is None or target - card.balance <= high)
        and (room is None or target - card.balance <= room)
    ]
    return [
        Fill(_("To %(target)s") % {"target": figures(target, card.currency)}, plain(amount, card.currency))
        for target, amount in found[:MOST_FILLS]
    ]
