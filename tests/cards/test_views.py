"""The pages of one card and one order: how far it is, why, what can be done."""

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.journal.models import JournalEntry
from backoffice.mirror.models import Watch
from backoffice.outbox.models import Call
from cards.models import Card, CardOrder

HTMX = {"HX-Request": "true"}


def the_order() -> CardOrder:
    return CardOrder.objects.get()


def step_states(response) -> list[tuple[str, str]]:
    return [(str(step.name), step.state) for step in response.context["steps"]]


def page_of(client: Client, row, **asked):
    response = client.get(row.get_absolute_url(), asked)
    assert response.status_code == 200
    return response


@pytest.fixture
def issued(send, sweep, world):
    """A card that was asked for and is active."""
    send()
    sweep()
    world.settle()
    sweep()
    return Card.objects.get()


def test_the_stepper_follows_an_order_to_its_card(browser_client, send, sweep, world):
    send()
    asked = page_of(browser_client, the_order())
    assert step_states(asked) == [
        ("Requested", "done"),
        ("Sent", "now"),
        ("Accepted", "ahead"),
        ("Final", "ahead"),
        ("Card", "ahead"),
    ]
    sweep()
    accepted = page_of(browser_client, the_order())
    assert [state for _name, state in step_states(accepted)] == ["done", "done", "now", "ahead", "ahead"]
    world.settle()
    sweep()
    final = page_of(browser_client, the_order())
    assert [state for _name, state in step_states(final)] == ["done"] * 5
    assert Card.objects.get().get_absolute_url() in final.content.decode()


def test_an_unsettled_order_says_why_and_a_settled_one_does_not(browser_client, send, sweep, world):
    send()
    sweep()
    pending = page_of(browser_client, the_order()).context["pending"]
    assert pending.sentence.startswith("OPEN-API has accepted the order and has not said how it ended.")
    assert pending.know[1].startswith("Their last word: “processing”, at ")
    assert pending.know[2] == "No callback about it has come."
    assert [action.label for action in pending.actions] == ["Ask OPEN-API now"]
    assert pending.can[-1] == "Sending again is off: the order exists there, and a second one could pay twice."
    world.settle()
    sweep()
    assert page_of(browser_client, the_order()).context["pending"] is None


def test_an_order_in_doubt_leads_to_its_look_up(browser_client, send, world, drain):
    world.faults = ["drop_request"]
    send()
    drain()
    response = page_of(browser_client, the_order())
    pending, call = response.context["pending"], Call.objects.get()
    assert [state for _name, state in step_states(response)] == ["done", "done", "late", "ahead", "ahead"]
    assert [action.url for action in pending.actions] == [reverse("outbox:look_up_call", args=[call.public_id])]
    assert pending.can[-1] == "Sending again is off while nobody knows: it could pay twice."
    assert response.context["shown"].own.label == "In doubt"


def test_a_refusal_is_a_failed_step_with_its_reason(browser_client, send, world, sweep):
    world.faults = ["3004"]
    send()
    sweep()
    response = page_of(browser_client, the_order())
    assert [state for _name, state in step_states(response)] == ["done", "done", "failed", "ahead", "ahead"]
    assert response.context["steps"][2].hint == the_order().reason
    assert response.context["pending"] is None


def test_the_page_asks_again_until_the_card_is_there(browser_client, send, sweep, world):
    send()
    first = page_of(browser_client, the_order())
    assert 'hx-trigger="every 2s"' in first.content.decode()
    poll = f"{the_order().get_absolute_url()}?mark={first.context['shown'].mark}"
    assert browser_client.get(poll, headers=HTMX).status_code == 204
    sweep()
    world.settle()
    sweep()
    last = browser_client.get(poll, headers=HTMX)
    text = last.content.decode()
    assert last.status_code == 200
    assert "hx-trigger" not in text
    assert 'id="order-heading" hx-swap-oob="true"' in text
    assert "Open card" in text


def test_money_is_quoted_beside_charged(browser_client, issued):
    facts = {fact.label: fact.amount for fact in page_of(browser_client, the_order()).context["money"]}
    assert {label: str(amount.normalize()) for label, amount in facts.items() if amount is not None} == {
        "Card receives": "1E+2",
        "Fee quoted": "1.5",
        "Fee charged": "1.5",
        "Wallet paid": "101.5",
    }


