"""Each fault, without a socket and over a real one: what the client sees, and whether the work was done."""

from contextlib import suppress
from decimal import Decimal
from time import sleep

import pytest
import requests

from backoffice.providers.emulator import InProcess, exact, wsgi_app
from backoffice.providers.emulator.faults import KINDS, Fault
from tests.providers.emulator.asking import BASE, WHO, calling

DONE, NOT_DONE = ["o-1"], []
TRANSPORT = [
    ("lose_reply", requests.ConnectionError, DONE),
    ("drop_request", requests.ConnectionError, NOT_DONE),
    ("timeout", requests.ReadTimeout, DONE),
    ("timeout_before", requests.ReadTimeout, NOT_DONE),
    ("late_accept", requests.ReadTimeout, NOT_DONE),
    ("reset_mid_body", requests.exceptions.ChunkedEncodingError, DONE),
    ("truncated_body", requests.exceptions.ChunkedEncodingError, DONE),
]
NEVER_LEFT = [
    ("refuse_connection", requests.ConnectionError),
    ("dns_failure", requests.ConnectionError),
    ("connect_timeout", requests.ConnectTimeout),
    ("tls_error", requests.exceptions.SSLError),
]
PAGES = [
    ("status_500", {}, 500, DONE), ("status_502", {}, 502, DONE), ("status_503", {}, 503, DONE),
    ("status_504", {}, 504, DONE), ("status_502", {"when": "before"}, 502, NOT_DONE), ("html_200", {}, 200, DONE),
    ("throttle_429", {}, 429, NOT_DONE), ("unauthorized_401", {}, 401, NOT_DONE), ("forbidden_403", {}, 403, NOT_DONE),
]  # fmt: skip


@pytest.fixture(params=["in process", "over a socket"])
def base(request, world, session):
    """The address of the emulator, either way; the session leads there."""
    return BASE if request.param == "in process" else f"{request.getfixturevalue('server').url}/open-api/v1/"


@pytest.fixture
def ask(session, base):
    return calling(session, base)


def open_card(session, base, opening):
    return session.post(base + "card/order/open", data=exact.dumps({**WHO, **opening}), timeout=(1, 0.3))


@pytest.mark.parametrize(("kind", "error", "orders"), TRANSPORT)
def test_an_exchange_without_an_answer(world, session, base, opening, kind, error, orders):
    world.faults = [kind]
    with pytest.raises(error) as caught:
        open_card(session, base, opening)
    assert type(caught.value) is error
    assert list(world.orders) == orders
    assert [(one.call, one.fault, one.status) for one in world.requests] == [("open_card", kind, 0)]
    assert open_card(session, base, opening).status_code == 200


@pytest.mark.parametrize(("kind", "error"), NEVER_LEFT)
def test_a_request_that_never_left_leaves_no_trace(world, session, opening, kind, error):
    world.fail_next(kind)
    with pytest.raises(error) as caught:
        open_card(session, BASE, opening)
    assert type(caught.value) is error
    assert isinstance(caught.value.args[0].reason, Exception)
    assert (world.requests, world.orders) == ([], {})


@pytest.mark.parametrize("kind", ["refuse_connection", "dns_failure", "connect_timeout", "tls_error"])
def test_a_closed_door_truly_refuses_and_opens_again(world, server, opening, kind):
    session, base = requests.Session(), f"{server.url}/open-api/v1/"
    world.fail_next(kind, seconds=0.3)
    with pytest.raises(requests.ConnectionError) as caught:
        open_card(session, base, opening)
    assert type(caught.value.args[0].reason).__name__ == "NewConnectionError"
    assert world.requests == []
    assert answered_in_time(session, base, opening).json()["code"] == 0


def answered_in_time(session, base, opening):
    for _ in range(200):
        try:
            return open_card(session, base, opening)
        except requests.ConnectionError:
            sleep(0.02)
    raise AssertionError("the door stayed closed")


