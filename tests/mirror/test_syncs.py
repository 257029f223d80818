"""A walk through a list goes on where it stopped, and writes nothing for what has not changed."""

import pytest
from django.utils import timezone

from backoffice.mirror import syncs
from backoffice.mirror.models import SyncRun
from backoffice.providers.emulator.story import add_card
from cards.models import Card


@pytest.fixture
def many(world, account):
    """250 cards at the provider: three pages."""
    app, bin_ = next(iter(world.apps.values())), next(iter(world.bins.values()))
    for _ in range(250):
        add_card(world, app, bin_)
    return account


def walk(account) -> SyncRun:
    syncs.start_sync(account=account, kind="cards.card")
    syncs.continue_syncs(20)
    return SyncRun.objects.filter(kind="cards.card").latest("created_at")


def test_a_walk_brings_every_card_page_by_page(many):
    run = walk(many)
    assert (run.state, run.seen, run.total, run.changed, run.next_page) == ("finished", 250, 250, 250, 4)
    assert Card.objects.count() == 250


def test_a_walk_that_broke_off_goes_on_at_its_page_and_is_not_called_finished_before(many, world):
    world.fail_next("status_502", path="card/list", where={"page": 2})
    run = walk(many)
    assert (run.state, run.next_page, run.seen, run.problem != "") == ("running", 2, 100, True)
    SyncRun.objects.update(due_at=timezone.now())
    syncs.continue_syncs(20)
    run.refresh_from_db()
    assert (run.state, run.seen, Card.objects.count()) == ("finished", 250, 250)
    pages = [request.body["page"] for request in world.requests if request.path.endswith("card/list")]
    assert pages == [1, 2, 2, 3]


def test_a_second_walk_writes_nothing(many):
    walk(many)
    before = list(Card.objects.order_by("pk").values())
    run = walk(many)
    assert (run.state, run.seen, run.changed) == ("finished", 250, 0)
    assert list(Card.objects.order_by("pk").values()) == before


def test_starting_twice_is_one_walk(many):
    first = syncs.start_sync(account=many, kind="cards.card")
    assert syncs.start_sync(account=many, kind="cards.card") == first
