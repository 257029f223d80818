"""Every request to a provider in the browser, redacted."""

import shlex
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backoffice.journal.record import Actor
from backoffice.outbox.models import Exchange
from tests.settings import KEY
from tests.troubles import OPEN, Troubles

ADDRESS = "/calls/exchanges/"


@pytest.fixture
def manager(person):
    return person("finance manager")


@pytest.fixture
def troubles(world, mirrored, manager):
    return Troubles(world, Actor(manager))


@pytest.fixture
def desk(manager):
    client = Client()
    client.force_login(manager)
    return client


def listed(desk, **filters) -> list[tuple[str, str]]:
    answer = desk.get(ADDRESS, filters)
    assert answer.status_code == 200
    return [(shown.exchange.path, shown.exchange.outcome) for shown in answer.context["rows"]]


def test_exchanges_are_listed_by_how_they_ended(desk, troubles):
    troubles.refused()
    troubles.in_doubt()
    assert listed(desk, view="refused") == [(OPEN, "refused")]
    assert (OPEN, "unknown") in listed(desk, view="no-answer")
    assert listed(desk, outcome="refused", path=OPEN) == [(OPEN, "refused")]
    assert listed(desk, path="nowhere") == []
    assert "No exchange matches" in desk.get(ADDRESS, {"path": "nowhere"}).content.decode()


def test_exchanges_of_a_call_are_found_by_its_id_and_its_reference(desk, troubles):
    call, other = troubles.refused(), troubles.under_way()
    for text in (call.public_id, call.reference):
        assert listed(desk, q=text) == [(OPEN, "refused")]
    assert listed(desk, q=other.reference) == [(OPEN, "answered")]
    assert listed(desk, q="nothing") == []


def test_exchanges_are_filtered_by_word_account_and_day(desk, troubles):
    troubles.under_way()
    assert set(listed(desk, source="reply")) == {(OPEN, "answered")}
    assert listed(desk, account="main", source="reply") == listed(desk, source="reply")
    assert listed(desk, since=(timezone.now() + timedelta(days=2)).date().isoformat()) == []


def test_an_exchange_shows_both_sides_and_no_secret(desk, troubles):
    troubles.under_way()
    exchange = Exchange.objects.get(path=OPEN)
    page = desk.get(exchange.get_absolute_url()).content.decode()
    assert (KEY in page, exchange.call.reference in page, "answered" in page.lower()) == (False, True, True)
    assert exchange.call.get_absolute_url() in page


def test_an_exchange_is_copied_as_curl_without_what_was_cut(desk, troubles):
    troubles.under_way()
    answer = desk.get(Exchange.objects.get(path=OPEN).get_absolute_url())
    curl = shlex.split(answer.context["curl"])
    assert curl[:4] == ["curl", "-X", "POST", f"https://provider.test/open-api/v1/{OPEN}"]
    assert KEY not in answer.context["curl"]


def test_the_list_takes_as_many_queries_for_many_rows_as_for_few(desk, troubles, django_assert_max_num_queries):
    troubles.under_way()
    desk.get(ADDRESS)
    with django_assert_max_num_queries(30) as few:
        desk.get(ADDRESS)
    for _ in range(3):
        troubles.under_way()
    with django_assert_max_num_queries(30) as many:
        desk.get(ADDRESS)
    assert len(many) == len(few)


def test_what_is_not_understood_filters_nothing_and_breaks_nothing(desk, troubles):
    for query in ("outcome=strange", "since=never", "account=nobody", "cursor=x", "view=none", "q=%00", "path=%00"):
        assert desk.get(f"{ADDRESS}?{query}").status_code == 200, query


def test_exchanges_are_for_who_may_see_them(troubles, person):
    troubles.under_way()
    client = Client()
    client.force_login(person("viewer"))
    assert client.get(reverse("outbox:exchanges")).status_code == 403
    assert client.get(Exchange.objects.first().get_absolute_url()).status_code == 403
