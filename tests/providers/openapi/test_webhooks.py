"""The receiver: what a callback makes us ask, what is kept of it, and what is turned away."""

import json
from hashlib import sha256

import pytest

from backoffice.providers import exactjson
from backoffice.providers.errors import BadMessage
from backoffice.providers.messages import Hint
from backoffice.providers.openapi.tables import EVENTS
from backoffice.providers.openapi.webhooks import TOPICS
from backoffice.providers.registry import build_receiver
from tests.providers.emulator.asking import FIXTURES
from tests.providers.openapi.conftest import account

# The contract's tags as a second reading of them: tag → (what to ask about, by which number, the word that it claims)
CONTRACT = {
    "card.order.processing": ("cards.order", "merchant_ref", "pending"),
    "card.order.success": ("cards.order", "merchant_ref", "succeeded"),
    "card.order.fail": ("cards.order", "merchant_ref", "failed"),
    "card.status.active": ("cards.card", "card_id", "active"),
    "card.status.freeze": ("cards.card", "card_id", "frozen"),
    "card.status.unfreeze": ("cards.card", "card_id", "active"),
    "card.status.closing": ("cards.card", "card_id", "closing"),
    "card.status.closed": ("cards.card", "card_id", "closed"),
    "card.status.lost": ("cards.card", "card_id", "lost"),
    "card.status.replace": ("cards.card", "card_id", "replaced"),
    "card.trade.processing": ("cards.card", "card_id", ""),
    "card.trade.success": ("cards.card", "card_id", ""),
    "card.trade.fail": ("cards.card", "card_id", ""),
    "card.trade.reversed": ("cards.card", "card_id", ""),
    "wallet.transaction.pending": ("wallets.wallet", "wallet_id", ""),
    "wallet.transaction.approved": ("wallets.wallet", "wallet_id", ""),
    "wallet.transaction.rejected": ("wallets.wallet", "wallet_id", ""),
    "wallet.status.freeze": ("wallets.wallet", "wallet_id", "frozen"),
    "wallet.status.unfreeze": ("wallets.wallet", "wallet_id", "normal"),
    "payee.status.reviewing": None,
    "payee.status.approved": None,
    "payee.status.rejected": None,
    "payee.status.disabled": None,
    "payment.status.pending": None,
    "payment.status.processing": None,
    "payment.status.success": None,
    "payment.status.fail": None,
    "payment.status.rejected": None,
    "payment.status.returned": None,
    "payment.status.cancelled": None,
}
FIELD = {"merchant_ref": "out_order_id", "card_id": "card_id", "wallet_id": "wallet_id"}
EXAMPLES = sorted(file for file in FIXTURES.glob("webhook.*.json") if not file.stem.startswith("webhook.ack"))
CARD = {
    "card_id": "cid_sxdwXPRxtXt6Ch4n",
    "app_id": 100001,
    "card_no": "907152573585214424064",
    "cvv": "921",
    "pin": "7391",
    "status": 2,
}
SECRETS = ("907152573585214424064", "921", "7391", "4111111111111111")


def envelope(data=None, **changes):
    content = json.dumps(CARD if data is None else data)
    whole = {"notify_id": "n1", "customer_id": 10001001, "event": "card.status.active", "event_data": content} | changes
    return json.dumps({name: value for name, value in whole.items() if value is not ...}).encode()


def content_of(message):
    return json.loads(json.loads(message.body)["event_data"])


def refused(receiver, body):
    with pytest.raises(BadMessage) as caught:
        receiver.open(body, {})
    return caught.value.code, str(caught.value)


