"""Recharge, activate, freeze, unfreeze, close and reveal, against the emulator: sent, answered, refused, lost."""

from decimal import Decimal

import pytest

from backoffice.providers.emulator.rows import Fee
from backoffice.providers.emulator.story import add_bin, add_card
from backoffice.providers.errors import NotFound, OutcomeUnknown, ProviderError, Rejected, UsedBefore
from backoffice.providers.snapshots import CardStatus, OrderKind, OrderStatus
from tests.providers.openapi.conftest import Connected
from tests.providers.openapi.test_client import FAILURES, WHO, request_of

REF = "CR0123456789abcdef01234567"
PIN, CODE, CVV, PAN = "739124", "ACT-5521-XK", "921", "907152573585214424064"


@pytest.fixture
def card(world):
    """An active card with 20.00 on it; closing costs 0.75."""
    bin_ = next(iter(world.bins.values()))
    bin_.fees.append(Fee(code="close", category="closing_fee", value=Decimal("0.75")))
    app = next(iter(world.apps.values()))
    return add_card(world, app, bin_, status="active", balance=Decimal(20), card_no=PAN, cvv=CVV, pin="")


def recharge(world, client, card, **changes):
    asked = {
        "merchant_ref": REF,
        "card_id": card.card_id,
        "wallet_id": next(iter(world.wallets)),
        "amount": Decimal("200.50"),
        "currency": "USD",
    }
    return client.recharge_card(**(asked | changes))


# --- what is sent ---------------------------------------------------------------------------------------------------

MOVES = [
    ("freeze", lambda c, asked: c.freeze_card(card_id=asked["card_id"], reason=asked["reason"])),
    ("unfreeze", lambda c, asked: c.unfreeze_card(card_id=asked["card_id"])),
    ("activate", lambda c, asked: c.activate_card(card_id=asked["card_id"])),
    (
        "close",
        lambda c, asked: c.close_card(
            merchant_ref=asked["out_order_id"], card_id=asked["card_id"], reason=asked["reason"]
        ),
    ),
    (
        "order.recharge",
        lambda c, asked: c.recharge_card(
            merchant_ref=asked["out_order_id"],
            card_id=asked["card_id"],
            wallet_id=asked["wallet_id"],
            amount=Decimal(asked["amount"]),
        ),
    ),
]


@pytest.mark.parametrize(("name", "ask"), MOVES)
def test_a_command_is_that_of_the_example(example, name, ask):
    connected, asked = Connected(example), request_of(f"api.card.{name}")
    example.apps["10001001:100001"].used_ids = {}
    state = {"unfreeze": "frozen", "activate": "pending"}.get(name, "active")
    example.cards[asked["card_id"]].status = state
    ask(connected.client, asked)
    sent = example.requests[-1]
    assert (sent.path, sent.body) == (f"/open-api/v1/card/{name.replace('.', '/')}", asked)
    assert (connected.turns, [record.write for record in connected.records]) == ([True], [True])


def test_what_is_given_beside_the_card_is_sent_and_what_is_empty_is_not(world, client, card):
    wallet_id = next(iter(world.wallets))
    recharge(world, client, card, note="for ads")
    assert world.requests[-1].body == WHO | {
        "out_order_id": REF,
        "card_id": card.card_id,
        "wallet_id": wallet_id,
        "amount": Decimal("200.5"),
        "mark": "for ads",
    }
    card.status = "pending"
    client.activate_card(card_id=card.card_id, code=CODE, pin=PIN)
    assert world.requests[-1].body == WHO | {"card_id": card.card_id, "active_code": CODE, "pin": PIN}
    client.freeze_card(card_id=card.card_id)
    client.unfreeze_card(card_id=card.card_id, reason="found")
    assert [request.body for request in world.requests[-2:]] == [
        WHO | {"card_id": card.card_id},
        WHO | {"card_id": card.card_id, "reason": "found"},
    ]


