"""A card's number on screen: asked what for, by whom again, shown for half a minute, once, and in nobody's cache."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.journal.models import JournalEntry
from backoffice.mirror import syncs
from backoffice.providers.emulator.story import add_card
from cards.models import Card

NUMBER, CVV = "4938751234567893", "917"


@pytest.fixture
def card(world, account, sweep):
    app, bin_ = next(iter(world.apps.values())), next(iter(world.bins.values()))
    add_card(world, app, bin_, status="active", card_no=NUMBER, cvv=CVV)
    for kind in syncs.kinds():
        syncs.start_sync(account=account, kind=kind)
    sweep()
    return Card.objects.get()


@pytest.fixture
def address(card):
    return reverse("cards:reveal_card", args=[card.public_id])


@pytest.fixture
def officer(person):
    client = Client()
    client.force_login(person("compliance"))
    return client


@pytest.fixture
def confirmed(officer):
    """The officer, who has just said again that it is them."""
    officer.post(reverse("account_reauthenticate"), {"password": "pass-word-for-tests-1"})
    return officer


def ask(client, address, **changes):
    return client.post(address, {"key": str(uuid.uuid4()), "purpose": "paying a supplier by phone", **changes})


def shown(answer) -> list[str]:
    page = answer.content.decode()
    return [secret for secret in (NUMBER, "4938 7512 3456 7893", f">{CVV}<") if secret in page]


def looks() -> int:
    return JournalEntry.objects.filter(verb="cards.reveal_card").count()


def test_the_form_says_what_is_left_and_shows_nothing(officer, address, settings, world):
    settings.REVEALS_A_DAY = 3
    before = len(world.requests)
    page = officer.get(address)
    assert (page.status_code, page.context["left"], shown(page)) == (200, 3, [])
    assert "You may look at 3 more cards within a day." in page.content.decode()
    assert (len(world.requests), looks()) == (before, 0)


def test_who_has_not_just_confirmed_is_asked_to_and_then_sees_it(officer, address, card, world):
    before = len(world.requests)
    answer = ask(officer, address)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, reverse("account_reauthenticate"))
    assert (len(world.requests), looks()) == (before, 0)
    assert shown(officer.get(answer["Location"])) == []
    wrong = officer.post(answer["Location"], {"password": "something-else-1"})
    assert (shown(wrong), looks()) == ([], 0)
    page = officer.post(answer["Location"], {"password": "pass-word-for-tests-1", "next": address})
    assert (page.status_code, shown(page)) == (200, [NUMBER, "4938 7512 3456 7893", f">{CVV}<"])
    assert JournalEntry.objects.get(verb="cards.reveal_card").detail == {"purpose": "paying a supplier by phone"}


def test_the_number_is_shown_and_no_cache_may_keep_it(confirmed, address, card):
    page = ask(confirmed, address)
    assert (page.status_code, shown(page)) == (200, [NUMBER, "4938 7512 3456 7893", f">{CVV}<"])
    assert "no-store" in page["Cache-Control"]
    assert page["Refresh"] == f"30; url={card.get_absolute_url()}"
    assert f'data-shown="{card.get_absolute_url()}" data-shown-seconds="30"' in page.content.decode()
    timeline = confirmed.get(card.get_absolute_url()).content.decode()
    assert "looked at the card&#x27;s number and code" in timeline
    assert "“paying a supplier by phone”" in timeline
    assert NUMBER not in timeline


def test_a_page_loaded_again_shows_nothing_and_costs_nothing(confirmed, address, world):
    key = str(uuid.uuid4())
    ask(confirmed, address, key=key)
    before = len(world.requests)
    again = ask(confirmed, address, key=key)
    assert (again.status_code, shown(again), looks(), len(world.requests)) == (409, [], 1, before)
    assert again.context["form"].non_field_errors() == ["This was shown once already. Ask again to see it again."]
    assert again.context["key"] != key


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"purpose": "  "}, {"purpose": ["Say what you need it for."]}),
        ({"key": ""}, {"key": ["The form is incomplete. Load it again."]}),
    ],
)
def test_without_purpose_or_key_nothing_is_asked(confirmed, address, world, changes, errors):
    before = len(world.requests)
    answer = ask(confirmed, address, **changes)
    assert (answer.status_code, answer.context["form"].errors) == (422, errors)
    assert (len(world.requests), looks()) == (before, 0)


def test_a_spent_budget_is_said_in_words(confirmed, address, settings):
    settings.REVEALS_A_DAY = 1
    ask(confirmed, address)
    said = "You have looked at 1 cards within a day; that is the most."
    assert ask(confirmed, address).context["form"].non_field_errors() == [said]
    page = confirmed.get(address)
    assert said in page.content.decode()
    assert "Show number and CVV" not in page.content.decode()


def test_a_provider_that_does_not_answer_is_said_in_words(confirmed, address, card, world):
    world.faults = ["timeout"]
    answer = ask(confirmed, address)
    assert (answer.status_code, shown(answer)) == (422, [])
    assert answer.context["form"].non_field_errors()[0].startswith("The provider did not give the card's number: ")
    assert "Nothing was shown," in confirmed.get(card.get_absolute_url()).content.decode()


@pytest.mark.parametrize("role", ["viewer", "operator", "approver", "auditor", "developer"])
def test_only_those_who_may_reveal_get_in(card, address, person, role, world):
    client = Client()
    client.force_login(person(role))
    before = len(world.requests)
    assert (client.get(address).status_code, ask(client, address).status_code) == (403, 403)
    assert (len(world.requests), looks()) == (before, 0)


def test_who_was_asked_to_confirm_is_not_let_in_without_the_permission(officer, address, card, world):
    """The permission is looked at again when the question is over."""
    answer = ask(officer, address)
    user = JournalEntry._meta.get_field("actor").related_model.objects.get(username="compliance")
    user.groups.clear()
    page = officer.post(answer["Location"], {"password": "pass-word-for-tests-1", "next": address})
    assert (page.status_code, looks()) == (403, 0)
