"""A merchant's business of the past two months: wallets, BINs, holders, cards in all states, orders, spending."""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from random import Random
from typing import Any

from backoffice.providers.emulator import acts, exact, merchant_data, openapi, settlement
from backoffice.providers.emulator.ids import Ids
from backoffice.providers.emulator.rows import App, Bin, Card, Fee, Holder, Limits, Order, Wallet
from backoffice.providers.emulator.story import add_wallet
from backoffice.providers.emulator.switches import Switches
from backoffice.providers.emulator.world import World

SEED, DAYS, QUIET = 20260302, 60, timedelta(hours=3)
CLOSING_TAKES = timedelta(days=7)


def seed_merchant(world: World) -> None:
    """Fill the world through its own calls, so that money, rows and orders agree; the same every time."""
    app = next(iter(world.apps.values()), None) or world.app(*merchant_data.DOCUMENTED_APP)
    with world.lock, _past(world) as now:
        past = Past(world, app, now)
        past.prepare()
        past.live()
        past.end()


class Past:
    """Two months lived through in the order of time; what would come after now is left out."""

    def __init__(self, world: World, app: App, now: datetime):
        self.world, self.app, self.now = world, app, now
        self.random = Random(SEED)  # nosec B311: made-up data
        self.steps: list[tuple[datetime, int, Callable[[], object]]] = []
        self.numbers = count()

    def prepare(self) -> None:
        """What was there before the first card."""
        self._go_to(self.now - timedelta(days=DAYS + 2))
        for given in merchant_data.BINS:
            bin_ = _bin(given)
            self.world.bins[bin_.bin_id] = bin_
        for wallet in merchant_data.WALLETS:
            self._add_wallet(*wallet)
        self.holders = [self._add_holder(number, *who) for number, who in enumerate(merchant_data.PEOPLE, start=1)]
        for number, (at, fate) in enumerate(self._plan(), start=1):
            self._at(at, Opening(self, number=number, fate=fate).open)

    def live(self) -> None:
        while self.steps:
            at, _, act = heapq.heappop(self.steps)
            if at <= self.now - QUIET:
                self._go_to(at)
                act()

    def end(self) -> None:
        """Today: BINs as they are offered now, wallets at the balances they are known by."""
        self._go_to(self.now - QUIET)
        for given in merchant_data.BINS:
            self.world.bins[given["bin_id"]].status = given.get("status", "available")
        for wallet, (_, _, balance) in zip(self.world.wallets.values(), merchant_data.WALLETS, strict=True):
            if missing := exact.to_digits(Decimal(balance) - wallet.balance, wallet.currency):
                acts.deposit(self.world, wallet.wallet_id, missing, out_id=f"dep_{wallet.currency}_last")

    def later(self, act: Callable[[], object], **span: int) -> None:
        self._at(self.world.now() + timedelta(**span), act)

    def perform(self, call: str, **given: Any) -> dict[str, Any]:
        return openapi.perform(self.world, self.app, call, given)["data"]

    def _at(self, at: datetime, act: Callable[[], object]) -> None:
        heapq.heappush(self.steps, (at, next(self.numbers), act))

    def _go_to(self, at: datetime) -> None:
        self.world.clock.standing = at

    def _plan(self) -> Iterator[tuple[datetime, str]]:
        """When cards were opened, and what became of them; the newest ones are simply active."""
        fates = [fate for fate, times in merchant_data.FATES.items() for _ in range(times)]
        self.random.shuffle(fates)
        fates.sort(key=lambda fate: fate == "active" and self.random.random() < 0.3)
        for number, fate in enumerate(fates):
            days = 1 + (DAYS - 1) * (len(fates) - number) / len(fates)
            yield self.now - timedelta(days=days, seconds=self.random.randint(0, 20_000)), fate

    def _add_wallet(self, currency: str, top_ups: dict[int, str], balance: str) -> Wallet:
        (_, first), *further = top_ups.items()
        wallet = add_wallet(self.world, self.app, currency, Decimal(first))
        for days_ago, amount in further:
            top_up = partial(acts.deposit, self.world, wallet.wallet_id, Decimal(amount), remark="bank transfer")
            self._at(self.now - timedelta(days=days_ago), top_up)
        return wallet

    def _add_holder(self, number: int, first_name: str, last_name: str, city: str, country: str) -> Holder:
        made = self.perform(
            "create_holder",
            out_holder_id=f"staff_{number:05d}",
            first_name=first_name,
            last_name=last_name,
            email=f"{first_name}.{last_name}@example.com".lower(),
            phone_code=merchant_data.PHONE_CODES[country],
            phone=f"5550{number:04d}",
            birthday=f"19{70 + number * 3 % 30:02d}-{1 + number * 5 % 12:02d}-{1 + number * 7 % 28:02d}",
            nationality=country,
            country=country,
            state=city,
            city=city,
            address=f"{10 + number} Example Road",
            post_code="999077",
        )
        return self.world.holders[made["holder_id"]]


