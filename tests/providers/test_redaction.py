"""Canaries go in, none comes out; what only looks like one stays."""

import json
from decimal import Decimal

import pytest

from backoffice.providers import exactjson
from backoffice.providers.errors import OutcomeUnknown, Rejected
from backoffice.providers.redaction import last4, masked, redact_event, redacted, redacted_json, scrub

PAN, LONG = "4111111111111111", "907152573585214424064"
KEY = "ae9ae3f5ad284ef4836de18aa3d41c47"
CANARIES = (PAN, "4111 1111 1111 1111", LONG, "'921'", '"921"', "=921", "7391", KEY)


@pytest.mark.parametrize(
    "name",
    [
        "cvv",
        "CVV2",
        "cardCvc",
        "pin",
        "pinBlock",
        "key",
        "api_key",
        "X-API-KEY",
        "callback_token",
        "sign",
        "otp",
        "Authorization",
        "active_code",
        "birthday",
        "first_name",
        "email",
    ],
)
def test_a_secret_goes_by_its_name(name):
    assert redacted({name: "921"}) == {name: "[redacted]"}
    assert redacted({name: {"value": "921"}}) == {name: "[redacted]"}
    assert redacted({name: ""}) == {name: ""}


@pytest.mark.parametrize(
    "name", ["keyboard", "pinned_note", "design", "status", "signed_at", "tokens_left", "name", "code", "emailed_at"]
)
def test_a_name_that_only_looks_like_one_stays(name):
    assert redacted({name: "921"}) == {name: "921"}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"card_no": PAN}, {"card_no": "•••• 1111"}),
        ({"card_no": LONG}, {"card_no": "•••• 4064"}),
        ({"card_no": ""}, {"card_no": ""}),
        ({"card_no": "12"}, {"card_no": "••••"}),
        ({"text": f"paid with {PAN}."}, {"text": "paid with •••• 1111."}),
        ({"text": "4111 1111 1111 1111"}, {"text": "•••• 1111"}),
        ({"text": "4111-1111-1111-1111"}, {"text": "•••• 1111"}),
        ({"text": "1234567890123456"}, {"text": "1234567890123456"}),  # fails the check of card numbers
        ({"number": int(PAN)}, {"number": "•••• 1111"}),
        ({"out_order_id": "CI0000000000000000000000"}, {"out_order_id": "CI0000000000000000000000"}),
        ({"transaction_id": "2000202503030241580000100010017cef8a734855777c"},) * 2,
        ({"amount": Decimal("10.10"), "list": (1, None, True)}, {"amount": "10.10", "list": [1, None, True]}),
        ({PAN: 1}, {"•••• 1111": 1}),
    ],
)
def test_card_numbers_are_masked_and_other_numbers_are_not(value, kept):
    assert redacted(value) == kept


def test_json_inside_a_text_is_cut_too():
    inner = json.dumps({"cvv": "921", "deeper": json.dumps({"card_no": LONG})})
    kept = json.loads(redacted({"event_data": inner})["event_data"])
    assert (kept["cvv"], json.loads(kept["deeper"])) == ("[redacted]", {"card_no": "•••• 4064"})
    assert redacted({"event_data": '{"cvv":"921"'}) == {"event_data": "[redacted]"}


def test_what_is_no_object_is_wrapped():
    assert redacted([PAN]) == {"body": ["•••• 1111"]}
    assert redacted(None) == {"body": None}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"key={KEY}", "key=[redacted]"),
        ('{"cvv": "921"}', '{"cvv": [redacted]}'),
        ("pin: 7391, amount 10", "pin: [redacted], amount 10"),
        ("Authorization: Bearer abc.def", "Authorization: [redacted]"),
        ("POST /webhooks/openapi/Zk3vQ8rT1yNc5LxW9sHd2fJg/", "POST /webhooks/openapi/[redacted]/"),
        ("a\x00b\ud800c", "a\ufffdb\ufffdc"),
    ],
)
def test_a_text_loses_what_stands_beside_a_name(text, kept):
    assert scrub(text) == kept


@pytest.mark.parametrize("text", [f"cvv=921, {PAN}", "pin: 7391]", '{"key":"abc"', "token=[redacted]921 x"])
def test_a_text_that_was_cut_stays_as_it_is(text):
    assert scrub(scrub(text)) == scrub(text)
    assert "921" not in scrub(text)
    assert "7391" not in scrub(text)


def hostile():
    cyclic = {}
    cyclic["self"] = cyclic
    return [
        cyclic,
        [[[]]] * 9,
        object(),
        b"\xff",
        1e300,
        float("nan"),
        10**5000,
        {1: {2: 3}},
        {None: None},
        type,
        Exception(PAN),
    ]


def test_nothing_makes_it_raise_and_all_it_gives_is_json():
    for value in hostile():
        json.dumps(redacted(value))
        json.dumps(redacted({"x": value}))
        assert isinstance(scrub(value), str)
    deep = "x"
    for _ in range(500):
        deep = {"d": deep}
    json.dumps(redacted(deep))


def test_no_canary_leaves_an_event_of_the_log():
    event = {
        "event": "provider_call",
        "problem": f"cvv=921 of {PAN}",
        "key": KEY,
        "body": json.dumps({"pin": "7391", "card_no": LONG}),
        "nested": [{"cvv": "921"}],
        "error": OutcomeUnknown(f"pin=7391 {LONG}"),
    }
    shown = repr(redact_event(None, "info", event))
    assert [canary for canary in CANARIES if canary in shown] == []


def test_no_canary_leaves_an_error():
    error = Rejected(f"card {PAN} cvv=921 key={KEY}", code=PAN, fields={"card_no": f"{LONG} is wrong"})
    shown = repr(error) + str(error) + error.code + repr(error.fields)
    assert [canary for canary in CANARIES if canary in shown] == []


def test_redacted_json_keeps_numbers_and_is_the_same_when_done_again():
    value = exactjson.loads(f'{{"amount":0.10,"card_no":"{PAN}","cvv":"921","data":"{{\\"pin\\":\\"7391\\"}}"}}')
    once = redacted_json(value)
    assert exactjson.loads(once) == {
        "amount": Decimal("0.1"),
        "card_no": "•••• 1111",
        "cvv": "[redacted]",
        "data": '{"pin":"[redacted]"}',
    }
    assert redacted_json(exactjson.loads(once)) == once


@pytest.mark.parametrize(
    ("number", "last"),
    [
        (PAN, "1111"),
        (LONG, "4064"),
        (int(PAN), "1111"),
        ("•••• 1111", "1111"),
        ("123", ""),
        ("", ""),
        (None, ""),
        (True, ""),
    ],
)
def test_the_last_four_digits(number, last):
    assert last4(number) == last
    assert masked(number) == f"•••• {last}".strip()