@pytest.mark.parametrize("amount", [Decimal(0), Decimal("12.345"), Decimal("NaN"), 0.1, 100, "100", None])
def test_an_amount_that_is_none_does_not_leave(world, client, card, amount):
    with pytest.raises(Rejected) as caught:
        recharge(world, client, card, amount=amount)
    assert (caught.value.code, list(caught.value.fields), world.requests) == ("amount", ["amount"], [])


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (lambda c: c.freeze_card(card_id="no id"), "card_id"),
        (lambda c: c.freeze_card(card_id="cid_1", reason="x" * 201), "reason"),
        (lambda c: c.unfreeze_card(card_id=""), "card_id"),
        (lambda c: c.unfreeze_card(card_id="cid_1", reason=None), "reason"),
        (lambda c: c.activate_card(card_id=None), "card_id"),
        (lambda c: c.activate_card(card_id="cid_1", pin="12345"), "pin"),
        (lambda c: c.activate_card(card_id="cid_1", pin="１２３４５６"), "pin"),
        (lambda c: c.activate_card(card_id="cid_1", pin=739124), "pin"),
        (lambda c: c.activate_card(card_id="cid_1", code="x" * 65), "code"),
        (lambda c: c.close_card(merchant_ref="a b", card_id="cid_1"), "merchant_ref"),
        (lambda c: c.close_card(merchant_ref="CC1", card_id="4111111111111111"), "card_id"),
        (lambda c: c.close_card(merchant_ref="CC1", card_id="cid_1", reason="x" * 201), "reason"),
        (lambda c: c.reveal_card("../list"), "card_id"),
    ],
)
def test_a_command_that_cannot_be_right_does_not_leave(world, connected, ask, field):
    with pytest.raises(Rejected) as caught:
        ask(connected.client)
    assert (list(caught.value.fields), world.requests, connected.records) == ([field], [], [])
    assert "739124" not in str(caught.value) + repr(caught.value.fields)


# --- what an answer becomes -----------------------------------------------------------------------------------------


def test_a_recharge_lands_whole_and_its_fee_comes_from_the_wallet(world, client, card):
    snapshot = recharge(world, client, card)
    assert (snapshot.merchant_ref, snapshot.status, snapshot.word, snapshot.kind) == (
        REF,
        OrderStatus.PENDING,
        "1",
        None,
    )
    world.settle()
    found = client.find_card_order(merchant_ref=REF)
    assert (found.order_id, found.kind, found.status) == (snapshot.order_id, OrderKind.RECHARGE, OrderStatus.SUCCEEDED)
    assert (found.amount, found.fee, found.total) == (Decimal("200.5"), Decimal("2.01"), Decimal("202.51"))
    assert client.card(card.card_id).balance == Decimal("220.5")
    assert client.wallet(found.wallet_id).balance == Decimal("4797.49")


def test_a_closing_is_an_order_with_our_number(world, client, card):
    snapshot = client.close_card(merchant_ref=REF, card_id=card.card_id, reason="project ended")
    assert (snapshot.merchant_ref, snapshot.kind, snapshot.card_id) == (REF, OrderKind.CLOSE, card.card_id)
    assert (snapshot.status, snapshot.word, snapshot.amount) == (OrderStatus.PENDING, "", None)
    assert client.card(card.card_id).status == CardStatus.CLOSING
    world.settle()
    found = client.find_card_order(merchant_ref=REF)
    assert (found.order_id, found.kind, found.status) == (snapshot.order_id, OrderKind.CLOSE, OrderStatus.SUCCEEDED)
    assert (found.amount, found.fee, found.total) == (Decimal(20), Decimal("0.75"), Decimal("19.25"))
    assert client.card(card.card_id).status == CardStatus.CLOSED


def test_a_closing_may_fail_in_the_end(world, client, card):
    client.close_card(merchant_ref=REF, card_id=card.card_id, reason="fail")
    world.settle()
    assert client.find_card_order(merchant_ref=REF).status == OrderStatus.FAILED
    assert client.card(card.card_id).status == CardStatus.ACTIVE


def test_a_card_is_activated_frozen_and_set_free(world, client, card):
    card.status = "pending"
    moves = [
        client.activate_card(card_id=card.card_id, pin=PIN),
        client.freeze_card(card_id=card.card_id),
        client.unfreeze_card(card_id=card.card_id),
    ]
    assert [(move.card_id, move.status, move.word) for move in moves] == [
        (card.card_id, CardStatus.ACTIVE, "2"),
        (card.card_id, CardStatus.FROZEN, "3"),
        (card.card_id, CardStatus.ACTIVE, "2"),
    ]
    assert card.pin == PIN


