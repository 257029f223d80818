"""Card holders through REST: created, edited, deleted; masked but for who may see them, and then written down."""

import pytest
from django.core import serializers

from backoffice.journal.models import JournalEntry
from backoffice.outbox.models import Ask, Call, Exchange
from cards.models import Bin, Holder
from tests.api.conftest import ALL, HOLDER_DEEDS, Caller, make_key, problem

HOLDERS = "/api/v1/holders"
ADA = {
    "first_name": "Ada",
    "last_name": "Byronova",
    "email": "ada.byronova@example.com",
    "phone_code": "44",
    "phone": "7700900123",
    "birthday": "1990-12-10",
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


@pytest.fixture
def clerk(mirrored, staff):
    """A service of an operator: makes and changes holders, sees them masked."""
    return Caller(make_key(staff.username, *ALL, *HOLDER_DEEDS, name="HR"))


@pytest.fixture
def ada(clerk, sweep):
    assert clerk.post(HOLDERS, ADA, key="ada").status_code == 202
    sweep()
    return Holder.objects.get()


def at(holder: Holder) -> str:
    return f"{HOLDERS}/{holder.public_id}"


def version(holder: Holder) -> str:
    holder.refresh_from_db()
    return f'"{holder.version}"'


def test_a_holder_is_created_and_shown_masked(clerk, world, sweep):
    answer = clerk.post(HOLDERS, ADA | {"account": "main", "bin_id": Bin.objects.get().provider_id}, key="k1")
    assert (answer.status_code, answer.json()["state"]) == (202, "requested")
    assert answer.json()["call"] == {"id": Call.objects.get().public_id, "state": "queued"}
    assert "person" not in answer.json()
    sweep()
    holder = Holder.objects.get()
    found = clerk.get(at(holder))
    assert found["ETag"] == version(holder)
    shown = {name: found.json()[name] for name in ("state", "bin_id", "masked", "maker", "merchant_ref")}
    assert shown == {
        "state": "active",
        "bin_id": Bin.objects.get().public_id,
        "masked": True,
        "maker": "operator",
        "merchant_ref": holder.merchant_ref,
    }
    person = found.json()["person"]
    assert (person["first_name"], person["email"], person["country"]) == ("A••••", "a••••@example.com", "GB")
    assert next(iter(world.holders.values())).details["last_name"] == "Byronova"
    again = clerk.post(HOLDERS, ADA | {"account": "main", "bin_id": Bin.objects.get().provider_id}, key="k1")
    assert (again.content, again["Idempotent-Replayed"]) == (answer.content, "true")


def test_nothing_that_is_kept_tells_who_it_is(clerk, ada, sweep):
    assert clerk.change("PATCH", at(ada), {"phone": "7700900124"}, key="k1", version=version(ada)).status_code == 202
    sweep()
    kept = "".join(
        serializers.serialize("json", model.objects.all()) for model in (Ask, Holder, Call, Exchange, JournalEntry)
    )
    assert [secret for secret in (*SECRETS, "7700900124") if secret in kept] == []


@pytest.mark.parametrize("name", [name for name in ADA if name not in {"id_kind", "id_number"}])
def test_what_a_new_holder_lacks_is_named(clerk, name):
    body = {key: value for key, value in ADA.items() if key != name}
    errors = [(error["field"], error["code"]) for error in problem(clerk.post(HOLDERS, body, key="k1"))["errors"]]
    assert errors == [(name, "required")]
    assert (Holder.objects.count(), Call.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"email": "nobody"}, "email", "invalid"),
        ({"phone_code": "+44"}, "phone_code", "invalid"),
        ({"phone_code": 44}, "phone_code", "invalid"),
        ({"birthday": "10.12.1990"}, "birthday", "invalid"),
        ({"country": "gb"}, "country", "invalid"),
        ({"nationality": "GBR"}, "nationality", "invalid"),
        ({"id_kind": "library_card"}, "id_kind", "invalid_choice"),
        ({"first_name": ""}, "first_name", "blank"),
        ({"first_name": "A\nB"}, "first_name", "unprintable"),
        ({"street": "x" * 256}, "street", "max_length"),
        ({"bin_id": "bin_other"}, "bin_id", "does_not_exist"),
        ({"account": "other"}, "account", "does_not_exist"),
        ({"surname": "x"}, "surname", "unknown"),
    ],
)
def test_a_holder_that_is_not_right_is_refused_by_field(clerk, change, field, code):
    answer = clerk.post(HOLDERS, ADA | change, key="k1")
    errors = [(error["field"], error["code"]) for error in problem(answer)["errors"]]
    assert (answer.status_code, errors) == (400, [(field, code)])
    assert (Holder.objects.count(), Call.objects.count()) == (0, 0)


def test_papers_have_a_kind_and_a_number(clerk):
    body = {key: value for key, value in ADA.items() if key != "id_number"}
    errors = problem(clerk.post(HOLDERS, body, key="k1"))["errors"]
    assert [(error["field"], error["code"]) for error in errors] == [("id_number", "required")]


def test_what_the_provider_says_of_a_field_stands_in_the_call(clerk, world, sweep):
    world.faults = [{"kind": "1001", "path": "card/holder/create", "message": "phone is not valid"}]
    answer = clerk.post(HOLDERS, ADA, key="k1")
    sweep()
    call = clerk.get(answer["Location"]).json()
    assert (call["state"], call["problem"]["provider"]["name"]) == ("rejected", "openapi")
    assert call["problem"]["errors"] == [{"field": "phone", "detail": "is not valid"}]
    assert clerk.get(f"{HOLDERS}/{answer.json()['id']}").json()["state"] == "refused"


