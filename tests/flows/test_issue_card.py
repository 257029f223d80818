"""A card is issued, whatever happens on the way: never two, never none without a word."""

from decimal import Decimal

import pytest
from django.utils import timezone

from backoffice.core.errors import DomainError, IllegalTransition, KeyReused
from backoffice.journal.models import JournalEntry
from backoffice.outbox import commands as calls
from backoffice.outbox.models import Ask, Call
from cards.models import Card, CardOrder
from cards.states import CardState, OrderState
from wallets.models import Wallet
from wallets.queries import funds

State = Call.State


def the_order() -> CardOrder:
    return CardOrder.objects.get()


def test_a_card_is_issued_end_to_end(issue, world, sweep, opened):
    call = issue("100")
    assert (call.state, the_order().state, opened()) == (State.QUEUED, OrderState.REQUESTED, [])

    sweep()
    call.refresh_from_db()
    order = the_order()
    assert (call.state, order.state) == (State.DONE, OrderState.PROCESSING)
    assert opened() == [order.merchant_ref]

    world.settle()
    sweep()
    order, card = the_order(), Card.objects.get()
    assert order.state == OrderState.SUCCEEDED
    assert (order.amount, order.fee, order.total) == (Decimal("100"), Decimal("1.5"), Decimal("101.5"))
    assert order.fee_variance == 0
    assert (card.state, card.balance, card.merchant_ref) == (CardState.ACTIVE, Decimal("100"), order.merchant_ref)
    assert order.card == card
    wallet = Wallet.objects.get()
    assert funds(wallet).balance == funds(wallet).free == Decimal("4898.5")


def test_one_key_is_one_card_and_other_values_under_it_are_refused(issue, sweep, opened):
    first = issue("100", key="k")
    assert issue("100", key="k") == first
    with pytest.raises(KeyReused):
        issue("101", key="k")
    sweep()
    assert issue("100", key="k") == first
    assert (len(opened()), Call.objects.count(), Ask.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    "fault",
    [
        "lose_reply",
        "timeout",
        "reset_mid_body",
        "truncated_body",
        "status_502",
        "empty_200",
        "html_200",
        "truncated_json",
    ],
)
def test_a_lost_reply_never_issues_a_second_card(issue, world, drain, make_calls_due, opened, sent, fault):
    world.fail_next(fault, path="card/order/open")
    call = issue()
    drain()
    call.refresh_from_db()
    assert (call.state, funds(Wallet.objects.get()).reserved) == (State.UNCERTAIN, Decimal("101.5"))

    make_calls_due()
    drain()
    call.refresh_from_db()
    assert (call.state, the_order().state) == (State.DONE, OrderState.PROCESSING)
    assert (opened(), sent()) == ([the_order().merchant_ref], 1)


@pytest.mark.parametrize(
    "fault", ["refuse_connection", "dns_failure", "connect_timeout", "tls_error", "throttle_429", "1005"]
)
def test_what_never_reached_the_provider_is_sent_again_by_itself(issue, world, drain, make_calls_due, opened, fault):
    world.fail_next(fault, path="card/order/open")
    call = issue()
    drain()
    call.refresh_from_db()
    assert (call.state, call.maybe_sent, opened()) == (State.QUEUED, False, [])

    make_calls_due()
    drain()
    call.refresh_from_db()
    assert (call.state, opened()) == (State.DONE, [the_order().merchant_ref])


def test_a_request_that_vanished_is_looked_up_then_a_person_sends_it_once_under_the_same_reference(
    issue, world, drain, make_calls_due, opened, sent, actor
):
    world.fail_next("drop_request", path="card/order/open")
    call = issue()
    for _ in range(6):
        make_calls_due()
        drain()
    call.refresh_from_db()
    assert (call.state, call.looks, opened(), sent()) == (State.DEAD, 5, [], 1)
    assert funds(Wallet.objects.get()).reserved == Decimal("101.5")

    calls.send_call_again(actor=actor, call=call)
    with pytest.raises(IllegalTransition):
        calls.send_call_again(actor=actor, call=call)
    drain()
    call.refresh_from_db()
    assert (call.state, opened(), sent()) == (State.DONE, [the_order().merchant_ref], 2)


def test_a_late_acceptance_is_found_and_not_sent_again(issue, world, drain, make_calls_due, opened, sent):
    world.fail_next("late_accept", path="card/order/open", seconds=90)
    call = issue()
    drain()
    make_calls_due()
    drain()
    call.refresh_from_db()
    assert (call.state, call.looks, opened()) == (State.UNCERTAIN, 1, [])

    world.advance(90)
    make_calls_due()
    drain()
    call.refresh_from_db()
    assert (call.state, opened(), sent()) == (State.DONE, [the_order().merchant_ref], 1)


def test_an_answer_after_the_work_with_a_system_error_is_looked_up(issue, world, drain, make_calls_due, opened):
    call = issue("100.99")
    drain()
    call.refresh_from_db()
    assert call.state == State.UNCERTAIN
    make_calls_due()
    drain()
    call.refresh_from_db()
    assert (call.state, opened()) == (State.DONE, [the_order().merchant_ref])


