"""Who may call, and in which order a call is checked."""

from decimal import Decimal

import pytest

from backoffice.providers.emulator import acts, exact
from backoffice.providers.emulator.rows import Limits
from backoffice.providers.emulator.story import add_bin, add_card, add_wallet
from tests.providers.emulator.asking import BASE, WHO


@pytest.mark.parametrize(("who", "code"), [
    ({**WHO, "key": "0" * 32}, 1002),
    ({**WHO, "key": None}, 1002),
    ({**WHO, "customer_id": 1}, 1002),
    ({**WHO, "customer_id": "10001001"}, 1002),
    ({**WHO, "app_id": 999999}, 1003),
    ({**WHO, "app_id": None}, 1003),
    ({}, 1002),
])  # fmt: skip
def test_credentials_come_first(call, who, code):
    assert call("card/order/open", who=who, amount="not a number")["code"] == code


def test_a_stopped_app_and_a_foreign_address_are_refused(world, call):
    app = next(iter(world.apps.values()))
    app.addresses = ["203.0.113.7"]
    assert call("wallet/list")["code"] == 1004
    app.stopped = True
    assert call("wallet/list")["code"] == 1003


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'{"a":NaN}', b"[" * 100_000, b"\xff\xfe", b'"text"'])
def test_what_is_no_json_object_is_refused(session, body):
    reply = session.post(BASE + "wallet/list", data=body)
    assert exact.loads(reply.content) == {"code": 1001, "message": "body is not a JSON object", "data": {}}


@pytest.mark.parametrize("change", [
    {"amount": ""}, {"amount": None}, {"amount": "10"}, {"amount": True}, {"amount": -5}, {"amount": Decimal("10.001")},
    {"amount": Decimal("1e400")}, {"amount": [10]}, {"out_order_id": ""}, {"out_order_id": "a b"},
    {"out_order_id": "x" * 65}, {"bin_id": 7}, {"mark": "m" * 65}, {"delivery": "home"},
])  # fmt: skip
def test_a_malformed_field_is_refused(world, call, opening, change):
    assert call("card/order/open", **opening | change)["code"] == 1001
    assert world.orders == {}


@pytest.mark.parametrize("given", [
    {"page": 0}, {"page_size": 0}, {"page_size": 101}, {"page": "1"}, {"page": True}, {"status": "1"},
    {"start_time": "2026-01-01"}, {"start_time": "2026-01-01 00:00:00", "end_time": "2026-04-02 00:00:00"},
    {"start_time": "2026-01-02 00:00:00", "end_time": "2026-01-01 00:00:00"},
])  # fmt: skip
def test_a_page_or_window_outside_the_rules_is_refused(call, given):
    assert call("card/order/list", **given)["code"] == 1001


def test_a_window_of_ninety_days_is_allowed(call):
    window = {"start_time": "2026-01-01 00:00:00", "end_time": "2026-04-01 00:00:00"}
    assert call("card/order/list", **window)["code"] == 0


def test_the_checks_come_in_the_order_of_the_contract(world, call):
    """Everything is wrong at first; each repair uncovers the next refusal."""
    app = next(iter(world.apps.values()))
    bin_ = add_bin(world, status="maintenance", need_holder=True, limits=Limits(max_card_count=1), currency="HKD")
    add_card(world, app, bin_)
    asked = {"bin_id": "cpi_0000000000000", "amount": 6000}
    codes = []

    def ask(**more):
        asked.update(more)
        given = {"out_order_id": f"n-{len(codes)}", **asked}
        codes.append(call("card/order/open", **given)["code"])

    ask()
    ask(bin_id=bin_.bin_id)
    wallet = add_wallet(world, app, "HKD", 1)
    ask()
    created = call("card/holder/create", out_holder_id="h-1", **PERSON)["data"]["holder_id"]
    ask(holder_id=created)
    bin_.status = "available"
    acts.freeze_wallet(world, wallet.wallet_id)
    ask()
    acts.unfreeze_wallet(world, wallet.wallet_id)
    ask()
    bin_.limits.max_card_count = 0
    ask()
    ask(amount=100)
    acts.deposit(world, wallet.wallet_id, Decimal("100.50"))
    ask()
    ask(out_order_id="n-0")
    assert codes == [2002, 2001, 3005, 3004, 2001, 3006, 3002, 2003, 0, 3001]


PERSON = {
    "first_name": "MEI", "last_name": "CHAN", "email": "mei@example.com", "phone_code": "852", "phone": "51230000",
    "birthday": "1991-04-17", "nationality": "HK", "country": "HK", "state": "Hong Kong", "city": "Kowloon",
    "address": "12 Example Road", "post_code": "999077",
}  # fmt: skip


def test_holders_are_made_changed_and_deleted_once(world, call, opening):
    made = call("card/holder/create", out_holder_id="h-1", **PERSON)["data"]
    assert call("card/holder/create", out_holder_id="h-1", **PERSON)["message"] == "duplicate out_holder_id"
    who = {"holder_id": made["holder_id"]}
    assert call("card/holder/update", **who, phone="51230001")["data"] == who
    assert call("card/holder/detail", **who)["data"]["phone"] == "51230001"
    call("card/order/open", **opening, **who)
    world.settle()
    assert call("card/holder/update", **who, first_name="MAY")["code"] == 3003
    assert call("card/holder/delete", **who)["code"] == 3010
    next(iter(world.cards.values())).status = "closed"
    assert call("card/holder/delete", **who)["data"] == who
    assert call("card/holder/detail", **who)["code"] == 2002
    assert call("card/holder/create", out_holder_id="h-1", **PERSON)["code"] == 3001


