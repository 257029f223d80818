"""Every request of the contract's examples gets an answer with exactly the keys of the example."""

import json

import pytest

from tests.providers.emulator.asking import FIXTURES, session_into

SAME = [
    "api.wallet.list", "api.wallet.detail", "api.wallet.transaction.detail", "api.card.bin.list", "api.card.bin.detail",
    "api.card.bin.fee", "api.card.bin.limit", "api.card.list", "api.card.detail", "api.card.order.list",
    "api.card.order.detail", "api.card.holder.list", "api.card.holder.detail", "api.card.freeze",
]  # fmt: skip
SAME_KEYS = [
    "api.wallet.transaction.list", "api.card.order.open", "api.card.order.recharge", "api.card.close",
    "api.card.holder.create", "api.card.holder.update", "api.card.holder.delete", "api.card.unfreeze",
    "api.card.activate",
]  # fmt: skip
EVENTS = ["order.processing", "order.success.open", "order.success.recharge", "order.success.close", "order.fail"]


@pytest.mark.parametrize("name", SAME)
def test_the_example_story_gives_the_example_answer(example, name):
    assert ask(example, name).json() == answer_of(name)


@pytest.mark.parametrize("name", SAME_KEYS)
def test_an_answer_has_exactly_the_keys_of_the_example(example, name):
    make_way_for(example, name)
    reply = ask(example, name).json()
    assert reply["code"] == 0
    assert keys(reply) == keys(answer_of(name))


def test_an_exchange_is_two_records_of_one_transaction(example):
    wanted = answer_of("api.wallet.transaction.detail.exchange")
    asked = request_of("api.wallet.transaction.detail") | {
        "transaction_id": wanted["data"]["transaction_list"][0]["transaction_id"]
    }
    assert post(example, "wallet/transaction/detail", asked).json() == wanted


@pytest.mark.parametrize(("code", "name", "change"), [
    (1001, "api.card.order.open", {"out_order_id": "new-1", "amount": ""}),
    (1002, "api.card.order.open", {"key": "0" * 32}),
    (2002, "api.card.detail", {"card_id": "cid_0000000000000000"}),
    (2003, "api.card.order.open", {"out_order_id": "new-2", "amount": 2761}),
    (3001, "api.card.order.open", {}),
    (3003, "api.card.unfreeze", {}),
])  # fmt: skip
def test_a_refusal_reads_like_the_example(example, code, name, change):
    assert post(example, path_of(name), request_of(name) | change).json() == answer_of(f"error.{code}")


@pytest.mark.parametrize("name", EVENTS)
def test_an_order_event_has_exactly_the_keys_of_the_example(example, received, name):
    happen(example)
    wanted = json.loads((FIXTURES / f"webhook.card.{name}.json").read_text())
    kind = json.loads(wanted["event_data"])["order_type"]
    found = [one for one in received if one["event"] == wanted["event"] and one["event_data"]["order_type"] == kind]
    assert keys(found[0]["event_data"]) == keys(json.loads(wanted["event_data"]))
    assert {"notify_id", "customer_id", "event", "event_data", "url"} == found[0].keys()


@pytest.mark.parametrize("name", ["active", "freeze", "unfreeze", "closing", "closed"])
def test_a_card_event_has_exactly_the_keys_of_the_example(example, received, name):
    happen(example)
    wanted = json.loads((FIXTURES / f"webhook.card.status.{name}.json").read_text())
    found = next(one for one in received if one["event"] == wanted["event"])
    assert found["event_data"].keys() == json.loads(wanted["event_data"]).keys()
    assert found["event_data"]["status"] == json.loads(wanted["event_data"])["status"]


@pytest.mark.parametrize("name", ["approved.income", "approved.expenditure"])
def test_a_wallet_event_has_exactly_the_keys_of_the_example(example, received, name):
    happen(example)
    wanted = json.loads((FIXTURES / f"webhook.wallet.transaction.{name}.json").read_text())
    direction = json.loads(wanted["event_data"])["in_out_type"]
    events = [one["event_data"] for one in received if one["event"] == wanted["event"]]
    found = next(data for data in events if data["in_out_type"] == direction)
    assert list(found) == list(json.loads(wanted["event_data"]))


def happen(world):
    """Open one card, fail another, recharge, freeze, set free and close the first."""
    bin_id, paths = next(iter(world.bins)), "card/order/open"
    post(world, paths, request_of("api.card.order.open") | {"out_order_id": "a", "bin_id": bin_id, "amount": 20})
    post(world, paths, request_of("api.card.order.open") | {"out_order_id": "b", "bin_id": bin_id, "mark": "fail"})
    world.settle()
    card_id = world.orders["a"].card_id
    recharge = request_of("api.card.order.recharge") | {"out_order_id": "c", "card_id": card_id}
    post(world, "card/order/recharge", recharge)
    world.settle()
    for name in ("freeze", "unfreeze", "close"):
        post(world, f"card/{name}", request_of(f"api.card.{name}") | {"card_id": card_id, "out_order_id": "d"})
    world.settle()


def make_way_for(world, name):
    """The examples are moments of one story: bring the world to the moment before this one."""
    world.apps["10001001:100001"].used_ids = {}
    if name == "api.card.unfreeze":
        ask(world, "api.card.freeze")
    if name == "api.card.activate":
        world.cards["cid_sxdwXPRxtXt6Ch4n"].status = "pending"
    if name == "api.card.holder.delete":
        world.cards["cid_Bq7RmZ4vKd9TyH2w"].status = "replaced"


def ask(world, name):
    return post(world, path_of(name), request_of(name))


def post(world, path, body):
    return session_into(world).post(f"https://provider.test/open-api/v1/{path}", json=body, timeout=5)


def path_of(name):
    return name.removeprefix("api.").replace(".", "/")


def request_of(name):
    return json.loads((FIXTURES / f"{name}.request.json").read_text())


def answer_of(name):
    return json.loads((FIXTURES / f"{name}.response.json").read_text())


def keys(value):
    if isinstance(value, dict):
        return {name: keys(item) for name, item in value.items()}
    if isinstance(value, list):
        return keys(value[0]) if value else None
    return None
