"""What becomes of deliveries: each makes us ask, none moves anything by itself, none is lost, none stops the others."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from backoffice.accounts import registry
from backoffice.core import clock
from backoffice.core.errors import IllegalTransition
from backoffice.journal.models import JournalEntry
from backoffice.journal.record import Actor
from backoffice.mirror import watches
from backoffice.mirror.models import Watch
from backoffice.outbox.models import Call
from backoffice.providers.emulator import acts
from cards.commands import issue_card
from cards.models import Bin, Card, CardOrder
from tests.webhooks.sending import envelope, post
from wallets.models import Wallet
from webhooks.commands import replay_delivery
from webhooks.models import Delivery
from webhooks.services import MOST_TRIES, backlog, process_deliveries
from webhooks.tasks import process_deliveries as task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _movable_clock(monkeypatch):
    """These tests travel in time, which the database would not: all clocks are this process's."""
    monkeypatch.setattr(clock, "now", timezone.now)


def asked(world, call: str) -> int:
    return len([request for request in world.requests if request.call == call])


def look() -> None:
    """What a worker does about callbacks: read them, then ask."""
    process_deliveries()
    watches.drain_watches(10)


def test_a_callback_makes_us_ask_and_the_answer_is_what_counts(account, world, card, turn):
    turn(card, "frozen")
    task()
    row = Delivery.objects.get()
    assert (row.state, row.hint_kind, row.object_id) == ("waiting", "cards.card", card.card_id)
    assert Card.objects.count() == 0
    watches.drain_watches(10)
    row.refresh_from_db()
    ours = Card.objects.get()
    assert (ours.state, ours.provider_id) == ("frozen", card.card_id)
    assert (row.state, row.applied, row.ref, row.due_at, row.disagreed) == ("done", "born", ours.ref, None, "")
    assert row.latency > timedelta(0)
    assert asked(world, "read_card") == 1


def test_the_journal_names_the_callback(account, world, card, turn):
    turn(card, "frozen")
    look()
    row = Delivery.objects.get()
    entry = JournalEntry.objects.get(verb="callback")
    assert (entry.ref, entry.source, entry.delivery) == (Card.objects.get().ref, "webhook", row.public_id)
    assert (entry.account, entry.detail) == ("main", {"topic": "card.status.freeze", "applied": "born"})


def test_a_wallet_callback_reads_the_wallet(mirrored, world):
    wallet = next(iter(world.wallets.values()))
    acts.freeze_wallet(world, wallet.wallet_id)
    world.tick()
    look()
    assert Wallet.objects.get().state == "frozen"
    assert Delivery.objects.get().ref == Wallet.objects.get().ref


def test_one_event_many_times_is_one_question(account, world, card, turn):
    world.switches.duplicates = 4
    turn(card, "frozen")
    look()
    row = Delivery.objects.get()
    assert (row.seen, row.state, asked(world, "read_card")) == (5, "done", 1)


def test_rings_for_one_object_collapse_into_one_question(account, world, card, turn):
    world.switches.renewed = 6
    turn(card, "frozen")
    look()
    assert Delivery.objects.filter(state="done").count() == 7
    assert asked(world, "read_card") == 1
    turn(card, "active")
    look()
    assert asked(world, "read_card") == 1  # within five seconds of the last one
    with time_machine.travel(timezone.now() + timedelta(seconds=6)):
        look()
    assert asked(world, "read_card") == 2
    assert Card.objects.get().state == "active"


def test_events_out_of_order_end_in_what_the_provider_says(account, world, card, turn):
    world.switches.delay = 30
    turn(card, "frozen")
    world.switches.delay = 0
    turn(card, "active")
    look()
    world.advance(30)
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        look()
    assert Card.objects.get().state == "active"
    assert [row.topic for row in Delivery.objects.order_by("id")] == ["card.status.active", "card.status.freeze"]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}


def test_a_forged_callback_changes_nothing_and_costs_one_question(mirrored, world, card, turn, caplog):
    turn(card, "active")
    look()
    so_far = asked(world, "read_card")
    before = Card.objects.values().get()
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        for number in range(20):
            post(envelope("card.status.closed", f"forged{number}", card_id=card.card_id, status=5, balance=999999))
        look()
    after = Card.objects.values().get()
    assert {name for name in after if after[name] != before[name]} == {"observed_at"}
    assert asked(world, "read_card") == so_far + 1
    row = Delivery.objects.filter(topic="card.status.closed").first()
    assert (row.state, row.applied, row.disagreed) == ("done", "same", "claimed closed, fetched active")
    assert "callback_disagrees" in caplog.text
    assert (
        JournalEntry.objects.filter(verb="callback", detail__disagreed="claimed closed, fetched active").count() == 20
    )


