"""The form for a card: the quote before the click, one command however often it is sent, nothing typed is lost."""

import uuid
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.core.sealed import unseal_fields
from backoffice.mirror import syncs
from backoffice.outbox.models import Call
from cards.models import CardOrder
from wallets.models import Wallet
from wallets.queries import funds

ISSUE = reverse("cards:issue_card")


def nothing_happened(world) -> bool:
    asked = [request for request in world.requests if request.path.endswith("card/order/open")]
    return (CardOrder.objects.count(), Call.objects.count(), asked) == (0, 0, [])


def test_a_sent_form_is_one_call_and_leads_to_its_order(send, world):
    answer = send(amount="100.00", note="Ads, Meta")
    order = CardOrder.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, order.get_absolute_url())
    assert (order.amount, order.quoted_fee, order.quoted_total) == (Decimal("100"), Decimal("1.5"), Decimal("101.5"))
    assert (order.note, order.maker.get_username()) == ("Ads, Meta", "operator")
    assert Call.objects.get().state == Call.State.QUEUED
    assert funds(Wallet.objects.get()).reserved == Decimal("101.5")


def test_a_form_sent_twice_is_one_card(send):
    key = str(uuid.uuid4())
    first, second = send(key=key), send(key=key)
    assert first["Location"] == second["Location"]
    assert (CardOrder.objects.count(), Call.objects.count()) == (1, 1)


def test_a_form_sent_again_with_other_values_sends_nothing_and_says_so(send):
    key = str(uuid.uuid4())
    first = send(key=key, amount="100.00")
    again = send(key=key, amount="200.00")
    page = again.content.decode()
    assert again.status_code == 422
    assert "This form was already sent with other values. Nothing new was sent." in page
    assert first["Location"] in page
    assert 'value="200.00"' in page
    assert again.context["key"] != key
    assert CardOrder.objects.get().amount == Decimal("100")


@pytest.mark.parametrize(
    "amount",
    [
        "1,000.00",
        "１００",
        "1e3",
        "-5",
        "+5",
        "NaN",
        "Infinity",
        "0x10",
        "10.",
        ".5",
        "10 USD",
        "1" * 30,
        "1.123456789",
    ],
)
def test_an_amount_that_is_no_plain_number_is_refused_in_words(send, world, amount):
    answer = send(amount=amount)
    assert answer.status_code == 422
    sentence = "Enter the amount in plain digits with a point, such as 1000.00: no commas, signs or letters."
    assert answer.context["form"].errors == {"amount": [sentence]}
    assert answer.context["form"]["amount"].value() == amount
    assert nothing_happened(world)


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"amount": ""}, {"amount": ["Enter what the card receives."]}),
        ({"amount": "0"}, {"amount": ["The amount must be more than zero."]}),
        ({"amount": "1.005"}, {"amount": ["USD amounts have 2 decimals."]}),
        ({"amount": "4999.00"}, {"amount": ["The wallet lacks 0.50 USD for this."]}),
        ({"bin": "bin_nothing"}, {"bin": ["Choose one of the products in the table."]}),
        ({"bin": ""}, {"bin": ["Choose a product."]}),
        ({"wallet": "wal_nothing"}, {"wallet": ["Choose one of the wallets that can pay for this product."]}),
        ({"key": "twice"}, {"key": ["Enter a valid UUID."]}),
        ({"key": ""}, {"key": ["The form is incomplete. Load it again."]}),
    ],
)
def test_what_the_rules_forbid_is_said_at_its_field(send, world, changes, errors):
    answer = send(**changes)
    assert answer.status_code == 422
    assert answer.context["form"].errors == errors
    assert nothing_happened(world)


def test_what_was_typed_stays(send):
    page = send(amount="1,000.00", note="Hosting, EU").content.decode()
    assert 'value="1,000.00"' in page
    assert 'value="Hosting, EU"' in page
    assert "One thing to correct" in page
    assert 'aria-invalid="true"' in page


def test_the_quote_stands_beside_the_form_before_the_click(browser_client, typed):
    response = browser_client.get(ISSUE, typed(amount="100.00"))
    quote = response.context["quote"]
    assert [(line.label, line.amount) for line in quote.lines] == [
        ("First amount", Decimal("100.00")),
        ("Card price", Decimal("1.50")),
    ]
    assert (quote.total, quote.now, quote.reserved, quote.request, quote.after) == (
        Decimal("101.50"),
        Decimal("5000"),
        Decimal("0"),
        Decimal("-101.50"),
        Decimal("4898.50"),
    )
    assert "Issue card for 101.50 USD" in response.content.decode()


