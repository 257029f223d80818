"""The client against the emulator: what it sends, what it makes of each answer, each refusal and each failure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from json import loads

import pytest

from backoffice.providers.emulator.rows import Limits
from backoffice.providers.emulator.story import APP_ID, CUSTOMER_ID, KEY, add_bin, add_wallet
from backoffice.providers.errors import (
    Misconfigured,
    NotFound,
    NotSent,
    OutcomeUnknown,
    ProviderError,
    Rejected,
    UsedBefore,
)
from backoffice.providers.openapi.answers import OUTCOMES
from backoffice.providers.openapi.tables import CODES
from backoffice.providers.snapshots import CardOrderSnapshot, OrderStatus
from tests.providers.emulator.asking import FIXTURES, START
from tests.providers.openapi.conftest import Connected

REF = "CI0123456789abcdef01234567"
WHO = {"customer_id": CUSTOMER_ID, "app_id": APP_ID}


def issue(world, client, **changes):
    asked = {
        "merchant_ref": REF,
        "bin_id": next(iter(world.bins)),
        "wallet_id": next(iter(world.wallets)),
        "amount": Decimal("100.00"),
        "currency": "USD",
    }
    return client.issue_card(**(asked | changes))


def looked_up(client):
    return client.find_card_order(merchant_ref=REF)


# --- what is sent ---------------------------------------------------------------------------------------------------


def request_of(name):
    return {key: value for key, value in loads((FIXTURES / f"{name}.request.json").read_text()).items() if key != "key"}


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("api.wallet.list", lambda c, asked: c.wallets(page_size=asked["page_size"])),
        ("api.wallet.detail", lambda c, asked: c.wallet(asked["wallet_id"])),
        ("api.card.bin.list", lambda c, asked: c.bins(page_size=asked["page_size"])),
        ("api.card.bin.detail", lambda c, asked: c.bin(asked["bin_id"])),
        ("api.card.bin.fee", lambda c, asked: c.bin_fees(asked["bin_id"])),
        ("api.card.bin.limit", lambda c, asked: c.bin_limits(asked["bin_id"])),
        ("api.card.list", lambda c, asked: c.cards(page_size=asked["page_size"])),
        ("api.card.detail", lambda c, asked: c.card(asked["card_id"])),
        ("api.card.order.list", lambda c, asked: c.card_orders(page_size=asked["page_size"])),
    ],
)
def test_a_request_is_that_of_the_example(example, name, ask):
    connected = Connected(example)
    asked = request_of(name)
    ask(connected.client, asked)
    sent = example.requests[-1]
    assert sent.path == f"/open-api/v1/{name.removeprefix('api.').replace('.', '/')}"
    assert {key: value for key, value in sent.body.items() if key in asked} == asked
    assert (sent.body.keys() - asked.keys(), connected.turns) == (set(), [False])


def test_an_order_is_looked_up_by_our_number_or_by_theirs(example):
    client = Connected(example).client
    asked = request_of("api.card.order.detail")
    number = {"order_id": "ord_5uY0AjUE", "out_order_id": "platform_ord_5uY0AjUE"}
    assert client.find_card_order(merchant_ref=number["out_order_id"]).order_id == number["order_id"]
    assert client.card_order(number["order_id"]).merchant_ref == number["out_order_id"]
    bodies = [request.body for request in example.requests]
    assert bodies == [WHO | {name: number[name]} for name in ("out_order_id", "order_id")]
    assert asked.keys() <= {*WHO, *number}


def test_an_opening_sends_exactly_what_was_asked_for(world, connected):
    bin_ = add_bin(world, type="physical")
    address = {"name": "A. Lee", "phone": "+4912345", "country": "DE", "city": "Berlin", "address": "Allee 1"}
    issue(world, connected.client, bin_id=bin_.bin_id, note="for ads", delivery=address, amount=Decimal("100.10"))
    assert world.requests[-1].body == WHO | {
        "out_order_id": REF,
        "bin_id": bin_.bin_id,
        "wallet_id": next(iter(world.wallets)),
        "amount": Decimal("100.1"),
        "mark": "for ads",
        "delivery": address,
    }
    assert connected.turns == [True]
    assert [(record.path, record.write) for record in connected.records] == [("card/order/open", True)]


def test_what_is_empty_is_not_sent(world, client):
    issue(world, client)
    assert world.requests[-1].body.keys() == {*WHO, "out_order_id", "bin_id", "wallet_id", "amount"}


@pytest.mark.parametrize(
    ("currency", "amount"), [("JPY", "500"), ("KWD", "12.35"), ("USD", "0.30"), ("USDT", "1.50"), ("USD", "1E+3")]
)
def test_an_amount_reaches_the_wire_digit_by_digit(world, client, currency, amount):
    app = next(iter(world.apps.values()))
    wallet = add_wallet(world, app, currency, 10_000)
    limits = Limits(open_min_amount=Decimal(0), open_max_amount=Decimal(10_000))
    bin_ = add_bin(world, currency=currency, fees=[], limits=limits)
    issue(world, client, bin_id=bin_.bin_id, wallet_id=wallet.wallet_id, amount=Decimal(amount), currency=currency)
    assert world.requests[-1].body["amount"] == Decimal(amount)
    assert looked_up(client).amount == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        (Decimal("-1"), "USD"),
        (Decimal("0"), "USD"),
        (Decimal("-0"), "USD"),
        (Decimal("NaN"), "USD"),
        (Decimal("sNaN"), "USD"),
        (Decimal("Infinity"), "USD"),
        (Decimal("-Infinity"), "USD"),
        (Decimal("12.345"), "USD"),
        (Decimal("0.1"), "JPY"),
        (Decimal("1.2345"), "KWD"),
        (Decimal("1E-7"), "USDT"),
        (Decimal("12.345"), ""),
        (Decimal("12345678901234567890"), "USD"),
        (Decimal("1E+30"), "USD"),
        (0.1, "USD"),
        (100, "USD"),
        ("100", "USD"),
        ("1,000.00", "USD"),
        ("１００", "USD"),
        (True, "USD"),
        (None, "USD"),
    ],
)
def test_an_amount_that_is_none_is_refused_at_the_wire(world, connected, amount, currency):
    with pytest.raises(Rejected) as caught:
        issue(world, connected.client, amount=amount, currency=currency)
    assert (caught.value.code, list(caught.value.fields)) == ("amount", ["amount"])
    assert (world.requests, connected.records, connected.turns) == ([], [], [])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"merchant_ref": ""}, "id"),
        ({"merchant_ref": "with space"}, "id"),
        ({"merchant_ref": "x" * 65}, "id"),
        ({"merchant_ref": None}, "id"),
        ({"bin_id": "../list"}, "id"),
        ({"wallet_id": "4111111111111111"}, "id"),
        ({"holder_id": "no id"}, "id"),
        ({"note": "x" * 65}, "note"),
        ({"note": None}, "note"),
        ({"delivery": {"planet": "Mars"}}, "delivery"),
        ({"delivery": {"city": 5}}, "delivery"),
        ({"delivery": ["Berlin"]}, "delivery"),
    ],
)
def test_a_request_that_cannot_be_right_is_not_sent(world, client, change, code):
    with pytest.raises(Rejected) as caught:
        issue(world, client, **change)
    assert (caught.value.code, world.requests) == (code, [])


@pytest.mark.parametrize(("page", "size"), [(0, 10), (-1, 10), (1, 101), (1, -1)])
def test_a_page_that_is_none_is_not_asked_for(world, client, page, size):
    with pytest.raises(Rejected, match="^pages count from 1 and have at most 100 rows$"):
        client.cards(page=page, page_size=size)
    assert world.requests == []


def test_a_window_is_sent_in_the_accounts_zone_to_the_whole_second(world):
    client = Connected(world, timezone="Asia/Shanghai").client
    client.card_orders(
        created_after=datetime(2026, 3, 1, 17, 0, 0, 900_000, tzinfo=UTC),
        created_before=datetime(2026, 3, 1, 18, 0, 0, 1, tzinfo=timezone(timedelta(hours=1))),
    )
    sent = world.requests[-1].body
    assert (sent["start_time"], sent["end_time"]) == ("2026-03-02 01:00:00", "2026-03-02 01:00:01")


def test_a_window_has_its_first_moment_and_not_its_last(world, client):
    issue(world, client)
    second = timedelta(seconds=1)
    assert client.card_orders(created_after=START, created_before=START + second).total == 1
    assert client.card_orders(created_after=START + second).total == 0
    assert client.card_orders(created_before=START).total == 0


# --- what an answer becomes -----------------------------------------------------------------------------------------


def test_an_opening_gives_our_number_their_number_and_a_status(world, client):
    before = datetime.now(UTC)
    snapshot = issue(world, client)
    order = world.orders[REF]
    assert before <= snapshot.observed_at <= datetime.now(UTC)
    assert replace(snapshot, observed_at=START, raw={}) == CardOrderSnapshot(
        account="main",
        observed_at=START,
        merchant_ref=REF,
        order_id=order.order_id,
        status=OrderStatus.PENDING,
        word="1",
    )
    assert snapshot.raw == {"order_id": order.order_id, "out_order_id": REF, "status": 1}


def test_an_order_that_was_opened_is_found_with_its_money(world, client):
    issue(world, client)
    world.settle()
    found = looked_up(client)
    assert (found.status, found.amount, found.fee, found.total) == (
        OrderStatus.SUCCEEDED,
        Decimal(100),
        Decimal("1.5"),
        Decimal("101.5"),
    )
    assert [bill.amount for bill in found.bills] == [Decimal(100), Decimal("1.5")]
    assert client.card(found.card_id).order_id == found.order_id
    assert client.wallet(found.wallet_id).balance == Decimal("4898.5")


def test_a_number_the_provider_does_not_know_is_nothing(client):
    assert looked_up(client) is None


def test_the_pages_of_a_list_end_with_the_last(world, client):
    for number in range(5):
        issue(world, client, merchant_ref=f"{REF}-{number}")
    pages = [client.card_orders(page=page, page_size=2) for page in (1, 2, 3)]
    assert [(page.page, page.page_size, page.total, len(page.items), page.is_last) for page in pages] == [
        (1, 2, 5, 2, False),
        (2, 2, 5, 2, False),
        (3, 2, 5, 1, True),
    ]
    assert [row.merchant_ref for page in pages for row in page.items] == [f"{REF}-{n}" for n in (4, 3, 2, 1, 0)]
    assert {row.bills for page in pages for row in page.items} == {None}


# --- refusals -------------------------------------------------------------------------------------------------------

MEANING = {
    1001: Rejected, 1002: Misconfigured, 1003: Misconfigured, 1004: Misconfigured, 1005: NotSent, 2001: Rejected,
    2002: NotFound, 2003: Rejected, 3001: UsedBefore, 3002: Rejected, 3003: Rejected, 3004: Rejected, 3005: Rejected,
    3006: Rejected, 3007: Rejected, 3008: Rejected, 3010: Rejected, 9001: OutcomeUnknown, 9999: OutcomeUnknown,
    4711: OutcomeUnknown, -1: OutcomeUnknown, 1: OutcomeUnknown,
}  # fmt: skip


def test_every_code_of_the_table_has_a_meaning():
    assert {*CODES.values()} <= {0, *MEANING}
    assert OUTCOMES.keys() <= CODES.keys()


@pytest.mark.parametrize(("code", "error"), MEANING.items())
def test_a_code_says_what_to_do(world, connected, code, error):
    world.fail_next("error_code", code=code, message="said no")
    with pytest.raises(ProviderError) as caught:
        issue(world, connected.client)
    assert (type(caught.value), caught.value.code, str(caught.value)) == (error, str(code), "said no")
    record = connected.records[0]
    assert (record.status, record.provider_code, record.problem) == (200, str(code), "said no")
    assert record.response == {"code": code, "message": "said no", "data": {}}


def test_a_number_used_before_means_look_it_up(world, client):
    issue(world, client)
    with pytest.raises(UsedBefore, match="^duplicate out_order_id$"):
        issue(world, client)
    assert looked_up(client).merchant_ref == REF
    assert list(world.orders) == [REF]


def test_the_providers_own_pace_means_not_sent(world, client):
    world.switches.rate_limit = True
    issue(world, client)
    with pytest.raises(NotSent) as caught:
        issue(world, client, merchant_ref="CI2")
    assert (caught.value.code, caught.value.retry_after, list(world.orders)) == ("1005", None, [REF])


@pytest.mark.parametrize("change", [{"key": "0" * 32}, {"customer_id": 999}, {"app_id": 999}])
def test_a_wrong_key_or_application_means_misconfigured(world, change):
    connected = Connected(world, **change)
    with pytest.raises(Misconfigured):
        issue(world, connected.client)
    assert world.orders == {}


@pytest.mark.parametrize("ask", ["wallet", "bin", "bin_fees", "bin_limits", "card", "card_order"])
def test_an_object_nobody_knows_is_not_found(client, ask):
    with pytest.raises(NotFound) as caught:
        getattr(client, ask)("abc_0000000000000000")
    assert caught.value.code == "2002"


# --- failures on the way --------------------------------------------------------------------------------------------

DONE, NOT_DONE = [REF], []
FAILURES = [
    ("lose_reply", {}, OutcomeUnknown, DONE),
    ("timeout", {}, OutcomeUnknown, DONE),
    ("timeout_before", {}, OutcomeUnknown, NOT_DONE),
    ("late_accept", {}, OutcomeUnknown, NOT_DONE),
    ("drop_request", {}, OutcomeUnknown, NOT_DONE),
    ("reset_mid_body", {}, OutcomeUnknown, DONE),
    ("truncated_body", {}, OutcomeUnknown, DONE),
    ("refuse_connection", {}, NotSent, NOT_DONE),
    ("dns_failure", {}, NotSent, NOT_DONE),
    ("connect_timeout", {}, NotSent, NOT_DONE),
    ("tls_error", {}, NotSent, NOT_DONE),
    ("status_500", {}, OutcomeUnknown, DONE),
    ("status_502", {}, OutcomeUnknown, DONE),
    ("status_503", {}, OutcomeUnknown, DONE),
    ("status_504", {}, OutcomeUnknown, DONE),
    ("status_502", {"when": "before"}, OutcomeUnknown, NOT_DONE),
    ("empty_200", {}, OutcomeUnknown, DONE),
    ("html_200", {}, OutcomeUnknown, DONE),
    ("truncated_json", {}, OutcomeUnknown, DONE),
    ("throttle_429", {}, NotSent, NOT_DONE),
    ("unauthorized_401", {}, Misconfigured, NOT_DONE),
    ("forbidden_403", {}, Misconfigured, NOT_DONE),
]


@pytest.mark.parametrize(("kind", "details", "error", "orders"), FAILURES)
def test_a_failure_on_the_way_says_whether_to_send_again(world, connected, kind, details, error, orders):
    world.fail_next(kind, **details)
    with pytest.raises(ProviderError) as caught:
        issue(world, connected.client)
    assert type(caught.value) is error
    assert list(world.orders) == orders
    assert len(connected.records) == 1
    assert len(world.requests) == (0 if error is NotSent and kind != "throttle_429" else 1)


@pytest.mark.parametrize(("kind", "details", "error", "_orders"), FAILURES)
def test_a_read_is_not_tried_again_in_here_either(world, connected, kind, details, error, _orders):
    world.fail_next(kind, **details)
    with pytest.raises(error):
        connected.client.wallets()
    assert len(connected.records) == 1
    assert connected.client.wallets().total == 1


def test_a_wait_that_the_provider_names_is_kept(world, client):
    world.fail_next("throttle_429", retry_after=17)
    with pytest.raises(NotSent) as caught:
        issue(world, client)
    assert caught.value.retry_after == 17.0


def test_an_order_accepted_late_is_found_late(world, client):
    world.fail_next("late_accept", seconds=90)
    with pytest.raises(OutcomeUnknown):
        issue(world, client)
    assert looked_up(client) is None
    world.advance(91)
    assert looked_up(client).merchant_ref == REF


# --- answers with something wrong -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["wrong_order"])
def test_an_opening_that_echoes_another_number_is_unknown(world, client, kind):
    world.fail_next(kind)
    with pytest.raises(OutcomeUnknown, match="^the answer's data: out_order_id is not the one that was asked for$"):
        issue(world, client)


@pytest.mark.parametrize("field", ["order_id", "out_order_id", "status"])
@pytest.mark.parametrize("kind", ["missing_fields", "null_fields"])
def test_an_opening_without_what_it_must_say_is_unknown(world, client, field, kind):
    world.fail_next(kind, fields=[field])
    with pytest.raises(OutcomeUnknown):
        issue(world, client)
    assert looked_up(client).merchant_ref == REF


def test_a_look_up_that_answers_about_another_order_is_no_answer(world, client):
    issue(world, client)
    world.fail_next("wrong_order")
    with pytest.raises(OutcomeUnknown):
        looked_up(client)


def test_a_card_that_is_another_is_no_answer(world, client):
    issue(world, client)
    world.settle()
    world.fail_next("wrong_card")
    with pytest.raises(OutcomeUnknown, match="^the answer's data: card_id is not the one that was asked for$"):
        client.card(next(iter(world.cards)))


@pytest.mark.parametrize(
    ("kind", "details", "field", "value"),
    [
        ("wrong_amount", {"by": 5}, "amount", Decimal(105)),
        ("wrong_currency", {}, "currency", "XTS"),
        ("wrong_card", {}, "card_id", "cid_0000000000000000"),
    ],
)
def test_a_different_amount_currency_or_card_is_told_as_it_was_said(world, client, kind, details, field, value):
    issue(world, client)
    world.settle()
    world.fail_next(kind, **details)
    assert getattr(looked_up(client), field) == value


def test_an_unknown_status_is_unknown_and_keeps_its_word(world, client):
    world.fail_next("unknown_status")
    snapshot = issue(world, client)
    assert (snapshot.status, snapshot.word) == (OrderStatus.UNKNOWN, "77")


@pytest.mark.parametrize("kind", ["missing_fields", "null_fields", "wrong_types", "extra_fields"])
def test_what_may_be_missing_may_be_anything(world, client, kind):
    issue(world, client)
    world.settle()
    for ask in (lambda: looked_up(client), lambda: client.cards().items[0], lambda: client.card_orders().items[0]):
        world.fail_next(kind)
        snapshot = ask()
        assert snapshot.word == "2"
        assert snapshot.note == (None if kind != "extra_fields" else "")


# --- other tables ---------------------------------------------------------------------------------------------------

CHANGED = {
    "paths": {"open_card": "v2/order/create", "read_order": "v2/order/show"},
    "constants": {"order_status": {"processing": 10, "success": 20}, "card_status": {"active": 200}},
    "codes": {"not_found": 40400, "success": 200},
}


def test_paths_constants_and_codes_change_by_configuration(world):
    world.tables = world.tables.changed(CHANGED)
    client = Connected(world, tables=CHANGED).client
    assert looked_up(client) is None
    assert issue(world, client).word == "10"
    world.settle()
    found = looked_up(client)
    assert (found.status, found.word) == (OrderStatus.SUCCEEDED, "20")
    card = client.card(found.card_id)
    assert (str(card.status), card.word) == ("active", "200")
    assert [request.path for request in world.requests[:2]] == [
        "/open-api/v1/v2/order/show",
        "/open-api/v1/v2/order/create",
    ]


# --- secrets --------------------------------------------------------------------------------------------------------


def test_no_secret_is_in_a_snapshot_a_record_an_error_or_a_line(world, connected, capfd):
    issue(world, connected.client, note="call 4111 1111 1111 1111")
    world.settle()
    card = next(iter(world.cards.values()))
    card.card_no, card.cvv, card.pin = "907152573585214424064", "921", "7391"
    first = connected.client.card(card.card_id)
    card.card_no = "4111111111111111"
    second = connected.client.card(card.card_id)
    world.switches.secrets_everywhere = True
    third = connected.client.cards().items[0]
    world.fail_next("error_code", code=3003, message=f"card 4111111111111111 with cvv=921, pin: 7391 and key={KEY}")
    with pytest.raises(Rejected) as caught:
        connected.client.card(card.card_id)
    told = [first, second, third, first.raw, second.raw, third.raw, caught.value, caught.value.code]
    told += [value for record in connected.records for value in (record, record.request, record.response)]
    text = repr(told) + str(caught.value) + "".join(capfd.readouterr())
    for canary in (KEY, "4111111111111111", "4111 1111 1111 1111", "907152573585214424064", "'921'", "7391", "=921"):
        assert canary not in text
    assert (first.last4, second.last4) == ("4064", "1111")
    assert (first.raw["cvv"], first.raw["pin"], first.raw["card_no"]) == ("[redacted]", "[redacted]", "•••• 4064")
