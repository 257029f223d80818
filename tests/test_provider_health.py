"""How each provider does: answers of the last hour and day, what waits, how much of the pace is used."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backoffice import provider_health
from backoffice.accounts.models import Account
from backoffice.journal.record import Actor
from backoffice.outbox.models import Exchange
from tests.troubles import Troubles


@pytest.fixture
def manager(person):
    return person("finance manager")


@pytest.fixture
def desk(manager):
    client = Client()
    client.force_login(manager)
    return client


@pytest.fixture
def health(desk):
    """What the page says of our one account."""

    def look():
        answer = desk.get(reverse("provider_health"))
        assert answer.status_code == 200
        return answer.context["accounts"][0]

    return look


@pytest.fixture
def exchanges(account):
    """Write exchanges of the past: `exchanges(3, "answered", seconds=0.2, ago=timedelta(minutes=5))`."""

    def write(count: int, outcome: str, *, seconds: float = 0.1, ago: timedelta = timedelta(minutes=5)) -> None:
        row = {"account": account, "source": "poll", "path": "card/detail", "outcome": outcome, "seconds": seconds}
        at = timezone.now() - ago
        Exchange.objects.bulk_create(Exchange(**row, created_at=at) for _ in range(count))

    return write


def test_the_share_that_was_answered_counts_refusals_as_answers(health, exchanges):
    exchanges(7, "answered")
    exchanges(1, "not_found")
    exchanges(1, "refused")
    exchanges(1, "unknown", ago=timedelta(hours=3))
    shown = health()
    assert (shown.hour.success, shown.hour.count, shown.hour.refused) == ("100 %", 9, 1)
    assert (shown.day.success, shown.day.count, shown.day.refused) == ("90 %", 10, 1)


def test_one_failure_in_many_is_never_rounded_up_to_all(health, exchanges):
    exchanges(2_999, "answered")
    exchanges(1, "unknown")
    assert health().hour.success == "99.9 %"


def test_the_slowest_of_a_hundred_tell_the_speed(health, exchanges):
    exchanges(94, "answered", seconds=0.1)
    exchanges(6, "answered", seconds=2.5)
    exchanges(50, "unknown", seconds=30)
    assert health().hour.speed == "2,500 ms"


def test_what_is_older_than_a_day_does_not_count_and_nothing_is_no_success(health, exchanges):
    exchanges(5, "answered", ago=timedelta(days=2))
    assert (health().day.success, health().day.speed) == ("–", "–")


def test_no_more_than_the_latest_are_read_and_the_page_says_so(health, exchanges, monkeypatch):
    monkeypatch.setattr(provider_health, "LATEST", 10)
    exchanges(20, "unknown", ago=timedelta(hours=2))
    exchanges(4, "answered")
    shown = health()
    assert (shown.day.told, shown.day.success, shown.hour.told) == ("the latest 10", "40 %", "4 exchanges")


def facts(shown) -> dict[str, str]:
    return {fact.label: fact.value for fact in shown.facts}


def test_the_backlog_is_counted_and_leads_to_its_lists(health, world, mirrored, manager, desk):
    troubles = Troubles(world, Actor(manager))
    troubles.in_doubt()
    troubles.asked()
    shown = health()
    told = facts(shown)
    assert (told["Calls to be sent or in doubt"], told["Of these in doubt"]) == ("2", "1")
    for fact in shown.facts:
        if fact.url:
            assert desk.get(fact.url).status_code == 200, fact.label


def test_the_last_usable_answer_and_the_last_failure_are_told(health, exchanges):
    exchanges(1, "answered", ago=timedelta(minutes=9))
    exchanges(1, "unknown", ago=timedelta(minutes=3))
    good, bad = (next(fact for fact in health().facts if fact.label == label) for label in LATEST)
    assert [round((timezone.now() - fact.at).total_seconds() / 60) for fact in (good, bad)] == [9, 3]


LATEST = ("Last usable answer", "Last without one")


def test_pausing_is_offered_to_who_may_and_the_pause_is_shown(health, exchanges, desk, person, account):
    assert [action.label for action in health().actions] == ["Pause"]
    desk.post(reverse("mirror:pause_account", args=["main"]), {"reason": "the night"})
    assert [action.label for action in health().actions] == ["Resume"]
    assert "the night" in desk.get(reverse("provider_health")).content.decode()
    client = Client()
    client.force_login(person("viewer"))
    shown = client.get(reverse("provider_health")).context["accounts"][0]
    assert (shown.actions, shown.exchanges_url) == ([], "")


def test_without_an_account_the_page_says_what_to_do(desk):
    Account.objects.update(listed=False)
    assert "No account yet" in desk.get(reverse("provider_health")).content.decode()
