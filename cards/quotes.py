"""What an issue or a recharge will cost, computed before anybody clicks."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.core.errors import DomainError
from backoffice.core.money import digits, exact, plain
from backoffice.providers.snapshots import FeeCharge
from cards import fees
from cards.models import Bin, Card, CardMode
from cards.states import BinState
from wallets.models import Wallet
from wallets.queries import Funds, funds
from wallets.states import WalletState


@dataclass(frozen=True)
class OrderQuote:
    """The arithmetic of one request: amount + fee = total, and the wallet before and after."""

    currency: str
    amount: Decimal
    fees: tuple[tuple[fees.Fee, Decimal], ...]
    funds: Funds
    quantity: int = 1

    @property
    def fee(self) -> Decimal:
        return sum((charged for _fee, charged in self.fees), Decimal(0))

    @property
    def total(self) -> Decimal:
        """Of one; `all_totals` is of the whole quantity."""
        return self.amount + self.fee

    @property
    def all_totals(self) -> Decimal:
        return self.total * self.quantity

    @property
    def free_after(self) -> Decimal | None:
        return None if self.funds.free is None else self.funds.free - self.all_totals

    @property
    def missing(self) -> Decimal:
        """How much the wallet lacks; zero if it has enough."""
        return max(-self.free_after, Decimal(0)) if self.free_after is not None else self.all_totals


def quote_issue(*, bin: Bin, wallet: Wallet, amount: Decimal, quantity: int = 1) -> OrderQuote:
    """The quote, whether or not the wallet can pay it. DomainError where there can be none."""
    return quote(fees.OPEN, bin=bin, wallet=wallet, amount=amount, quantity=quantity)


def quote(code: str, *, bin: Bin, wallet: Wallet, amount: Decimal, quantity: int = 1) -> OrderQuote:
    """The same for any kind of order that a BIN has fees of."""
    if not bin.terms_known:
        raise DomainError(_("The fees and limits of this BIN are not known yet."), code="terms_unknown", field="bin")
    if any(fee.charge == FeeCharge.UNKNOWN for fee in fees.fee_lines(bin.fees, code)):
        raise DomainError(_("This BIN has a fee of a kind that is not known here."), code="terms_unknown", field="bin")
    if wallet.account_id != bin.account_id:
        raise DomainError(_("This wallet belongs to another account."), code="wrong_wallet", field="wallet")
    if wallet.currency != bin.currency:
        raise DomainError(
            _("This BIN is paid from a %(currency)s wallet.") % {"currency": bin.currency},
            code="wrong_currency",
            field="wallet",
        )
    if not exact(amount, bin.currency):
        raise DomainError(
            _("%(currency)s amounts have %(digits)d decimals.")
            % {"currency": bin.currency, "digits": digits(bin.currency)},
            code="too_many_decimals",
            field="amount",
        )
    lines = tuple((fee, fee.on(amount, bin.currency)) for fee in fees.fee_lines(bin.fees, code))
    return OrderQuote(bin.currency, amount, lines, funds(wallet), quantity)


def require_issuable(*, bin: Bin, wallet: Wallet, quote: OrderQuote, holder_id: str) -> None:
    """Every rule that forbids an issue, in plain words and with the field at fault."""
    if bin.state != BinState.AVAILABLE:
        raise DomainError(_("This BIN is not available now."), code="bin_unavailable", field="bin")
    if bin.mode == CardMode.UNKNOWN:
        raise DomainError(_("What kind of card this BIN makes is not known here."), code="bin_unavailable", field="bin")
    if bin.needs_holder and not holder_id:
        raise DomainError(_("This BIN needs a card holder."), code="holder_missing", field="holder_id")
    if quote.amount < (bin.open_min or Decimal(0)) or quote.amount > (bin.open_max or quote.amount):
        raise DomainError(_limits(bin), code="amount_outside_limits", field="amount")
    require_payable(wallet, quote)
    open_cards = Card.objects.filter(bin=bin).exclude(state__in=["closed", "replaced"])
    if bin.max_card_count and open_cards.count() + quote.quantity > bin.max_card_count:
        raise DomainError(_("This BIN has reached its number of cards."), code="card_limit", field="bin")


def require_payable(wallet: Wallet, quote: OrderQuote) -> None:
    """The wallet can be used, its balance is known, and what is free of it is enough."""
    if wallet.state != WalletState.NORMAL:
        raise DomainError(_("This wallet cannot pay now."), code="wallet_unavailable", field="wallet")
    if quote.funds.free is None:
        raise DomainError(_("This wallet's balance is not known yet."), code="balance_unknown", field="wallet")
    if quote.missing:
        raise DomainError(
            _("The wallet lacks %(missing)s %(currency)s for this.")
            % {"missing": plain(quote.missing, quote.currency), "currency": quote.currency},
            code="insufficient_funds",
            field="amount",
            missing=plain(quote.missing, quote.currency),
        )


def _limits(bin: Bin) -> str:
    low, high = bin.open_min or Decimal(0), bin.open_max
    if high is None:
        return _("The first amount is at least %(low)s %(currency)s.") % {
            "low": plain(low, bin.currency),
            "currency": bin.currency,
        }
    return _("The first amount is between %(low)s and %(high)s %(currency)s.") % {
        "low": plain(low, bin.currency),
        "high": plain(high, bin.currency),
        "currency": bin.currency,
    }