def test_every_tag_of_the_contract_is_known():
    assert set(EVENTS.values()) == set(CONTRACT)
    assert TOPICS.keys() == EVENTS.keys()


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_makes_us_ask_and_claims_a_word(receiver, file):
    body = file.read_bytes()
    example = json.loads(body)
    data = json.loads(example["event_data"])
    message = receiver.open(body, {"Content-Type": "application/json"})
    kind, by, word = CONTRACT[example["event"]] or ("", "", "")
    assert message.hint == (Hint(kind=kind, object_id=data[FIELD[by]], by=by) if kind else None)
    assert (message.topic, message.word, message.delivery_id) == (example["event"], word, example["notify_id"])
    assert (message.app_id, message.ours) == (str(data["app_id"]), data["app_id"] == 100001)
    assert (message.known, message.signed) == (True, False)


def test_the_examples_cover_every_tag():
    assert {json.loads(file.read_bytes())["event"] for file in EXAMPLES} == set(CONTRACT)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_what_is_kept_reads_the_same_again(receiver, file):
    first = receiver.open(file.read_bytes(), {})
    assert receiver.read(first.body) == first


def test_the_emulators_callbacks_are_understood(world, receiver, client):
    bodies = []
    world.deliver = lambda url, body, headers: (bodies.append(body), (200, '{"code":0}'))[1]
    wallet, bin_ = next(iter(world.wallets)), next(iter(world.bins))
    client.issue_card(
        merchant_ref="CI1", bin_id=bin_, wallet_id=wallet, amount=exactjson.loads("100.5"), currency="USD"
    )
    world.settle()
    messages = [receiver.open(body, {}) for body in bodies]
    card_id = next(iter(world.cards))
    assert {(message.topic, message.kind, message.object_id) for message in messages} == {
        ("card.order.processing", "cards.order", "CI1"),
        ("wallet.transaction.approved", "wallets.wallet", wallet),
        ("card.order.success", "cards.order", "CI1"),
        ("card.status.active", "cards.card", card_id),
    }


def test_an_order_of_ours_is_asked_for_by_our_number_and_another_by_theirs(receiver):
    order = {"order_id": "ord_1", "out_order_id": "CI1"}
    ours = receiver.open(envelope(order, event="card.order.success"), {})
    theirs = receiver.open(envelope(order | {"out_order_id": ""}, event="card.order.success"), {})
    assert ours.hint == Hint(kind="cards.order", object_id="CI1", by="merchant_ref")
    assert theirs.hint == Hint(kind="cards.order", object_id="ord_1", by="order_id")


def test_the_numbers_inside_are_not_believed(receiver):
    message = receiver.open(envelope(CARD | {"status": 5}, event="card.status.freeze"), {})
    assert message.word == "frozen"


def test_an_object_in_place_of_the_text_is_read_as_well(receiver):
    message = receiver.open(envelope(event_data=CARD), {})
    assert message.object_id == CARD["card_id"]
    assert json.loads(message.body)["event_data"] == CARD | {
        "card_no": "•••• 4064",
        "cvv": "[redacted]",
        "pin": "[redacted]",
    }


def test_an_unknown_tag_is_kept_and_marked(receiver):
    message = receiver.open(envelope({"about": "x"}, event="card.rumour.heard"), {})
    assert (message.known, message.hint, message.topic, message.word) == (False, None, "card.rumour.heard", "")


def test_another_application_of_the_customer_is_not_ours(receiver):
    message = receiver.open(envelope(CARD | {"app_id": 100005}), {})
    assert (message.ours, message.app_id) == (False, "100005")


@pytest.mark.parametrize("app_id", [None, ""])
def test_no_application_is_no_reason_to_doubt(receiver, app_id):
    message = receiver.open(envelope(CARD | {"app_id": app_id}), {})
    assert (message.ours, message.app_id) == (True, "")