def test_a_card_reveals_what_there_is(world, connected, card):
    found = connected.client.reveal_card(card.card_id)
    assert (found.number, found.expiry, found.cvv, found.pin) == (PAN, "03/28", CVV, "")
    card.pin = PIN
    assert connected.client.reveal_card(card.card_id).pin == PIN
    assert connected.turns == [False, False]


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "ask"),
    [
        ("frozen", lambda c, card: c.freeze_card(card_id=card.card_id)),
        ("active", lambda c, card: c.unfreeze_card(card_id=card.card_id)),
        ("closed", lambda c, card: c.activate_card(card_id=card.card_id)),
        ("closing", lambda c, card: c.close_card(merchant_ref=REF, card_id=card.card_id)),
    ],
)
def test_a_step_that_a_card_cannot_take_is_refused(client, card, state, ask):
    card.status = state
    with pytest.raises(Rejected, match="^status not allowed$") as caught:
        ask(client, card)
    assert (type(caught.value), caught.value.code, card.status) == (Rejected, "3003", state)


@pytest.mark.parametrize(
    ("change", "code"), [({"amount": Decimal(6000)}, "2003"), ({"wallet_id": "wid_0000000000000000"}, "2001")]
)
def test_a_recharge_that_cannot_be_paid_is_refused(world, client, card, change, code):
    with pytest.raises(Rejected) as caught:
        recharge(world, client, card, **change)
    assert (caught.value.code, world.orders) == (code, {})


def test_a_number_is_used_once_over_openings_recharges_and_closings(world, client, card):
    recharge(world, client, card)
    with pytest.raises(UsedBefore):
        client.close_card(merchant_ref=REF, card_id=card.card_id)
    assert card.status == "active"


@pytest.mark.parametrize("name", ["freeze_card", "unfreeze_card", "activate_card"])
def test_a_card_nobody_knows_is_not_found(client, name):
    with pytest.raises(NotFound):
        getattr(client, name)(card_id="cid_0000000000000000")
    with pytest.raises(NotFound):
        client.reveal_card("cid_0000000000000000")


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        ("amount is required", {"amount": "is required"}),
        ("mark is not valid", {"note": "is not valid"}),
        ("parameter error: out_order_id: too long.", {"merchant_ref": "too long"}),
        ("invalid wallet_id", {"wallet_id": "invalid wallet_id"}),
        ("delivery.city is required", {"delivery": "city is required"}),
        ("parameter error", {}),
        ("", {}),
    ],
)
def test_a_field_that_a_refusal_names_is_named_in_our_words(world, client, card, message, fields):
    world.fail_next("error_code", code=1001, message=message or " ")
    with pytest.raises(Rejected) as caught:
        recharge(world, client, card)
    assert (caught.value.code, caught.value.fields) == ("1001", fields)


# --- failures on the way --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "details", "error", "done"), FAILURES)
def test_a_freeze_whose_reply_is_lost_is_seen_on_the_card(world, connected, card, kind, details, error, done):
    world.fail_next(kind, **details)
    with pytest.raises(ProviderError) as caught:
        connected.client.freeze_card(card_id=card.card_id)
    assert type(caught.value) is error
    assert connected.client.card(card.card_id).status == ("frozen" if done else "active")
    assert len(connected.records) == 2


@pytest.mark.parametrize("kind", ["lose_reply", "timeout", "status_502", "truncated_json"])
def test_an_order_whose_reply_is_lost_is_found_by_our_number(world, client, card, kind):
    world.fail_next(kind)
    with pytest.raises(OutcomeUnknown):
        recharge(world, client, card)
    assert client.find_card_order(merchant_ref=REF).kind == OrderKind.RECHARGE
    world.settle()
    world.fail_next(kind)
    with pytest.raises(OutcomeUnknown):
        client.close_card(merchant_ref="CC1", card_id=card.card_id)
    assert client.find_card_order(merchant_ref="CC1").kind == OrderKind.CLOSE


def test_an_amount_with_a_system_error_was_booked_all_the_same(world, client, card):
    with pytest.raises(OutcomeUnknown) as caught:
        recharge(world, client, card, amount=Decimal("10.99"))
    assert (caught.value.code, client.find_card_order(merchant_ref=REF).amount) == ("9999", Decimal("10.99"))


# --- answers with something wrong -----------------------------------------------------------------------------------

