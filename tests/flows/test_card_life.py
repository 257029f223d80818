"""A card's life after its birth: recharged, frozen, activated, closed; whatever is lost on the way, each once."""

import uuid
from decimal import Decimal

import pytest

from backoffice.accounts.pauses import pause
from backoffice.core.errors import DomainError, IllegalTransition, StillOpen
from backoffice.mirror import syncs
from backoffice.outbox.models import Call
from backoffice.providers.emulator.story import add_bin, add_card, closing_fee
from cards import commands
from cards.activation import activate_in_person
from cards.models import Bin, Card, CardOrder
from cards.recharging import amount_for_total
from cards.states import CardState, OrderState
from wallets.models import Wallet
from wallets.queries import funds

State = Call.State


@pytest.fixture
def card(world, account, sweep):
    """An active card with 100.00 USD on it, known here."""
    from_bin = next(iter(world.bins.values()))
    from_bin.fees.append(closing_fee("2.00"))
    add_card(world, next(iter(world.apps.values())), from_bin, balance=Decimal(100), status="active")
    synced(account, sweep)
    return Card.objects.get()


def synced(account, sweep) -> None:
    for kind in syncs.kinds():
        syncs.start_sync(account=account, kind=kind)
    sweep()


def do(name: str, actor, *, key: str = "", **asked) -> Call:
    return getattr(commands, name)(actor=actor, key=key or str(uuid.uuid4()), **asked)


def theirs(world) -> str:
    return next(iter(world.cards.values())).status


def times(world, path: str) -> int:
    return sum(request.path.endswith(path) for request in world.requests)


def test_a_card_is_frozen_and_unfrozen(card, world, actor, sweep):
    call = do("freeze_card", actor, card=card, reason="lost in a taxi")
    card.refresh_from_db()
    assert (card.state, call.state) == (CardState.ACTIVE, State.QUEUED)  # what we want is no fact yet
    sweep()
    card.refresh_from_db()
    assert (card.state, theirs(world)) == (CardState.FROZEN, "frozen")

    do("unfreeze_card", actor, card=card)
    sweep()
    card.refresh_from_db()
    assert (card.state, theirs(world)) == (CardState.ACTIVE, "active")


def test_one_request_for_a_card_at_a_time(card, actor):
    do("freeze_card", actor, card=card)
    with pytest.raises(StillOpen):
        do("freeze_card", actor, card=card)
    assert Call.objects.count() == 1


@pytest.mark.parametrize("fault", ["lose_reply", "timeout", "status_502", "truncated_json"])
def test_a_freeze_whose_reply_was_lost_is_looked_up_and_not_sent_again(card, world, actor, sweep, fault):
    world.fail_next(fault, path="card/freeze")
    call = do("freeze_card", actor, card=card)
    sweep()
    call.refresh_from_db()
    card.refresh_from_db()
    assert (call.state, card.state, times(world, "card/freeze")) == (State.DONE, CardState.FROZEN, 1)


def test_a_freeze_that_vanished_is_looked_up_and_then_sent_again(card, world, actor, sweep):
    world.fail_next("drop_request", path="card/freeze")
    call = do("freeze_card", actor, card=card)
    sweep()
    call.refresh_from_db()
    assert (call.state, theirs(world), times(world, "card/freeze")) == (State.DONE, "frozen", 2)


def test_a_refused_freeze_leaves_the_card_as_it_is(card, world, actor, sweep):
    world.fail_next("3003", path="card/freeze")
    call = do("freeze_card", actor, card=card)
    sweep()
    call.refresh_from_db()
    card.refresh_from_db()
    assert (call.state, call.problem_code, card.state) == (State.REJECTED, "3003", CardState.ACTIVE)
    with pytest.raises(IllegalTransition, match="active"):
        do("unfreeze_card", actor, card=card)


