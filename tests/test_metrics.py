"""Business figures for Prometheus, behind a token."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from backoffice.journal.record import Actor
from backoffice.mirror.models import Beat
from backoffice.outbox.models import Call
from tests.troubles import OPEN, Troubles
from tests.webhooks.sending import envelope, post
from webhooks.refusals import counter

TOKEN = "a-token-for-prometheus"


@pytest.fixture(autouse=True)
def _on(settings):
    settings.ROOT_URLCONF = "tests.metrics_urls"
    settings.METRICS_TOKEN = TOKEN
    counter.forget()


@pytest.fixture
def troubles(world, mirrored, staff):
    return Troubles(world, Actor(staff))


def figures() -> dict[tuple, float]:
    """(name, label values…) → number."""
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (200, "text/plain")
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name.removeprefix("backoffice_"), *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_calls_are_told_by_state_and_by_what_became_of_them(troubles):
    troubles.dead()
    doubt = troubles.in_doubt()
    troubles.refused()
    troubles.asked()
    Call.objects.filter(pk=doubt.pk).update(sent_at=timezone.now() - timedelta(minutes=15))
    told = figures()
    assert told["calls_open", "main", "dead"] == 1
    assert told["calls_open", "main", "queued"] == 1
    assert told["calls_in_doubt",] == 1
    assert round(told["doubt_oldest_seconds",]) == 900
    assert told["calls_last_hour", "cards.issue_card", "rejected"] == 1
    assert told["exchanges_last_hour", "main", "refused"] == 1
    assert told["exchange_seconds_last_hour", "main", "refused"] > 0


def test_callbacks_and_looks_are_told_with_their_age(troubles):
    post(envelope("card.order.success", order_id="ord_1", app_id=100001))
    told = figures()
    assert told["deliveries_open", "main", "received"] == 1
    assert told["deliveries_last_hour", "main", "none"] == 1
    assert 0 <= told["delivery_oldest_seconds",] < 60


def test_a_quiet_place_has_its_figures_too(account):
    Beat.objects.create(name="canary", at=timezone.now() - timedelta(seconds=30))
    told = figures()
    assert {name: value for name, value in told.items() if len(name) == 1 and name != ("canary_age_seconds",)} == {
        ("calls_in_doubt",): 0,
        ("doubt_oldest_seconds",): 0,
        ("watch_oldest_seconds",): 0,
        ("delivery_oldest_seconds",): 0,
        ("accounts_paused",): 0,
        ("syncs_running",): 0,
    }
    assert round(told["canary_age_seconds",]) == 30


def test_a_scrape_takes_a_fixed_number_of_queries(troubles, django_assert_num_queries):
    with django_assert_num_queries(14):
        figures()
    for _ in range(3):
        troubles.under_way()
    with django_assert_num_queries(14):
        figures()


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"])
def test_without_the_token_nobody_reads_them(db, header):
    answer = Client().get("/metrics", headers={"Authorization": header})
    assert (answer.status_code, answer["WWW-Authenticate"], answer.content) == (401, "Bearer", b"")


def test_where_no_token_is_set_there_are_none(db, settings):
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_no_secret_and_no_name_of_a_person_is_in_them(troubles, staff):
    troubles.refused()
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (staff.get_username() in answer.content.decode(), OPEN in answer.content.decode()) == (False, False)
