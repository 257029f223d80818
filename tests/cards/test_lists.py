"""The lists of cards, orders and products, through their addresses."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from backoffice.core.keyset import Cursor
from backoffice.providers.snapshots import CardStatus
from cards.models import Bin, Card, CardOrder
from cards.states import CardState

CARDS, ORDERS = reverse("cards:cards"), reverse("cards:orders")
HTMX = {"HX-Request": "true"}


def last_fours(response) -> list[str]:
    return [row.card.last4 for row in response.context["rows"]]


def test_a_list_shows_the_newest_first_and_walks_both_ways(browser_client, listed):
    listed(5)
    first = browser_client.get(CARDS, {"limit": "2"})
    assert last_fours(first) == ["0005", "0004"]
    second = browser_client.get(CARDS, {"limit": "2", "cursor": first.context["page"].older})
    assert last_fours(second) == ["0003", "0002"]
    back = browser_client.get(CARDS, {"limit": "2", "cursor": second.context["page"].newer})
    assert last_fours(back) == ["0005", "0004"]


def test_views_are_tabs_over_states(browser_client, listed):
    listed(1, last4="1111")
    listed(1, last4="2222", status=CardStatus.FROZEN)
    listed(1, last4="3333", status=CardStatus.PENDING)
    listed(1, last4="4444", status=CardStatus.CLOSED)
    shown = {
        view: last_fours(browser_client.get(CARDS, {"view": view}))
        for view in ("active", "frozen", "pending", "closed")
    }
    assert shown == {"active": ["1111"], "frozen": ["2222"], "pending": ["3333"], "closed": ["4444"]}
    assert last_fours(browser_client.get(CARDS)) == ["4444", "3333", "2222", "1111"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": ["frozen", "pending"]}, ["2222", "3333"]),
        ({"currency": "usd"}, ["3333", "2222", "1111"]),
        ({"currency": "EUR"}, []),
        ({"account": "main"}, ["3333", "2222", "1111"]),
        ({"q": "2222"}, ["2222"]),
        ({"q": "tRavel"}, ["1111"]),
        ({"q": "cid_2"}, ["2222"]),
        ({"q": "nothing like it"}, []),
    ],
)
def test_filters_narrow_the_list(browser_client, listed, asked, found):
    listed(1, last4="1111", note="Travel, Q4")
    listed(1, last4="2222", status=CardStatus.FROZEN)
    listed(1, last4="3333", status=CardStatus.PENDING)
    assert sorted(last_fours(browser_client.get(CARDS, asked))) == sorted(found)


def test_a_card_is_found_by_our_id_and_by_its_product(browser_client, listed):
    listed(2)
    card = Card.objects.get(last4="0001")
    assert last_fours(browser_client.get(CARDS, {"q": card.public_id})) == ["0001"]
    assert last_fours(browser_client.get(CARDS, {"bin": Bin.objects.get().public_id})) == ["0002", "0001"]


def test_days_are_days_of_the_zone_that_is_shown(browser_client, listed):
    day = timezone.localtime(listed(1)[0].created_at).date()
    inside = {"since": day.isoformat(), "until": day.isoformat()}
    assert last_fours(browser_client.get(CARDS, inside)) == ["0001"]
    assert last_fours(browser_client.get(CARDS, {"since": (day + timedelta(days=1)).isoformat()})) == []
    assert last_fours(browser_client.get(CARDS, {"until": (day - timedelta(days=1)).isoformat()})) == []


def test_a_filter_is_a_chip_that_can_be_taken_off(browser_client, listed):
    listed(1)
    response = browser_client.get(CARDS, {"state": ["active", "frozen"], "currency": "USD", "view": "active"})
    chips = response.context["form"].chips
    assert [(chip.property, chip.value) for chip in chips] == [("State", "Active, Frozen"), ("Currency", "USD")]
    assert chips[1].remove_url == "?state=active&state=frozen&view=active"


def test_what_is_not_understood_is_said_and_filters_nothing(browser_client, listed):
    listed(1)
    response = browser_client.get(CARDS, {"state": "sleeping", "since": "yesterday"})
    assert last_fours(response) == ["0001"]
    assert "Not understood, so not filtered by: State, Created" in response.content.decode()


def test_a_damaged_cursor_is_said_and_shows_the_first_page(browser_client, listed):
    listed(1)
    response = browser_client.get(CARDS, {"cursor": "rubbish"})
    assert last_fours(response) == ["0001"]
    assert "This page address is damaged; start from the first page." in response.content.decode()


@pytest.mark.parametrize("text", ["x" * 5000, "\x00", "'; --", "%", "4111111111111111"])
def test_no_search_breaks_the_list(browser_client, listed, text):
    listed(1)
    assert browser_client.get(CARDS, {"q": text}).status_code == 200
    assert browser_client.get(ORDERS, {"q": text}).status_code == 200


def test_count_and_sums_are_of_the_whole_filter(browser_client, listed):
    listed(3, balance=Decimal("0.10"))
    listed(1, status=CardStatus.FROZEN, balance=Decimal("1000"))
    totals = reverse("cards:card_totals")
    whole = browser_client.get(totals, headers=HTMX).content.decode()
    assert "<strong>4 cards</strong>" in whole
    assert "1,000.30" in whole
    part = browser_client.get(
        reverse("cards:card_totals"), {"view": "frozen", "limit": "1"}, headers=HTMX
    ).content.decode()
    assert "<strong>1 card</strong>" in part
    assert "1,000.00" in part


def test_the_count_of_a_long_list_is_bounded(browser_client, listed, monkeypatch):
    monkeypatch.setattr("cards.queries.COUNTED", 2)
    listed(3)
    page = browser_client.get(reverse("cards:card_totals")).content.decode()
    assert "More than 2 cards" in page


def test_an_empty_list_says_why(browser_client, mirrored):
    assert "No cards yet" in browser_client.get(CARDS).content.decode()
    assert "No card matches" in browser_client.get(CARDS, {"view": "frozen"}).content.decode()
    assert "No orders yet" in browser_client.get(ORDERS).content.decode()
    assert "No order matches" in browser_client.get(ORDERS, {"view": "stuck"}).content.decode()


# who asks, and what the frame around every page asks: the mode, what is paused, slow or down
FRAME = re.compile(r'FROM "(?:django_session|auth_\w+|mirror_beat|outbox_exchange)"|"accounts_account"."listed"')


def queries_of(client: Client, address: str, **asked) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address, asked).status_code == 200
    return len([one for one in seen if not FRAME.search(one["sql"].partition("ORDER BY")[0])])


@pytest.mark.parametrize("address", [CARDS, ORDERS])
@pytest.mark.parametrize("asked", [{}, {"view": "active"}, {"state": "active"}, {"q": "0001"}])
def test_a_list_asks_the_database_as_often_for_one_row_as_for_many(browser_client, listed, send, sweep, address, asked):
    listed(1)
    send()
    few = queries_of(browser_client, address, **asked)
    listed(25)
    for _each in range(4):
        send()
    assert queries_of(browser_client, address, **asked) == few
    assert few <= 6


# --- rows that are under way ------------------------------------------------------------------------------------------


def test_rows_ask_again_while_one_of_them_is_under_way_and_then_stop(browser_client, send, sweep, world):
    send()
    assert 'hx-trigger="every 3s"' in browser_client.get(ORDERS).content.decode()
    sweep()
    world.settle()
    sweep()
    assert CardOrder.objects.get().is_settled
    assert 'hx-trigger="every' not in browser_client.get(ORDERS).content.decode()


def test_a_poll_answers_only_when_something_changed(browser_client, send, sweep):
    send()
    poll = browser_client.get(ORDERS).context["live"].url
    assert browser_client.get(poll, headers=HTMX).status_code == 204
    sweep()
    changed = browser_client.get(poll, headers=HTMX)
    assert changed.status_code == 200
    assert "Processing" in changed.content.decode()
    assert "<html" not in changed.content.decode()


def test_new_rows_are_counted_above_and_not_pushed_in(browser_client, send):
    send()
    poll = browser_client.get(ORDERS).context["live"].url
    first = CardOrder.objects.get()
    send()
    send()
    response = browser_client.get(poll, headers=HTMX)
    assert [row.order for row in response.context["rows"]] == [first]
    assert response.context["new"] == 2
    assert "2 new" in response.content.decode()


def test_a_poll_of_the_window_includes_its_first_row(browser_client, listed):
    card = listed(1)[0]
    address = {"cursor": Cursor(card.created_at, card.pk + 1).text()}
    assert last_fours(browser_client.get(CARDS, address)) == ["0001"]


# --- orders -----------------------------------------------------------------------------------------------------------


def numbers(client: Client, view: str) -> list[str]:
    return [str(row.order) for row in client.get(ORDERS, {"view": view}).context["rows"]]


def test_an_order_in_doubt_has_a_view_and_a_badge_beside_its_state(browser_client, send, world, drain, make_calls_due):
    world.faults = ["drop_request"]
    send()
    drain()
    order = CardOrder.objects.get()
    assert numbers(browser_client, "in-doubt") == [order.merchant_ref]
    row = browser_client.get(ORDERS).context["rows"][0]
    assert (row.badge.label, row.own.label, row.own.tone) == ("Requested", "In doubt", "warn")

    for _look in range(6):
        make_calls_due()
        drain()
    assert numbers(browser_client, "in-doubt") == []
    assert numbers(browser_client, "needs-person") == [order.merchant_ref]


def test_a_refused_order_failed_today(browser_client, send, world, sweep):
    world.faults = ["3004"]
    send()
    sweep()
    assert numbers(browser_client, "failed-today") == [CardOrder.objects.get().merchant_ref]
    assert numbers(browser_client, "variance") == []


def test_an_order_that_takes_too_long_is_stuck_and_late(browser_client, send, sweep):
    send()
    sweep()
    assert numbers(browser_client, "stuck") == []
    CardOrder.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert numbers(browser_client, "stuck") == [CardOrder.objects.get().merchant_ref]
    assert browser_client.get(ORDERS).context["rows"][0].own.label == "Late"


def test_an_order_is_found_by_its_card(browser_client, send, sweep, world):
    send()
    sweep()
    world.settle()
    sweep()
    order = CardOrder.objects.get()
    assert order.card.state == CardState.ACTIVE
    for text in (order.card.last4, order.merchant_ref, order.provider_id, order.public_id, "ads, meta"):
        assert [row.order for row in browser_client.get(ORDERS, {"q": text}).context["rows"]] == [order]


def test_products_are_listed_with_their_terms(browser_client, mirrored):
    page = browser_client.get(reverse("cards:bins")).content.decode()
    assert "Visa 493875" in page
    assert "1.50 USD" in page
    assert "1 %, min 0.50" in page
