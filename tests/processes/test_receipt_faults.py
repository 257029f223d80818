"""Callbacks, while what should keep or understand them dies."""

from time import monotonic

import pytest
import requests

from tests.processes.house import eventually
from tools.servers import free_port

DELIVERIES = "SELECT delivery_id, state, seen FROM webhooks_delivery ORDER BY id"


def test_a_callback_while_the_database_is_away_gets_503_in_time_and_is_kept_when_sent_again(house):
    """F19"""
    house.postgres.kill()
    started = monotonic()
    refused = house.callback("n-1", order="CI1")
    took = monotonic() - started
    assert (refused.status_code, house.status("/readyz"), house.status("/livez")) == (503, 503, 200)
    assert took < 5

    house.postgres.start()
    # each process drops its dead connections one by one, each at the price of one refusal
    eventually(lambda: all(house.status("/readyz") == 200 for _ in range(20)), "the database to be back")
    kept = house.callback("n-1", order="CI1")
    assert (kept.status_code, kept.json()["code"]) == (200, 0)
    assert house.rows(DELIVERIES) == [("n-1", "received", 1)]


def test_a_web_process_killed_after_the_commit_finds_a_duplicate_when_the_callback_comes_again(house):
    """F20"""
    port = free_port()
    house.web(crash_at="after_delivery_kept", port=port)
    with pytest.raises(requests.ConnectionError):
        house.callback("n-1", order="CI1", port=port)
    assert house.rows(DELIVERIES) == [("n-1", "received", 1)]

    again = eventually(lambda: _answered(house, port), "the server to have a new process")
    assert (again.status_code, again.json()["code"]) == (200, 0)
    assert house.rows(DELIVERIES) == [("n-1", "received", 2)]


def test_a_worker_killed_while_it_reads_deliveries_leaves_them_to_the_next(house, world):
    """F21"""
    worker = house.worker(crash_at="after_delivery_claim")
    house.callback("n-1", order="CI1")
    eventually(house.marker("after_delivery_claim").exists, "the worker to die")
    worker.kill()
    assert house.rows(DELIVERIES) == [("n-1", "processing", 1)]

    house.worker()
    house.make_due()
    house.sweep("webhooks.tasks.process_deliveries", "ingest")
    eventually(lambda: house.rows(DELIVERIES) == [("n-1", "waiting", 1)], "the delivery to be read")
    assert house.rows("SELECT count(*) FROM mirror_watch WHERE object_id = 'CI1'") == [(1,)]


def _answered(house, port):
    try:
        return house.callback("n-1", order="CI1", port=port)
    except requests.ConnectionError:
        return None
