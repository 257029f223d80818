"""Freezing, unfreezing, activating and closing a card in a browser: a question first, then one call, then its news."""

import re
import uuid
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.mirror import syncs
from backoffice.outbox.models import Call
from backoffice.providers.emulator.story import add_bin, add_card, closing_fee
from cards.models import Card, CardOrder
from cards.states import CardState
from wallets.models import Wallet

DEEDS = ("freeze_card", "unfreeze_card", "activate_card", "close_card")


@pytest.fixture
def card(world, account, sweep):
    """An active card with 100.00 USD on it; its product takes 2.00 for a closing."""
    bin_ = next(iter(world.bins.values()))
    bin_.fees.append(closing_fee("2.00"))
    their = add_card(world, next(iter(world.apps.values())), bin_, balance=Decimal(100), status="active")
    hear_of_all(account, sweep)
    return Card.objects.get(provider_id=their.card_id)


@pytest.fixture
def plastic(world, account, sweep):
    """A physical card that waits to be activated."""
    bin_ = add_bin(world, type="physical", bin="525847")
    their = add_card(world, next(iter(world.apps.values())), bin_, status="pending", use_at="")
    hear_of_all(account, sweep)
    return Card.objects.get(provider_id=their.card_id)


def hear_of_all(account, sweep) -> None:
    for kind in syncs.kinds():
        syncs.start_sync(account=account, kind=kind)
    sweep()


def page_of(name: str, card: Card) -> str:
    return reverse(f"cards:{name}", args=[card.public_id])


@pytest.fixture
def send(browser_client):
    """Send a question's form: `send("freeze_card", card, reason="lost")`."""

    def post(name: str, card: Card, **fields):
        return browser_client.post(page_of(name, card), {"key": str(uuid.uuid4())} | fields)

    return post


