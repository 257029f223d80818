"""Card holders against the emulator: made, found, changed, deleted, refused, lost, and never told of."""

import re
from datetime import date, datetime

import pytest

from backoffice.providers.errors import NotFound, OutcomeUnknown, ProviderError, Rejected, UsedBefore
from backoffice.providers.openapi.people import OPTIONAL, WRITERS
from backoffice.providers.openapi.tables import PATHS
from backoffice.providers.ports import HolderFields
from backoffice.providers.snapshots import IdKind
from tests.providers.emulator.asking import START
from tests.providers.openapi.conftest import Connected
from tests.providers.openapi.test_client import FAILURES, WHO, issue, request_of

REF = "HL0123456789abcdef01234567"
PERSON = {
    "first_name": "MEI", "last_name": "CHAN", "email": "mei.chan@example.com", "phone_code": "852",
    "phone": "51230000", "birthday": date(1991, 4, 17), "nationality": "HK", "id_kind": IdKind.PASSPORT,
    "id_number": "K01234567", "country": "HK", "region": "New Territories", "city": "Kowloon",
    "street": "12 Example Road", "post_code": "999077",
}  # fmt: skip
CANARIES = (
    "MEI", "CHAN", "mei.chan", "51230000", "1991-04-17", "K01234567", "New Territories", "Kowloon", "Example Road",
    "999077",
)  # fmt: skip


def create(client, **changes):
    return client.create_holder(**({"merchant_ref": REF} | PERSON | changes))


# --- what is sent ---------------------------------------------------------------------------------------------------


def test_a_holder_is_made_as_in_the_example(example):
    connected, asked = Connected(example), request_of("api.card.holder.create")
    example.apps["10001001:100001"].used_ids = {}
    fields = PERSON | {"bin_id": asked["bin_id"], "region": asked["state"]}
    made = connected.client.create_holder(merchant_ref=asked["out_holder_id"], **fields)
    assert (example.requests[-1].path, example.requests[-1].body) == ("/open-api/v1/card/holder/create", asked)
    assert (made.merchant_ref, made.deleted, made.first_name) == (asked["out_holder_id"], False, None)
    assert connected.turns == [True]


def test_a_change_a_look_and_a_list_are_those_of_the_examples(example):
    connected = Connected(example)
    asked = request_of("api.card.holder.update")
    edited = connected.client.edit_holder(holder_id=asked["holder_id"], phone=asked["phone"])
    found = connected.client.holder(asked["holder_id"])
    page = connected.client.holders(page_size=10)
    assert [request.body for request in example.requests] == [
        request_of(f"api.card.holder.{name}") for name in ("update", "detail", "list")
    ]
    assert (edited.holder_id, edited.phone, found.phone) == (found.holder_id, None, asked["phone"])
    assert (page.total, [row.holder_id for row in page.items]) == (1, [found.holder_id])
    assert connected.turns == [True, False, False]


def test_the_fields_that_can_be_asked_for_are_those_that_can_be_written():
    assert WRITERS.keys() == HolderFields.__annotations__.keys()
    assert {"bin_id", "id_kind", "id_number"} == OPTIONAL
    assert {name for name in PATHS if "holder" in name} == {
        "list_holders",
        "read_holder",
        "create_holder",
        "update_holder",
        "delete_holder",
    }


def test_what_a_new_holder_need_not_have_is_left_out(world, client):
    create(client, id_kind=None, id_number="", bin_id="")
    assert world.requests[-1].body.keys() & {"id_type", "id_no", "bin_id"} == set()
    found = client.find_holder(merchant_ref=REF)
    assert (found.id_kind, found.id_number, found.bin_id) == (None, "", "")


def test_all_that_is_wrong_with_a_new_holder_is_said_at_once(world, connected):
    with pytest.raises(Rejected) as caught:
        connected.client.create_holder(
            merchant_ref=REF, first_name="", birthday=datetime(1991, 4, 17, tzinfo=START.tzinfo),
            nationality="Hong Kong", phone_code="+852", id_kind=IdKind.UNKNOWN, planet="Mars",
            street="a\nb", city="x" * 256, bin_id="no id",
        )  # fmt: skip
    assert (caught.value.code, caught.value.fields) == (
        "holder",
        {
            **dict.fromkeys(
                ["first_name", "last_name", "email", "phone", "country", "region", "post_code"], "is required"
            ),
            "birthday": "is not a day",
            "nationality": "is not the two letters of a country",
            "phone_code": "is not digits alone",
            "id_kind": "is not known",
            "planet": "is not known",
            "street": "is not a line of at most 255 characters",
            "city": "is not a line of at most 255 characters",
            "bin_id": "no id",
        },
    )
    assert (world.requests, connected.records) == ([], [])


