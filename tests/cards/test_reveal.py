"""A card's number is shown once, for a purpose, within a budget; each look is on the record and nothing is kept."""

import pytest
from django.core import serializers

from backoffice.core.errors import DomainError
from backoffice.journal.models import JournalEntry
from backoffice.journal.record import Actor
from backoffice.mirror import syncs
from backoffice.outbox.models import Exchange
from backoffice.providers.emulator.story import add_card
from cards.models import Card
from cards.reveal import left_today, reveal_card


@pytest.fixture
def card(world, account, sweep):
    from_bin = next(iter(world.bins.values()))
    add_card(world, next(iter(world.apps.values())), from_bin, status="active", card_no="4938751234567893", cvv="917")
    for kind in syncs.kinds():
        syncs.start_sync(account=account, kind=kind)
    sweep()
    return Card.objects.get()


@pytest.fixture
def officer(person):
    return Actor(person("compliance"))


def test_the_number_is_fetched_shown_and_kept_nowhere(card, officer):
    secrets = reveal_card(actor=officer, card=card, purpose="paying a supplier by phone")
    assert (secrets.number, secrets.cvv) == ("4938751234567893", "917")
    assert "4938751234567893" not in repr(secrets)
    entry = JournalEntry.objects.get(verb="cards.reveal_card")
    assert (entry.ref, entry.actor, entry.detail) == (card.ref, officer.user, {"purpose": "paying a supplier by phone"})
    kept = "".join(serializers.serialize("json", model.objects.all()) for model in (Card, Exchange, JournalEntry))
    assert "4938751234567893" not in kept
    assert '"cvv": "917"' not in kept


def test_without_a_purpose_nothing_is_asked(card, officer, world):
    before = len(world.requests)
    with pytest.raises(DomainError) as refused:
        reveal_card(actor=officer, card=card, purpose="  ")
    assert (refused.value.code, len(world.requests)) == ("purpose_missing", before)


def test_a_day_has_a_budget(card, officer, settings, world):
    settings.REVEALS_A_DAY = 2
    for _ in range(2):
        reveal_card(actor=officer, card=card, purpose="audit")
    before = len(world.requests)
    with pytest.raises(DomainError) as refused:
        reveal_card(actor=officer, card=card, purpose="audit")
    assert (refused.value.code, left_today(officer), len(world.requests)) == ("reveal_budget_spent", 0, before)


def test_a_provider_that_does_not_answer_is_said_in_words_and_counts(card, officer, world):
    world.faults = ["timeout"]
    with pytest.raises(DomainError, match="did not give"):
        reveal_card(actor=officer, card=card, purpose="audit")
    assert JournalEntry.objects.filter(verb__in=["cards.reveal_card", "reveal_failed"]).count() == 2