def test_a_late_callback_is_no_disagreement(account, world, card, turn):
    world.switches.delay = 30
    turn(card, "active")
    world.switches.delay = 0
    turn(card, "closing")
    world.advance(30)
    look()
    assert set(Delivery.objects.values_list("state", "disagreed")) == {("done", "")}


def test_a_callback_about_an_object_never_seen_waits_and_after_a_day_needs_a_person(account, world, caplog):
    post(envelope("card.status.active", card_id="cid_nobody"))
    start = timezone.now()
    look()
    assert Delivery.objects.get().state == "waiting"
    assert asked(world, "read_card") == 1
    with time_machine.travel(start + timedelta(hours=23)):
        look()
        assert Delivery.objects.get().state == "waiting"
    with time_machine.travel(start + timedelta(hours=24, minutes=16)):
        look()
    row = Delivery.objects.get()
    assert (row.state, row.applied, row.due_at) == ("dead", "unknown_object", None)
    assert row.problem == "the provider does not know this object"
    assert Card.objects.count() == 0
    assert "delivery_dead" in caplog.text


def test_a_callback_before_the_object_can_be_read_is_answered_later(account, world, card, turn):
    del world.cards[card.card_id]
    turn(card, "active")
    look()
    assert (Delivery.objects.get().state, Card.objects.count()) == ("waiting", 0)
    world.cards[card.card_id] = card
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        look()
    assert (Delivery.objects.get().state, Card.objects.get().state) == ("done", "active")


def test_a_provider_that_is_away_costs_no_callback(account, world, card, turn):
    turn(card, "frozen")
    world.fail_next("status_503", times=3)
    look()
    assert Delivery.objects.get().state == "waiting"
    world.faults = []
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        look()
    assert Delivery.objects.get().state == "done"


def test_a_repetition_of_what_waits_wakes_it(account, world):
    body = envelope("card.status.active", card_id="cid_nobody")
    post(body)
    look()
    assert asked(world, "read_card") == 1
    with time_machine.travel(timezone.now() + timedelta(seconds=6)):
        look()
        look()
        before = asked(world, "read_card")
        post(body)
    with time_machine.travel(timezone.now() + timedelta(seconds=12)):
        look()
    assert asked(world, "read_card") == before + 1


def test_an_old_callback_sent_again_under_its_id_has_no_effect(account, world, card, turn):
    turn(card, "frozen")
    look()
    journal, requests = JournalEntry.objects.count(), len(world.requests)
    post(world.callbacks[0].body)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        look()
    assert (JournalEntry.objects.count(), len(world.requests)) == (journal, requests)
    assert (Delivery.objects.get().state, Delivery.objects.get().seen) == ("done", 2)


def test_a_callback_that_overtakes_the_reply_of_its_call_meets_the_same_order(mirrored, world, actor, drain):
    post_it, seen = world.deliver, []

    def deliver(url, body, headers):
        answer = post_it(url, body, headers)
        look()
        seen.append((CardOrder.objects.get().provider_id != "", Call.objects.get().state))
        return answer

    world.deliver = deliver
    world.switches.turn({"before_reply": True, "settle_after": 0})
    issue_card(actor=actor, key="k1", bin=Bin.objects.get(), wallet=Wallet.objects.get(), amount=Decimal(100))
    drain(10)
    assert (True, "claimed") in seen
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        look()
    order, call = CardOrder.objects.get(), Call.objects.get()
    assert (order.state, order.maker, call.state) == ("succeeded", actor.user, "done")
    assert (len(world.orders), len(world.cards), Card.objects.count()) == (1, 1, 1)
    told = Delivery.objects.filter(topic__startswith="card.order")
    assert {(row.state, row.hint_by, row.ref) for row in told} == {("done", "merchant_ref", order.ref)}


def test_a_poison_delivery_is_tried_eight_times_then_needs_a_person_and_its_neighbours_go_on(
    account, world, card, turn, accounts_file, person, caplog
):
    turn(card, "frozen")
    accounts_file()  # the account leaves the file: its callbacks cannot be read
    start = timezone.now()
    for number in range(1, MOST_TRIES + 1):
        with time_machine.travel(start + timedelta(hours=number)):
            process_deliveries()
        row = Delivery.objects.get()
        assert row.tries == number
        assert row.state == ("dead" if number == MOST_TRIES else "received")
    assert "the accounts file has no such account" in row.problem
    assert "ConfigError" in row.traceback
    assert "delivery_dead" in caplog.text
    registry.forget()


