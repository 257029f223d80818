"""Processing callbacks again: what it would change first, field by field, then for real."""

import json
from decimal import Decimal

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.test import Client
from django.urls import reverse

from backoffice.journal.models import JournalEntry
from backoffice.journal.record import Actor
from backoffice.mirror.models import Watch
from backoffice.outbox.models import Exchange
from backoffice.providers.emulator.acts import tell_card
from cards.models import Card, CardOrder
from tests.conftest import CALLBACKS
from tests.troubles import Troubles
from wallets.models import Wallet
from webhooks import commands
from webhooks.models import Delivery, Replay, ReplayItem
from webhooks.tasks import continue_replays

NEW = "webhooks:replay_deliveries"


@pytest.fixture
def developer(person):
    return person("developer")


@pytest.fixture
def desk(developer):
    client = Client()
    client.force_login(developer)
    return client


@pytest.fixture
def issued(world, mirrored, staff, sweep):
    """A card that was issued, told by callbacks."""
    Troubles(world, Actor(staff)).under_way()
    world.settle()
    sweep()
    return CardOrder.objects.get()


def compare(desk, key: str = "one", **filters) -> Replay:
    answer = desk.post(f"{reverse(NEW)}?{_query(filters)}", {"key": key})
    assert answer.status_code == 302
    continue_replays()
    return Replay.objects.get(public_id=answer["Location"].rstrip("/").rpartition("/")[2])


def release(desk, run: Replay) -> None:
    assert desk.post(run.get_absolute_url())["Location"] == run.get_absolute_url()
    continue_replays()
    run.refresh_from_db()


def _query(filters: dict) -> str:
    return "&".join(f"{name}={value}" for name, value in filters.items())


def facts_of_everything() -> list:
    models = (Card, CardOrder, Wallet, Delivery, Watch, JournalEntry)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.fixture
def turned(world, issued):
    """A callback about a card that was active then; the provider froze it since, and said nothing."""
    next(iter(world.cards.values())).status = "frozen"
    return Delivery.objects.get(topic="card.status.active")


def test_comparing_changes_nothing(desk, issued, turned):
    before = facts_of_everything()
    run = compare(desk, q=turned.public_id)
    assert facts_of_everything() == before
    assert (run.state, run.items.count()) == (Replay.State.COMPARED, 1)


def test_a_lost_state_is_shown_field_by_field_and_taken_over_once_released(desk, world, issued, sweep, turned):
    run = compare(desk, about=turned.object_id)
    item = run.items.get()
    assert (item.state, item.applied, item.ref) == ("compared", "moved", Card.objects.get().ref)
    assert ["state", "active", "frozen"] in item.changes
    page = desk.get(run.get_absolute_url()).content.decode()
    assert ("Would change the state" in page, "Frozen" in page, "Process 1 callback again" in page) == (True,) * 3
    assert Card.objects.get().state == "active"

    release(desk, run)
    sweep()
    assert Card.objects.get().state == "frozen"
    turned.refresh_from_db()
    assert (run.state, turned.state, turned.applied) == ("done", "done", "moved")


def test_a_comparison_sends_reads_alone_and_keeps_their_exchanges(desk, world, issued, turned):
    sent = Exchange.objects.count()
    compare(desk, about=turned.object_id)
    new = Exchange.objects.order_by("id")[sent:]
    assert [exchange.is_write for exchange in new] == [False]


def test_callbacks_about_one_object_are_one_question(desk, world, issued, sweep, turned):
    tell_card(world, next(iter(world.cards.values())), "card_frozen")
    world.tick()
    sweep()
    sent = len(world.requests)
    run = compare(desk, about=turned.object_id)
    assert (len(world.requests) - sent, run.items.filter(state="compared", applied="same").count()) == (1, 2)
    entry = desk.get(run.get_absolute_url()).context["objects"]
    assert [(len(thing.deliveries), thing.came) for thing in entry] == [(2, "2 callbacks")]


def test_each_new_attempt_says_who_had_it(desk, issued, developer):
    run = compare(desk)
    release(desk, run)
    again = JournalEntry.objects.filter(verb="webhooks.replay_delivery", actor=developer)
    assert again.exclude(delivery="").count() == Delivery.objects.count()
    whole = again.get(ref=run.ref)
    assert whole.detail == {"callbacks": Delivery.objects.count(), "filter": ""}


def test_releasing_twice_and_sending_the_form_twice_does_each_delivery_once(desk, issued, sweep):
    first, second = compare(desk, key="same"), compare(desk, key="same")
    assert first == second
    for _ in range(3):
        release(desk, first)
    assert JournalEntry.objects.filter(verb="webhooks.replay_delivery").exclude(delivery="").count() == (
        Delivery.objects.count()
    )


