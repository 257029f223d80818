"""How a card is activated, frozen and unfrozen: without a number of their own, so the card itself tells the outcome."""

from django.utils.translation import gettext_lazy as _

from backoffice.accounts.registry import client_for
from backoffice.core.crash import crash_point
from backoffice.core.refs import ref_pk
from backoffice.journal.models import Source
from backoffice.journal.record import record
from backoffice.mirror.watches import ask
from backoffice.outbox.models import Call
from backoffice.outbox.registry import handles
from backoffice.providers.errors import Rejected
from backoffice.providers.ports import CardIssuer
from backoffice.providers.snapshots import CardStatusSnapshot
from cards.apply import apply_card, apply_card_status
from cards.models import Card
from cards.states import CardState


class Turning:
    """A change of a card's state. Where a look finds it not done, it is sent again: doing it twice changes nothing."""

    repeatable = True
    wanted: CardState

    def send(self, call: Call, **in_memory: str) -> None:
        card = _card(call)
        snapshot = self.ask(client_for(card.account), card, call, **in_memory)
        crash_point("before_record")
        apply_card_status(snapshot, source=Source.REPLY)
        ask(card.account, "cards.card", card.provider_id, why="it was changed")

    def ask(self, client: CardIssuer, card: Card, call: Call, **in_memory: str) -> CardStatusSnapshot:
        """Make the one provider call of this operation."""
        raise TypeError(f"{type(self).__name__} asks for nothing")

    def look_up(self, call: Call) -> bool:
        card = _card(call)
        row, _applied = apply_card(client_for(card.account).card(card.provider_id), source=Source.LOOK)
        return bool(row and row.state == self.wanted)

    def refuse(self, call: Call, error: Rejected) -> None:
        """The card stays as it is; what it really is is asked for."""
        card = _card(call)
        record(card, "refused", source=Source.REPLY, operation=call.operation, problem=error.message)
        ask(card.account, "cards.card", card.provider_id, why="a change was refused")

    def withdraw(self, call: Call, why: str) -> None:
        card = _card(call)
        ask(card.account, "cards.card", card.provider_id, why="a change was given up")


@handles("cards.freeze_card")
class FreezeCard(Turning):
    label = _("Freeze card")
    wanted = CardState.FROZEN

    def ask(self, client: CardIssuer, card: Card, call: Call, **_in_memory: str) -> CardStatusSnapshot:
        return client.freeze_card(card_id=card.provider_id, reason=call.arguments.get("reason", ""))


@handles("cards.unfreeze_card")
class UnfreezeCard(Turning):
    label = _("Unfreeze card")
    wanted = CardState.ACTIVE

    def ask(self, client: CardIssuer, card: Card, call: Call, **_in_memory: str) -> CardStatusSnapshot:
        return client.unfreeze_card(card_id=card.provider_id, reason=call.arguments.get("reason", ""))


@handles("cards.activate_card")
class ActivateCard(Turning):
    """Not repeatable: a code or a PIN that went with it is not kept anywhere."""

    label = _("Activate card")
    repeatable = False
    wanted = CardState.ACTIVE

    def ask(self, client: CardIssuer, card: Card, call: Call, **in_memory: str) -> CardStatusSnapshot:
        if call.arguments.get("in_person") and not in_memory:
            raise Rejected(
                "It did not reach the provider, and the code is not kept here: enter it again", code="code_gone"
            )
        return client.activate_card(card_id=card.provider_id, **in_memory)


def _card(call: Call) -> Card:
    return Card.objects.select_related("account").get(pk=ref_pk(call.target))
