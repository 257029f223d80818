"""Clicks, replies and callbacks that meet: one order at the provider and one card here."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

from tests.processes.house import eventually

CLICKS = 20


def test_twenty_clicks_at_once_are_one_order_and_one_card(house, world, asked, opened):
    house.worker(processes=2)
    together = Barrier(CLICKS)

    def click(_number: int):
        together.wait()
        return house.ask_for_a_card(key="k-1")

    with ThreadPoolExecutor(CLICKS) as pool:
        answers = list(pool.map(click, range(CLICKS)))
    assert {answer.status_code for answer in answers} <= {202, 409}
    answers.append(house.ask_for_a_card(key="k-1"))
    assert answers[-1].status_code == 202
    assert len({answer.json()["call"]["id"] for answer in answers if answer.status_code == 202}) == 1

    house.wait_for_call("done")
    house.wait_for_card()
    assert (asked(), opened()) == (1, [answers[-1].json()["merchant_ref"]])
    assert house.orders() == [(answers[-1].json()["merchant_ref"], "succeeded")]


def test_a_callback_before_the_reply_makes_one_order_and_one_card(house, world, asked, opened):
    world.switches.before_reply = True
    world.switches.settle_after = Decimal(0)
    house.worker(processes=2)
    reference = house.ask_for_a_card(key="k-1").json()["merchant_ref"]
    house.wait_for_call("done")
    house.wait_for_card()
    eventually(lambda: house.orders() == [(reference, "succeeded")], "the order to have succeeded")
    assert (asked(), opened()) == (1, [reference])


def test_every_callback_twice_under_the_same_and_under_a_new_id_makes_one_order_and_one_card(
    house, world, asked, opened
):
    world.switches.duplicates = 1
    world.switches.renewed = 1
    house.worker(processes=2)
    reference = house.ask_for_a_card(key="k-1").json()["merchant_ref"]
    house.wait_for_card()
    eventually(lambda: house.orders() == [(reference, "succeeded")], "the order to have succeeded")
    events = [sent.event for sent in world.callbacks]
    assert events.count("card.order.success") == 4
    assert house.rows("SELECT seen FROM webhooks_delivery WHERE topic = 'card.order.success'") == [(2,), (2,)]
    assert (house.calls(), asked(), opened()) == (["done"], 1, [reference])