def test_what_is_being_processed_already_is_left_out_with_its_reason(desk, issued):
    run = compare(desk)
    busy = Delivery.objects.order_by("id").first()
    Delivery.objects.filter(pk=busy.pk).update(state="received")
    release(desk, run)
    item = run.items.get(delivery=busy)
    assert (item.state, item.problem) == ("skipped", "This callback is being processed already.")
    assert run.items.filter(state="again").count() == Delivery.objects.count() - 1


def test_a_provider_that_does_not_answer_is_said(desk, world, turned):
    world.fail_next("drop_request", path="card/detail")
    run = compare(desk, about=turned.object_id)
    assert run.items.get().state == "failed"
    page = desk.get(run.get_absolute_url()).content.decode()
    assert "Could not be compared" in page


def test_nothing_is_released_while_it_is_being_compared(desk, issued):
    answer = desk.post(reverse(NEW), {"key": "early"})
    page = desk.post(answer["Location"], follow=True).content.decode()
    assert "It is still being compared." in page
    assert Replay.objects.get().state == "comparing"


def test_only_the_newest_are_compared_and_all_are_processed(desk, issued, monkeypatch):
    monkeypatch.setattr(commands, "COMPARED", 1)
    run = compare(desk)
    total = Delivery.objects.count()
    assert run.items.filter(state="uncompared").count() == total - 1
    release(desk, run)
    assert run.items.filter(state="again").count() == total


def test_too_wide_a_filter_is_refused(desk, issued, monkeypatch):
    monkeypatch.setattr(commands, "MOST", 1)
    answer = desk.post(reverse(NEW), {"key": "wide"})
    assert (answer.status_code, "narrow the filter" in answer.content.decode()) == (422, True)
    assert Replay.objects.count() == 0


def test_a_filter_that_matches_nothing_offers_nothing(desk, mirrored):
    page = desk.get(reverse(NEW)).content.decode()
    assert "Compare</button>" not in page
    assert desk.post(reverse(NEW), {"key": "none"}).status_code == 422


def test_a_post_without_its_key_does_nothing(desk, issued):
    assert desk.post(reverse(NEW)).status_code == 422
    assert Replay.objects.count() == 0


def test_who_may_not_replay_neither_sees_nor_does_it(issued, staff, desk):
    run = compare(desk)
    client = Client()
    client.force_login(staff)
    assert "Process these again" not in client.get(reverse("webhooks:deliveries")).content.decode()
    for address in (reverse(NEW), run.get_absolute_url()):
        assert (client.get(address).status_code, client.post(address, {"key": "k"}).status_code) == (403, 403)
    run.refresh_from_db()
    assert run.state == "compared"


def test_what_would_be_born_is_told_and_not_born(desk, world, mirrored, sweep):
    from_elsewhere = json.dumps({"order_id": "ord_nobody", "app_id": 100001})
    message = {"notify_id": "odd", "customer_id": 10001001, "event": "card.order.success", "event_data": from_elsewhere}
    Client().post(CALLBACKS, data=json.dumps(message), content_type="application/json")
    sweep()
    run = compare(desk, about="ord_nobody")
    assert (run.items.get().state, run.items.get().applied) == ("nothing", "unknown_object")
    with pytest.raises(ObjectDoesNotExist):
        CardOrder.objects.get(provider_id="ord_nobody")


# --- the inbox's filters ----------------------------------------------------------------------------------------------


def listed(desk, **filters) -> set[str]:
    answer = desk.get(reverse("webhooks:deliveries"), filters)
    assert answer.status_code == 200
    return {shown.delivery.topic for shown in answer.context["rows"]}


def test_callbacks_are_filtered_by_result_object_and_text(desk, issued):
    row = Delivery.objects.get(topic="card.order.success")
    assert listed(desk, result=row.applied, about=row.object_id, topic=row.topic) == {"card.order.success"}
    assert listed(desk, text="order.success") == {"card.order.success"}
    assert listed(desk, text="no body has this") == set()
    assert listed(desk, why="unknown_topic") == set()


def test_the_button_hands_the_filter_on(desk, issued):
    answer = desk.get(reverse("webhooks:deliveries"), {"topic": "card.order.success", "cursor": ""})
    assert [action.url for action in answer.context["actions"]] == [f"{reverse(NEW)}?topic=card.order.success"]
    page = desk.get(answer.context["actions"][0].url).content.decode()
    assert "topic=card.order.success" in page


def test_a_callback_shows_the_very_bytes(desk, issued):
    row = Delivery.objects.get(topic="card.order.success")
    assert desk.get(row.get_absolute_url()).context["kept"] == bytes(row.body).decode()


def test_an_amount_of_the_difference_is_exact(desk, world, issued, turned):
    next(iter(world.cards.values())).balance = Decimal("12345.67")
    run = compare(desk, about=turned.object_id)
    changes = {name: new for name, _old, new in run.items.get().changes}
    assert changes["balance"] == "12345.67"
    assert ReplayItem.objects.count() == 1