@pytest.mark.parametrize("change", [{"id_type": 4}, {"id_type": "1"}, {"birthday": "17.04.1991"}, {"country": "hk"}])
def test_a_holder_whose_details_are_malformed_is_refused(world, call, change):
    answer = call("card/holder/create", out_holder_id="h-1", **PERSON | change)
    assert (answer["code"], answer["message"]) == (1001, f"{next(iter(change))} is not valid")
    assert world.holders == {}


@pytest.mark.parametrize(("pin", "code"), [("739124", 0), ("73912", 1001), ("abcdef", 1001), (739124, 1001)])
def test_a_pin_has_six_digits(world, call, pin, code):
    app, bin_ = next(iter(world.apps.values())), next(iter(world.bins.values()))
    card = add_card(world, app, bin_, status="pending")
    assert call("card/activate", card_id=card.card_id, pin=pin)["code"] == code
    assert card.status == ("active" if code == 0 else "pending")


@pytest.mark.parametrize(("path", "state", "code"), [
    ("freeze", "active", 0), ("freeze", "frozen", 3003), ("freeze", "pending", 3003), ("freeze", "closed", 3003),
    ("unfreeze", "frozen", 0), ("unfreeze", "active", 3003), ("activate", "pending", 0), ("activate", "active", 3003),
    ("close", "pending", 0), ("close", "active", 0), ("close", "frozen", 0), ("close", "lost", 0),
    ("close", "closing", 3003), ("close", "closed", 3003), ("close", "replaced", 3003),
])  # fmt: skip
def test_a_card_changes_only_as_its_life_allows(world, call, path, state, code):
    app, bin_ = next(iter(world.apps.values())), next(iter(world.bins.values()))
    card = add_card(world, app, bin_, status=state)
    assert call(f"card/{path}", card_id=card.card_id, out_order_id="c-1")["code"] == code


def test_the_rate_is_ten_calls_a_second_of_which_one_is_a_write(world, call, opening):
    world.switches.rate_limit = True
    writes = [call("card/order/open", **opening | {"out_order_id": f"o-{number}"})["code"] for number in range(2)]
    reads = [call("wallet/list")["code"] for _ in range(10)]
    assert (writes, reads) == ([0, 1005], [0] * 9 + [1005])
    world.advance(1)
    assert call("card/order/open", **opening | {"out_order_id": "o-1"})["code"] == 0


@pytest.mark.parametrize(("method", "path", "status"), [
    ("POST", "nowhere", 404), ("POST", "card/order/open/", 404), ("GET", "wallet/list", 405),
])  # fmt: skip
def test_an_unknown_path_or_method_gets_no_envelope(session, method, path, status):
    reply = session.request(method, BASE + path, data=b"{}")
    assert (reply.status_code, reply.headers["Content-Type"]) == (status, "text/html; charset=utf-8")


def test_a_body_above_one_mebibyte_is_refused(session):
    assert session.post(BASE + "wallet/list", data=b" " * (1024 * 1024 + 1)).status_code == 413


def test_every_request_is_recorded_without_its_key(world, call, opening):
    call("card/order/open", **opening)
    call("wallet/detail", wallet_id="wid_none")
    first, second = world.requests
    assert (first.path, first.call, first.code) == ("/open-api/v1/card/order/open", "open_card", 0)
    assert first.body == {"customer_id": 10001001, "app_id": 100001, **opening}
    assert (second.call, second.status, second.code) == ("read_wallet", 200, 2002)


def test_paths_numbers_and_tags_can_be_overridden(world, call, opening, received):
    world.tables = world.tables.changed({
        "paths": {"open_card": "order/create"},
        "constants": {"order_status": {"processing": 10}},
        "events": {"order_success": "order.done"},
        "codes": {"repeated": 4001},
    })  # fmt: skip
    assert call("order/create", **opening)["data"]["status"] == 10
    assert call("order/create", **opening)["code"] == 4001
    world.settle()
    assert received.tags == [
        "wallet.transaction.approved", "card.order.processing", "order.done", "card.status.active",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "changes", [{"pathes": {}}, {"paths": {"buy_card": "x"}}, {"constants": {"order_status": {"x": 1}}}]
)
def test_an_override_of_something_unknown_is_an_error(world, changes):
    with pytest.raises(KeyError):
        world.tables.changed(changes)


@pytest.mark.parametrize(("value", "text"), [
    ("10", "10"), ("10.00", "10"), ("11.50", "11.5"), ("0", "0"), ("0.00", "0"), ("1E+3", "1000"), ("-4.20", "-4.2"),
    ("218420.55", "218420.55"), ("0.00000001", "0.00000001"),
])  # fmt: skip
def test_numbers_are_written_without_needless_decimals(value, text):
    assert exact.dumps({"amount": Decimal(value)}) == f'{{"amount":{text}}}'


def test_a_float_is_never_written():
    with pytest.raises(TypeError):
        exact.dumps([0.1])
