"""How a body names a BIN, a wallet or a holder: by our id or by the provider's own, among what the caller may see."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.request import Request

from backoffice.accounts.models import Account
from backoffice.core.api.views import bound_accounts
from backoffice.core.errors import DomainError
from cards.models import Holder
from cards.states import HolderState
from wallets.models import Wallet
from wallets.states import WalletState


def account_named(request: Request, slug: str) -> Account:
    found = _accounts(request).filter(slug=slug).first()
    if found is None:
        raise field_error("account", _("There is no such account."), "does_not_exist")
    return found


def only_account(request: Request) -> Account:
    """The account that goes without saying."""
    found = list(_accounts(request)[:2])
    if len(found) != 1:
        raise field_error("account", _("Say which account."), "required")
    return found[0]


def row_named(rows: QuerySet, request: Request, field: str, text: str, *, account: Account | None = None) -> Any:
    """The one row of this name; a provider's own id that several accounts know needs the account beside it."""
    accounts = [account.pk] if account else list(_accounts(request).values_list("pk", flat=True))
    by_name = Q(public_id=text) | Q(provider_id=text)
    found = list(rows.filter(by_name, account__in=accounts)[:2])
    if len(found) > 1:
        raise field_error(
            "account", _("Several accounts know this %(field)s: say which.") % {"field": field}, "required"
        )
    if not found:
        raise field_error(field, _("There is no such object."), "does_not_exist")
    return found[0]


def wallet_named(request: Request, text: str, *, account: Account, currency: str) -> Wallet:
    """The wallet of this name; of none, the account's only one that can pay in this currency."""
    rows = Wallet.objects.select_related("account")
    if text.startswith("wal_"):
        return row_named(rows, request, "wallet_id", text)
    if text:
        return row_named(rows, request, "wallet_id", text, account=account)
    usable = rows.filter(account=account, currency=currency, state=WalletState.NORMAL).order_by("pk")[:2]
    if len(usable) != 1:
        raise DomainError(
            _("This account has no %(currency)s wallet that can pay.") % {"currency": currency}
            if not usable
            else _("This account has several %(currency)s wallets: say which one pays.") % {"currency": currency},
            code="wallet_missing",
            field="wallet",
        )
    return usable[0]


def holder_number(request: Request, text: str, *, account: Account) -> str:
    """The provider's number of the holder that is named; one that is only theirs is for them to know."""
    if not text.startswith("hld_"):
        return text
    holder = row_named(Holder.objects.all(), request, "holder_id", text, account=account)
    if holder.state != HolderState.ACTIVE:
        raise DomainError(
            _("This card holder is not on file at the provider."), code="holder_unavailable", field="holder_id"
        )
    return holder.provider_id


def field_error(field: str, detail: str, code: str) -> serializers.ValidationError:
    return serializers.ValidationError({field: [exceptions.ErrorDetail(detail, code)]})


def _accounts(request: Request) -> QuerySet[Account]:
    bound = bound_accounts(request)
    return Account.objects.all() if bound is None else Account.objects.filter(pk__in=bound)