def test_a_recharge_costs_what_was_quoted(card, world, actor, sweep):
    call = do("recharge_card", actor, card=card, wallet=Wallet.objects.get(), amount=Decimal(200))
    assert funds(Wallet.objects.get()).reserved == Decimal(202)
    sweep()
    world.settle()
    sweep()
    order = CardOrder.objects.get(kind="recharge")
    card.refresh_from_db()
    call.refresh_from_db()
    assert (call.state, order.state, order.fee, order.fee_variance) == (State.DONE, OrderState.SUCCEEDED, Decimal(2), 0)
    assert (card.balance, funds(Wallet.objects.get()).free) == (Decimal(300), Decimal(4798))


def test_the_same_recharge_within_ten_minutes_needs_a_second_word(card, actor, sweep):
    wallet = Wallet.objects.get()
    do("recharge_card", actor, card=card, wallet=wallet, amount=Decimal(50))
    with pytest.raises(DomainError) as refused:
        do("recharge_card", actor, card=card, wallet=wallet, amount=Decimal(50))
    assert refused.value.code == "same_again"
    do("recharge_card", actor, card=card, wallet=wallet, amount=Decimal(51))
    do("recharge_card", actor, card=card, wallet=wallet, amount=Decimal(50), again=True)
    assert CardOrder.objects.filter(kind="recharge").count() == 3


@pytest.mark.parametrize(
    ("total", "amount"), [("101.00", "100.00"), ("10.50", "10.00"), ("50.00", "49.50"), ("1", "0.50")]
)
def test_what_the_card_receives_when_the_wallet_pays_a_total(card, total, amount):
    received = amount_for_total(card=card, total=Decimal(total))
    assert received == Decimal(amount)


@pytest.mark.parametrize("fault", ["lose_reply", "timeout", "status_502"])
def test_a_recharge_whose_reply_was_lost_is_never_sent_twice(card, world, actor, sweep, fault):
    world.fail_next(fault, path="card/order/recharge")
    do("recharge_card", actor, card=card, wallet=Wallet.objects.get(), amount=Decimal(50))
    sweep()
    world.settle()
    sweep()
    card.refresh_from_db()
    assert (times(world, "card/order/recharge"), card.balance) == (1, Decimal(150))


def test_an_answer_about_another_card_is_not_applied(card, world, actor, drain, make_calls_due):
    world.fail_next("lose_reply", path="card/order/recharge")
    world.fail_next("wrong_card", path="card/order/detail")
    call = do("recharge_card", actor, card=card, wallet=Wallet.objects.get(), amount=Decimal(50))
    drain()
    make_calls_due()
    drain()
    call.refresh_from_db()
    order = CardOrder.objects.get(kind="recharge")
    assert (call.state, call.problem_code, order.card, order.state) == (
        State.DEAD,
        "contradicted",
        card,
        OrderState.REQUESTED,
    )


def test_a_card_is_closed_and_its_balance_comes_back_less_the_fee(card, world, actor, sweep):
    do("close_card", actor, card=card, reason="project over")
    with pytest.raises(StillOpen):
        do("freeze_card", actor, card=card)
    with pytest.raises(StillOpen):
        do("recharge_card", actor, card=card, wallet=Wallet.objects.get(), amount=Decimal(50))
    sweep()
    card.refresh_from_db()
    assert card.state == CardState.CLOSING
    world.settle()
    sweep()
    card.refresh_from_db()
    order = CardOrder.objects.get(kind="close")
    assert (card.state, card.balance, order.state) == (CardState.CLOSED, Decimal(0), OrderState.SUCCEEDED)
    assert (order.amount, order.fee, order.total) == (Decimal(100), Decimal(2), Decimal(98))
    assert funds(Wallet.objects.get()).free == Decimal(5098)


def test_a_card_is_not_closed_while_an_order_on_it_is_open(card, actor):
    do("recharge_card", actor, card=card, wallet=Wallet.objects.get(), amount=Decimal(50))
    with pytest.raises(StillOpen):
        do("close_card", actor, card=card)


@pytest.mark.parametrize("fault", ["lose_reply", "drop_request"])
def test_a_closing_whose_reply_was_lost_is_looked_up(card, world, actor, drain, make_calls_due, fault):
    world.fail_next(fault, path="card/close")
    call = do("close_card", actor, card=card)
    for _ in range(6):
        make_calls_due()
        drain()
    call.refresh_from_db()
    done = fault == "lose_reply"
    assert (call.state, times(world, "card/close")) == (State.DONE if done else State.DEAD, 1)


