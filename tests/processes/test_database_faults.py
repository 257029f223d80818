"""The database goes away under load: what was committed is kept, and the rest may be asked again."""

from concurrent.futures import ThreadPoolExecutor

import requests

from tests.processes.house import eventually


def test_a_database_restarted_under_load_costs_an_answer_and_never_a_promise(house, world, asked, opened):
    """F51"""
    house.worker(processes=2)
    body = house.order_body(amount="10.00")
    with ThreadPoolExecutor(6) as many:
        answers = [many.submit(_ask, house, body, f"k-{number}") for number in range(30)]
        eventually(lambda: len(house.orders()) >= 5, "some to be kept")
        house.postgres.stop()  # at once, as after a crash
        house.postgres.start()
    codes = [answer.result() for answer in answers]
    assert set(codes) <= {202, 503}
    eventually(lambda: house.status("/readyz") == 200, "the database to be back")

    again = [
        _ask(house, body, f"k-{number}") for number in range(30)
    ]  # who had no answer asks again under the same key
    assert again == [202] * 30
    eventually(lambda: _hurried(house) == {"done"}, "every call to be done")
    assert len(house.orders()) == 30
    assert sorted(opened()) == sorted(reference for reference, _state in house.orders())
    assert asked() >= 30


def _ask(house, body: dict, key: str) -> int:
    try:
        return house.post("/api/v1/card-orders", body, key=key).status_code
    except requests.RequestException:
        return 503  # the connection to the web server broke


def _hurried(house) -> set[str]:
    house.make_due()
    house.sweep()
    return set(house.calls())
