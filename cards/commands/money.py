"""Commands that move a card's money: recharge it, close it."""

from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core.errors import DomainError, IllegalTransition, StillOpen
from backoffice.core.ids import new_reference
from backoffice.core.money import plain
from backoffice.journal.models import Source
from backoffice.journal.record import Actor, record
from backoffice.outbox.models import Call
from backoffice.outbox.queue import enqueue, once_per_key
from cards.commands.life import open_orders, ready, require_no_closing
from cards.models import Card, CardOrder
from cards.recharging import RECHARGEABLE, SAME_AGAIN, quote_recharge, require_rechargeable
from cards.states import CardState
from wallets.models import Wallet


@once_per_key
def recharge_card(
    *, actor: Actor, key: str, card: Card, wallet: Wallet, amount: Decimal, note: str = "", again: bool = False
) -> Call:
    """Ask for money on a card; `amount` is what the card receives, the fee comes on top from the wallet.

    A second recharge of the same card and amount within ten minutes needs `again`, as it may be a slip.
    """
    card = Card.objects.select_for_update(of=("self",)).select_related("account", "bin").get(pk=card.pk)
    if CardState(card.state) not in RECHARGEABLE:
        raise IllegalTransition(
            _("This card is %(state)s; it cannot be recharged now.") % {"state": card.get_state_display().lower()}
        )
    require_no_closing(card)
    wallet = Wallet.objects.select_for_update(of=("self",)).select_related("account").get(pk=wallet.pk)
    quote = quote_recharge(card=card, wallet=wallet, amount=amount)
    require_rechargeable(card=card, wallet=wallet, quote=quote)
    if not again:
        _require_no_twin(card, amount)
    order = CardOrder.objects.create(
        account=card.account,
        merchant_ref=new_reference("CR"),
        kind=CardOrder.Kind.RECHARGE,
        bin=card.bin,
        bin_provider_id=card.bin_provider_id,
        card=card,
        card_provider_id=card.provider_id,
        wallet=wallet,
        wallet_provider_id=wallet.provider_id,
        currency=quote.currency,
        amount=amount,
        quoted_fee=quote.fee,
        quoted_total=quote.total,
        note=note,
        maker=actor.user,
    )
    told = {"amount": plain(amount, quote.currency), "currency": quote.currency}
    record(order, "cards.recharge_card", source=Source.COMMAND, actor=actor, **told)
    record(card, "cards.recharge_card", source=Source.COMMAND, actor=actor, order=order.public_id, **told)
    return enqueue(
        "cards.recharge_card",
        order,
        actor=actor,
        account=card.account,
        reference=order.merchant_ref,
        reserves=wallet,
        reserved_amount=quote.total,
        reserved_currency=quote.currency,
        card_id=card.provider_id,
        wallet_id=wallet.provider_id,
        amount=told["amount"],
        note=note,
    )


@once_per_key
def close_card(*, actor: Actor, key: str, card: Card, reason: str = "") -> Call:
    """Ask for a card to be closed for good; what is left on it returns to the wallet, less a closing fee."""
    card = ready(card, CardState.CLOSING, only_from=CLOSABLE)
    if under_way := open_orders(card).first():
        raise StillOpen(_("Another order on this card is still under way."), order=under_way.public_id)
    order = CardOrder.objects.create(
        account=card.account,
        merchant_ref=new_reference("CX"),
        kind=CardOrder.Kind.CLOSE,
        bin=card.bin,
        bin_provider_id=card.bin_provider_id,
        card=card,
        card_provider_id=card.provider_id,
        currency=card.currency,
        note=reason[:64],
        maker=actor.user,
    )
    record(order, "cards.close_card", source=Source.COMMAND, actor=actor, reason=reason)
    record(card, "cards.close_card", source=Source.COMMAND, actor=actor, reason=reason, order=order.public_id)
    return enqueue(
        "cards.close_card",
        order,
        actor=actor,
        account=card.account,
        reference=order.merchant_ref,
        card_id=card.provider_id,
        reason=reason,
    )


CLOSABLE = {CardState.PENDING, CardState.ACTIVE, CardState.FROZEN, CardState.LOST}


def _require_no_twin(card: Card, amount: Decimal) -> None:
    lately = CardOrder.objects.filter(
        card=card, kind=CardOrder.Kind.RECHARGE, amount=amount, created_at__gt=timezone.now() - SAME_AGAIN
    ).exclude(state__in=["failed", "withdrawn"])
    if twin := lately.order_by("-created_at").first():
        raise DomainError(
            _("The same amount was put on this card a moment ago. Confirm that you mean a second one."),
            code="same_again",
            field="again",
            order=twin.public_id,
        )
