"""Wallets as a file: the columns of their list."""

from django.db.models import Case, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from backoffice.core.money import AmountField
from backoffice.exports.cells import Amount, Columns, Moment, Text, account_name, words
from backoffice.exports.lists import Exportable, add_exportable
from wallets import queries
from wallets.models import Wallet
from wallets.states import WalletState


def columns() -> Columns:
    currency = Text(gettext_lazy("Currency"), "currency")
    return {
        "state": [Text(gettext_lazy("State"), words("state", WalletState.choices))],
        "wallet": [Text(gettext_lazy("Wallet"), "public_id"), currency],
        "account": [Text(gettext_lazy("Account"), account_name())],
        "balance": [Amount(gettext_lazy("Balance"), "balance"), currency],
        "held": [Amount(gettext_lazy("Held by calls"), _held()), currency],
        "free": [Amount(gettext_lazy("Free"), "balance", less=_held()), currency],
        "frozen": [Amount(gettext_lazy("Frozen there"), "frozen_balance"), currency],
        "as-of": [Moment(gettext_lazy("As of"), "observed_at")],
    }


def _held() -> Case:
    """What our calls hold of each, by the one rule for it: there are never many wallets."""
    funds = queries.funds_of(Wallet.objects.all())
    held = [When(pk=pk, then=Value(money.reserved, AmountField())) for pk, money in funds.items()]
    return Case(*held, default=Value(0, AmountField()), output_field=AmountField())


def rows(_request: HttpRequest):
    return queries.wallets()


WALLETS = add_exportable(
    Exportable(
        slug="wallets",
        label=gettext_lazy("Wallets"),
        view="wallets:wallets",
        permission="wallets.view_wallet",
        rows=rows,
        columns=columns,
    )
)