@pytest.fixture
def unactivated(world, account, sweep):
    """A physical card that waits to be activated."""
    plastic = add_bin(world, type="physical", bin="525847")
    card = add_card(world, next(iter(world.apps.values())), plastic, status="pending", use_at="")
    synced(account, sweep)
    return Card.objects.get(provider_id=card.card_id)


def test_a_card_is_activated_with_a_pin_that_is_kept_nowhere(unactivated, world, actor, sweep):
    call = activate_in_person(actor=actor, key="k", card=unactivated, pin="918273")
    assert (call.state, times(world, "card/activate")) == (State.DONE, 1)
    assert activate_in_person(actor=actor, key="k", card=unactivated, pin="918273") == call
    sweep()
    unactivated.refresh_from_db()
    assert (unactivated.state, times(world, "card/activate")) == (CardState.ACTIVE, 1)
    call.refresh_from_db()
    assert "918273" not in f"{call.arguments}{call.digest}{list(call.exchanges.values())}"


def test_an_activation_whose_reply_was_lost_is_only_looked_up(unactivated, world, actor, sweep):
    world.fail_next("lose_reply", path="card/activate")
    call = activate_in_person(actor=actor, key="k", card=unactivated, pin="918273")
    assert call.state == State.UNCERTAIN
    sweep()
    call.refresh_from_db()
    assert (call.state, times(world, "card/activate")) == (State.DONE, 1)


def test_an_activation_that_never_left_asks_for_the_code_again(unactivated, world, actor, sweep):
    world.fail_next("refuse_connection", path="card/activate")
    call = activate_in_person(actor=actor, key="k", card=unactivated, pin="918273")
    sweep()
    call.refresh_from_db()
    unactivated.refresh_from_db()
    assert (call.state, call.problem_code, unactivated.state) == (State.REJECTED, "code_gone", CardState.PENDING)


def test_a_batch_of_cards_is_each_its_own_order_or_none_at_all(card, world, actor, sweep):
    wallet, bin = Wallet.objects.get(), card.bin
    asked = {"bin": bin, "wallet": wallet, "amount": Decimal(100)}
    with pytest.raises(DomainError) as refused:
        do("issue_cards", actor, quantity=50, **asked)
    assert (refused.value.code, Call.objects.count()) == ("insufficient_funds", 0)

    batch = do("issue_cards", actor, key="k", quantity=5, **asked)
    assert do("issue_cards", actor, key="k", quantity=5, **asked) == batch
    sweep()
    world.settle()
    sweep()
    assert set(batch.calls.values_list("state", flat=True)) == {State.DONE}
    assert (len(world.orders), Card.objects.filter(state="active").count()) == (5, 6)


def test_where_a_physical_card_is_sent_is_sealed_and_forgotten(world, account, actor, sweep):
    add_bin(world, type="physical", bin="525847")
    synced(account, sweep)
    home = {"name": "Ada Byronova", "phone": "7700900123", "country": "GB", "city": "London", "address": "12 Square"}
    plastic = Bin.objects.get(digits="525847")
    call = do("issue_card", actor, bin=plastic, wallet=Wallet.objects.get(), amount=Decimal(100), delivery=home)
    assert "Byronova" not in str(call.arguments)
    sweep()
    call.refresh_from_db()
    assert (call.state, "sealed" in call.arguments) == (State.DONE, False)
    opening = next(request for request in world.requests if request.path.endswith("card/order/open"))
    assert opening.body["delivery"] == home


def test_a_code_is_not_taken_while_the_account_is_paused(unactivated, world, actor, account):
    pause(account, "maintenance at the provider", actor=actor)
    with pytest.raises(DomainError) as refused:
        activate_in_person(actor=actor, key="k", card=unactivated, pin="918273")
    assert (refused.value.code, times(world, "card/activate"), Call.objects.count()) == ("account_paused", 0, 0)
