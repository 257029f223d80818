"""What a BIN costs and allows, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from backoffice.core.parts import Fact
from backoffice.core.templatetags.ui import figures
from backoffice.providers.snapshots import FeeCharge
from cards import fees
from cards.models import Bin
from cards.presenting import bin_words, kind_and_mode

FEE_NAMES: Mapping[str, Promise] = {
    "open": gettext_lazy("Card price"),
    "recharge": gettext_lazy("Recharge fee"),
    "month": gettext_lazy("Monthly fee"),
    "close": gettext_lazy("Closing fee"),
    "trade_decline": gettext_lazy("Declined payment"),
    "trade_cross_border": gettext_lazy("Payment abroad"),
}


def fee_name(fee: fees.Fee) -> str:
    """Our word for a fee that we know, else the provider's."""
    return str(FEE_NAMES.get(fee.code) or fee.name or capfirst(fee.code.replace("_", " ")))


def fee_words(fee: fees.Fee, currency: str) -> str:
    """1.2 %, min 0.50"""
    if fee.charge == FeeCharge.FIXED:
        return f"{figures(fee.value, currency)} {currency}".strip()
    if fee.charge != FeeCharge.RATE:
        return pgettext("fee", "not known here")
    bounds = (
        _("min %(amount)s") % {"amount": figures(fee.minimum, currency)} if fee.minimum else "",
        _("max %(amount)s") % {"amount": figures(fee.maximum, currency)} if fee.maximum else "",
    )
    return ", ".join(part for part in (f"{_percent(fee.value)} %", *bounds) if part)


def _percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f}"


def fees_words(bin: Bin, code: str) -> str:
    """All fees of one kind in a line; "none" where there is none, "" where they are not known yet."""
    if not bin.terms_known:
        return ""
    return " + ".join(fee_words(fee, bin.currency) for fee in fees.fee_lines(bin.fees, code)) or pgettext("fee", "none")


def range_words(low: Decimal | None, high: Decimal | None, currency: str) -> str:
    if low is None and high is None:
        return _("no limits")
    if high is None:
        return _("from %(low)s") % {"low": figures(low or 0, currency)}
    return f"{figures(low or 0, currency)} – {figures(high, currency)}"


@dataclass(frozen=True)
class BinTerms:
    """The terms of a BIN, a cell each."""

    bin: Bin

    @property
    def name(self) -> str:
        return bin_words(self.bin)

    @property
    def kind(self) -> str:
        return kind_and_mode(self.bin)

    @property
    def price(self) -> str:
        return fees_words(self.bin, fees.OPEN)

    @property
    def recharge(self) -> str:
        return fees_words(self.bin, fees.RECHARGE)

    @property
    def range(self) -> str:
        return range_words(self.bin.open_min, self.bin.open_max, self.bin.currency) if self.bin.terms_known else ""

    @property
    def others(self) -> str:
        """Fees besides opening and recharge."""
        rest = [fee for fee in fees.read(self.bin.fees) if fee.code not in {fees.OPEN, fees.RECHARGE}]
        return ", ".join(f"{fee_name(fee).lower()} {fee_words(fee, self.bin.currency)}" for fee in rest)


def term_facts(bin: Bin) -> list[Fact]:
    """A BIN's terms as they are now."""
    lines = fees.read(bin.fees)
    limits = [
        (_("First amount"), range_words(bin.open_min, bin.open_max, bin.currency)),
        (_("Recharge"), range_words(bin.recharge_min, bin.recharge_max, bin.currency)),
    ]
    most = [
        (_("Most on a card"), bin.card_max_balance),
        (_("Most in one payment"), bin.trade_single_max),
        (_("Most in a day"), bin.trade_day_max),
        (_("Most in a month"), bin.trade_month_max),
    ]
    return [
        *(Fact(label=fee_name(fee), value=fee_words(fee, bin.currency)) for fee in lines),
        *(Fact(label=label, value=f"{words} {bin.currency}") for label, words in limits),
        *(Fact(label=label, amount=amount, currency=bin.currency) for label, amount in most if amount),
        *([Fact(label=_("Cards of it, at most"), value=str(bin.max_card_count))] if bin.max_card_count else []),
    ]
