"""Callbacks: what is sent, when, how often, and when the provider gives up."""

import json
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from backoffice.providers.emulator import callbacks
from tests.providers.emulator.asking import START

OPENING = ["wallet.transaction.approved", "card.order.processing", "card.order.success", "card.status.active"]
ACKNOWLEDGED = (200, '{"code":0,"message":"success"}')
REFUSED = (200, '{"code":1,"message":"storage unavailable"}')


class Receiver(BaseHTTPRequestHandler):
    """Answers what the server was told to, and keeps what came."""

    def do_POST(self):
        self.server.received.append(
            (self.path, self.headers["Content-Type"], self.rfile.read(int(self.headers["Content-Length"])))
        )
        status, body = self.server.answers.pop(0) if self.server.answers else ACKNOWLEDGED
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def receiver(*answers):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.received, server.answers = [], list(answers)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def one_event(world, **data):
    world.send(next(iter(world.apps.values())), "card.order.success", data or {"order_id": "ord_1"})


def test_an_opening_is_told_in_four_events(world, call, opening, received):
    call("card/order/open", **opening)
    world.tick()
    assert received.tags == OPENING[:2]
    world.advance(2)
    assert received.tags == OPENING
    assert {one["customer_id"] for one in received} == {10001001}
    assert [len(one["notify_id"]) for one in received] == [25] * 4
    assert len({one["notify_id"] for one in received}) == 4


def test_an_order_event_is_the_order_detail_of_that_moment(world, call, opening, received):
    call("card/order/open", **opening)
    accepted = call("card/order/detail", out_order_id="o-1")["data"]
    world.settle()
    assert received[1]["event_data"] == accepted
    assert received[2]["event_data"] == call("card/order/detail", out_order_id="o-1")["data"]
    card = world.cards[world.orders["o-1"].card_id]
    assert received[3]["event_data"] == call("card/detail", card_id=card.card_id)["data"]
    assert received[3]["event_data"]["cvv"] == card.cvv


def test_a_callback_is_posted_to_the_address_of_the_app(world, call, opening):
    world.deliver = None
    with receiver() as there:
        app = next(iter(world.apps.values()))
        app.callback_url = f"http://127.0.0.1:{there.server_port}/webhooks/openapi/t0ken/"
        call("card/order/open", **opening)
        world.settle()
    assert [path for path, _, _ in there.received] == ["/webhooks/openapi/t0ken/"] * 4
    assert {kind for _, kind, _ in there.received} == {"application/json"}
    bodies = [json.loads(body) for _, _, body in there.received]
    assert [body["event"] for body in bodies] == OPENING
    assert [list(body) for body in bodies] == [["notify_id", "customer_id", "event", "event_data"]] * 4
    assert [type(body["event_data"]) for body in bodies] == [str] * 4
    assert [(sent.status, sent.acknowledged) for sent in world.callbacks] == [(200, True)] * 4


def test_a_refused_callback_comes_again_by_the_table_with_the_same_id_and_then_never(world):
    world.deliver = None
    with receiver(*[(500, "")] * 3, REFUSED, (200, "ok"), (302, ""), (200, "[]")) as there:
        next(iter(world.apps.values())).callback_url = f"http://127.0.0.1:{there.server_port}/"
        one_event(world)
        world.tick()
        world.advance(2 * 86400)
        assert len(there.received) == 7
        world.advance(30 * 86400)
    assert len(there.received) == 7
    assert len({body for _, _, body in there.received}) == 1
    seconds = [0, 60, 360, 1560, 5160, 26760, 113160]
    assert [sent.at for sent in world.callbacks] == [
        f"{START + timedelta(seconds=gap):%Y-%m-%d %H:%M:%S}" for gap in seconds
    ]
    assert [letter.state for letter in world.letters] == ["given_up"]


def test_a_receiver_that_is_away_is_tried_again(world):
    world.deliver = None
    with receiver() as gone:
        address = f"http://127.0.0.1:{gone.server_port}/"
    next(iter(world.apps.values())).callback_url = address
    one_event(world)
    world.tick()
    assert [(sent.status, sent.answer) for sent in world.callbacks] == [(0, "ConnectionError")]
    assert world.letters[0].due == START + timedelta(seconds=60)


