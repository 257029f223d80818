"""A worker dies in the middle of a command over many rows: the batch goes on, and each row is done once."""

import re

import requests

from tests.processes.house import PATIENCE, eventually

ROWS = 6
ASK = "/cards/orders/selected/ask/"


def test_a_batch_whose_worker_was_killed_goes_on_and_does_each_row_once(house, world):
    for number in range(ROWS):
        assert house.ask_for_a_card(key=f"k-{number}", amount="10.00").status_code == 202
    worker = house.worker(crash_at="in_batch_item")
    question = requests.get(f"{house.url}{ASK}", cookies={"session": house.ways_in["session"]}, timeout=PATIENCE).text
    form = {name: re.search(rf'name="{name}" value="([^"]+)"', question)[1] for name in ("key", "digest")}
    for _each in range(2):  # a double click
        house.press(ASK, all="1", **form)
    eventually(house.marker("in_batch_item").exists, "the worker to die")
    worker.kill()
    assert house.rows("SELECT state, count(*) FROM outbox_batchitem GROUP BY state") == [("waiting", ROWS)]

    house.worker()
    house.sweep("backoffice.outbox.tasks.work_batches", "sync")
    promised = [("promised", ROWS)]
    eventually(
        lambda: house.rows("SELECT state, count(*) FROM outbox_batchitem GROUP BY state") == promised, "every row"
    )
    asked = house.rows(
        "SELECT count(*), count(DISTINCT ref) FROM journal_journalentry"
        " WHERE verb = 'mirror.ask_now' AND ref LIKE 'cards.%%'"
    )
    assert (asked, house.rows("SELECT count(*) FROM outbox_batch")) == ([(ROWS, ROWS)], [(1,)])
