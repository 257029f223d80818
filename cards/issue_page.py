"""What the form for a new card shows beside its fields: the BINs to choose from, and the quote."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backoffice.core.errors import DomainError
from backoffice.core.parts import Quote
from backoffice.core.templatetags.ui import money_text
from backoffice.providers.snapshots import FeeCharge
from cards import fees, quote_page
from cards.models import Bin, CardKind, CardMode
from cards.quotes import quote_issue
from cards.states import BinState
from cards.terms import BinTerms, range_words
from wallets.models import Wallet
from wallets.queries import Funds


@dataclass(frozen=True)
class BinChoice(BinTerms):
    """A line of the table of products; `off` is the reason why it cannot be had now."""

    off: str
    chosen: bool

    @property
    def second(self) -> str:
        holder = _("Holder needed") if self.bin.needs_holder else _("No holder needed")
        return self.off or ", ".join(part for part in (holder, self.bin.notes) if part)

    @property
    def kind(self) -> str:
        mode = {CardMode.PREPAID: pgettext("card mode", "prepaid"), CardMode.SHARED: pgettext("card mode", "shared")}
        words = (self.bin.country, self.bin.get_kind_display().lower(), mode.get(CardMode(self.bin.mode), ""))
        return ", ".join(word for word in words if word)


def choices(bins: Sequence[Bin], chosen: Bin | None) -> list[BinChoice]:
    """What can be had first, then what cannot, each with its reason."""
    rows = [BinChoice(bin, reason_against(bin), bin == chosen) for bin in bins]
    return sorted(rows, key=lambda row: (bool(row.off), row.bin.currency, row.bin.network, row.bin.digits))


def reason_against(bin: Bin) -> str:
    if bin.state != BinState.AVAILABLE:
        return bin.get_state_display()
    if not bin.account.listed:
        return _("Its account left the accounts file")
    if not bin.terms_known:
        return _("Fees and limits are being asked for")
    if bin.mode == CardMode.UNKNOWN or any(
        fee.charge == FeeCharge.UNKNOWN for fee in fees.fee_lines(bin.fees, fees.OPEN)
    ):
        return _("Its terms are in words that are not known here")
    return ""


def is_physical(bin: Bin | None) -> bool:
    return bool(bin and bin.kind == CardKind.PHYSICAL)


# --- the quote --------------------------------------------------------------------------------------------------------


def quote(
    *, bin: Bin | None, wallet: Wallet | None, amount: Decimal | None, money: Funds | None, quantity: int = 1
) -> Quote:
    """As much of it as can be computed: the wallet without an amount, the amount without a wallet's balance."""
    line = {"label": _("First amount"), "note": _("what the card receives")}
    if bin and wallet and amount is not None:
        foot = _("Nothing is sent before you ask for it. Until the provider answers, the total is held in the wallet.")
        try:
            issue = quote_issue(bin=bin, wallet=wallet, amount=amount, quantity=quantity)
            return quote_page.whole(issue, wallet, foot=foot, **line)
        except DomainError:
            pass  # the form says what is wrong; the rail goes on showing the wallet
    foot = (
        _("Enter an amount to see what it costs.")
        if bin
        else _("Choose a product and enter an amount to see what it costs.")
    )
    return quote_page.without_amount(bin.currency if bin else "", wallet, money, foot=foot, **line)


def button(quote: Quote, quantity: int = 1) -> str:
    """What the button promises; with the total where it is known."""
    if not quote.total:
        return pgettext("button", "Issue cards") if quantity > 1 else _("Issue card")
    told = _("Issue %(n)d cards for %(total)s") if quantity > 1 else _("Issue card for %(total)s")
    return told % {"n": quantity, "total": money_text(quote.total, quote.currency)}


def limits(bin: Bin | None) -> str:
    """Under the amount's box, before they are broken."""
    if not (bin and bin.terms_known):
        return ""
    return f"{range_words(bin.open_min, bin.open_max, bin.currency)} {bin.currency}"