@pytest.mark.parametrize(("answer", "state"), [
    (ACKNOWLEDGED, "acknowledged"),
    ((200, b'{"code":0}'), "acknowledged"),
    (REFUSED, "waiting"),
    ((201, '{"code":0}'), "waiting"),
    ((200, '{"code":"0"}'), "waiting"),
    ((200, '{"code":false}'), "waiting"),
    ((200, "success"), "waiting"),
    ((500, '{"code":0}'), "waiting"),
])  # fmt: skip
def test_only_status_200_with_code_0_is_an_acknowledgement(world, received, answer, state):
    received.answer = answer
    one_event(world)
    world.tick()
    assert world.letters[0].state == state


def test_an_app_without_an_address_gets_nothing(world):
    world.deliver = None
    one_event(world)
    world.advance(10)
    assert (world.letters[0].state, world.callbacks) == ("without_address", [])


def test_duplicates_carry_the_same_id_and_renewals_a_new_one(world, received):
    world.switches.duplicates = 2
    one_event(world)
    world.tick()
    assert len({one["notify_id"] for one in received}) == 1
    assert len(received) == 3
    received.clear()
    world.switches.duplicates, world.switches.renewed = 0, 1
    one_event(world)
    world.tick()
    assert len({one["notify_id"] for one in received}) == 2
    assert received[0]["event_data"] == received[1]["event_data"]


def test_a_shuffle_changes_the_order_and_loses_nothing(world, received):
    world.switches.shuffle = True
    for number in range(20):
        one_event(world, number=number)
    world.tick()
    numbers = [one["event_data"]["number"] for one in received]
    assert (sorted(numbers), numbers == sorted(numbers)) == (list(range(20)), False)


def test_a_delay_keeps_callbacks_back(world, received):
    world.switches.turn({"delay": 30})
    one_event(world)
    world.advance(29)
    assert received == []
    world.advance(1)
    assert received.tags == ["card.order.success"]


def test_dropped_events_never_come(world, received):
    world.switches.drop = 1
    one_event(world, number=1)
    one_event(world, number=2)
    world.advance(200_000)
    assert [one["event_data"] for one in received] == [{"number": 2}]


def test_everything_can_be_dropped(world, received):
    world.switches.drop = -1
    one_event(world)
    one_event(world)
    world.tick()
    assert received == []


def test_content_may_come_as_an_object(world):
    bodies = []
    world.deliver = lambda url, body, headers: bodies.append(json.loads(body)) or ACKNOWLEDGED
    world.switches.object_data = True
    one_event(world)
    world.tick()
    assert bodies[0]["event_data"] == {"order_id": "ord_1"}
    assert world.callbacks[0].data == {"order_id": "ord_1"}


def test_an_unknown_tag_follows_each_event(world, received):
    world.switches.unknown_tag = True
    one_event(world)
    world.tick()
    assert received.tags == ["card.order.success", "card.rumour.heard"]


def test_acknowledgements_may_be_overheard(world, received):
    world.switches.ignore_acks = 1
    one_event(world)
    world.tick()
    world.advance(60)
    assert [one["notify_id"] for one in received] == [world.letters[0].notify_id] * 2
    assert world.letters[0].state == "acknowledged"


def test_callbacks_may_overtake_the_reply_of_their_call(world, call, opening):
    seen = []
    world.deliver = lambda url, body, headers: seen.append((json.loads(body)["event"], replied[:])) or ACKNOWLEDGED
    replied = []
    world.switches.turn({"before_reply": True, "settle_after": 0})
    replied.append(call("card/order/open", **opening)["code"])
    assert seen == [(tag, []) for tag in OPENING]
    assert replied == [0]


def test_an_old_callback_can_be_sent_again(world, received):
    one_event(world)
    world.tick()
    callbacks.send_again(world, received[0]["notify_id"])
    assert received[0] == received[1]


def test_the_lock_is_free_while_a_callback_is_out(world):
    free = []

    def try_lock():
        free.append(world.lock.acquire(timeout=1))
        world.lock.release()

    def deliver(url, body, headers):
        thread = Thread(target=try_lock)
        thread.start()
        thread.join()
        return ACKNOWLEDGED

    world.deliver = deliver
    one_event(world)
    world.tick()
    assert free == [True]
