"""Several cards at once: one quote, all or none, and a page that tells what becomes of each."""

import uuid
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.text import capfirst

from backoffice.outbox.models import Batch, Call
from cards.models import Card, CardOrder
from wallets.models import Wallet
from wallets.queries import funds

ISSUE = reverse("cards:issue_card")
POLL = {"HX-Request": "true"}


def address(batch: Batch) -> str:
    return reverse("cards:batch", args=[batch.public_id])


def test_several_cards_are_a_batch_and_each_its_own_order(send, browser_client, world, sweep):
    answer = send(quantity="3", amount="100.00", note="Ads, Meta")
    batch = Batch.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, address(batch))
    assert (CardOrder.objects.count(), Call.objects.count()) == (3, 3)
    assert funds(Wallet.objects.get()).reserved == Decimal("304.50")

    page = browser_client.get(address(batch))
    assert page.context["shown"].title == "3 cards at once"
    assert (page.context["shown"].figure, page.context["shown"].progress) == ("0 of 3", "issued, 3 under way")
    assert page.context["shown"].pause == "3s"
    mark = page.context["shown"].mark
    assert browser_client.get(address(batch), {"mark": mark}, headers=POLL).status_code == 204
    sweep()
    world.settle()
    sweep()
    news = browser_client.get(address(batch), {"mark": mark}, headers=POLL)
    text = news.content.decode()
    shown = news.context["shown"]
    assert (news.status_code, shown.figure, shown.progress, shown.pause) == (200, "3 of 3", "issued", "")
    assert "hx-get" not in text
    for order in CardOrder.objects.all():
        assert order.get_absolute_url() in text
    for card in Card.objects.all():
        assert card.get_absolute_url() in text
    assert [(fact.label, fact.amount) for fact in news.context["money"]][:3] == [
        ("Each card receives", Decimal(100)),
        ("Quoted for all", Decimal("304.50")),
        ("Paid so far", Decimal("304.50")),
    ]


def test_an_order_of_a_batch_names_it(send, browser_client):
    send(quantity="2")
    page = browser_client.get(CardOrder.objects.first().get_absolute_url())
    batch = Batch.objects.get()
    assert ("Batch", batch.public_id) in [(fact.label, fact.id) for fact in page.context["numbers"]]
    assert address(batch) in page.content.decode()


def test_what_is_not_issued_says_why_and_the_rest_goes_on(send, browser_client, world, sweep):
    world.fail_next("3003", path="card/order/open")
    send(quantity="3")
    sweep()
    world.settle()
    sweep()
    page = browser_client.get(address(Batch.objects.get()))
    shown = page.context["shown"]
    assert (shown.figure, shown.progress) == ("2 of 3", "issued, 1 not issued")
    assert shown.failure == "1 card was not issued"
    reason = CardOrder.objects.get(state="failed").reason
    assert reason
    assert capfirst(reason) in page.content.decode()
    assert [row.own for row in shown.rows] == [None, None, None]
    assert funds(Wallet.objects.get()).free == Decimal("4797.00")


def test_one_card_is_an_order_and_no_batch(send):
    assert send(quantity="1")["Location"] == CardOrder.objects.get().get_absolute_url()
    assert Batch.objects.count() == 0


def test_a_form_sent_twice_is_one_batch(send):
    key = str(uuid.uuid4())
    first, second = send(key=key, quantity="5"), send(key=key, quantity="5")
    assert first["Location"] == second["Location"]
    assert (Batch.objects.count(), CardOrder.objects.count()) == (1, 5)


def test_a_form_sent_again_for_more_leads_to_the_first_batch(send):
    key = str(uuid.uuid4())
    first = send(key=key, quantity="2")
    again = send(key=key, quantity="4")
    assert again.status_code == 422
    assert "Nothing new was sent." in again.content.decode()
    assert first["Location"] in again.content.decode()
    assert CardOrder.objects.count() == 2


def test_the_quote_is_for_all_of_them(browser_client, typed):
    response = browser_client.get(ISSUE, typed(amount="100", quantity="3"))
    quote = response.context["quote"]
    assert [(line.label, line.amount, line.note) for line in quote.lines] == [
        ("First amount", Decimal(300), "3 × 100.00, what the card receives"),
        ("Card price", Decimal("4.50"), "3 × 1.50"),
    ]
    assert (quote.total, quote.request, quote.after) == (Decimal("304.50"), Decimal("-304.50"), Decimal("4695.50"))
    assert "Issue 3 cards for 304.50 USD" in response.content.decode()


def test_where_the_wallet_cannot_pay_all_none_is_asked_for(send, world):
    answer = send(amount="100.00", quantity="50")
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"amount": ["The wallet lacks 75.00 USD for this."]}
    assert (CardOrder.objects.count(), Call.objects.count(), Batch.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("quantity", ["0", "101", "-1", "1.5", "２", "two", "1e1", "99999999999"])
def test_a_number_of_cards_outside_the_limits_is_refused_beside_its_field(send, quantity):
    answer = send(quantity=quantity)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"quantity": ["Between 1 and 100 cards at once."]}
    assert answer.context["form"]["quantity"].value() == quantity
    assert CardOrder.objects.count() == 0


def test_a_batch_of_something_else_or_none_is_not_found(browser_client, staff, db):
    other = Batch.objects.create(operation="cards.freeze_card", actor=staff)
    assert browser_client.get(address(other)).status_code == 404
    assert browser_client.get(reverse("cards:batch", args=["bat_nothing"])).status_code == 404


def test_a_batch_is_seen_by_those_who_see_orders(send, person, django_user_model):
    send(quantity="2")
    viewer, nobody = Client(), Client()
    viewer.force_login(person("viewer"))
    nobody.force_login(django_user_model.objects.create_user("nobody"))
    assert viewer.get(address(Batch.objects.get())).status_code == 200
    assert nobody.get(address(Batch.objects.get())).status_code == 403