@pytest.mark.parametrize("customer_id", [999, 1000001, -1])
def test_another_customer_is_turned_away(receiver, customer_id):
    assert refused(receiver, envelope(customer_id=customer_id)) == ("foreign", "about another customer")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "not JSON"),
        (b"not json", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 10_000, "nested too deeply"),
        (b'{"a":' * 10_000, "nested too deeply"),
        (b'{"customer_id":NaN}', "not JSON"),
        (b"[]", "not an object"),
        (b'"text"', "not an object"),
        (b"null", "not an object"),
        (b"{}", "no event tag"),
        (envelope(event=...), "no event tag"),
        (envelope(event=5), "no event tag"),
        (envelope(event="line\nbreak"), "no event tag"),
        (envelope(customer_id=...), "no customer id"),
        (envelope(customer_id="10001001"), "no customer id"),
        (envelope(customer_id=True), "no customer id"),
        (envelope(customer_id=10001001.0), "no customer id"),
        (envelope(event_data=...), "no readable event data"),
        (envelope(event_data=None), "no readable event data"),
        (envelope(event_data="event_data"), "no readable event data"),
        (envelope(event_data="[]"), "no readable event data"),
        (envelope(event_data='{"cvv":"921"'), "no readable event data"),
        (envelope({}), "names no object of ours to ask about"),
        (envelope({"card_id": ""}), "names no object of ours to ask about"),
        (envelope({"card_id": 5}), "names no object of ours to ask about"),
        (envelope({"card_id": "../card/list"}), "names no object of ours to ask about"),
        (envelope({"card_id": "x" * 65}), "names no object of ours to ask about"),
        (envelope({"card_id": "4111111111111111"}), "names no object of ours to ask about"),
        (envelope({"card_id": "cid_1\x00"}), "names no object of ours to ask about"),
    ],
)
def test_a_body_of_another_shape_is_turned_away(receiver, body, problem):
    assert refused(receiver, body) == ("malformed", problem)


def test_a_callback_without_an_id_is_known_by_a_digest_of_what_is_kept(receiver):
    first = receiver.open(envelope(notify_id=...), {})
    other_code = receiver.open(envelope(CARD | {"cvv": "922"}, notify_id=...), {})
    other_card = receiver.open(envelope(CARD | {"card_id": "cid_2"}, notify_id=...), {})
    assert first.delivery_id == sha256(first.body).hexdigest() == other_code.delivery_id
    assert first.delivery_id != other_card.delivery_id


@pytest.mark.parametrize("notify_id", ["", None, 5, "x" * 65, "with space", "4111111111111111", {"a": 1}])
def test_an_id_that_is_none_is_not_used(receiver, notify_id):
    message = receiver.open(envelope(notify_id=notify_id), {})
    assert message.delivery_id == sha256(message.body).hexdigest()


HIDING = [
    CARD,
    CARD | {"mark": json.dumps({"cvv": "921", "card": "4111111111111111"})},
    CARD | {"mark": json.dumps(json.dumps({"inner": {"pin": "7391"}}))},
    CARD | {"mark": "cvv=921 and pin: 7391 on 4111 1111 1111 1111"},
    CARD | {"mark": '{"cvv":"921"'},
    CARD | {"extra": [{"CVV2": 921}, {"cardPin": "7391"}, {"cardNo": "4111111111111111"}]},
    CARD | {"4111111111111111": "a number as a name"},
    CARD | {"card_no": 4111111111111111},
    CARD | {"cvv": {"value": "921"}, "pin": ["7391"]},
]


@pytest.mark.parametrize("data", HIDING)
@pytest.mark.parametrize("as_text", [True, False])
def test_no_secret_is_kept_wherever_it_hides(receiver, data, as_text):
    message = receiver.open(envelope(event_data=json.dumps(data) if as_text else data), {})
    text = message.body.decode() + repr(message)
    assert [secret for secret in (*SECRETS, "4111 1111 1111 1111") if secret in text] == []
    assert message.object_id == CARD["card_id"]
    assert receiver.read(message.body) == message


