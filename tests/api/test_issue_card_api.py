"""Issuing through REST: the quote, the 202, the idempotency key, and every refusal with nothing done."""

from threading import Barrier, Thread

import pytest
from django.db import connections

from backoffice.journal.models import JournalEntry
from backoffice.outbox.models import Ask, Call
from backoffice.people.models import ApiKey
from cards.models import Bin, CardOrder
from tests.api.conftest import Caller, make_key, problem
from wallets.models import Wallet

ORDERS = "/api/v1/card-orders"


def nothing_happened() -> bool:
    return (CardOrder.objects.count(), Call.objects.count(), Ask.objects.count()) == (0, 0, 0)


def test_an_issue_is_accepted_with_the_order_and_its_call(caller, order_body, world, sweep):
    answer = caller.post(ORDERS, order_body | {"currency": "USD", "note": "Ads"}, key="k1")
    order, call = CardOrder.objects.get(), Call.objects.get()
    found = answer.json()
    assert answer.status_code == 202
    assert (found["id"], found["state"], found["call"]) == (
        order.public_id,
        "requested",
        {"id": call.public_id, "state": "queued"},
    )
    assert answer["Location"] == f"/api/v1/calls/{call.public_id}"
    assert "Idempotent-Replayed" not in answer
    asked = JournalEntry.objects.get(verb="cards.issue_card")
    assert (asked.via, asked.actor.username, asked.request_id) == ("ERP", "operator", answer["X-Request-ID"])
    sweep()
    world.settle()
    sweep()
    assert caller.get(f"{ORDERS}/{order.public_id}").json()["state"] == "succeeded"
    assert caller.get(answer["Location"]).json()["state"] == "done"


def test_a_repeat_gives_the_first_answer_again_even_when_things_moved_on(caller, order_body, world, sweep):
    first = caller.post(ORDERS, order_body, key="k1")
    sweep()
    world.settle()
    sweep()
    again = caller.post(ORDERS, order_body, key="k1")
    assert (again.status_code, again["Idempotent-Replayed"]) == (202, "true")
    assert again.content == first.content
    assert again["Location"] == first["Location"]
    assert (CardOrder.objects.count(), Call.objects.count(), Ask.objects.count()) == (1, 1, 1)


def test_an_equal_amount_written_otherwise_is_the_same_request(caller, order_body):
    caller.post(ORDERS, order_body, key="k1")
    assert caller.post(ORDERS, order_body | {"amount": "15"}, key="k1")["Idempotent-Replayed"] == "true"


def test_the_same_key_with_another_body_is_refused(caller, order_body):
    first = caller.post(ORDERS, order_body, key="k1")
    other = caller.post(ORDERS, order_body | {"amount": "15.01"}, key="k1")
    assert (other.status_code, problem(other)["code"]) == (422, "idempotency_key_reused")
    assert other.json()["call"] == first.json()["call"]["id"]
    assert CardOrder.objects.count() == 1


def test_keys_are_a_callers_own(caller, staff, order_body):
    other = Caller(make_key(staff.username, name="Payroll"))
    assert (
        caller.post(ORDERS, order_body, key="k1").json()["id"] != other.post(ORDERS, order_body, key="k1").json()["id"]
    )
    erp, payroll = ApiKey.objects.order_by("id").values_list("pk", flat=True)
    scopes = set(Ask.objects.values_list("scope", flat=True))
    assert scopes == {f"key:{erp} {ORDERS}", f"key:{payroll} {ORDERS}"}


@pytest.mark.parametrize(
    ("key", "code"),
    [("", "idempotency_key_missing"), ("x" * 256, "idempotency_key_invalid"), ("\x7f", "idempotency_key_invalid")],
)
def test_a_write_without_a_plausible_key_is_refused(caller, order_body, key, code):
    answer = caller.post(ORDERS, order_body, key=key)
    assert (answer.status_code, problem(answer)["code"]) == (400, code)
    assert nothing_happened()


def test_the_longest_key_is_taken(caller, order_body):
    assert caller.post(ORDERS, order_body, key="k" * 255).status_code == 202


def test_a_refused_request_may_come_again_under_its_key(caller, order_body):
    Wallet.objects.update(balance=1)
    poor = caller.post(ORDERS, order_body, key="k1")
    assert (poor.status_code, problem(poor)["code"], poor.json()["missing"]) == (422, "insufficient_funds", "15.50")
    assert nothing_happened()
    Wallet.objects.update(balance=100)
    assert caller.post(ORDERS, order_body, key="k1").status_code == 202


def test_a_dry_run_quotes_and_stores_nothing(caller, order_body, world):
    world.requests.clear()
    answer = caller.post(f"{ORDERS}?dry_run=true", order_body)
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "dry_run": True,
            "currency": "USD",
            "amount": "15.00",
            "fee": "1.50",
            "total": "16.50",
            "quantity": 1,
            "all_totals": "16.50",
            "wallet": {"id": order_body["wallet_id"], "free_before": "5000.00", "free_after": "4983.50"},
            "held": False,
            "rules": [],
        },
    )
    assert world.requests == []
    assert nothing_happened()


def test_a_dry_run_is_refused_as_the_write_would_be(caller, order_body):
    answer = caller.post(f"{ORDERS}?dry_run=true", order_body | {"amount": "5000.00"})
    assert (answer.status_code, problem(answer)["code"]) == (422, "insufficient_funds")
    assert caller.post(f"{ORDERS}?dry_run=perhaps", order_body, key="k1").status_code == 400
    assert caller.post(f"{ORDERS}?dryrun=true", order_body, key="k1").status_code == 400
    assert nothing_happened()


