"""The merchant whose business fills an empty world."""

from datetime import UTC, datetime
from decimal import Decimal

from backoffice.providers.emulator import World
from backoffice.providers.emulator.merchant import seed_merchant
from tests.providers.emulator.asking import START


def test_the_merchant_is_the_same_every_time_and_its_money_adds_up():
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    world, again = World(now=now), World(now=now)
    seed_merchant(world)
    seed_merchant(again)
    assert (world.cards, world.wallet_rows, world.orders) == (again.cards, again.wallet_rows, again.orders)
    states = [card.status for card in world.cards.values()]
    assert {state: states.count(state) for state in sorted(set(states))} == {
        "active": 37, "closed": 6, "closing": 2, "frozen": 5, "lost": 2, "pending": 6, "replaced": 3,
    }  # fmt: skip
    balances = [(wallet.currency, wallet.balance, wallet.frozen_balance) for wallet in world.wallets.values()]
    assert balances == [
        ("USD", Decimal("218420.55"), 0), ("EUR", Decimal("46210.80"), 0), ("HKD", Decimal("127350.40"), 0),
        ("GBP", Decimal("12.40"), 0),
    ]  # fmt: skip
    for wallet in world.wallets.values():
        balance = Decimal(0)
        for row in (row for row in world.wallet_rows if row.wallet_id == wallet.wallet_id):
            assert row.before_balance == balance
            balance = row.after_balance
        assert wallet.balance == balance
    times = [row.create_at for row in world.wallet_rows]
    assert times == sorted(times)
    assert max(times) == "2026-03-02 09:00:00"
    assert (world.letters, world.now()) == ([], now)
    assert [bin_.status for bin_ in world.bins.values()] == ["available"] * 4 + ["maintenance", "offline"]


def test_a_made_up_card_number_is_never_a_real_one():
    world = World(now=START)
    seed_merchant(world)
    numbers = [card.card_no for card in world.cards.values()]
    assert {len(number) for number in numbers} == {21}
    assert [number for number in numbers if _luhn(number)] == []


def _luhn(number):
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
