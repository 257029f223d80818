"""What happened and what was called in, through REST: in order, complete, and only for who may look."""

from datetime import timedelta

import pytest
from django.db.models import F

from backoffice.journal.models import JournalEntry
from cards.models import Card, CardOrder
from tests.api.conftest import EVERY_SCOPE, Caller, make_key, problem
from wallets.models import Wallet
from webhooks.models import Delivery

EVENTS, DELIVERIES = "/api/v1/events", "/api/v1/deliveries"


@pytest.fixture
def told(manager, issued):
    """What led to one card, old enough to be told."""
    JournalEntry.objects.update(created_at=F("created_at") - timedelta(minutes=1))
    return manager


def events(caller, query: str = "") -> list[dict]:
    found, address = [], f"{EVENTS}?{query}"
    while page := caller.get(address).json()["results"]:
        found += page
        address = caller.get(address).json()["next"]
    return found


def test_a_card_is_told_from_the_wish_to_its_birth(told):
    order, card = CardOrder.objects.get(), Card.objects.get()
    steps = ("cards.issue_card", "card_order.processing", "card_order.call_done", "card_order.succeeded")
    mine = [event for event in events(told, f"object={order.public_id}") if event["type"] in steps]
    assert tuple(event["type"] for event in mine) == steps
    asked, _sent, _left, ended = mine
    assert asked["object"] == ended["object"] == {"type": "cards.cardorder", "id": order.public_id}
    assert (ended["previous"], ended["state"]) == ("processing", "succeeded")
    assert asked["object_version"] < ended["object_version"] <= order.version
    assert (asked["cause"]["source"], asked["cause"]["actor"], asked["cause"]["via"]) == ("command", "operator", "ERP")
    assert asked["account"] == "main"
    born = events(told, f"object={card.public_id}")[0]
    assert (born["type"], born["object"]["id"], born["object_version"]) == ("card.created", card.public_id, 1)


def test_pages_follow_in_order_and_the_last_one_waits_for_more(told):
    expected = list(JournalEntry.objects.order_by("created_at", "id").values_list("public_id", flat=True))
    address, seen = f"{EVENTS}?limit=3", []
    while page := (answer := told.get(address).json())["results"]:
        assert len(page) <= 3
        seen += [event["id"] for event in page]
        address = answer["next"]
    assert seen == expected
    assert answer["next"] == address  # nothing yet: the same place, asked again later
    JournalEntry.objects.filter(public_id=expected[0]).update(created_at=F("created_at") + timedelta(seconds=30))
    assert [event["id"] for event in told.get(address).json()["results"]] == [expected[0]]


def test_what_has_just_happened_is_told_a_moment_later(manager, issued):
    assert manager.get(EVENTS).json()["results"] == []


def test_every_event_can_be_told(told):
    assert len(events(told, "limit=200")) == JournalEntry.objects.count()
    assert len(events(told, "source=command&limit=200")) == JournalEntry.objects.filter(source="command").count()
    assert events(told, "object=crd_nothing") == events(told, "account=other") == []


def test_a_damaged_cursor_is_refused(told):
    assert problem(told.get(f"{EVENTS}?cursor=x"))["code"] == "invalid_cursor"


def test_a_key_bound_to_an_account_hears_of_no_other(told, person):
    auditor = person("auditor")
    bound = Caller(make_key(auditor.username, *EVERY_SCOPE, account=["main"], name="Bound"))
    JournalEntry.objects.filter(verb="cards.issue_card").update(account="other")
    assert "cards.issue_card" not in {event["type"] for event in events(bound, "limit=200")}
    assert {event["account"] for event in events(bound, "limit=200")} == {"main"}


def test_deliveries_say_what_became_of_each_and_never_what_was_in_it(told):
    delivery = Delivery.objects.filter(applied="moved").first() or Delivery.objects.exclude(ref="").first()
    found = told.get(f"{DELIVERIES}/{delivery.public_id}").json()
    shown = ("delivery_id", "topic", "state", "applied", "signed", "seen", "about", "account")
    assert {name: found[name] for name in shown} == {
        "delivery_id": delivery.delivery_id,
        "topic": delivery.topic,
        "state": delivery.state,
        "applied": delivery.applied,
        "signed": False,
        "seen": 1,
        "about": delivery.object_id,
        "account": "main",
    }
    about = [model.objects.get().public_id for model in (CardOrder, Card, Wallet)]
    assert found["object"]["id"] in about
    assert not {"body", "headers", "traceback"} & found.keys()
    for query in ("", f"topic={delivery.topic}", f"state={delivery.state}", f"about={delivery.object_id}"):
        count = told.get(f"{DELIVERIES}/count?{query}").json()["count"]
        assert count == len(told.get(f"{DELIVERIES}?{query}").json()["results"]) >= 1
    assert told.get(f"{DELIVERIES}?delivery_id={delivery.delivery_id}").json()["results"][0]["id"] == found["id"]


def test_who_may_not_look_closer_sees_neither(caller):
    assert {caller.get(path).status_code for path in (EVENTS, DELIVERIES)} == {403}