@pytest.mark.parametrize(("kind", "details", "status", "orders"), PAGES)
def test_a_page_instead_of_an_envelope(world, session, base, opening, kind, details, status, orders):
    world.fail_next(kind, **details)
    reply = open_card(session, base, opening)
    assert (reply.status_code, reply.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert list(world.orders) == orders


def test_an_empty_and_a_truncated_answer(world, session, base, opening):
    world.faults = ["empty_200", {"kind": "truncated_json", "path": "card/order/detail"}]
    assert (open_card(session, base, opening).content, list(world.orders)) == (b"", DONE)
    whole = session.post(base + "wallet/list", json=WHO).content
    assert exact.loads(whole)["code"] == 0
    cut = session.post(base + "card/order/detail", json={**WHO, "out_order_id": "o-1"}).content
    with pytest.raises(ValueError, match="Unterminated|Expecting"):
        exact.loads(cut)


@pytest.mark.parametrize(("details", "header"), [({}, None), ({"retry_after": 7}, "7")])
def test_throttling_may_say_when_to_come_back(world, session, base, opening, details, header):
    world.fail_next("throttle_429", **details)
    assert open_card(session, base, opening).headers.get("Retry-After") == header


@pytest.mark.parametrize(("kind", "details", "code", "orders"), [
    ("error_code", {"code": 9001}, 9001, NOT_DONE),
    ("error_code", {"code": 9999, "when": "after"}, 9999, DONE),
    ("error_code", {"code": 4242}, 4242, NOT_DONE),
    ("1005", {}, 1005, NOT_DONE),
    ("1002", {}, 1002, NOT_DONE),
    ("3001", {"when": "after"}, 3001, DONE),
])  # fmt: skip
def test_any_envelope_code(world, ask, opening, kind, details, code, orders):
    world.fail_next(kind, **details)
    reply = ask("card/order/open", **opening)
    assert (reply["code"], reply["data"]) == (code, {})
    assert list(world.orders) == orders


def test_not_found_although_it_exists(world, ask, opening):
    ask("card/order/open", **opening)
    world.fail_next("not_found", path="card/order/detail")
    assert ask("card/order/detail", out_order_id="o-1")["code"] == 2002
    assert ask("card/order/detail", out_order_id="o-1")["code"] == 0


@pytest.mark.parametrize(("kind", "details", "changed"), [
    ("wrong_amount", {}, {"amount": 101, "total_amount": Decimal("102.5")}),
    ("wrong_amount", {"value": 7}, {"amount": 7, "total_amount": 7}),
    ("wrong_currency", {}, {"currency": "XTS"}),
    ("wrong_card", {"value": "cid_another"}, {"card_id": "cid_another"}),
    ("wrong_holder", {"value": "hid_another"}, {"holder_id": "hid_another"}),
    ("wrong_order", {}, {"out_order_id": "somebody_elses"}),
    ("unknown_status", {}, {"status": 77}),
    ("null_fields", {"fields": ["mark", "fee"]}, {"mark": None, "fee": None}),
    ("wrong_types", {"fields": ["mark", "amount"]}, {"mark": [""], "amount": "100"}),
    ("extra_fields", {}, {"extra_field": "new", "extra_object": {"list": [1, "two", None]}}),
])  # fmt: skip
def test_an_answer_with_something_wrong_in_it(world, ask, opening, kind, details, changed):
    ask("card/order/open", **opening)
    good = ask("card/order/detail", out_order_id="o-1")["data"]
    world.fail_next(kind, path="card/order/detail", **details)
    bad = ask("card/order/detail", out_order_id="o-1")["data"]
    assert bad == {**good, "bill_list": bad["bill_list"], **changed}
    assert ask("card/order/detail", out_order_id="o-1")["data"] == good


def test_an_answer_without_some_fields(world, ask, opening):
    ask("card/order/open", **opening)
    good = ask("card/order/list")["data"]["order_list"][0]
    world.fail_next("missing_fields", fields=["mark", "currency"])
    assert good.keys() - ask("card/order/list")["data"]["order_list"][0].keys() == {"mark", "currency"}


def test_a_late_acceptance_is_not_found_at_first_and_then_there(world, session, ask, base, opening):
    world.faults = [{"kind": "late_accept", "seconds": 90}]
    with pytest.raises(requests.ReadTimeout):
        open_card(session, base, opening)
    world.advance(89)
    assert ask("card/order/detail", out_order_id="o-1")["code"] == 2002
    world.advance(1)
    assert ask("card/order/detail", out_order_id="o-1")["data"]["create_at"] == "2026-03-02 09:01:30"


def test_a_second_try_before_the_late_one_leaves_one_order(world, session, ask, base, opening):
    world.faults = ["late_accept"]
    with pytest.raises(requests.ReadTimeout):
        open_card(session, base, opening)
    assert ask("card/order/open", **opening)["code"] == 0
    world.advance(90)
    assert [order.create_at for order in world.orders.values()] == ["2026-03-02 09:00:00"]


def test_a_delay_is_an_answer_or_a_timeout(world, session, base, opening):
    world.fail_next("delay", seconds=0.01)
    assert open_card(session, base, opening).json()["code"] == 0
    world.fail_next("delay", seconds=2)
    with pytest.raises(requests.ReadTimeout):
        open_card(session, base, opening | {"out_order_id": "o-2"})
    assert list(world.orders) == ["o-1", "o-2"]


def test_a_fault_waits_for_its_path_and_lasts_its_times(world, ask):
    world.fail_next("1005", path="card/list", times=2)
    assert [ask(path)["code"] for path in ("wallet/list", "card/list", "card/list", "card/list")] == [0, 1005, 1005, 0]
    world.fail_next("1005", path="list_wallets")
    assert [ask("wallet/list")["code"], world.faults] == [1005, []]


def test_faults_are_met_in_the_order_of_the_queue(world, ask):
    world.faults = ["9001", {"kind": "error_code", "code": 9999}, Fault(kind="not_found")]
    assert [ask("wallet/list")["code"] for _ in range(4)] == [9001, 9999, 2002, 0]


def test_an_unknown_fault_is_an_error(world):
    with pytest.raises(ValueError, match="no such fault: coffee"):
        world.fail_next("coffee")


def test_no_fault_holds_the_lock_while_it_lasts(world, server):
    world.fail_next("timeout", seconds=5)
    with pytest.raises(requests.ReadTimeout):
        requests.post(f"{server.url}/open-api/v1/wallet/list", json=WHO, timeout=0.2)
    assert requests.post(f"{server.url}/open-api/v1/wallet/list", json=WHO, timeout=1).json()["code"] == 0


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_met_on_a_read(world, kind):
    session = requests.Session()
    session.mount("https://", InProcess(wsgi_app(world)))
    world.fail_next(kind, **({"code": 9001} if kind == "error_code" else {}))
    with suppress(requests.RequestException):
        session.post(BASE + "wallet/list", json=WHO, timeout=1)
    assert world.faults == []
    assert session.post(BASE + "wallet/list", json=WHO, timeout=1).json()["data"]["total"] == 1


def test_a_list_may_misbehave_at_one_page(world, ask, opening):
    for number in range(4):
        ask("card/order/open", **opening | {"out_order_id": f"o-{number}"})
    for kind in ("9001", "empty_page", "repeat_page"):
        world.fail_next(kind, path="card/order/list", where={"page": 2})
    pages = [ask("card/order/list", page=page, page_size=2) for page in (1, 2, 2, 2, 2)]
    shown = [[order["out_order_id"] for order in page["data"].get("order_list", [])] for page in pages]
    assert shown == [["o-3", "o-2"], [], [], ["o-3", "o-2"], ["o-1", "o-0"]]
    assert [page["code"] for page in pages] == [0, 9001, 0, 0, 0]
