"""How far a walk through a provider's list is."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backoffice.mirror.models import SyncRun


@pytest.fixture
def desk(person):
    client = Client()
    client.force_login(person("developer"))
    return client


def page_of(desk) -> str:
    return desk.get(reverse("mirror:accounts")).content.decode()


def test_a_running_walk_tells_rows_pages_rate_and_since_when(desk, account):
    began = timezone.now() - timedelta(seconds=100)
    SyncRun.objects.create(
        account=account, kind="cards.card", next_page=43, seen=4_200, total=100_000, created_at=began, started_at=began
    )
    page = page_of(desk)
    assert ("4,200 of 100,000" in page, "42 pages, " in page, "since" in page) == (True, True, True)
    assert '<progress max="100000" value="4200"' in page
    (rate,) = re.findall(r"([\d.]+) rows/s", page)
    assert 30 < float(rate) <= 42  # 4,200 in 100 s and the moments that this test took


def test_a_walk_that_no_worker_took_yet_has_no_rate(desk, account):
    SyncRun.objects.create(account=account, kind="cards.holder")
    page = page_of(desk)
    assert ("Waits for a worker" in page, "rows/s" in page, "Card holders" in page) == (True, False, True)


def test_a_finished_walk_tells_what_it_brought(desk, account):
    now = timezone.now()
    SyncRun.objects.create(
        account=account, kind="cards.bin", state="finished", seen=1_234, changed=7, total=1_234, ended_at=now
    )
    assert "1,234 seen, 7 new or changed" in page_of(desk)
