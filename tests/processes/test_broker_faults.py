"""The broker loses or repeats its messages: the rows are the promise, so that costs time and nothing else."""

import redis

from tests.processes.house import eventually


def test_redis_killed_with_everything_it_knew_costs_no_work(house, world, asked, opened):
    """F49"""
    house.worker()
    house.redis.kill()
    answer = house.ask_for_a_card(key="k-1")
    assert answer.status_code == 202
    assert house.callback("n-1", order=answer.json()["merchant_ref"]).status_code == 200
    assert (house.calls(), asked()) == (["queued"], 0)

    house.redis.start()
    house.wait_for_call("done")
    house.wait_for_card()
    assert (asked(), opened()) == (1, [answer.json()["merchant_ref"]])


def test_redis_flushed_while_messages_wait_costs_no_work(house, world, asked, opened):
    """F49"""
    answer = house.ask_for_a_card(key="k-1")
    with redis.Redis(port=house.redis.port) as client:
        eventually(lambda: client.llen("backoffice:money"), "a message")
        client.flushall()
    house.worker()
    house.wait_for_call("done")
    house.wait_for_card()
    assert (asked(), opened()) == (1, [answer.json()["merchant_ref"]])


def test_a_message_delivered_many_times_to_two_workers_sends_once(house, world, asked, opened):
    """F50"""
    world.fail_next("delay", "card/order/open", seconds=1)
    house.worker(processes=2)
    house.worker(processes=2)
    reference = house.ask_for_a_card(key="k-1").json()["merchant_ref"]
    for _ in range(12):
        house.sweep()
    house.wait_for_call("done")
    house.wait_for_card()
    assert (asked(), opened()) == (1, [reference])
    assert house.orders() == [(reference, "succeeded")]