EMPTIED = "cannot be emptied"


@pytest.mark.parametrize(
    ("ask", "fields"),
    [
        (lambda c: c.create_holder(merchant_ref="a b", **PERSON), {"merchant_ref": "no id"}),
        (lambda c: c.edit_holder(holder_id="", phone="1"), {"holder_id": "no id"}),
        (lambda c: c.edit_holder(holder_id="hid_1"), {}),
        (lambda c: c.edit_holder(holder_id="hid_1", phone="", city=None), {"phone": EMPTIED, "city": EMPTIED}),
        (lambda c: c.edit_holder(holder_id="hid_1", state="HK"), {"state": "is not known"}),
        (lambda c: c.delete_holder(holder_id="x" * 65), {"holder_id": "no id"}),
        (lambda c: c.find_holder(merchant_ref=""), {"merchant_ref": "no id"}),
        (lambda c: c.holder("../list"), {"holder_id": "no id"}),
    ],
)  # fmt: skip
def test_what_cannot_be_right_does_not_leave(world, client, ask, fields):
    with pytest.raises(Rejected) as caught:
        ask(client)
    assert (caught.value.fields, world.requests) == (fields, [])


# --- what an answer becomes -----------------------------------------------------------------------------------------


def test_a_holder_is_found_by_our_number_with_all_that_was_said(client):
    made = create(client)
    found = client.find_holder(merchant_ref=REF)
    assert (found.holder_id, found.merchant_ref) == (made.holder_id, REF)
    assert {name: getattr(found, name) for name in PERSON} == PERSON
    assert client.holder(made.holder_id).id_number == "K01234567"


def test_a_change_changes_what_was_sent_and_no_more(client):
    made = create(client)
    client.edit_holder(holder_id=made.holder_id, street="1 New Street", id_kind="national_id")
    found = client.holder(made.holder_id)
    assert {name: getattr(found, name) for name in PERSON} == PERSON | {
        "street": "1 New Street",
        "id_kind": IdKind.NATIONAL_ID,
    }


def test_a_deleted_holder_is_gone(client):
    made = create(client)
    gone = client.delete_holder(holder_id=made.holder_id)
    assert (gone.holder_id, gone.deleted) == (made.holder_id, True)
    assert client.find_holder(merchant_ref=REF) is None
    with pytest.raises(NotFound):
        client.holder(made.holder_id)
    with pytest.raises(NotFound):
        client.delete_holder(holder_id=made.holder_id)


def test_a_number_the_provider_does_not_know_is_nobody(client):
    assert client.find_holder(merchant_ref=REF) is None


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"phone": "5" * 33}, {"phone": "is not valid"}),
        ({"region": "x" * 65}, {"region": "is not valid"}),
        ({"post_code": "9" * 17}, {"post_code": "is not valid"}),
        ({"id_number": "K" * 65}, {"id_number": "is not valid"}),
    ],
)
def test_the_field_that_the_provider_refuses_is_named_in_our_words(client, change, fields):
    with pytest.raises(Rejected) as caught:
        create(client, **change)
    assert (caught.value.code, caught.value.fields) == ("1001", fields)


def test_a_number_used_before_means_look_it_up(client):
    create(client)
    with pytest.raises(UsedBefore, match="^duplicate out_holder_id$"):
        create(client)


def test_a_holder_with_an_open_card_keeps_the_name_and_stays(world, client):
    made = create(client)
    issue(world, client, holder_id=made.holder_id)
    world.settle()
    with pytest.raises(Rejected) as renamed:
        client.edit_holder(holder_id=made.holder_id, first_name="MAY")
    with pytest.raises(Rejected) as deleted:
        client.delete_holder(holder_id=made.holder_id)
    assert (renamed.value.code, deleted.value.code) == ("3003", "3010")


# --- failures on the way, answers with something wrong --------------------------------------------------------------