def test_one_that_cannot_be_read_does_not_stop_the_others(account, world, card, turn, caplog):
    turn(card, "frozen")
    turn(card, "active")
    Delivery.objects.filter(topic="card.status.freeze").update(body=b"rubbish")
    look()
    states = dict(Delivery.objects.values_list("topic", "state"))
    assert states == {"card.status.freeze": "dead", "card.status.active": "done"}


def test_a_dead_delivery_is_processed_again_after_a_fix(account, world, card, turn, person):
    turn(card, "frozen")
    body = bytes(Delivery.objects.get().body)
    Delivery.objects.update(body=b"rubbish")
    process_deliveries()
    row = Delivery.objects.get()
    assert (row.state, row.problem) == ("dead", "not JSON")
    Delivery.objects.update(body=body)
    developer = Actor(person("developer"))
    replay_delivery(actor=developer, delivery=row)
    look()
    row.refresh_from_db()
    assert (row.state, row.applied, row.problem, row.tries) == ("done", "born", "", 0)
    entry = JournalEntry.objects.get(verb="webhooks.replay_delivery")
    assert (entry.actor, entry.delivery, entry.old, entry.new) == (developer.user, row.public_id, "dead", "received")


def test_what_was_not_handled_is_read_anew_when_it_is_processed_again(account, world, card, turn, actor):
    turn(card, "frozen")
    Delivery.objects.update(
        state="ignored", ignored="not_handled", watch_kind="", hint_kind="", object_id="", due_at=None
    )
    replay_delivery(actor=actor, delivery=Delivery.objects.get())
    look()
    row = Delivery.objects.get()
    assert (row.state, row.ignored, row.hint_kind, row.object_id) == ("done", "", "cards.card", card.card_id)


def test_what_is_being_processed_is_not_processed_again(account, world, card, turn, actor):
    turn(card, "frozen")
    with pytest.raises(IllegalTransition, match="is being processed already"):
        replay_delivery(actor=actor, delivery=Delivery.objects.get())
    assert JournalEntry.objects.filter(verb="webhooks.replay_delivery").count() == 0


def test_a_worker_that_died_over_a_delivery_leaves_it_to_the_next(account, world, card, turn):
    turn(card, "frozen")
    now = timezone.now()
    Delivery.objects.update(state="processing", leased_until=now + timedelta(seconds=90))
    look()
    assert Delivery.objects.get().state == "processing"
    with time_machine.travel(now + timedelta(seconds=91)):
        look()
        look()
    row = Delivery.objects.get()
    assert (row.state, row.applied) == ("done", "born")
    assert asked(world, "read_card") == 1


def test_a_delivery_that_kills_its_worker_each_time_needs_a_person(account, world, card, turn):
    turn(card, "frozen")
    Delivery.objects.update(
        state="processing", leased_until=timezone.now() - timedelta(seconds=1), tries=MOST_TRIES - 1
    )
    process_deliveries()
    row = Delivery.objects.get()
    assert (row.state, row.problem) == ("dead", "every try ended with its worker")


def test_a_hundred_deliveries_are_read_in_batches(account, world, django_assert_max_num_queries):
    for number in range(100):
        post(envelope("card.status.freeze", f"n{number:03}", card_id="cid_one"))
    with django_assert_max_num_queries(250):
        assert process_deliveries() == 100
    assert Watch.objects.get().object_id == "cid_one"


def test_the_backlog_is_what_nobody_has_read(account, world, card, turn):
    assert backlog() == (0, None)
    turn(card, "frozen")
    assert backlog() == (1, Delivery.objects.get().received_at)
    process_deliveries()
    assert backlog() == (0, None)


def test_an_answer_that_never_reached_its_delivery_is_asked_for_again(account, world, card, turn):
    turn(card, "frozen")
    process_deliveries()
    Watch.objects.all().delete()
    look()
    assert Delivery.objects.get().state == "waiting"
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        look()
    assert Delivery.objects.get().state == "done"


def test_a_word_and_fields_that_nobody_knows_raise_no_error(account, world, card, turn):
    world.tables = world.tables.changed({"constants": {"card_status": {"frozen": 77}}})
    turn(card, "frozen")
    look()
    ours, row = Card.objects.get(), Delivery.objects.get()
    assert (ours.state, ours.word) == ("unknown", "77")
    assert (row.state, row.applied) == ("done", "born")
    assert json.loads(world.callbacks[0].body)["event"] == "card.status.freeze"
