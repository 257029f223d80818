"""The same callback many times at once, and several workers over the same deliveries: needs true concurrency."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import requests
from django.db import connection
from django.utils import timezone

from backoffice.accounts import registry
from backoffice.journal.models import JournalEntry
from backoffice.mirror import watches
from backoffice.mirror.models import Watch
from backoffice.providers.emulator import InProcess, small_world, wsgi_app
from backoffice.providers.emulator.story import add_card
from cards.models import Card
from tests.webhooks.sending import ACKNOWLEDGED, envelope, post
from webhooks.models import Delivery
from webhooks.services import process_deliveries

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TIMES, AT_ONCE = 64, 16


@pytest.fixture
def world(transactional_db):
    world = small_world(now=timezone.now(), seed=7, deliver=lambda *_: (200, ACKNOWLEDGED))
    registry.write_account_rows()
    session = requests.Session()
    session.mount("https://", InProcess(wsgi_app(world)))
    registry.use_session("main", session)
    return world


def at_once(work, numbers, threads: int = AT_ONCE) -> list:
    barrier = Barrier(threads)

    def start() -> None:
        barrier.wait(10)

    def one(number):
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads, initializer=start) as pool:
        return list(pool.map(one, numbers))


def test_the_same_callback_64_times_at_16_fold_concurrency_is_one_row(world):
    body = envelope("card.status.freeze", card_id="cid_1")
    answers = at_once(lambda _: post(body), range(TIMES))
    assert [(answer.status_code, answer.content.decode()) for answer in answers] == [(200, ACKNOWLEDGED)] * TIMES
    row = Delivery.objects.get()
    assert (row.seen, row.state) == (TIMES, "received")


def test_many_callbacks_at_once_are_all_kept(world):
    answers = at_once(lambda n: post(envelope("card.status.freeze", f"n{n}", card_id=f"cid_{n % 5}")), range(200))
    assert {answer.status_code for answer in answers} == {200}
    assert Delivery.objects.count() == 200


def test_several_workers_read_each_delivery_once_and_never_wait_for_each_other(world):
    app = next(iter(world.apps.values()))
    cards = [add_card(world, app, next(iter(world.bins.values())), status="frozen") for _ in range(10)]
    for number in range(300):
        post(envelope("card.status.freeze", f"n{number}", card_id=cards[number % 10].card_id))
    worked = at_once(lambda _: process_deliveries(), range(4), threads=4)
    assert sum(worked) == 300
    assert set(Delivery.objects.values_list("state", flat=True)) == {"waiting"}
    assert Watch.objects.filter(kind="cards.card").count() == 10
    at_once(lambda _: watches.drain_watches(20), range(4), threads=4)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}
    assert JournalEntry.objects.filter(verb="callback").count() == 300
    assert set(Card.objects.values_list("state", flat=True)) == {"frozen"}
    assert len([request for request in world.requests if request.call == "read_card"]) == 10
