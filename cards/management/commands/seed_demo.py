"""The demo's own history: cards issued by its people, by the same command, worker and callbacks as any other card."""

import json
import time
from dataclasses import dataclass
from decimal import Decimal
from itertools import cycle
from urllib.request import Request, urlopen

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand

from backoffice.core.errors import DomainError
from backoffice.journal.record import Actor
from backoffice.outbox.models import Ask
from cards.commands import issue_card
from cards.models import Bin, CardKind, CardMode
from cards.states import BinState
from wallets.models import Wallet

PATIENCE = 120  # seconds for the first sync to bring wallets and BINs


@dataclass(frozen=True)
class Wish:
    """One card to ask for, and the trouble that its request shall meet at the provider."""

    note: str
    amount: str
    currency: str = "USD"
    mode: str = CardMode.PREPAID
    fault: str = ""

    @property
    def key(self) -> str:
        return f"demo: {self.note}"


WISHES = (
    Wish("Ads, LinkedIn", "250.00"),
    Wish("Design tools, 12 seats", "340.00", mode=CardMode.SHARED),
    Wish("Trade fair, Lisboa", "480.00", currency="EUR"),
    Wish("Ads, regional test", "120.13"),  # the emulated issuer turns down what ends in .13
    Wish("Webinar, spring", "80.99"),  # accepted, but answered with a system error: found by its reference
    Wish("Ads, Reddit", "75.00", fault="lose_reply"),
    Wish("Snacks, office", "30.00", fault="3004"),
    Wish("Hosting, Tokyo", "60.00", fault="drop_request"),  # stays in doubt: no answer, and no look-up finds it
)


class Command(BaseCommand):
    help = "Issue the demo's cards, once; a second run finds them asked for."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--emulator", required=True, metavar="URL", help="the emulated provider's address")

    def handle(self, *, emulator: str, **_options) -> None:
        wishes = [wish for wish in WISHES if not Ask.objects.filter(key=wish.key).exists()]
        people = [user for user in get_user_model().objects.filter(is_active=True).order_by("pk") if _may_issue(user)]
        if not wishes or not people:
            return
        for wish, person in zip(wishes, cycle(people[:3]), strict=False):
            try:
                _grant(wish, Actor(person, via="shell"), emulator)
            except (DomainError, TimeoutError, OSError) as exc:
                self.stderr.write(f"{wish.note}: {exc}")  # the demo is worth running without it


def _grant(wish: Wish, actor: Actor, emulator: str) -> None:
    bin_, wallet = _wait_for(wish)
    if wish.fault:
        fault = {"kind": wish.fault, "path": "card/order/open", "where": {"mark": wish.note}}
        _tell(emulator, "faults", [fault])
    issue_card(actor=actor, key=wish.key, bin=bin_, wallet=wallet, amount=Decimal(wish.amount), note=wish.note)


def _wait_for(wish: Wish) -> tuple[Bin, Wallet]:
    """A BIN and a wallet that fit, as soon as the sync has brought them."""
    give_up = time.monotonic() + PATIENCE
    offered = Bin.objects.filter(
        state=BinState.AVAILABLE, kind=CardKind.VIRTUAL, needs_holder=False, mode=wish.mode, currency=wish.currency
    )
    while time.monotonic() < give_up:
        bin_ = next((bin_ for bin_ in offered.order_by("pk") if bin_.terms_known), None)
        wallet = (
            bin_
            and Wallet.objects.filter(
                account=bin_.account, currency=wish.currency, balance__gt=Decimal(wish.amount) * 2
            ).first()
        )
        if bin_ and wallet:
            return bin_, wallet
        time.sleep(1)
    raise TimeoutError("the provider's wallets and BINs did not come")


def _tell(emulator: str, control: str, body: object) -> None:
    headers = {"Content-Type": "application/json"}
    request = Request(f"{emulator}/_emu/{control}", json.dumps(body).encode(), headers)
    with urlopen(request, timeout=10):  # nosec B310: an address on this machine, given by whoever starts the demo
        pass


def _may_issue(user) -> bool:
    return user.has_perm("cards.issue_card")