def told(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def theirs(world, path: str) -> int:
    return sum(request.path.endswith(path) for request in world.requests)


# --- the question -----------------------------------------------------------------------------------------------------


def test_asking_names_the_card_its_balance_and_the_consequence_and_does_nothing(browser_client, card):
    response = browser_client.get(page_of("freeze_card", card))
    page = response.content.decode()
    assert f"Freeze •• {card.last4}" in page
    assert "Payments with it are refused until somebody unfreezes it. The balance stays." in page
    assert ("Available", Decimal(100)) in [(fact.label, fact.amount) for fact in response.context["asked"].facts]
    assert re.search(r'<a class="button" href="[^"]+" autofocus>Cancel</a>', page)
    assert Call.objects.count() == 0


@pytest.mark.parametrize("name", ["unfreeze_card", "activate_card"])
def test_what_the_state_does_not_allow_is_said_and_not_asked(browser_client, card, name):
    page = browser_client.get(page_of(name, card)).content.decode()
    assert "This card is active." in page
    assert '<form class="confirm"' not in page
    answer = browser_client.post(page_of(name, card), {"key": str(uuid.uuid4())})
    assert answer.status_code == 422
    assert Call.objects.count() == 0


def test_the_page_of_a_card_opens_the_question_in_a_dialog(browser_client, card):
    page = browser_client.get(card.get_absolute_url()).content.decode()
    assert 'data-dialog="freeze-card"' in page
    assert '<dialog class="dialog" id="freeze-card"' in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert sorted({name for name in ids if ids.count(name) > 1}) == []


# --- freeze and unfreeze ----------------------------------------------------------------------------------------------


def test_a_card_is_frozen_and_its_page_tells_how_far_it_is(send, browser_client, card, sweep):
    answer = send("freeze_card", card, reason="lost in a taxi")
    assert (answer.status_code, answer["Location"]) == (302, card.get_absolute_url())
    page = browser_client.get(card.get_absolute_url())
    assert told(page) == ["OPEN-API is asked to freeze it. This page shows when it is frozen."]
    assert str(page.context["shown"].own.label).startswith("Freezing since ")
    assert page.context["pause"] == "3s"
    off = {action.label: action.off for action in page.context["actions"]}
    assert off["Freeze"].startswith("Another request for this card is under way, since ")
    assert off["Recharge"] == ""
    mark = page.context["mark"]
    poll = {"HX-Request": "true"}
    assert browser_client.get(card.get_absolute_url(), {"mark": mark}, headers=poll).status_code == 204

    sweep()
    news = browser_client.get(card.get_absolute_url(), {"mark": mark}, headers=poll)
    assert news.status_code == 200
    assert "Frozen" in news.content.decode()
    assert 'id="card-actions" hx-swap-oob="true"' in news.content.decode()
    assert [action.label for action in news.context["actions"] if not action.off] == [
        "Ask OPEN-API now",
        "Close",
        "Unfreeze",
        "Recharge",
    ]
    assert "lost in a taxi" in news.content.decode()
    assert "asked to freeze the card" in news.content.decode()

    send("unfreeze_card", card)
    sweep()
    card.refresh_from_db()
    assert card.state == CardState.ACTIVE


def test_a_question_sent_twice_is_one_call(send, card, world, sweep):
    key = str(uuid.uuid4())
    send("freeze_card", card, key=key)
    send("freeze_card", card, key=key)
    sweep()
    assert (Call.objects.count(), theirs(world, "card/freeze")) == (1, 1)


def test_a_form_that_comes_back_after_its_call_ended_does_nothing_and_says_so(send, browser_client, card, world, sweep):
    key = str(uuid.uuid4())
    send("freeze_card", card, key=key)
    sweep()
    send("unfreeze_card", card)
    sweep()
    browser_client.get(card.get_absolute_url())
    answer = send("freeze_card", card, key=key)
    assert answer.status_code == 302
    assert told(browser_client.get(card.get_absolute_url()))[0].startswith("This form was sent before, at ")
    assert (Call.objects.count(), theirs(world, "card/freeze")) == (2, 1)


def test_the_same_key_with_another_reason_sends_nothing_new(send, card):
    key = str(uuid.uuid4())
    send("freeze_card", card, key=key, reason="lost")
    answer = send("freeze_card", card, key=key, reason="stolen")
    assert answer.status_code == 422
    assert Call.objects.count() == 1


def test_two_people_who_freeze_at_once_make_one_call(send, card):
    send("freeze_card", card)
    answer = send("freeze_card", card)
    assert answer.status_code == 422
    assert "Another request for this is still under way." in answer.content.decode()
    assert Call.objects.count() == 1


@pytest.mark.parametrize("key", ["", "twice"])
def test_a_form_without_a_usable_key_does_nothing(send, card, key):
    assert send("freeze_card", card, key=key).status_code == 422
    assert Call.objects.count() == 0


def test_a_reason_that_is_too_long_is_refused_and_stays(send, card):
    answer = send("freeze_card", card, reason="x" * 201)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["reason"]
    assert "x" * 201 in answer.content.decode()
    assert Call.objects.count() == 0


def test_a_refusal_stands_on_the_cards_page(send, browser_client, card, world, sweep):
    world.fail_next("3003", path="card/freeze")
    send("freeze_card", card)
    sweep()
    page = browser_client.get(card.get_absolute_url())
    assert page.context["shown"].refusal.startswith("Freeze card: refused. ")
    assert page.context["shown"].refusal in page.content.decode()
    assert "Active" in page.content.decode()
    assert page.context["shown"].own is None


def test_a_freeze_in_doubt_says_so_and_can_be_looked_up(send, browser_client, card, world, drain):
    world.fail_next("timeout", path="card/freeze")
    send("freeze_card", card)
    drain()
    page = browser_client.get(card.get_absolute_url())
    assert str(page.context["shown"].own.label).startswith("Freezing since ")
    assert str(page.context["shown"].own.label).endswith(": in doubt")
    pending = page.context["pending"]
    assert pending.doing == ["We look at how it is there now."]
    assert "money" not in " ".join(pending.know)
    assert [action.label for action in pending.actions] == ["Look up now"]


# --- activate ---------------------------------------------------------------------------------------------------------


def test_a_physical_card_is_activated_with_a_code_that_is_kept_nowhere(send, browser_client, plastic, world):
    page = browser_client.get(page_of("activate_card", plastic)).content.decode()
    assert page.count('type="password"') == 2
    assert page.count('autocomplete="off"') == 2
    answer = send("activate_card", plastic, code="AC-5531", pin="918273")
    assert (answer.status_code, theirs(world, "card/activate")) == (302, 1)
    call = Call.objects.get()
    assert call.state == Call.State.DONE
    kept = f"{call.arguments}{call.problem}{list(call.exchanges.values())}"
    assert ("918273" in kept, "AC-5531" in kept) == (False, False)


def test_a_wrong_pin_is_refused_and_neither_it_nor_the_code_is_drawn_again(send, plastic, world):
    answer = send("activate_card", plastic, code="AC-5531", pin="12345")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"pin": ["A PIN has six digits."]}
    assert ("12345" in page, "AC-5531" in page) == (False, False)
    assert (Call.objects.count(), theirs(world, "card/activate")) == (0, 0)


@pytest.mark.parametrize("pin", ["１２３４５６", "12345a", "1234567", "123456\n7"])
def test_a_pin_is_six_ascii_digits(send, plastic, pin):
    assert send("activate_card", plastic, pin=pin).context["form"].errors == {"pin": ["A PIN has six digits."]}
    assert Call.objects.count() == 0


def test_a_refused_activation_is_told_at_once(send, browser_client, plastic, world):
    world.fail_next("3003", path="card/activate")
    send("activate_card", plastic, code="AC-5531")
    page = browser_client.get(plastic.get_absolute_url())
    assert told(page)[0].startswith("Refused: ")
    plastic.refresh_from_db()
    assert plastic.state == CardState.PENDING