def test_a_reference_that_was_used_before_is_looked_up_and_adopted(issue, world, drain, make_calls_due, opened):
    world.fail_next("error_code", path="card/order/open", code=3001, when="after")
    call = issue()
    drain()
    make_calls_due()
    drain()
    call.refresh_from_db()
    assert (call.state, the_order().state, opened()) == (State.DONE, OrderState.PROCESSING, [the_order().merchant_ref])


def test_a_refusal_ends_the_order_and_frees_the_money_at_once(issue, world, drain, opened):
    world.fail_next("2003", path="card/order/open")
    call = issue()
    drain()
    call.refresh_from_db()
    assert (call.state, call.problem_code, the_order().state) == (State.REJECTED, "2003", OrderState.FAILED)
    assert (opened(), funds(Wallet.objects.get()).reserved) == ([], Decimal(0))


def test_a_failed_opening_gives_the_money_back(issue, world, sweep):
    issue("100.13")
    sweep()
    world.settle()
    sweep()
    wallet = Wallet.objects.get()
    assert (the_order().state, Card.objects.count()) == (OrderState.FAILED, 0)
    assert funds(wallet).free == Decimal("5000")


def test_a_refused_key_pauses_the_account_and_refuses_nothing(issue, world, drain, make_calls_due, account, opened):
    world.fail_next("1002", path="card/order/open")
    call, other = issue(), issue("50")
    drain()
    call.refresh_from_db()
    account.refresh_from_db()
    assert (call.state, account.is_paused) == (State.QUEUED, True)
    make_calls_due()
    drain()
    other.refresh_from_db()
    assert (other.state, opened()) == (State.QUEUED, [])


@pytest.mark.parametrize("fault", ["wrong_amount", "wrong_currency"])
def test_an_answer_about_other_money_is_not_applied_and_needs_a_person(issue, world, drain, make_calls_due, fault):
    world.fail_next("lose_reply", path="card/order/open")
    world.fail_next(fault, path="card/order/detail", by=5)
    call = issue()
    drain()
    make_calls_due()
    drain()
    call.refresh_from_db()
    order = the_order()
    assert (call.state, call.problem_code, order.state) == (State.DEAD, "contradicted", OrderState.REQUESTED)
    assert (order.amount, funds(Wallet.objects.get()).reserved) == (Decimal("100"), Decimal("101.5"))
    assert JournalEntry.objects.filter(verb="news_refused", ref=order.ref).count() == 1


def test_a_callback_before_the_reply_and_twice_leaves_one_order_and_one_card(issue, world, sweep, opened):
    world.switches.before_reply = True
    world.switches.duplicates = 1
    call = issue()
    sweep()
    world.settle()
    sweep()
    call.refresh_from_db()
    assert (call.state, the_order().state) == (State.DONE, OrderState.SUCCEEDED)
    assert (len(opened()), Card.objects.count(), Card.objects.get().state) == (1, 1, CardState.ACTIVE)


def test_without_any_callback_the_looks_bring_it_to_its_end(issue, world, sweep):
    world.switches.drop = 100
    issue()
    sweep()
    world.settle()
    sweep()
    assert (the_order().state, Card.objects.get().state) == (OrderState.SUCCEEDED, CardState.ACTIVE)


def test_a_worker_that_died_before_the_first_byte_leaves_no_order_and_a_dead_call(
    issue, drain, make_calls_due, opened, sent, actor
):
    call = issue()
    now = timezone.now()
    Call.objects.update(
        state=State.CLAIMED, attempts=1, sent_at=now, leased_until=now
    )  # as it was when the worker died
    for _ in range(6):
        make_calls_due()
        drain()
    call.refresh_from_db()
    assert (call.state, opened(), sent()) == (State.DEAD, [], 0)
    calls.send_call_again(actor=actor, call=call)
    drain()
    call.refresh_from_db()
    assert (call.state, sent(), opened()) == (State.DONE, 1, [the_order().merchant_ref])


def test_giving_up_withdraws_the_order_and_contradicting_news_is_taken(
    issue, world, drain, make_calls_due, sweep, actor
):
    world.fail_next("late_accept", path="card/order/open", seconds=100_000)
    call = issue()
    for _ in range(6):
        make_calls_due()
        drain()
    with pytest.raises(DomainError) as refused:
        calls.give_up_call(actor=actor, call=call, reason=" ")
    assert refused.value.code == "reason_missing"
    calls.give_up_call(actor=actor, call=call, reason="asked the provider by phone")
    call.refresh_from_db()
    assert (call.state, the_order().state) == (State.WITHDRAWN, OrderState.WITHDRAWN)

    world.advance(100_000)
    sweep()
    assert the_order().state in {OrderState.PROCESSING, OrderState.SUCCEEDED}
    assert the_order().break_reason != ""


@pytest.mark.parametrize(
    ("amount", "code"),
    [("0.5", "amount_outside_limits"), ("100.001", "too_many_decimals"), ("5000", "insufficient_funds")],
)
def test_what_the_rules_forbid_is_refused_before_anything_is_written(issue, amount, code):
    with pytest.raises(DomainError) as refused:
        issue(amount)
    assert refused.value.code == code
    assert (Call.objects.count(), CardOrder.objects.count(), Ask.objects.count()) == (0, 0, 0)


def test_holds_of_open_calls_count_against_the_wallet(issue):
    issue("3000")
    with pytest.raises(DomainError) as refused:
        issue("3000")
    assert (refused.value.code, refused.value.extra) == ("insufficient_funds", {"missing": "1003.00"})
