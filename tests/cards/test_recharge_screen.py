"""The form for a recharge: either side of the amount, the quote before the click, one command however often sent."""

import uuid
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.mirror import syncs
from backoffice.outbox.models import Call
from backoffice.providers.emulator.story import add_card
from cards.models import Bin, Card, CardOrder
from cards.states import CardState
from wallets.models import Wallet
from wallets.queries import funds


@pytest.fixture
def card(world, account, sweep):
    """An active card with 120.00 USD on it."""
    bin_ = next(iter(world.bins.values()))
    their = add_card(world, next(iter(world.apps.values())), bin_, balance=Decimal(120), status="active")
    for kind in syncs.kinds():
        syncs.start_sync(account=account, kind=kind)
    sweep()
    return Card.objects.get(provider_id=their.card_id)


def page_of(card: Card) -> str:
    return reverse("cards:recharge_card", args=[card.public_id])


def typed(**changes) -> dict[str, str]:
    usual = {
        "key": str(uuid.uuid4()),
        "side": "card",
        "amount": "200.00",
        "wallet": Wallet.objects.get().public_id,
        "note": "Ads, Meta",
    }
    return usual | changes


@pytest.fixture
def send(browser_client, card):
    """Send the form: `send(amount="250")`."""
    return lambda **changes: browser_client.post(page_of(card), typed(**changes))


def nothing_happened(world) -> bool:
    asked = [request for request in world.requests if request.path.endswith("card/order/recharge")]
    return (CardOrder.objects.count(), Call.objects.count(), asked) == (0, 0, [])


def test_a_sent_form_is_one_call_and_leads_to_its_order(send, card):
    answer = send()
    order = CardOrder.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, order.get_absolute_url())
    assert (order.kind, order.card, order.amount, order.quoted_fee) == ("recharge", card, Decimal(200), Decimal(2))
    assert (order.quoted_total, order.note) == (Decimal(202), "Ads, Meta")
    assert funds(Wallet.objects.get()).reserved == Decimal(202)


def test_its_order_page_tells_what_the_card_received(send, browser_client, card, world, sweep):
    send()
    sweep()
    world.settle()
    sweep()
    page = browser_client.get(CardOrder.objects.get().get_absolute_url())
    assert [(fact.label, fact.amount) for fact in page.context["money"]][:4] == [
        ("Card receives", Decimal(200)),
        ("Fee quoted", Decimal(2)),
        ("Fee charged", Decimal(2)),
        ("Wallet paid", Decimal(202)),
    ]
    assert [(step.name, step.state) for step in page.context["steps"]] == [
        ("Requested", "done"),
        ("Sent", "done"),
        ("Accepted", "done"),
        ("Final", "done"),
    ]
    assert page.context["shown"].title == f"Recharge •• {card.last4}"
    page = browser_client.get(card.get_absolute_url()).content.decode()
    assert "asked for a recharge" in page
    assert "320.00" in page


def test_what_the_wallet_pays_can_be_said_instead(send, browser_client, card):
    quote = browser_client.get(page_of(card), typed(side="wallet", amount="101.00")).context["quote"]
    assert [(line.label, line.amount) for line in quote.lines] == [
        ("Card receives", Decimal("100.00")),
        ("Recharge fee", Decimal("1.00")),
    ]
    assert quote.total == Decimal("101.00")
    send(side="wallet", amount="101.00")
    order = CardOrder.objects.get()
    assert (order.amount, order.quoted_total) == (Decimal(100), Decimal(101))


def test_the_quote_stands_beside_the_form_before_the_click(browser_client, card):
    response = browser_client.get(page_of(card), typed(amount="200"))
    quote = response.context["quote"]
    assert (quote.total, quote.now, quote.request, quote.after) == (
        Decimal("202"),
        Decimal("5000"),
        Decimal("-202"),
        Decimal("4798"),
    )
    page = response.content.decode()
    assert "Recharge for 202.00 USD" in page
    assert "The card then has 320.00 USD." in page


def test_typing_brings_the_quote_alone(browser_client, card):
    headers = {"HX-Request": "true", "HX-Target": "quote-rail"}
    page = browser_client.get(page_of(card), typed(), headers=headers).content.decode()
    assert page.lstrip().startswith('<aside id="quote-rail"')
    assert "<form" not in page


def test_without_a_script_a_button_works_out_the_cost_and_sends_nothing(browser_client, card, world):
    response = browser_client.post(page_of(card), typed(amount="200", quote="1"))
    assert (response.status_code, response.context["quote"].total) == (200, Decimal("202"))
    assert nothing_happened(world)


def test_a_quick_fill_brings_the_card_to_a_round_balance_and_sends_nothing(browser_client, card, world):
    asked = typed(side="wallet", amount="7", note="Travel")
    fills = browser_client.get(page_of(card)).context["fills"]
    assert [(fill.label, fill.amount) for fill in fills] == [
        ("To 200.00", "80.00"),
        ("To 500.00", "380.00"),
        ("To 1,000.00", "880.00"),
    ]
    response = browser_client.post(page_of(card), asked | {"fill": "380.00"})
    form = response.context["form"]
    assert (form["amount"].value(), form["side"].value(), form["note"].value()) == ("380.00", "card", "Travel")
    assert (response.context["key"], response.context["quote"].total) == (asked["key"], Decimal("383.80"))
    assert nothing_happened(world)