def test_an_edit_needs_the_version_that_was_seen(clerk, ada, world, sweep):
    missing = clerk.change("PATCH", at(ada), {"phone": "7700900124"}, key="k1")
    assert (missing.status_code, problem(missing)["code"]) == (428, "precondition_missing")
    for wrong in ("1", "*", '"one"', 'W/"1"'):
        refused = clerk.change("PATCH", at(ada), {"phone": "7700900124"}, key="k1", version=wrong)
        assert (refused.status_code, problem(refused)["code"]) == (400, "precondition_invalid")
    stale = clerk.change("PATCH", at(ada), {"phone": "7700900124"}, key="k1", version='"77"')
    assert (stale.status_code, stale.json()["code"], stale.json()["current"]) == (412, "version_conflict", ada.version)
    assert Call.objects.filter(operation="cards.edit_holder").count() == 0

    seen = version(ada)
    done = clerk.change("PATCH", at(ada), {"phone": "7700900124"}, key="k1", version=seen)
    assert done.status_code == 202
    sweep()
    assert next(iter(world.holders.values())).details["phone"] == "7700900124"
    assert version(ada) != seen
    again = clerk.change("PATCH", at(ada), {"phone": "7700900124"}, key="k1", version=seen)
    assert (again.status_code, again["Idempotent-Replayed"], again.content) == (202, "true", done.content)
    assert clerk.change("PATCH", at(ada), {"phone": "1"}, key="k2", version=seen).status_code == 412


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [({}, 422, "nothing_changed"), ({"phone": ""}, 400, "invalid"), ({"account": "main"}, 400, "invalid")],
)
def test_an_edit_that_changes_nothing_or_what_it_may_not_is_refused(clerk, ada, body, status, code):
    answer = clerk.change("PATCH", at(ada), body, key="k1", version=version(ada))
    assert (answer.status_code, problem(answer)["code"]) == (status, code)


def test_a_holder_is_deleted_once(clerk, ada, world, sweep):
    assert clerk.change("DELETE", at(ada), key="k1").status_code == 428
    assert clerk.change("DELETE", at(ada), key="k1", version='"77"').status_code == 412
    assert clerk.change("DELETE", at(ada), {"reason": "left"}, key="k1", version=version(ada)).status_code == 400
    seen = version(ada)
    done = clerk.change("DELETE", at(ada), key="k1", version=seen)
    assert done.status_code == 202
    sweep()
    assert clerk.get(at(ada)).json()["state"] == "deleted"
    assert [holder.deleted for holder in world.holders.values()] == [True]
    again = clerk.change("DELETE", at(ada), key="k1", version=seen)
    assert (again.status_code, again["Idempotent-Replayed"], again.content) == (202, "true", done.content)
    gone = clerk.change("DELETE", at(ada), key="k2", version=version(ada))
    assert (gone.status_code, problem(gone)["code"]) == (409, "illegal_state")


def test_who_it_is_needs_the_right_and_a_purpose_and_is_written_down(clerk, manager, ada):
    refused = clerk.get(f"{at(ada)}?purpose=audit")
    assert (refused.status_code, problem(refused)["code"]) == (403, "forbidden")
    assert manager.get(at(ada)).json()["masked"] is True
    assert JournalEntry.objects.filter(verb="cards.unmask_holder").count() == 0
    seen = manager.get(f"{at(ada)}?purpose=sanctions+hit").json()
    assert (seen["masked"], seen["person"]) == (False, ADA)
    entry = JournalEntry.objects.get(verb="cards.unmask_holder")
    assert (entry.via, entry.actor.username, entry.detail) == (
        "Treasury",
        "finance-manager",
        {"purpose": "sanctions hit"},
    )
    assert manager.get(f"{at(ada)}?purpose=").json()["masked"] is True


def test_holders_are_found_by_their_numbers_and_never_by_name(clerk, ada):
    for query, count in [
        ("", 1),
        ("search=Ada", 0),
        (f"search={ada.public_id}", 1),
        (f"search={ada.merchant_ref}", 1),
        (f"search={ada.provider_id}", 1),
        (f"provider_id={ada.provider_id}", 1),
        ("state=active&country=GB", 1),
        ("state=deleted", 0),
    ]:
        assert clerk.get(f"{HOLDERS}/count?{query}").json() == {"count": count}, query
        assert len(clerk.get(f"{HOLDERS}?{query}").json()["results"]) == count, query


def test_a_card_order_takes_our_holder_id_and_says_it_again(clerk, caller, ada, order_body):
    order = caller.post("/api/v1/card-orders", order_body | {"holder_id": ada.public_id}, key="k1").json()
    assert (order["holder_id"], order["holder_provider_id"]) == (ada.public_id, ada.provider_id)
    same = caller.post("/api/v1/card-orders", order_body | {"holder_id": ada.provider_id}, key="k1")
    assert same["Idempotent-Replayed"] == "true"


def test_a_holder_who_is_not_on_file_gets_no_card(clerk, caller, order_body):
    waiting = clerk.post(HOLDERS, ADA, key="ada").json()["id"]
    answer = caller.post("/api/v1/card-orders", order_body | {"holder_id": waiting}, key="k1")
    assert (answer.status_code, problem(answer)["code"]) == (422, "holder_unavailable")
