"""A worker dies, or its provider keeps silent, in the middle of issuing a card: one card, or none, never two."""

import pytest

from tests.processes.house import eventually

LOOKS = 5  # after an unknown outcome, before a person is asked


def test_killed_before_the_first_byte_no_card_and_a_person_sends_it_once_under_the_same_reference(
    house, world, asked, opened
):
    """F22"""
    worker = house.worker(crash_at="after_claim")
    answer = house.ask_for_a_card(key="k-1")
    assert answer.status_code == 202
    eventually(house.marker("after_claim").exists, "the worker to die")
    worker.kill()
    assert (house.calls(), asked(), opened()) == (["claimed"], 0, [])

    house.worker()
    for look in range(1, LOOKS + 1):
        house.make_due()
        house.sweep()
        eventually(lambda look=look: house.rows("SELECT looks FROM outbox_call") == [(look,)], f"look {look}")
    assert (house.calls(), asked(), opened()) == (["dead"], 0, [])

    call, reference = answer.json()["call"]["id"], answer.json()["merchant_ref"]
    for _ in range(2):
        house.press(f"/calls/{call}/send-again/", key="again")
    house.wait_for_call("done")
    house.wait_for_card()
    assert (asked(), opened()) == (1, [reference])
    assert house.orders() == [(reference, "succeeded")]


@pytest.mark.parametrize("point", ["before_record", "after_send"])
def test_killed_between_the_provider_call_and_our_commit_it_is_looked_up_and_not_sent_again(
    house, world, asked, opened, point
):
    """F23"""
    worker = house.worker(crash_at=point)
    reference = house.ask_for_a_card(key="k-1").json()["merchant_ref"]
    eventually(house.marker(point).exists, "the worker to die")
    worker.kill()
    assert (house.calls(), asked(), opened()) == (["claimed"], 1, [reference])

    house.worker()
    house.make_due()
    house.sweep()
    house.wait_for_call("done")
    house.wait_for_card()
    assert (asked(), opened()) == (1, [reference])
    assert house.orders() == [(reference, "succeeded")]


def test_killed_after_the_commit_and_before_the_ack_the_message_comes_again_and_finds_nothing_to_do(
    house, world, asked, opened
):
    """F24"""
    worker = house.worker(crash_at="before_ack")
    reference = house.ask_for_a_card(key="k-1").json()["merchant_ref"]
    eventually(house.marker("before_ack").exists, "the worker to die")
    worker.kill()
    assert house.calls() == ["done"]

    house.worker()
    house.sweep()
    house.wait_for_card()
    assert (house.calls(), asked(), opened()) == (["done"], 1, [reference])
    assert house.orders() == [(reference, "succeeded")]


def test_a_pool_child_killed_alone_loses_neither_task_nor_card(house, world, asked, opened):
    """F25"""
    house.worker(crash_at="before_record")
    reference = house.ask_for_a_card(key="k-1").json()["merchant_ref"]
    eventually(house.marker("before_record").exists, "the child to die")
    assert (house.calls(), asked(), opened()) == (["claimed"], 1, [reference])

    house.make_due()
    house.sweep()
    house.wait_for_call("done")
    house.wait_for_card()
    assert (asked(), opened()) == (1, [reference])


def test_silence_after_the_provider_accepted_keeps_the_hold_until_a_look_finds_the_order(house, world, asked, opened):
    """F26"""
    world.fail_next("timeout", "card/order/open", seconds=4)
    house.worker()
    reference = house.ask_for_a_card(key="k-1").json()["merchant_ref"]
    house.wait_for_call("uncertain")
    assert house.rows("SELECT reserved_amount, left_at FROM outbox_call WHERE reserves <> ''") == [(101.5, None)]

    house.make_due()
    house.sweep()
    house.wait_for_call("done")
    house.wait_for_card()
    assert (asked(), opened()) == (1, [reference])
    assert house.orders() == [(reference, "succeeded")]
