"""Bodies that are no JSON, no text, too deep, too large; methods and media types that nobody offers."""

import json
from threading import Thread

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.outbox.models import Ask, Call
from cards.models import Bin, CardOrder
from tests.api.conftest import problem
from wallets.models import Wallet

ORDERS = "/api/v1/card-orders"


def nothing_happened() -> bool:
    return (CardOrder.objects.count(), Call.objects.count(), Ask.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"{", "The body is not JSON: line 1, column 2."),
        (b"[]", "The body has to be a JSON object."),
        (b"null", "The body has to be a JSON object."),
        (b'"text"', "The body has to be a JSON object."),
        (b'{"amount": NaN}', "NaN is not JSON."),
        (b'{"amount": -Infinity}', "-Infinity is not JSON."),
        (b'{"amount": "1", "amount": "2"}', "The body names a member twice."),
        (b'{"note": "\\u0000"}', "A text in the body holds characters that are no text."),
        (b'{"note": "\\ud800"}', "A text in the body holds characters that are no text."),
        (b'{"\\u0000": "x"}', "A text in the body holds characters that are no text."),
        (b'{"note": "\xff"}', "The body is not UTF-8."),
        (b"\xef\xbb\xbf{}", "The body is not JSON: line 1, column 1."),
        (b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}", "The body is nested too deeply."),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "The body is nested too deeply."),
        (b'{"amount": 1e99999999999999999999}', "A number in the body is out of any range."),
        (b'{"amount": ' + b"9" * 5000 + b"}", "A number in the body is out of any range."),
    ],
)
def test_a_body_that_is_no_json_object_of_plain_text_is_malformed(caller, body, detail):
    answer = caller.post(ORDERS, body, key="k1")
    found = problem(answer)
    assert (answer.status_code, found["code"], found["detail"]) == (400, "malformed", detail)
    assert nothing_happened()


def test_a_number_beyond_any_float_is_refused_as_a_number(caller, order_body):
    body = json.dumps(order_body).replace('"15.00"', "1e400")
    assert problem(caller.post(ORDERS, body, key="k1"))["errors"] == [
        {
            "field": "amount",
            "code": "not_text",
            "detail": 'A money amount is a text such as "15.00", never a JSON number.',
        }
    ]
    assert nothing_happened()


@pytest.mark.parametrize("size", [256 * 1024 + 1, 10 * 1024 * 1024])
def test_a_body_that_is_too_large_is_not_read(caller, size):
    answer = caller.post(ORDERS, b'{"note": "' + b"x" * size + b'"}', key="k1")
    assert (answer.status_code, problem(answer)["code"]) == (413, "too_large")
    assert nothing_happened()


@pytest.mark.parametrize(
    "form", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_only_json_is_read(caller, order_body, form):
    answer = caller.post(ORDERS, order_body, key="k1", form=form)
    assert (answer.status_code, problem(answer)["code"]) == (415, "unsupported_media_type")
    assert nothing_happened()


def test_a_chunked_body_is_refused_rather_than_read_as_empty(caller, order_body):
    answer = caller.post(ORDERS, order_body, key="k1", headers={"Transfer-Encoding": "chunked"})
    assert (answer.status_code, problem(answer)["code"]) == (411, "length_required")
    assert nothing_happened()


def test_our_own_fault_is_a_problem_with_a_request_id_and_tells_nothing_of_the_body(caller, order_body, caplog):
    Bin.objects.update(fees=[{"code": "open"}])
    caplog.clear()
    answer = caller.post(ORDERS, order_body | {"note": "canary-4000001234562"}, key="k1")
    found = problem(answer)
    assert (answer.status_code, found["code"], found["outcome"]) == (500, "internal_error", "unknown")
    assert found["detail"] == "Something broke on our side."
    assert "request_broke" in caplog.text
    assert "KeyError" in caplog.text
    assert "canary" not in caplog.text + answer.content.decode()
    assert nothing_happened()
    read = caller.get("/api/v1/bins")
    assert (read.status_code, problem(read)["outcome"]) == (500, "not_executed")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_wallet_that_stays_locked_is_a_503_to_try_again(caller, order_body):
    answers = []

    def ask() -> None:
        answers.append(caller.post(ORDERS, order_body, key="k1"))
        connection.close()

    with transaction.atomic():
        Wallet.objects.select_for_update().get()
        thread = Thread(target=ask)
        thread.start()
        thread.join()
    refused = problem(answers[0])
    assert (answers[0].status_code, answers[0]["Retry-After"], refused["code"]) == (503, "1", "unavailable")
    assert refused["retryable"] is True
    assert nothing_happened()
    assert caller.post(ORDERS, order_body, key="k1").status_code == 202


def test_only_json_is_written(caller):
    answer = caller.get("/api/v1/cards", {"Accept": "text/html"})
    assert (answer.status_code, problem(answer)["code"]) == (406, "not_acceptable")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize(
    ("path", "allow"), [("cards", "GET, HEAD"), ("card-orders", "GET, HEAD, POST"), ("calls/x", "GET, HEAD")]
)
def test_other_methods_are_not_allowed(caller, method, path, allow):
    answer = caller.send(method, f"/api/v1/{path}")
    assert (answer.status_code, problem(answer)["code"], answer["Allow"]) == (405, "method_not_allowed", allow)


plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
anything = st.recursive(
    plain, lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=8), part, max_size=3)
)
KNOWN = ["bin_id", "wallet_id", "account", "amount", "currency", "quantity", "holder_id", "note", "delivery"]
names = st.sampled_from(KNOWN) | st.text(max_size=8)


@given(change=st.dictionaries(names, anything, max_size=4))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
def test_no_body_whatever_breaks_the_endpoint_or_spends_money(caller, order_body, change):
    body = order_body | {"wallet_id": "wal_other"} | change
    answer = caller.post(ORDERS, json.dumps(body), key="k1")
    assert answer.status_code in {400, 422}
    assert nothing_happened()


@given(body=st.binary(max_size=200))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
def test_no_bytes_whatever_break_the_endpoint(caller, body):
    assert caller.post(ORDERS, body, key="k1").status_code in {400, 415}
    assert nothing_happened()
