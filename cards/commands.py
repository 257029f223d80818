"""What people may ask for; the only callers of enqueue in this app."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from backoffice.core.errors import DomainError
from backoffice.core.ids import new_reference
from backoffice.core.money import plain
from backoffice.journal.models import Source
from backoffice.journal.record import Actor, record
from backoffice.outbox.models import Call
from backoffice.outbox.queue import enqueue, once_per_key
from cards.models import Bin, CardKind, CardOrder
from cards.quotes import quote_issue, require_issuable
from wallets.models import Wallet


@once_per_key
def issue_card(
    *,
    actor: Actor,
    key: str,
    bin: Bin,
    wallet: Wallet,
    amount: Decimal,
    holder_id: str = "",
    note: str = "",
    delivery: dict[str, str] | None = None,
) -> Call:
    """Ask for a new card. Nothing leaves this process before the transaction commits.

    `amount` is what the card receives, in the BIN's currency; the quoted total is held in the wallet until the
    provider's balance tells the outcome.
    """
    _require_delivery(bin, delivery)
    wallet = Wallet.objects.select_for_update(of=("self",)).select_related("account").get(pk=wallet.pk)
    quote = quote_issue(bin=bin, wallet=wallet, amount=amount)
    require_issuable(bin=bin, wallet=wallet, quote=quote, holder_id=holder_id)
    order = CardOrder.objects.create(
        account=bin.account,
        merchant_ref=new_reference("CI"),
        kind=CardOrder.Kind.ISSUE,
        bin=bin,
        bin_provider_id=bin.provider_id,
        wallet=wallet,
        wallet_provider_id=wallet.provider_id,
        holder_provider_id=holder_id,
        currency=quote.currency,
        amount=amount,
        quoted_fee=quote.fee,
        quoted_total=quote.total,
        note=note,
        maker=actor.user,
    )
    record(
        order,
        "cards.issue_card",
        source=Source.COMMAND,
        actor=actor,
        amount=plain(amount, quote.currency),
        currency=quote.currency,
    )
    arguments: dict[str, Any] = {
        "bin_id": bin.provider_id,
        "wallet_id": wallet.provider_id,
        "amount": plain(amount, quote.currency),
        "holder_id": holder_id,
        "note": note,
    }
    return enqueue(
        "cards.issue_card",
        order,
        actor=actor,
        account=bin.account,
        reference=order.merchant_ref,
        reserves=wallet,
        reserved_amount=quote.total,
        reserved_currency=quote.currency,
        **arguments,
        **({"delivery": delivery} if delivery else {}),
    )


def _require_delivery(bin: Bin, delivery: dict[str, str] | None) -> None:
    if bin.kind == CardKind.PHYSICAL and not all(
        (delivery or {}).get(name) for name in ("name", "phone", "country", "city", "address")
    ):
        raise DomainError(
            _("A physical card needs a name, phone, country, city and address to be sent to."),
            code="delivery_missing",
            field="delivery",
        )
