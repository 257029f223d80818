"""What to ask and when is a row: rings collapse, pauses grow, a dead worker's look is taken over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backoffice.mirror import watches
from backoffice.mirror.models import Watch
from backoffice.providers.emulator.story import add_card


@pytest.fixture
def card(world, account):
    """A card that exists at the provider and not here."""
    from_story = next(iter(world.bins.values()))
    app = next(iter(world.apps.values()))
    return add_card(world, app, from_story)


def asked(world) -> int:
    return sum(request.path.endswith("card/detail") for request in world.requests)


def test_many_rings_for_one_object_are_one_question(account, card, world):
    for _ in range(50):
        watches.ask(account, "cards.card", card.card_id)
    watches.drain_watches()
    for _ in range(50):
        watches.ask(account, "cards.card", card.card_id)
    watches.drain_watches()
    assert (asked(world), Watch.objects.get(kind="cards.card").due_at > timezone.now()) == (1, True)


def test_what_the_provider_does_not_know_is_asked_with_growing_pauses_and_forgotten_after_a_day(account, world):
    watches.ask(account, "cards.card", "cid_unknown")
    pauses = []
    for _ in range(3):
        watches.drain_watches()
        watch = Watch.objects.get()
        pauses.append(round((watch.due_at - watch.asked_at).total_seconds()))
        Watch.objects.update(due_at=timezone.now())
    assert pauses == [5, 10, 20]

    told = []
    watches.on_answer(lambda watch, _at, answer: told.append((watch.object_id, answer)))
    Watch.objects.update(first_asked_at=timezone.now() - timedelta(hours=25))
    watches.drain_watches()
    assert (Watch.objects.get().due_at, told) == (None, [("cid_unknown", None)])


def test_a_look_whose_worker_died_is_taken_over_when_its_lease_ends(account, card, world):
    watches.ask(account, "cards.card", card.card_id)
    Watch.objects.update(leased_until=timezone.now() + timedelta(seconds=60))
    assert watches.drain_watches() == 0
    Watch.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    watches.drain_watches()
    assert asked(world) == 1


def test_a_provider_that_is_away_costs_a_pause_and_no_news(account, card, world):
    world.faults = ["refuse_connection"]
    watches.ask(account, "cards.card", card.card_id)
    watches.drain_watches()
    watch = Watch.objects.get()
    assert (watch.tries, watch.problem != "", watch.due_at > timezone.now()) == (1, True, True)