def test_the_quote_says_what_the_wallet_lacks(browser_client, typed):
    quote = browser_client.get(ISSUE, typed(amount="5000.00")).context["quote"]
    assert (quote.short_by, quote.after) == (Decimal("1.50"), Decimal("-1.50"))


def test_what_others_hold_is_not_free(browser_client, send, typed):
    send(amount="1000")
    quote = browser_client.get(ISSUE, typed(amount="100")).context["quote"]
    assert (quote.now, quote.reserved, quote.after) == (Decimal("5000"), Decimal("-1001.5"), Decimal("3897"))


def test_typing_brings_the_quote_alone(browser_client, typed):
    page = browser_client.get(
        ISSUE, typed(), headers={"HX-Request": "true", "HX-Target": "quote-rail"}
    ).content.decode()
    assert page.lstrip().startswith('<aside id="quote-rail"')
    assert "<form" not in page


def test_another_product_brings_the_form_and_keeps_its_key(browser_client, typed):
    asked = typed()
    page = browser_client.get(ISSUE, asked, headers={"HX-Request": "true", "HX-Target": "issue"}).content.decode()
    assert f'name="key" value="{asked["key"]}"' in page
    assert "<html" not in page
    assert 'hx-swap-oob="true"' in page


def test_without_a_script_a_button_works_out_the_cost_and_sends_nothing(browser_client, typed, world):
    response = browser_client.post(ISSUE, typed(amount="100", quote="1"))
    assert (response.status_code, response.context["quote"].total) == (200, Decimal("101.5"))
    assert nothing_happened(world)


def test_a_product_that_needs_a_holder_asks_for_one(browser_client, send, world, mirrored, sweep):
    _change_bin(world, need_holder=True)
    _hear_of_bins(mirrored, sweep)
    answer = send()
    assert answer.context["form"].errors == {"holder_id": ["This product needs a holder."]}
    assert nothing_happened(world)


def test_a_physical_product_asks_where_to_send_it(browser_client, send, world, mirrored, sweep):
    _change_bin(world, type="physical")
    _hear_of_bins(mirrored, sweep)
    answer = send(name="Mei Chan")
    assert set(answer.context["form"].errors) == {"phone", "country", "city", "address"}
    assert "Where it is sent" in answer.content.decode()
    sent = send(name="Mei Chan", phone="55500001", country="hk", city="Kowloon", address="12 Example Road")
    assert sent.status_code == 302
    assert unseal_fields(Call.objects.get().arguments["sealed"])["country"] == "HK"


def test_a_product_that_cannot_be_had_stays_with_its_reason(browser_client, send, world, mirrored, sweep):
    _change_bin(world, status="maintenance")
    _hear_of_bins(mirrored, sweep)
    choice = browser_client.get(ISSUE).context["choices"][0]
    assert (choice.off, choice.second) == ("In maintenance", "In maintenance")
    answer = send()
    assert answer.context["form"].errors == {"bin": ["This BIN is not available now."]}
    assert nothing_happened(world)


@pytest.mark.parametrize("role", ["viewer", "approver", "auditor", "developer"])
def test_only_those_who_may_issue_see_the_form_or_send_it(person, typed, world, role):
    client = Client()
    client.force_login(person(role))
    assert client.get(ISSUE).status_code == 403
    assert client.post(ISSUE, typed()).status_code == 403
    assert nothing_happened(world)


def test_a_stranger_is_led_to_the_entrance(typed, world):
    answer = Client().post(ISSUE, typed())
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/account/login/")
    assert nothing_happened(world)


def test_a_form_without_the_cross_site_token_sends_nothing(staff, typed, world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    assert client.post(ISSUE, typed()).status_code == 403
    assert nothing_happened(world)


def _change_bin(world, **details) -> None:
    for bin_ in world.bins.values():
        for name, value in details.items():
            setattr(bin_, name, value)


def _hear_of_bins(account, sweep) -> None:
    syncs.start_sync(account=account, kind="cards.bin")
    sweep()
