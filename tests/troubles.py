"""A day with trouble, through the real flows: calls that wait, are in doubt, need a person; orders that fail."""

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count

from backoffice.journal.record import Actor
from backoffice.outbox.drain import LOOK_PAUSES, drain
from backoffice.outbox.models import Call
from cards.commands import issue_card
from cards.models import Bin
from wallets.models import Wallet

OPEN = "card/order/open"


@dataclass
class Troubles:
    world: object
    actor: Actor
    numbers: count = field(default_factory=lambda: count(1))

    def asked(self, amount: str = "20.00") -> Call:
        """Asked for, and no worker came by yet."""
        wallet = Wallet.objects.filter(currency="USD", state="normal").order_by("-balance").first()
        bin = Bin.objects.filter(currency="USD", state="available", needs_holder=False, kind="virtual").first()
        key = f"trouble-{next(self.numbers)}"
        return issue_card(
            actor=self.actor, key=key, bin=bin, wallet=wallet, amount=Decimal(amount), note="Team offsite"
        )

    def under_way(self, amount: str = "25.00") -> Call:
        """The provider took it and has not ended it; on a slow day only a look tells."""
        call = self._carried_out(self.asked(amount))
        while call.state == Call.State.UNCERTAIN:
            Call.objects.filter(pk=call.pk).update(due_at=call.created_at)
            self._carried_out(call)
        return call

    def in_doubt(self, amount: str = "30.00") -> Call:
        """It left, and nothing came back."""
        self.world.fail_next("drop_request", path=OPEN)
        return self._carried_out(self.asked(amount))

    def dead(self, amount: str = "35.00") -> Call:
        """It left, nothing came back, and the provider does not know it however often we ask."""
        call = self.in_doubt(amount)
        for _ in LOOK_PAUSES:
            Call.objects.filter(pk=call.pk).update(due_at=call.created_at)
            drain(5)
        call.refresh_from_db()
        assert call.state == Call.State.DEAD
        return call

    def refused(self, amount: str = "40.00") -> Call:
        self.world.fail_next("2003", path=OPEN)
        return self._carried_out(self.asked(amount))

    def failed(self, sweep, amount: str = "45.13") -> Call:
        """Amounts that end so fail at this provider, after it took them."""
        call = self.under_way(amount)
        self.world.settle()
        sweep()
        return call

    @staticmethod
    def _carried_out(call: Call) -> Call:
        drain(5)
        call.refresh_from_db()
        return call
