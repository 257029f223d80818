"""How each row of a batch is asked for: the command that a single row has, with the item's own key."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.errors import DomainError
from backoffice.journal.record import Actor
from backoffice.mirror.commands import ask_now
from backoffice.outbox.bulk import bulk
from backoffice.outbox.commands import look_up_call
from backoffice.outbox.models import Call
from backoffice.outbox.queries import WAITING
from cards import commands
from cards.models import Card, CardOrder
from wallets.models import Wallet


@bulk("cards.freeze_card", gettext_lazy("Freeze cards"))
def freeze(*, actor: Actor, key: str, row: Card, reason: str = "") -> Call:
    return commands.freeze_card(actor=actor, key=key, card=row, reason=reason)


@bulk("cards.unfreeze_card", gettext_lazy("Unfreeze cards"))
def unfreeze(*, actor: Actor, key: str, row: Card, reason: str = "") -> Call:
    return commands.unfreeze_card(actor=actor, key=key, card=row, reason=reason)


@bulk("cards.close_card", gettext_lazy("Close cards"))
def close(*, actor: Actor, key: str, row: Card, reason: str = "") -> Call:
    return commands.close_card(actor=actor, key=key, card=row, reason=reason)


@bulk("cards.recharge_card", gettext_lazy("Recharge cards"))
def recharge(*, actor: Actor, key: str, row: Card, wallet: str, amount: str, currency: str, note: str = "") -> Call:
    paying = Wallet.objects.get(public_id=wallet)
    return commands.recharge_card(actor=actor, key=key, card=row, wallet=paying, amount=Decimal(amount), note=note)


@bulk("mirror.ask_now", gettext_lazy("Ask the provider"))
def ask(*, actor: Actor, key: str, row: Card | CardOrder) -> None:
    if isinstance(row, Card):
        kind, number = "cards.card", row.provider_id
    elif row.provider_id:
        kind, number = "cards.order", row.provider_id
    else:
        kind, number = "cards.order_ref", row.merchant_ref
    ask_now(actor=actor, row=row, kind=kind, object_id=number)


@bulk("outbox.look_up_call", gettext_lazy("Look up calls"))
def look_up(*, actor: Actor, key: str, row: CardOrder) -> Call:
    call = Call.objects.filter(target=row.ref, state__in=WAITING).first()
    if call is None:
        raise DomainError(_("No call of it is in doubt."), code="illegal_state")
    return look_up_call(actor=actor, call=call)
