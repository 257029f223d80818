"""Card holders: created, edited, deleted; who they are is sealed everywhere and sent once."""

import json
import uuid
from datetime import date

import pytest
from django.core import serializers

from backoffice.core.errors import DomainError
from backoffice.journal.models import JournalEntry
from backoffice.mirror import syncs
from backoffice.outbox.models import Call, Exchange
from cards import commands
from cards.models import Holder
from cards.personal import masked, masked_name, opened
from cards.states import HolderState

ADA = {
    "first_name": "Ada",
    "last_name": "Byronova",
    "email": "ada.byronova@example.com",
    "phone_code": "44",
    "phone": "7700900123",
    "birthday": date(1990, 12, 10),
    "nationality": "GB",
    "id_kind": "passport",
    "id_number": "P98765432",
    "country": "GB",
    "region": "London",
    "city": "London",
    "street": "12 St James Square",
    "post_code": "SW1Y 4JH",
}
SECRETS = ("Byronova", "7700900123", "P98765432", "St James Square", "1990-12-10")


def create(actor, account, **changes) -> Call:
    return commands.create_holder(actor=actor, key=str(uuid.uuid4()), account=account, fields=ADA | changes)


@pytest.fixture
def ada(account, actor, sweep):
    create(actor, account)
    sweep()
    return Holder.objects.get()


def test_a_holder_is_created_and_nobody_reads_who_it_is(ada, world):
    assert (ada.state, ada.country, ada.provider_id) == (HolderState.ACTIVE, "GB", next(iter(world.holders)))
    assert next(iter(world.holders.values())).details["last_name"] == "Byronova"
    assert opened(ada.personal)["id_number"] == "P98765432"
    assert (masked_name(ada.personal), masked(ada.personal)["email"]) == ("A•••• B••••", "a••••@example.com")
    kept = "".join(
        serializers.serialize("json", model.objects.all()) for model in (Holder, Call, Exchange, JournalEntry)
    )
    assert [secret for secret in SECRETS if secret in kept] == []
    assert Call.objects.get().arguments == {"bin_id": ""}


@pytest.mark.parametrize("fault", ["lose_reply", "timeout", "status_502"])
def test_a_holder_whose_reply_was_lost_is_found_by_our_reference(account, world, actor, sweep, fault):
    world.fail_next(fault, path="card/holder/create")
    call = create(actor, account)
    sweep()
    call.refresh_from_db()
    assert (call.state, len(world.holders), Holder.objects.get().state) == ("done", 1, HolderState.ACTIVE)


def test_a_refusal_names_the_fields_and_keeps_what_was_typed(account, world, actor, sweep):
    call = create(actor, account, nationality="GBR", first_name="阿达")
    sweep()
    call.refresh_from_db()
    holder = Holder.objects.get()
    assert (call.state, holder.state, len(world.holders)) == ("rejected", HolderState.REFUSED, 0)
    assert set(call.problem_fields) == {"nationality"}
    assert opened(holder.personal)["first_name"] == "阿达"


def test_only_what_was_edited_changes_and_only_when_the_provider_has_it(ada, world, actor, sweep):
    commands.edit_holder(actor=actor, key="k", holder=ada, version=ada.version, fields={"city": "Oxford"})
    ada.refresh_from_db()
    assert opened(ada.personal)["city"] == "London"
    sweep()
    ada.refresh_from_db()
    assert (opened(ada.personal)["city"], opened(ada.personal)["last_name"]) == ("Oxford", "Byronova")
    changes = JournalEntry.objects.filter(ref=ada.ref, verb="changed").latest("pk").detail["changed"]
    assert changes["personal"] == ["••••", "••••"]


def test_an_edit_over_somebody_elses_is_a_conflict(ada, actor):
    with pytest.raises(DomainError) as refused:
        commands.edit_holder(actor=actor, key="k", holder=ada, version=ada.version + 1, fields={"city": "Oxford"})
    assert refused.value.code == "version_conflict"


@pytest.mark.parametrize("fault", ["lose_reply", "drop_request"])
def test_an_edit_whose_reply_was_lost_ends_as_it_was_meant(ada, world, actor, sweep, fault):
    world.fail_next(fault, path="card/holder/update")
    call = commands.edit_holder(actor=actor, key="k", holder=ada, version=ada.version, fields={"city": "Oxford"})
    sweep()
    call.refresh_from_db()
    ada.refresh_from_db()
    assert (call.state, opened(ada.personal)["city"]) == ("done", "Oxford")


@pytest.mark.parametrize("fault", ["", "lose_reply", "drop_request"])
def test_a_deleted_holder_stays_here_as_deleted(ada, world, actor, sweep, fault):
    if fault:
        world.fail_next(fault, path="card/holder/delete")
    call = commands.delete_holder(actor=actor, key="k", holder=ada)
    sweep()
    call.refresh_from_db()
    ada.refresh_from_db()
    assert (call.state, ada.state) == ("done", HolderState.DELETED)
    assert [row.deleted for row in world.holders.values()] == [True]


def test_a_second_sync_of_holders_writes_nothing(ada, account, sweep):
    def walk() -> None:
        syncs.start_sync(account=account, kind="cards.holder")
        sweep()

    walk()
    before = json.dumps(list(Holder.objects.values()), default=str)
    walk()
    assert json.dumps(list(Holder.objects.values()), default=str) == before
