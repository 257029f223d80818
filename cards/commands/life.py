"""Commands that change what a card may do: activate, freeze, unfreeze."""

from django.utils.translation import gettext as _

from backoffice.core.errors import DomainError, IllegalTransition, StillOpen
from backoffice.journal.models import Source
from backoffice.journal.record import Actor, record
from backoffice.outbox.models import Call
from backoffice.outbox.queue import enqueue, once_per_key
from cards.models import Card, CardOrder
from cards.states import CardState, OrderState

WORDS = {
    CardState.ACTIVE: _("This card is %(state)s; it cannot be made active now."),
    CardState.FROZEN: _("This card is %(state)s; it cannot be frozen now."),
    CardState.CLOSING: _("This card is %(state)s; it cannot be closed now."),
}


@once_per_key
def freeze_card(*, actor: Actor, key: str, card: Card, reason: str = "") -> Call:
    """Ask for a stop of all spending. The card stays active here until the provider says that it is frozen."""
    card = ready(card, CardState.FROZEN, only_from={CardState.ACTIVE})
    record(card, "cards.freeze_card", source=Source.COMMAND, actor=actor, reason=reason)
    return enqueue("cards.freeze_card", card, actor=actor, account=card.account, reason=reason)


@once_per_key
def unfreeze_card(*, actor: Actor, key: str, card: Card, reason: str = "") -> Call:
    card = ready(card, CardState.ACTIVE, only_from={CardState.FROZEN})
    record(card, "cards.unfreeze_card", source=Source.COMMAND, actor=actor, reason=reason)
    return enqueue("cards.unfreeze_card", card, actor=actor, account=card.account, reason=reason)


@once_per_key
def activate_card(*, actor: Actor, key: str, card: Card, in_person: bool = False) -> Call:
    """Ask for a card to be made active.

    With `in_person` the caller holds a code or PIN that may not be stored, and sends the call himself:
    `cards.activation` does both.
    """
    card = ready(card, CardState.ACTIVE, only_from={CardState.PENDING})
    if in_person and card.account.is_paused:  # it would be sent at once, and what is in memory cannot wait
        raise DomainError(_("This account is paused; nothing is sent to it now."), code="account_paused")
    record(card, "cards.activate_card", source=Source.COMMAND, actor=actor)
    return enqueue(
        "cards.activate_card", card, actor=actor, account=card.account, claimed=in_person, in_person=in_person
    )


def ready(card: Card, wanted: CardState, *, only_from: set[CardState]) -> Card:
    """The card, locked, when the step is possible and no closing of it is under way."""
    card = Card.objects.select_for_update(of=("self",)).select_related("account").get(pk=card.pk)
    if CardState(card.state) not in only_from or not card.transitions.step(card.state, wanted):
        raise IllegalTransition(_(WORDS[wanted]) % {"state": card.get_state_display().lower()})
    require_no_closing(card)
    return card


def require_no_closing(card: Card) -> None:
    """While a card is being closed, nothing else is asked for it."""
    closing = open_orders(card).filter(kind=CardOrder.Kind.CLOSE).first()
    if closing:
        raise StillOpen(_("This card is being closed."), order=closing.public_id)


def open_orders(card: Card):
    """Orders on this card whose end is not known yet."""
    waiting = [OrderState.UNKNOWN, OrderState.REQUESTED, OrderState.PROCESSING]
    return CardOrder.objects.filter(account=card.account, card_provider_id=card.provider_id, state__in=waiting)