ASKS = {
    "freeze_card": lambda c, card: c.freeze_card(card_id=card.card_id),
    "close_card": lambda c, card: c.close_card(merchant_ref=REF, card_id=card.card_id),
    "reveal_card": lambda c, card: c.reveal_card(card.card_id),
}


@pytest.mark.parametrize("name", ASKS)
def test_an_answer_about_another_card_is_no_answer(world, client, card, name):
    world.fail_next("wrong_card")
    with pytest.raises(OutcomeUnknown, match="^the answer's data: card_id is not the one that was asked for$"):
        ASKS[name](client, card)


@pytest.mark.parametrize("kind", ["missing_fields", "null_fields"])
@pytest.mark.parametrize(
    ("name", "field"),
    [("freeze_card", "status"), ("close_card", "status"), ("close_card", "order_id"), ("reveal_card", "card_no")],
)
def test_an_answer_without_what_it_must_say_is_unknown(world, client, card, kind, name, field):
    world.fail_next(kind, fields=[field])
    with pytest.raises(OutcomeUnknown):
        ASKS[name](client, card)


def test_a_recharge_that_echoes_another_number_is_unknown(world, client, card):
    world.fail_next("wrong_order")
    with pytest.raises(OutcomeUnknown):
        recharge(world, client, card)


def test_an_unknown_status_after_a_command_is_unknown(world, client, card):
    world.fail_next("unknown_status")
    moved = client.freeze_card(card_id=card.card_id)
    world.fail_next("unknown_status")
    closed = client.close_card(merchant_ref=REF, card_id=card.card_id)
    assert (moved.status, moved.word, closed.status) == (CardStatus.UNKNOWN, "77", OrderStatus.UNKNOWN)


# --- secrets --------------------------------------------------------------------------------------------------------


def test_nothing_of_a_reveal_is_on_a_record_in_a_line_or_in_a_text(world, connected, card, capfd):
    card.pin = PIN
    found = connected.client.reveal_card(card.card_id)
    world.fail_next("null_fields", fields=["card_no"])
    with pytest.raises(OutcomeUnknown) as caught:
        connected.client.reveal_card(card.card_id)
    world.fail_next("extra_fields")
    connected.client.reveal_card(card.card_id)
    told = [found, str(found), caught.value, str(caught.value)]
    told += [value for record in connected.records for value in (record, record.request, record.response)]
    text = repr(told) + "".join(capfd.readouterr())
    for canary in (PAN, PAN[-4:], CVV, PIN, "03/28"):
        assert canary not in text
    data = connected.records[0].response["data"]
    assert {name for name, value in data.items() if value not in ("[redacted]", "")} == {"app_id", "card_id", "status"}


def test_a_code_and_a_pin_are_in_no_record_line_or_error_even_where_a_refusal_quotes_them(
    world, connected, card, capfd
):
    card.status = "pending"
    world.fail_next("error_code", code=1001, message=f"pin {PIN} is weak, and so is {CODE.lower()}")
    with pytest.raises(Rejected) as caught:
        connected.client.activate_card(card_id=card.card_id, code=CODE, pin=PIN)
    snapshot = connected.client.activate_card(card_id=card.card_id, code=CODE, pin=PIN)
    assert caught.value.fields == {"pin": "[redacted] is weak, and so is [redacted]"}
    told = [snapshot, snapshot.raw, caught.value, str(caught.value), caught.value.fields]
    told += [value for record in connected.records for value in (record, record.request, record.response)]
    text = (repr(told) + "".join(capfd.readouterr())).lower()
    assert [canary for canary in (PIN, CODE.lower()) if canary in text] == []
    assert connected.records[0].request == WHO | {
        "card_id": card.card_id,
        "active_code": "[redacted]",
        "pin": "[redacted]",
    }


def test_a_delivery_address_is_on_no_record(world, connected):
    bin_ = add_bin(world, type="physical")
    address = {"name": "A. Lee", "phone": "+4912345", "country": "DE", "city": "Berlin", "address": "Allee 1"}
    asked = {"bin_id": bin_.bin_id, "wallet_id": next(iter(world.wallets)), "amount": Decimal(100)}
    connected.client.issue_card(merchant_ref=REF, delivery=address, **asked)
    record = connected.records[0]
    assert record.request["delivery"] == dict.fromkeys(address, "[redacted]")
    assert world.requests[-1].body["delivery"] == address
