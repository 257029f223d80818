"""Told to stop, web and worker finish what they have begun, and nothing is lost or done twice."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from time import sleep

from tests.processes.house import eventually
from tools.servers import free_port


def test_a_web_server_told_to_stop_answers_what_it_has_begun(house, world, opened):
    port = free_port()
    web = house.web(port=port)
    with ThreadPoolExecutor(1) as beside, house.locked("wallets_wallet"):
        answer = beside.submit(house.ask_for_a_card, key="k-1", port=port)
        eventually(lambda: house.rows(WAITING), "the request to wait for the wallet")
        os.kill(web.process.pid, signal.SIGTERM)
        sleep(0.5)
        assert not answer.done()
    assert answer.result().status_code == 202
    assert web.process.wait(30) == 0
    assert (house.calls(), house.status("/livez", port=port)) == (["queued"], 0)


def test_a_worker_told_to_stop_finishes_the_call_that_it_sends(house, world, asked, opened):
    world.fail_next("delay", "card/order/open", seconds=0.8)
    worker = house.worker()
    first = house.ask_for_a_card(key="k-1").json()["merchant_ref"]
    eventually(asked, "the provider to be asked")
    os.kill(worker.process.pid, signal.SIGTERM)
    second = house.ask_for_a_card(key="k-2").json()["merchant_ref"]
    assert worker.process.wait(40) == 0
    assert house.calls()[0] == "done"
    assert house.calls()[1] in {"queued", "done"}

    house.worker()
    eventually(lambda: house.calls() == ["done", "done"], "the second call to be done")
    assert (asked(), opened()) == (2, [first, second])


def test_a_worker_leaves_tasks_that_it_does_not_know_and_goes_on(house, world, opened):
    """F55: during a deployment a message of newer code reaches an older worker."""
    worker = house.worker()
    house.sweep("cards.tasks.of_a_later_version")
    reference = house.ask_for_a_card(key="k-1").json()["merchant_ref"]
    house.wait_for_call("done")
    assert opened() == [reference]
    assert worker.process.poll() is None
    assert "unregistered task" in worker.log.read_text()


WAITING = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