def test_limits_are_said_before_they_are_broken(browser_client, card):
    bin_ = card.bin
    Bin.objects.update(recharge_min=10, recharge_max=1000, card_max_balance=500)
    bin_.refresh_from_db()
    response = browser_client.get(page_of(card))
    assert response.context["limits"] == "10.00 – 1,000.00 USD · room for 380.00 USD · fee 1 %, min 0.50"
    assert [fill.amount for fill in response.context["fills"]] == ["80.00", "380.00"]


@pytest.mark.parametrize(
    "amount", ["1,000.00", "１００", "1e3", "-5", "NaN", "Infinity", "10.", "10 USD", "1" * 30, "1.123456789"]
)
def test_an_amount_that_is_no_plain_number_is_refused_in_words(send, world, amount):
    answer = send(amount=amount)
    sentence = "Enter the amount in plain digits with a point, such as 1000.00: no commas, signs or letters."
    assert (answer.status_code, answer.context["form"].errors) == (422, {"amount": [sentence]})
    assert answer.context["form"]["amount"].value() == amount
    assert nothing_happened(world)


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"amount": ""}, {"amount": ["Enter an amount."]}),
        ({"amount": "0"}, {"amount": ["The amount must be more than zero."]}),
        ({"amount": "1.005"}, {"amount": ["USD amounts have 2 decimals."]}),
        ({"amount": "1.005", "side": "wallet"}, {"amount": ["USD amounts have 2 decimals."]}),
        ({"amount": "0.40", "side": "wallet"}, {"amount": ["The fee alone is more than that."]}),
        ({"amount": "4999.00"}, {"amount": ["The wallet lacks 48.99 USD for this."]}),
        ({"side": "both"}, {"side": ["Choose one of the two."]}),
        ({"side": ""}, {"side": ["Say which of the two it is."]}),
        ({"wallet": "wal_nothing"}, {"wallet": ["Choose one of the wallets that can pay for this card."]}),
        ({"note": "x" * 65}, {"note": ["Ensure this value has at most 64 characters (it has 65)."]}),
        ({"key": "twice"}, {"key": ["Enter a valid UUID."]}),
        ({"key": ""}, {"key": ["The form is incomplete. Load it again."]}),
    ],
)
def test_what_the_rules_forbid_is_said_at_its_field(send, world, changes, errors):
    answer = send(**changes)
    assert (answer.status_code, answer.context["form"].errors) == (422, errors)
    assert nothing_happened(world)


def test_what_was_typed_stays(send):
    page = send(amount="1,000.00", note="Hosting, EU", side="wallet").content.decode()
    assert 'value="1,000.00"' in page
    assert 'value="Hosting, EU"' in page
    assert "One thing to correct" in page
    assert 'aria-invalid="true"' in page


def test_a_form_sent_twice_is_one_recharge(send):
    key = str(uuid.uuid4())
    assert send(key=key)["Location"] == send(key=key)["Location"]
    assert (CardOrder.objects.count(), Call.objects.count()) == (1, 1)


def test_a_form_sent_again_with_other_values_sends_nothing_and_says_so(send):
    key = str(uuid.uuid4())
    first = send(key=key)
    again = send(key=key, amount="300")
    page = again.content.decode()
    assert again.status_code == 422
    assert "This form was already sent with other values. Nothing new was sent." in page
    assert first["Location"] in page
    assert again.context["key"] != key
    assert CardOrder.objects.get().amount == Decimal(200)


def test_the_same_again_asks_for_a_second_word_and_then_does_it(send):
    first = send()
    asked = typed()
    answer = send(**asked)
    page = answer.content.decode()
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["again"])
    assert first["Location"] in page
    assert "Yes, a second one" in page
    assert CardOrder.objects.count() == 1
    assert send(**asked, again="on").status_code == 302
    assert CardOrder.objects.count() == 2


def test_nobody_is_asked_for_a_second_word_the_first_time(browser_client, card):
    assert "Yes, a second one" not in browser_client.get(page_of(card)).content.decode()


def test_a_card_that_cannot_be_recharged_says_why(browser_client, send, card, world):
    Card.objects.update(state=CardState.CLOSED)
    page = browser_client.get(page_of(card)).content.decode()
    assert "This card is closed." in page
    assert 'id="recharge"' not in page
    assert send().status_code == 422
    assert nothing_happened(world)


def test_a_card_of_an_unknown_product_says_so(browser_client, send, card, world):
    Card.objects.update(bin=None)
    assert browser_client.get(page_of(card)).status_code == 200
    answer = send()
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == ["The BIN of this card is not known yet."]
    assert nothing_happened(world)


@pytest.mark.parametrize("role", ["viewer", "approver", "auditor", "developer", "compliance"])
def test_only_those_who_may_recharge_see_the_form_or_send_it(person, card, world, role):
    client = Client()
    client.force_login(person(role))
    assert client.get(page_of(card)).status_code == 403
    assert client.post(page_of(card), typed()).status_code == 403
    assert nothing_happened(world)


def test_a_form_without_the_cross_site_token_sends_nothing(staff, card, world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    assert client.post(page_of(card), typed()).status_code == 403
    assert nothing_happened(world)
