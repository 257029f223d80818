"""What monitoring is told, without signing in."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from backoffice.mirror.models import Beat, Watch
from backoffice.outbox.models import Call

QUIET = {
    "status": "ok",
    "problems": [],
    "oldest_due_call_s": None,
    "calls_in_doubt": 0,
    "oldest_doubt_s": None,
    "dead_calls": 0,
    "oldest_due_delivery_s": None,
    "dead_deliveries": 0,
    "due_looks": 0,
    "oldest_due_look_s": None,
    "running_syncs": 0,
    "paused_accounts": 0,
}


@pytest.fixture
def canary(account):
    return Beat.objects.create(name="canary", at=timezone.now())


def report(client):
    answer = client.get("/healthz")
    said = answer.json()
    said.pop("canary_age_s", None)
    return answer.status_code, said


def test_the_process_is_alive_whatever_the_database_does(client):
    answer = client.get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/readyz", "/healthz"])
def test_without_its_database_it_is_down(client, path):
    def refuse(*_args):
        raise DatabaseError("gone")

    with connection.execute_wrapper(refuse):
        answer = client.get(path)
    assert (answer.status_code, answer.json()) == (503, {"status": "down", "problems": ["database"]})


@pytest.mark.django_db
def test_with_its_database_it_is_ready(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_when_nothing_waits_all_is_well(client, canary):
    assert report(client) == (200, QUIET)


@pytest.mark.parametrize("age", [None, timedelta(seconds=121)])
def test_no_canary_or_an_old_one_means_that_no_work_is_done(client, account, age):
    if age:
        Beat.objects.create(name="canary", at=timezone.now() - age)
    assert report(client) == (503, QUIET | {"status": "down", "problems": ["canary_age_s"]})


def test_what_needs_a_person_or_waits_too_long_is_named(client, canary, account):
    long_ago = timezone.now() - timedelta(hours=1)
    Call.objects.create(account=account, operation="cards.issue_card", target="cards.cardorder:1", state="dead")
    Watch.objects.create(account=account, kind="cards.order", object_id="ord_1", due_at=long_ago)
    account.paused_at = long_ago
    account.save()
    status, said = report(client)
    assert (status, said["status"]) == (200, "warn")
    assert said["problems"] == ["dead_calls", "oldest_due_look_s", "paused_accounts"]
    assert (said["dead_calls"], said["due_looks"], said["paused_accounts"]) == (1, 1, 1)


def test_a_doubt_is_a_problem_after_ten_minutes(client, canary, account):
    now = timezone.now()
    call = Call.objects.create(
        account=account,
        operation="cards.issue_card",
        target="cards.cardorder:1",
        state="uncertain",
        sent_at=now - timedelta(minutes=9),
        due_at=now + timedelta(minutes=5),
    )
    assert report(client)[1]["problems"] == []
    Call.objects.filter(pk=call.pk).update(sent_at=now - timedelta(minutes=11))
    assert report(client)[1]["problems"] == ["oldest_doubt_s"]
