"""Commands that make new cards: one, or up to a hundred of a kind at once."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from backoffice.core.errors import DomainError
from backoffice.core.ids import new_reference
from backoffice.core.money import plain
from backoffice.core.sealed import seal_fields
from backoffice.journal.models import Source
from backoffice.journal.record import Actor, record
from backoffice.outbox.models import Batch, Call
from backoffice.outbox.queue import enqueue, once_per_key
from cards.models import Bin, CardKind, CardOrder
from cards.quotes import OrderQuote, quote_issue, require_issuable
from wallets.models import Wallet

MOST_AT_ONCE = 100


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
    quote = _require_possible(bin, wallet, amount, holder_id, delivery)
    return _promise(actor, bin, wallet, quote, holder_id=holder_id, note=note, delivery=delivery)


@once_per_key
def issue_cards(
    *,
    actor: Actor,
    key: str,
    bin: Bin,
    wallet: Wallet,
    amount: Decimal,
    quantity: int,
    holder_id: str = "",
    note: str = "",
    delivery: dict[str, str] | None = None,
) -> Batch:
    """Ask for several cards of a kind: all of them or, where the wallet cannot pay all, none. Each is its own order."""
    if not 1 <= quantity <= MOST_AT_ONCE:
        raise DomainError(
            _("Between 1 and %(most)d cards can be asked for at once.") % {"most": MOST_AT_ONCE},
            code="quantity_outside_limits",
            field="quantity",
        )
    quote = _require_possible(bin, wallet, amount, holder_id, delivery, quantity=quantity)
    batch = Batch.objects.create(operation="cards.issue_card", actor=actor.user)
    batch.calls.set(
        [
            _promise(actor, bin, wallet, quote, holder_id=holder_id, note=note, delivery=delivery)
            for _number in range(quantity)
        ]
    )
    return batch


def _require_possible(
    bin: Bin, wallet: Wallet, amount: Decimal, holder_id: str, delivery: dict[str, str] | None, *, quantity: int = 1
) -> OrderQuote:
    """Lock the wallet, so that its free money cannot be promised twice, and hold the request against every rule."""
    _require_delivery(bin, delivery)
    locked = Wallet.objects.select_for_update(of=("self",)).select_related("account").get(pk=wallet.pk)
    quote = quote_issue(bin=bin, wallet=locked, amount=amount, quantity=quantity)
    require_issuable(bin=bin, wallet=locked, quote=quote, holder_id=holder_id)
    return quote


def _promise(
    actor: Actor,
    bin: Bin,
    wallet: Wallet,
    quote: OrderQuote,
    *,
    holder_id: str,
    note: str,
    delivery: dict[str, str] | None,
) -> Call:
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
        amount=quote.amount,
        quoted_fee=quote.fee,
        quoted_total=quote.total,
        note=note,
        maker=actor.user,
    )
    amount = plain(quote.amount, quote.currency)
    record(order, "cards.issue_card", source=Source.COMMAND, actor=actor, amount=amount, currency=quote.currency)
    sealed: dict[str, Any] = {"sealed": seal_fields(delivery)} if delivery else {}
    return enqueue(
        "cards.issue_card",
        order,
        actor=actor,
        account=bin.account,
        reference=order.merchant_ref,
        reserves=wallet,
        reserved_amount=quote.total,
        reserved_currency=quote.currency,
        bin_id=bin.provider_id,
        wallet_id=wallet.provider_id,
        amount=amount,
        holder_id=holder_id,
        note=note,
        **sealed,
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