def test_a_virtual_card_asks_for_no_code(browser_client, send, world, account, sweep):
    bin_ = next(iter(world.bins.values()))
    their = add_card(world, next(iter(world.apps.values())), bin_, status="pending", use_at="")
    hear_of_all(account, sweep)
    card = Card.objects.get(provider_id=their.card_id)
    assert browser_client.get(page_of("activate_card", card)).context["asked"].fields == []
    send("activate_card", card)
    sweep()
    card.refresh_from_db()
    assert card.state == CardState.ACTIVE


# --- close ------------------------------------------------------------------------------------------------------------


def test_closing_spells_out_what_is_at_risk_and_what_comes_back(browser_client, card):
    facts = browser_client.get(page_of("close_card", card)).context["asked"].facts
    assert [(fact.label, fact.amount) for fact in facts[1:4]] == [
        ("Balance at risk", Decimal(100)),
        ("Closing fee", Decimal(2)),
        ("Comes back", Decimal(98)),
    ]
    assert (facts[4].label, facts[4].value) == ("To wallet", str(Wallet.objects.get()))


@pytest.mark.parametrize("digits", ["", "0000", "００００", "12"])
def test_a_card_is_closed_only_under_its_own_digits(send, card, digits):
    answer = send("close_card", card, digits=digits)
    assert answer.status_code == 422
    wanted = f"This card ends in {card.last4}." if digits else "Type the last four digits of the card to confirm."
    assert answer.context["form"].errors == {"digits": [wanted]}
    assert (Call.objects.count(), CardOrder.objects.filter(kind="close").count()) == (0, 0)


def test_a_closed_card_gives_its_money_back_and_its_order_says_so(send, browser_client, card, world, sweep):
    answer = send("close_card", card, digits=card.last4, reason="project over")
    order = CardOrder.objects.get(kind="close")
    assert answer["Location"] == order.get_absolute_url()
    page = browser_client.get(order.get_absolute_url())
    assert [(fact.label, fact.amount, fact.value) for fact in page.context["money"]] == [
        ("Left on the card", None, "Known when final"),
        ("Closing fee", None, "Known when final"),
        ("Comes back to the wallet", None, "Known when final"),
    ]
    shown = browser_client.get(card.get_absolute_url()).context
    assert str(shown["shown"].own.label).startswith("Closing since ")
    assert {action.label: bool(action.off) for action in shown["actions"]} == {
        "Ask OPEN-API now": False,
        "Close": True,
        "Freeze": True,
        "Recharge": True,
    }
    sweep()
    world.settle()
    sweep()
    page = browser_client.get(order.get_absolute_url())
    assert [(fact.label, fact.amount) for fact in page.context["money"]][:3] == [
        ("Left on the card", Decimal(100)),
        ("Closing fee", Decimal(2)),
        ("Came back to the wallet", Decimal(98)),
    ]
    assert [(step.name, step.state) for step in page.context["steps"]] == [
        ("Requested", "done"),
        ("Sent", "done"),
        ("Accepted", "done"),
        ("Final", "done"),
        ("Card", "done"),
    ]
    page = browser_client.get(card.get_absolute_url())
    assert "Closed" in page.content.decode()
    assert [action.label for action in page.context["actions"]] == ["Ask OPEN-API now"]


def test_a_card_with_an_order_under_way_is_not_closed(send, browser_client, card):
    browser_client.post(
        page_of("recharge_card", card),
        {"key": str(uuid.uuid4()), "side": "card", "amount": "50", "wallet": Wallet.objects.get().public_id},
    )
    page = browser_client.get(page_of("close_card", card)).content.decode()
    assert "An order on this card is under way: recharge, since " in page
    assert send("close_card", card, digits=card.last4).status_code == 422
    assert CardOrder.objects.filter(kind="close").count() == 0


# --- who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["viewer", "approver", "auditor", "developer", "compliance"])
def test_who_may_only_look_sees_no_button_and_is_refused(person, card, role):
    client = Client()
    client.force_login(person(role))
    page = client.get(card.get_absolute_url())
    assert {action.label for action in page.context["actions"]} <= {"Ask OPEN-API now", "Reveal"}
    assert page.context["dialogs"] == []
    for name in DEEDS:
        assert client.get(page_of(name, card)).status_code == 403
        assert client.post(page_of(name, card), {"key": str(uuid.uuid4())}).status_code == 403
    assert Call.objects.count() == 0


@pytest.mark.parametrize("name", DEEDS)
def test_a_card_that_does_not_exist_is_not_found(browser_client, card, name):
    assert browser_client.get(reverse(f"cards:{name}", args=["crd_nothing"])).status_code == 404


@pytest.mark.parametrize("name", DEEDS)
def test_a_form_without_the_cross_site_token_does_nothing(staff, card, name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    assert client.post(page_of(name, card), {"key": str(uuid.uuid4())}).status_code == 403
    assert Call.objects.count() == 0
