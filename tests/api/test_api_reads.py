"""Lists, objects, counts: pages, filters, searches, and what each object says."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backoffice.outbox.models import Call
from cards.models import Bin, Card, CardOrder
from tests.api.conftest import problem
from wallets.models import Wallet

PATHS = ["bins", "wallets", "cards", "card-orders", "holders", "calls", "deliveries", "events", "accounts"]


@pytest.fixture
def many_cards(mirrored):
    """Seven cards, two of them made at the same moment."""
    now = timezone.now()
    bin = Bin.objects.get()
    for number in range(7):
        Card.objects.create(
            account=mirrored,
            provider_id=f"c{number}",
            state="active" if number % 2 else "frozen",
            bin=bin,
            last4=f"000{number}",
            currency="USD",
            balance=Decimal("1.5"),
            created_at=now - timedelta(minutes=number // 2),
        )


def test_pages_follow_each_other_both_ways_without_a_gap(caller, many_cards):
    expected = list(Card.objects.order_by("-created_at", "-id").values_list("public_id", flat=True))
    first = caller.get("/api/v1/cards?limit=3").json()
    second = caller.get(first["next"]).json()
    third = caller.get(second["next"]).json()
    pages = [[row["id"] for row in page["results"]] for page in (first, second, third)]
    assert pages == [expected[:3], expected[3:6], expected[6:]]
    assert (first["previous"], third["next"]) == (None, None)
    assert [row["id"] for row in caller.get(third["previous"]).json()["results"]] == expected[3:6]
    assert first["next"].startswith("http://testserver/api/v1/cards?limit=3&cursor=")


def test_filters_are_named_after_fields_and_counted(caller, many_cards):
    bin = Bin.objects.get()
    for query, count in [
        ("", 7),
        ("state=active", 3),
        ("last4=0004", 1),
        (f"bin_id={bin.public_id}", 7),
        (f"bin_id={bin.provider_id}", 7),
        ("bin_id=bin_other", 0),
        ("currency=EUR", 0),
        ("account=main", 7),
        ("account=other", 0),
        ("provider_id=c2", 1),
        ("search=0003", 1),
        ("search=c3", 1),
        ("search=nothing", 0),
        ("state=frozen&last4=0004", 1),
    ]:
        assert caller.get(f"/api/v1/cards/count?{query}").json() == {"count": count}, query
        assert len(caller.get(f"/api/v1/cards?{query}").json()["results"]) == count, query


def test_created_after_is_included_and_created_before_is_not(caller, many_cards):
    at = Card.objects.get(provider_id="c2").created_at.isoformat().replace("+00:00", "Z")
    assert caller.get(f"/api/v1/cards/count?created_after={at}").json() == {"count": 4}
    assert caller.get(f"/api/v1/cards/count?created_before={at}").json() == {"count": 3}


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("sate=active", "sate", "unknown"),
        ("state=alive", "state", "invalid_choice"),
        ("limit=0", "limit", "min_value"),
        ("limit=201", "limit", "max_value"),
        ("limit=ten", "limit", "invalid"),
        ("state=active&state=frozen", "state", "invalid"),
        ("created_after=2026-01-01T00:00:00", "created_after", "naive"),
        ("created_after=yesterday", "created_after", "invalid"),
        ("created_after=0001-01-01T00:00:00%2B14:00", "created_after", "overflow"),
        ("search=%00", "search", "invalid"),
        ("search=" + "x" * 65, "search", "max_length"),
    ],
)
def test_a_parameter_that_is_unknown_or_ill_formed_is_refused(caller, query, field, code):
    answer = caller.get(f"/api/v1/cards?{query}")
    assert answer.status_code == 400
    assert [(error["field"], error["code"]) for error in problem(answer)["errors"]] == [(field, code)]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%00",
        "bzoyMDI2",
        "b3wwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwfDE",
        "b3wyMDI2LTAxLTAxVDAwOjAwOjAwKzAwOjAwfDEwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA",
    ],
)
def test_a_damaged_cursor_is_refused_or_harmless(caller, cursor):
    assert caller.get(f"/api/v1/cards?cursor={cursor}").status_code in {400, 200}


def test_an_object_takes_no_parameters_and_is_not_found_by_a_wrong_id(caller, issued):
    assert caller.get(f"/api/v1/card-orders/{issued}").status_code == 200
    assert caller.get(f"/api/v1/card-orders/{issued}?limit=1").status_code == 400
    missing = caller.get("/api/v1/card-orders/cor_nothing")
    assert (missing.status_code, problem(missing)) == (
        404,
        {
            "title": "Not found",
            "detail": "There is no such object.",
            "code": "not_found",
            "errors": [],
            "outcome": "not_executed",
            "retryable": False,
        },
    )


@pytest.mark.parametrize("path", ["v1/nothing", "v1/cards/", "v1/cards/a%0Ab", "v1", "nothing"])
def test_an_address_that_leads_nowhere_answers_with_a_problem_too(caller, path):
    answer = caller.get(f"/api/{path}")
    assert (answer.status_code, problem(answer)["code"]) == (404, "not_found")


def test_a_card_says_what_is_known_of_it(caller, issued):
    card = Card.objects.get()
    order = CardOrder.objects.get(public_id=issued)
    found = caller.get(f"/api/v1/cards/{card.public_id}").json()
    assert found == {
        "id": card.public_id,
        "account": "main",
        "provider": "openapi",
        "provider_id": card.provider_id,
        "provider_state": card.word,
        "version": card.version,
        "created_at": f"{card.created_at:%Y-%m-%dT%H:%M:%S.%fZ}",
        "observed_at": f"{card.observed_at:%Y-%m-%dT%H:%M:%S.%fZ}",
        "state": "active",
        "bin_id": Bin.objects.get().public_id,
        "last4": card.last4,
        "expiry": card.expiry,
        "currency": "USD",
        "balance": "15.00",
        "recharged": "15.00",
        "holder_id": None,
        "holder_provider_id": "",
        "call": None,
        "in_doubt": False,
        "merchant_ref": order.merchant_ref,
        "note": card.note,
        "activated_at": found["activated_at"],
        "closing_at": None,
        "ended_at": None,
    }


def test_an_order_says_what_was_quoted_charged_and_how_far_it_is(caller, issued):
    order = CardOrder.objects.get(public_id=issued)
    found = caller.get(f"/api/v1/card-orders/{issued}").json()
    shown = (
        "state",
        "kind",
        "amount",
        "fee",
        "total",
        "quoted_fee",
        "quoted_total",
        "currency",
        "in_doubt",
        "maker",
        "note",
    )
    assert {name: found[name] for name in shown} == {
        "state": "succeeded",
        "kind": "issue",
        "amount": "15.00",
        "fee": "1.50",
        "total": "16.50",
        "quoted_fee": "1.50",
        "quoted_total": "16.50",
        "currency": "USD",
        "in_doubt": False,
        "maker": "operator",
        "note": "Ads in May",
    }
    assert found["card_id"] == Card.objects.get().public_id
    assert found["wallet_id"] == Wallet.objects.get().public_id
    assert found["call"] == {"id": Call.objects.get().public_id, "state": "done"}
    assert found["merchant_ref"] == order.merchant_ref
    for query in (
        f"card_id={found['card_id']}",
        f"wallet_id={found['wallet_id']}",
        f"card_id={Card.objects.get().provider_id}",
        f"wallet_id={Wallet.objects.get().provider_id}",
        f"merchant_ref={order.merchant_ref}",
        "search=May",
    ):
        assert caller.get(f"/api/v1/card-orders/count?{query}").json() == {"count": 1}, query


def test_a_call_says_what_it_is_about_and_how_it_ended(caller, issued):
    call = Call.objects.get()
    found = caller.get(f"/api/v1/calls/{call.public_id}").json()
    shown = ("operation", "object", "state", "is_open", "in_doubt", "problem", "asked_by", "via", "reserved_amount")
    assert {name: found[name] for name in shown} == {
        "operation": "cards.issue_card",
        "object": {"type": "cards.cardorder", "id": issued},
        "state": "done",
        "is_open": False,
        "in_doubt": False,
        "problem": None,
        "asked_by": "operator",
        "via": "ERP",
        "reserved_amount": "16.50",
    }
    for query in (f"search={call.public_id}", f"search={call.reference}", "state=done", "operation=cards.issue_card"):
        assert caller.get(f"/api/v1/calls/count?{query}").json() == {"count": 1}, query


def test_a_bin_shows_fees_as_amounts_and_rates(caller, mirrored):
    bin = Bin.objects.get()
    found = caller.get(f"/api/v1/bins/{bin.public_id}").json()
    assert [(fee["code"], fee["charge"], fee["value"], fee["minimum"]) for fee in found["fees"]] == [
        ("open", "fixed", "1.50", None),
        ("recharge", "rate", "0.01", "0.50"),
    ]
    assert (found["open_min"], found["open_max"]) == ("10.00", "5000.00")
    for query in (
        f"search={found['digits']}",
        f"search={found['provider_id']}",
        "search=advertising",
        "state=available",
    ):
        assert caller.get(f"/api/v1/bins/count?{query}").json() == {"count": 1}, query


def test_a_wallet_shows_what_is_free(caller, order_body):
    caller.post("/api/v1/card-orders", order_body, key="k1")
    found = caller.get(f"/api/v1/wallets/{order_body['wallet_id']}").json()
    money = {name: found[name] for name in ("balance", "reserved", "free", "currency")}
    assert money == {"balance": "5000.00", "reserved": "16.50", "free": "4983.50", "currency": "USD"}


def test_an_account_is_named_by_its_slug(caller, mirrored):
    found = caller.get("/api/v1/accounts/main").json()
    assert (found["slug"], found["title"], found["paused"]) == ("main", "Main company", False)
    assert caller.get("/api/v1/accounts/count?provider=openapi&live=false").json() == {"count": 1}


@pytest.mark.parametrize("path", PATHS)
def test_a_list_costs_the_same_number_of_queries_whatever_its_length(manager, mirrored, path, order_body, world, sweep):
    manager.get(f"/api/v1/{path}")  # the key's use is noted once

    def queries_after(number: int) -> int:
        for turn in range(number):
            assert manager.post("/api/v1/card-orders", order_body, key=f"{number}-{turn}").status_code == 202
        sweep()
        world.settle()
        sweep()
        with CaptureQueriesContext(connection) as seen:
            assert manager.get(f"/api/v1/{path}").status_code == 200
            return len(seen)

    assert queries_after(1) == queries_after(4) <= 9


def test_every_answer_carries_the_callers_request_id(caller):
    named = {"X-Request-ID": "erp-20260131-7"}
    assert caller.get("/api/v1/cards", named)["X-Request-ID"] == "erp-20260131-7"
    missing = caller.get("/api/v1/cards/nothing", named)
    assert missing.json()["request_id"] == "erp-20260131-7"


def test_head_is_a_get_without_its_body(caller):
    answer = caller.send("HEAD", "/api/v1/cards")
    assert (answer.status_code, answer.content) == (200, b"")