def test_the_timeline_tells_everything_newest_first(browser_client, issued):
    events = page_of(browser_client, the_order()).context["events"]
    kinds = [event.kind for event in events]
    assert set(kinds) == {"person", "call", "exchange", "look", "callback", "state"}
    assert [event.at for event in events] == sorted((event.at for event in events), reverse=True)
    assert events[-1].kind in {"person", "call"}
    people = page_of(browser_client, the_order(), show="people").context["events"]
    assert [str(event.sentence) for event in people] == ["<b>operator</b> asked for a card"]
    states = page_of(browser_client, the_order(), show="states").context["events"]
    assert [(event.before.label, event.after.label) for event in states if event.after] == [
        ("Processing", "Succeeded"),
        ("Requested", "Processing"),
    ]


def test_what_was_exchanged_is_for_those_who_may_see_exchanges(person, issued):
    def raw(role: str) -> list[str]:
        client = Client()
        client.force_login(person(role))
        return [event.raw for event in page_of(client, the_order()).context["events"] if event.raw]

    assert raw("viewer") == []
    assert len(raw("auditor")) > 0
    assert all("ae9ae3f5ad284ef4836de18aa3d41c47" not in text for text in raw("finance manager"))


def test_a_card_shows_its_money_its_order_and_its_history(browser_client, issued):
    response = page_of(browser_client, issued)
    page = response.content.decode()
    assert f"•• {issued.last4}" in page
    assert response.context["issued"] == the_order()
    assert [row.order for row in response.context["orders"]] == [the_order()]
    assert [str(event.sentence) for event in response.context["events"] if event.kind == "person"] == [
        "<b>operator</b> asked for a card"
    ]


@pytest.mark.parametrize(("name", "kind"), [("cards:ask_card", "cards.card"), ("cards:ask_order", "cards.order")])
def test_asking_now_is_written_down_and_planned(browser_client, issued, name, kind):
    row = issued if kind == "cards.card" else the_order()
    answer = browser_client.post(reverse(name, args=[row.public_id]))
    assert (answer.status_code, answer["Location"]) == (302, row.get_absolute_url())
    entry = JournalEntry.objects.get(verb="mirror.ask_now")
    assert (entry.ref, entry.actor.get_username()) == (row.ref, "operator")
    assert Watch.objects.get(kind=kind, object_id=row.provider_id).due_at is not None


@pytest.mark.parametrize("name", ["cards:ask_card", "cards:ask_order"])
def test_asking_now_needs_its_permission_and_a_post(person, browser_client, issued, name):
    row = issued if name == "cards:ask_card" else the_order()
    client = Client()
    client.force_login(person("viewer"))
    assert client.post(reverse(name, args=[row.public_id])).status_code == 403
    assert browser_client.get(reverse(name, args=[row.public_id])).status_code == 405
    assert JournalEntry.objects.filter(verb="mirror.ask_now").count() == 0


def test_a_viewer_sees_pages_without_buttons(person, send, sweep):
    send()
    sweep()
    client = Client()
    client.force_login(person("viewer"))
    assert page_of(client, the_order()).context["pending"].actions == []
    assert client.get(reverse("cards:cards")).context["actions"] == []


@pytest.mark.parametrize(
    "name", ["cards:cards", "cards:orders", "cards:bins", "cards:card_totals", "cards:order_totals"]
)
def test_who_may_not_see_cards_sees_none(django_user_model, db, name):
    client = Client()
    client.force_login(django_user_model.objects.create_user("nobody"))
    assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", ["cards:card", "cards:order"])
def test_what_does_not_exist_is_not_found(browser_client, mirrored, name):
    assert browser_client.get(reverse(name, args=["crd_00000000000000000000"])).status_code == 404


def test_a_page_asks_the_database_a_fixed_number_of_times(browser_client, issued, send, django_assert_max_num_queries):
    page_of(browser_client, issued)
    with django_assert_max_num_queries(22):
        page_of(browser_client, issued)
    with django_assert_max_num_queries(24):
        page_of(browser_client, the_order())


def test_a_page_that_asked_waits_for_the_answer_and_then_rests(browser_client, issued, sweep):
    assert "hx-trigger" not in page_of(browser_client, issued).content.decode()
    browser_client.post(reverse("cards:ask_card", args=[issued.public_id]))
    assert 'hx-trigger="every 3s"' in page_of(browser_client, issued).content.decode()
    sweep()
    assert "hx-trigger" not in page_of(browser_client, issued).content.decode()