@pytest.mark.parametrize(("kind", "details", "error", "done"), FAILURES)
def test_a_holder_whose_reply_is_lost_is_found_or_not(world, connected, kind, details, error, done):
    world.fail_next(kind, **details)
    with pytest.raises(ProviderError) as caught:
        create(connected.client)
    assert type(caught.value) is error
    assert (connected.client.find_holder(merchant_ref=REF) is not None) is bool(done)


def test_a_change_and_a_deletion_whose_reply_is_lost_are_seen_on_the_holder(world, client):
    made = create(client)
    world.fail_next("lose_reply")
    with pytest.raises(OutcomeUnknown):
        client.edit_holder(holder_id=made.holder_id, city="Sha Tin")
    assert client.holder(made.holder_id).city == "Sha Tin"
    world.fail_next("lose_reply")
    with pytest.raises(OutcomeUnknown):
        client.delete_holder(holder_id=made.holder_id)
    with pytest.raises(NotFound):
        client.holder(made.holder_id)


ASKS = {
    "create": lambda c, holder_id: create(c, merchant_ref="HL2"),
    "find": lambda c, holder_id: c.find_holder(merchant_ref=REF),
    "read": lambda c, holder_id: c.holder(holder_id),
    "edit": lambda c, holder_id: c.edit_holder(holder_id=holder_id, city="Sha Tin"),
    "delete": lambda c, holder_id: c.delete_holder(holder_id=holder_id),
}


@pytest.mark.parametrize("name", ASKS)
def test_an_answer_about_another_holder_is_no_answer(world, client, name):
    made = create(client)
    world.fail_next("wrong_holder")
    with pytest.raises(OutcomeUnknown, match="is not the one that was asked for$"):
        ASKS[name](client, made.holder_id)


def test_an_empty_page_that_counts_a_row_proves_nothing(world, client):
    create(client)
    world.fail_next("empty_page")
    with pytest.raises(OutcomeUnknown, match="holder_list has not one row or none$"):
        client.find_holder(merchant_ref=REF)


# --- personal data --------------------------------------------------------------------------------------------------


def test_nothing_of_a_person_is_in_a_record_a_line_a_text_or_a_raw(world, connected, capfd):
    client = connected.client
    told = [create(client)]
    holder_id = told[0].holder_id
    told += [client.find_holder(merchant_ref=REF), client.holder(holder_id), *client.holders().items]
    told += [client.edit_holder(holder_id=holder_id, **PERSON)]
    for code, message in [
        (1001, "email mei.chan@EXAMPLE.com of Mei Chan, born 1991-04-17, is taken"),
        (9999, "K01234567 / 51230000 at 12 example road, Kowloon, New Territories 999077"),
    ]:
        world.fail_next("error_code", code=code, message=message, data={"name": "MEI CHAN", "list": ["K01234567"]})
        with pytest.raises(ProviderError) as caught:
            client.edit_holder(holder_id=holder_id, **PERSON)
        told += [caught.value, str(caught.value), getattr(caught.value, "fields", {})]
    with pytest.raises(Rejected) as caught:
        client.edit_holder(holder_id=holder_id, **PERSON | {"city": "Kowloon\n", "birthday": "1991-04-17"})
    told += [caught.value, caught.value.fields]
    told += [one.raw for one in told if hasattr(one, "raw")]
    told += [value for record in connected.records for value in (record, record.request, record.response)]
    text = (repr(told) + "".join(capfd.readouterr())).lower()
    assert [canary for canary in CANARIES if re.search(rf"\b{canary.lower()}\b", text)] == []
    assert len(connected.records) == 7
    assert connected.records[0].request == WHO | dict.fromkeys(
        connected.records[0].request.keys() - WHO.keys(), "[redacted]"
    ) | {"out_holder_id": REF, "id_type": 1, "id_no": "•••• 4567"}


def test_a_refusal_still_says_which_field_it_is_about(world, client):
    made = create(client)
    world.fail_next("error_code", code=1001, message="email mei.chan@example.com is taken")
    with pytest.raises(Rejected, match=r"^email \[redacted\] is taken$") as caught:
        client.edit_holder(holder_id=made.holder_id, email="mei.chan@example.com")
    assert caught.value.fields == {"email": "[redacted] is taken"}