@dataclass
class Opening:
    """One order for a card, and what becomes of it."""

    past: Past
    number: int
    fate: str

    def open(self) -> None:
        bin_ = self._choose_bin()
        random, reference = self.past.random, f"shop_{self.number:06d}"
        with_holder = bin_.need_holder or random.random() < 0.4
        self.past.perform(
            "open_card",
            out_order_id=reference,
            bin_id=bin_.bin_id,
            amount=Decimal(random.choice(merchant_data.AMOUNTS)),
            mark=random.choice(merchant_data.MARKS),
            holder_id=random.choice(self.past.holders).holder_id if with_holder else "",
            delivery=merchant_data.DELIVERY if bin_.type == "physical" else None,
        )
        order = self.past.world.orders[reference]
        order.doom = merchant_data.REASONS.get(self.fate, "")
        self.past.later(lambda: self._end(order), seconds=random.randint(9, 40))

    def _choose_bin(self) -> Bin:
        bins = self.past.world.bins
        if self.fate in {"pending", "replaced"}:
            return bins[merchant_data.PHYSICAL]
        return bins[self.past.random.choices(merchant_data.BIN_IDS, merchant_data.BIN_WEIGHTS)[0]]

    def _end(self, order: Order) -> None:
        settlement.settle(self.past.world, order)
        if order.status == "success" and self.fate != "pending":
            card = self.past.world.cards[order.card_id]
            life = Life(self.past, number=self.number, fate=self.fate, card=card)
            self.past.later(life.begin, hours=72 if card.status == "pending" else 1)


@dataclass
class Life:
    """A card in use, up to its fate."""

    past: Past
    number: int
    fate: str
    card: Card

    def begin(self) -> None:
        if self.card.status == "pending":
            self.past.perform("activate_card", card_id=self.card.card_id)
        random = self.past.random
        for _ in range(random.randint(0, 4)):
            self.past.later(self._spend, hours=random.randint(1, 90))
        if self.number % 3 == 0:
            self.past.later(self._recharge, hours=random.randint(2, 60))
        turns = {"frozen": self._freeze, "closing": self._close, "closed": self._close, "lost": self._lose}
        if act := {**turns, "replaced": self._lose}.get(self.fate):
            self.past.later(act, hours=96)

    def _spend(self) -> None:
        random = self.past.random
        amount, shop = Decimal(random.randint(300, 9000)) / 100, random.choice(merchant_data.SHOPS)
        acts.spend(self.past.world, self.card.card_id, amount, merchant_name=shop)

    def _recharge(self) -> None:
        reference, amount = f"topup_{self.number:06d}", Decimal(100 + 25 * (self.number % 7))
        self.past.perform("recharge_card", out_order_id=reference, card_id=self.card.card_id, amount=amount)
        self._end_soon(reference)

    def _freeze(self) -> None:
        self.past.perform("freeze_card", card_id=self.card.card_id, reason="unused for a while")

    def _close(self) -> None:
        reference = f"end_{self.number:06d}"
        self.past.perform("close_card", card_id=self.card.card_id, out_order_id=reference, reason="project ended")
        if self.fate == "closed":
            self._end_soon(reference)
        else:
            self.past.world.orders[reference].settle_at = self.past.now + CLOSING_TAKES

    def _lose(self) -> None:
        acts.report_lost(self.past.world, self.card.card_id)
        if self.fate == "replaced":
            self.past.later(lambda: acts.replace_card(self.past.world, self.card.card_id), hours=30)

    def _end_soon(self, reference: str) -> None:
        order = self.past.world.orders.get(reference)
        if order:
            self.past.later(lambda: settlement.settle(self.past.world, order), seconds=12)


@contextmanager
def _past(world: World) -> Iterator[datetime]:
    """Let the clock stand while the past is made, draw ids from the seed, and send no callback of it."""
    before, switches, ids, letters = world.clock.standing, world.switches, world.ids, len(world.letters)
    now = world.now()
    world.ids, world.switches = Ids(SEED), Switches()
    try:
        yield now
    finally:
        del world.letters[letters:]
        world.clock.standing, world.switches, world.ids = before, switches, ids


def _bin(given: dict[str, Any]) -> Bin:
    """A BIN as it was in the past: open."""
    details = {name: value for name, value in given.items() if name not in {"fees", "limits", "status"}}
    fees = [Fee(**_decimals(fee, "value", "min_fee", "max_fee")) for fee in given["fees"]]
    limits = _decimals(given["limits"], *(name for name in given["limits"] if name != "max_card_count"))
    return Bin(**details, fees=fees, limits=Limits(**limits))


def _decimals(given: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: Decimal(value) if name in names else value for name, value in given.items()}