def test_a_key_twice_hides_nothing(receiver):
    inner = '{"card_id":"cid_1","cvv":"921","cvv":"","card_no":"4111111111111111","card_no":"907152573585214424064"}'
    body = b'{"customer_id":10001001,"event":"card.status.active","event_data":"{\\"cvv\\":\\"921\\"}","event_data":%s}'
    message = receiver.open(body % json.dumps(inner).encode(), {})
    assert content_of(message) == {"card_id": "cid_1", "cvv": "", "card_no": "•••• 4064"}
    assert [secret for secret in SECRETS if secret in message.body.decode()] == []


@pytest.mark.parametrize("data", ["cvv is 921", "OTIx 4111111111111111", '{"cvv":"921"', "[921"])
def test_content_that_cannot_be_read_is_not_kept(receiver, data):
    message = receiver.open(envelope(event="card.rumour.heard", event_data=data), {})
    assert json.loads(message.body)["event_data"] == "[redacted]"


@pytest.mark.parametrize("value", ["\\u0000", "\\ud800", "a\\u0000b"])
def test_what_no_database_keeps_is_replaced(receiver, value):
    body = b'{"customer_id":10001001,"event":"card.status.active","event_data":{"card_id":"cid_1","mark":"%s"}}'
    message = receiver.open(body % value.encode(), {})
    assert "\ufffd" in json.loads(message.body)["event_data"]["mark"]
    message.body.decode()


def test_numbers_stay_exact_in_what_is_kept(receiver):
    data = b'{"card_id":"cid_1","balance":0.10,"limit":123456789012.50000001,"big":1e400,"rate":1e-7}'
    message = receiver.open(envelope(event_data=data.decode()), {})
    kept = exactjson.loads(exactjson.loads(message.body)["event_data"])
    assert kept == exactjson.loads(data)


def test_an_acknowledgement_and_a_refusal_have_the_contracts_form(receiver):
    assert receiver.acknowledgement == json.loads((FIXTURES / "webhook.ack.success.json").read_bytes())
    assert receiver.refusal("unavailable") == (503, json.loads((FIXTURES / "webhook.ack.fail.json").read_bytes()))


@pytest.mark.parametrize(
    ("reason", "status", "message"),
    [
        ("malformed", 400, "malformed body"),
        ("unreadable", 400, "unreadable body"),
        ("foreign", 403, "unknown customer"),
        ("not_allowed", 403, "sender not allowed"),
        ("unknown_address", 404, "unknown address"),
        ("too_large", 413, "body too large"),
        ("busy", 429, "too many requests"),
        ("unavailable", 503, "storage unavailable"),
        ("anything else", 400, "refused"),
    ],
)
def test_a_refusal_says_why(receiver, reason, status, message):
    assert receiver.refusal(reason) == (status, {"code": 1, "message": message})


def test_tags_change_by_configuration():
    changed = {"events": {"card_frozen": "card.state.iced"}, "codes": {"success": 200}}
    receiver = build_receiver(account(tables=changed))
    assert receiver.open(envelope(event="card.state.iced"), {}).word == "frozen"
    assert receiver.open(envelope(event="card.status.freeze"), {}).known is False
    assert receiver.acknowledgement == {"code": 200, "message": "success"}


ANYTHING = [None, True, 0, -1, 10**400, 1e300, "", "x", "\x00", "\ud800", [], {}, [[]], {"a": {}}, "{", '"', "[{}]"]


def test_whatever_arrives_there_is_a_message_or_a_bad_message(receiver):
    bodies = [
        envelope(**{name: value}) for name in ("notify_id", "customer_id", "event", "event_data") for value in ANYTHING
    ]
    bodies += [envelope(CARD | {name: value}) for name in CARD for value in ANYTHING]
    bodies += [json.dumps(value).encode() for value in ANYTHING]
    outcomes = set()
    for body in bodies:
        try:
            outcomes.add(type(receiver.open(body, {})).__name__)
        except BadMessage as exc:
            outcomes.add(exc.code)
    assert outcomes == {"Message", "malformed", "foreign"}