@pytest.mark.parametrize(
    ("change", "status", "field", "code"),
    [
        ({"amount": 15}, 400, "amount", "not_text"),
        ({"amount": 15.5}, 400, "amount", "not_text"),
        ({"amount": None}, 400, "amount", "null"),
        ({"amount": "１５"}, 400, "amount", "invalid"),
        ({"amount": "1e2"}, 400, "amount", "invalid"),
        ({"amount": "1e400"}, 400, "amount", "invalid"),
        ({"amount": "NaN"}, 400, "amount", "invalid"),
        ({"amount": "-15"}, 400, "amount", "invalid"),
        ({"amount": " 15"}, 400, "amount", "invalid"),
        ({"amount": "15,00"}, 400, "amount", "invalid"),
        ({"amount": "0.00"}, 400, "amount", "not_positive"),
        ({"amount": "9" * 17}, 400, "amount", "invalid"),
        ({"amount": "15.005"}, 422, "amount", "too_many_decimals"),
        ({"amount": "9.99"}, 422, "amount", "amount_outside_limits"),
        ({"amount": "5000.01"}, 422, "amount", "amount_outside_limits"),
        ({"currency": "EUR"}, 422, "currency", "wrong_currency"),
        ({"bin_id": "bin_other"}, 400, "bin_id", "does_not_exist"),
        ({"bin_id": 7}, 400, "bin_id", "invalid"),
        ({"bin_id": ["x"]}, 400, "bin_id", "invalid"),
        ({"wallet_id": ""}, 400, "wallet_id", "blank"),
        ({"wallet_id": "wal_other"}, 400, "wallet_id", "does_not_exist"),
        ({"wallet_id": "other"}, 400, "wallet_id", "does_not_exist"),
        ({"wallet_id": None}, 400, "wallet_id", "null"),
        ({"account": "other"}, 400, "account", "does_not_exist"),
        ({"bin": "x"}, 400, "bin", "unknown"),
        ({"quantity": 0}, 400, "quantity", "min_value"),
        ({"quantity": 101}, 400, "quantity", "max_value"),
        ({"quantity": "many"}, 400, "quantity", "invalid"),
        ({"quantity": True}, 400, "quantity", "invalid"),
        ({"holder_id": "hld_other"}, 400, "holder_id", "does_not_exist"),
        ({"note": "x" * 65}, 400, "note", "max_length"),
        ({"price": "15.00"}, 400, "price", "unknown"),
        ({"delivery": {"name": "A"}}, 400, "delivery.phone", "required"),
        ({"delivery": "home"}, 400, "delivery", "invalid"),
    ],
)
def test_a_body_that_is_not_right_is_refused_by_field(caller, order_body, change, status, field, code):
    answer = caller.post(ORDERS, order_body | change, key="k1")
    errors = [(error["field"], error["code"]) for error in problem(answer)["errors"]]
    assert answer.status_code == status
    assert (field, code) in errors
    assert nothing_happened()


@pytest.mark.parametrize("name", ["bin_id", "amount"])
def test_what_is_missing_is_named(caller, order_body, name):
    del order_body[name]
    errors = problem(caller.post(ORDERS, order_body, key="k1"))["errors"]
    assert errors == [{"field": name, "code": "required", "detail": "This field is required."}]


def test_a_bin_of_unknown_terms_has_no_quote(caller, order_body):
    Bin.objects.update(fees=None)
    answer = caller.post(ORDERS, order_body, key="k1")
    assert (answer.status_code, problem(answer)["code"]) == (422, "terms_unknown")
    assert nothing_happened()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_equal_requests_at_once_make_one_order(caller, order_body):
    gate, answers = Barrier(20), []

    def ask() -> None:
        gate.wait()
        answers.append(caller.post(ORDERS, order_body, key="k1"))
        connections.close_all()

    threads = [Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = [answer for answer in answers if answer.status_code == 202]
    late = [problem(answer)["code"] for answer in answers if answer.status_code != 202]
    assert set(late) <= {"idempotency_in_progress", "unavailable"}
    assert {answer.content for answer in taken} == {taken[0].content}
    assert sum("Idempotent-Replayed" not in answer for answer in taken) == 1
    assert (CardOrder.objects.count(), Call.objects.count(), Ask.objects.count()) == (1, 1, 1)
    assert caller.post(ORDERS, order_body, key="k1").content == taken[0].content


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_key_that_is_still_being_accepted_answers_409(caller, order_body):
    key = ApiKey.objects.get()
    with connections["default"].cursor() as cursor:
        cursor.execute("BEGIN")
        Ask.objects.create(scope=f"key:{key.pk} {ORDERS}", key="k1", digest="x" * 64)
        answers = []

        def ask() -> None:
            answers.append(caller.post(ORDERS, order_body, key="k1"))
            connections.close_all()

        thread = Thread(target=ask)
        thread.start()
        thread.join()
        cursor.execute("ROLLBACK")
    assert (answers[0].status_code, answers[0]["Retry-After"]) == (409, "1")
    refused = problem(answers[0])
    assert (refused["code"], refused["outcome"], refused["retryable"]) == ("idempotency_in_progress", "unknown", True)
    assert caller.post(ORDERS, order_body, key="k1").status_code == 202
