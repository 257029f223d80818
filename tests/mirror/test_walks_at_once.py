"""Walks beside other transactions, other beats and other clocks: needs a database of true concurrency."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from time import monotonic, sleep

import pytest
from django.db import connection, transaction
from django.utils import timezone

from backoffice.core import clock
from backoffice.mirror import syncs
from backoffice.mirror.models import SyncRun
from backoffice.providers.emulator.story import add_card
from cards.models import Card

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
LIST = "card/list"


@pytest.fixture
def few(transactional_db, world, account):
    """Twenty cards, walked through once."""
    app, bin_ = next(iter(world.apps.values())), next(iter(world.bins.values()))
    for _ in range(20):
        add_card(world, app, bin_)
    walk(account)
    return account


@pytest.fixture
def impatient(few):
    """This connection waits 200 ms for a lock, and looks for a deadlock sooner than others do."""
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'; SET deadlock_timeout = '50ms'")
    yield
    connection.close()


def walk(account) -> SyncRun:
    run = syncs.start_sync(account=account, kind="cards.card")
    syncs.continue_syncs(20)
    run.refresh_from_db()
    return run


def change(world) -> list[Card]:
    """Two cards have another balance at the provider; our rows of them."""
    for card in list(world.cards.values())[:2]:
        card.balance += 7
    return list(Card.objects.filter(provider_id__in=list(world.cards)[:2]).order_by("pk"))


def lock(card: Card) -> None:
    Card.objects.select_for_update().get(pk=card.pk)


def beside(work):
    """Run in a thread with a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    pool = ThreadPoolExecutor(1)
    done = pool.submit(run)
    pool.shutdown(wait=False)
    return done


def test_a_lock_that_is_held_too_long_lets_a_page_be_kept_again(few, world, impatient, caplog):
    """F53"""
    card, held = change(world)[0], Event()

    def hold() -> None:
        with transaction.atomic():
            lock(card)
            held.set()
            sleep(0.35)

    done = beside(hold)
    held.wait(5)
    run = walk(few)
    done.result(5)
    assert (run.state, run.changed) == ("finished", 2)
    assert 1 <= sum("transaction_tried_again" in record.getMessage() for record in caplog.records) <= 2


def test_a_lock_that_is_held_for_ever_is_a_clean_error_after_three_tries(few, world, impatient, caplog):
    """F53"""
    card, held, let_go = change(world)[0], Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            lock(card)
            held.set()
            let_go.wait(20)

    done = beside(hold)
    held.wait(5)
    run = walk(few)
    assert (run.state, run.changed, run.problem) == ("running", 0, "OperationalError")
    assert sum("transaction_tried_again" in record.getMessage() for record in caplog.records) == 2
    let_go.set()
    done.result(5)
    SyncRun.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    syncs.continue_syncs(20)
    run.refresh_from_db()
    assert (run.state, run.changed) == ("finished", 2)


def test_a_deadlock_gives_one_transaction_up_and_it_is_run_again(few, world, impatient, caplog):
    """F53"""
    first, second = change(world)
    held = Event()

    def cross() -> None:
        with transaction.atomic():
            lock(second)
            held.set()
            until = monotonic() + 5
            while monotonic() < until and not _somebody_waits():
                sleep(0.005)
            lock(first)

    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
    done = beside(cross)
    held.wait(5)
    run = walk(few)
    done.result(5)
    assert (run.state, run.changed) == ("finished", 2)
    assert sum("transaction_tried_again" in record.getMessage() for record in caplog.records) == 1


def test_two_beats_at_once_start_each_walk_of_a_period_once(few):
    """F56"""
    SyncRun.objects.all().delete()
    together = Barrier(4)

    def start(_number: int) -> int:
        together.wait(5)
        try:
            return syncs.start_due_syncs()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        started = list(pool.map(start, range(4)))
    assert sorted(started) == [0, 0, 0, len(syncs.kinds())]
    assert SyncRun.objects.count() == len(syncs.kinds())


@pytest.mark.parametrize("minutes", [10, -10])
def test_a_machine_whose_clock_is_wrong_neither_takes_a_lease_over_nor_leaves_due_work(
    few, world, monkeypatch, minutes
):
    """F48"""
    right = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: right() + timedelta(minutes=minutes))
    world.fail_next("delay", path=LIST, seconds=1)
    run = syncs.start_sync(account=few, kind="cards.card")
    walking = beside(lambda: syncs.continue_syncs(5))
    until = monotonic() + 5
    while monotonic() < until and not SyncRun.objects.exclude(leased_until=None).filter(pk=run.pk).exists():
        sleep(0.01)
    assert syncs.continue_syncs(0.5) == 0
    walking.result(10)
    run.refresh_from_db()
    assert (run.state, run.visits) == ("finished", 1)
    assert abs(run.ended_at - right()) < timedelta(seconds=5)


def test_the_shared_clock_goes_on_when_the_machines_is_set_back(few, monkeypatch):
    """F48"""
    before, right = clock.now(), timezone.now
    monkeypatch.setattr(timezone, "now", lambda: right() - timedelta(hours=1))
    assert timedelta(0) <= clock.now() - before < timedelta(seconds=5)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
        return cursor.fetchone() is not None
