"""A card's life through REST: recharged, frozen, set free, activated, closed; each a command, once per key."""

import json
from decimal import Decimal

import pytest
from django.core import serializers

from backoffice.journal.models import JournalEntry
from backoffice.mirror import syncs
from backoffice.outbox.models import Ask, Call, Exchange
from backoffice.providers.emulator.story import add_bin, add_card, closing_fee
from cards.models import Bin, Card, CardOrder
from tests.api.conftest import CARD_DEEDS, Caller, make_key, problem
from wallets.models import Wallet

DEEDS = ("recharge", "freeze", "unfreeze", "activate", "close")


@pytest.fixture
def card(world, account, sweep):
    """An active card with 100.00 USD on it, known here."""
    from_bin = next(iter(world.bins.values()))
    from_bin.fees.append(closing_fee("2.00"))
    add_card(world, next(iter(world.apps.values())), from_bin, balance=Decimal(100), status="active")
    synced(account, sweep)
    return Card.objects.get()


@pytest.fixture
def unactivated(world, account, sweep):
    """A physical card that waits to be activated."""
    plastic = add_bin(world, type="physical", bin="525847")
    card = add_card(world, next(iter(world.apps.values())), plastic, status="pending", use_at="")
    synced(account, sweep)
    return Card.objects.get(provider_id=card.card_id)


def synced(account, sweep) -> None:
    for kind in syncs.kinds():
        syncs.start_sync(account=account, kind=kind)
    sweep()


def at(card: Card, deed: str) -> str:
    return f"/api/v1/cards/{card.public_id}/{deed}"


def counts() -> tuple[int, int, int]:
    return CardOrder.objects.count(), Call.objects.count(), Ask.objects.count()


def times(world, path: str) -> int:
    return sum(request.path.endswith(path) for request in world.requests)


def test_a_cards_whole_life(manager, card, world, sweep):
    frozen = manager.post(at(card, "freeze"), {"reason": "lost in a taxi"}, key="k1")
    call = Call.objects.get()
    assert (frozen.status_code, frozen.json()["state"]) == (202, "active")
    assert frozen.json()["call"] == {"id": call.public_id, "state": "queued"}
    assert frozen["Location"] == f"/api/v1/calls/{call.public_id}"
    sweep()
    now = manager.get(f"/api/v1/cards/{card.public_id}")
    assert (now.json()["state"], now.json()["call"]["state"]) == ("frozen", "done")
    assert now["ETag"] == f'"{now.json()["version"]}"'

    assert manager.post(at(card, "unfreeze"), {}, key="k2").status_code == 202
    sweep()
    recharged = manager.post(at(card, "recharge"), {"amount": "200.00", "note": "May"}, key="k3")
    assert recharged.status_code == 202
    shown = ("kind", "state", "amount", "quoted_fee", "quoted_total", "card_id", "wallet_id", "note")
    assert {name: recharged.json()[name] for name in shown} == {
        "kind": "recharge",
        "state": "requested",
        "amount": "200.00",
        "quoted_fee": "2.00",
        "quoted_total": "202.00",
        "card_id": card.public_id,
        "wallet_id": Wallet.objects.get().public_id,
        "note": "May",
    }
    sweep()
    world.settle()
    sweep()
    assert manager.get(f"/api/v1/cards/{card.public_id}").json()["balance"] == "300.00"

    closed = manager.post(at(card, "close"), {"reason": "project over"}, key="k4")
    assert (closed.status_code, closed.json()["kind"], closed.json()["card_id"]) == (202, "close", card.public_id)
    sweep()
    world.settle()
    sweep()
    order = manager.get(f"/api/v1/card-orders/{closed.json()['id']}").json()
    assert (order["state"], order["amount"], order["fee"]) == ("succeeded", "300.00", "2.00")
    assert manager.get(f"/api/v1/cards/{card.public_id}").json()["state"] == "closed"
    assert JournalEntry.objects.get(verb="cards.freeze_card").detail == {"reason": "lost in a taxi"}


@pytest.mark.parametrize(
    ("deed", "body"), [("freeze", {}), ("recharge", {"wallet_pays": "50.00"}), ("close", {"reason": "over"})]
)
def test_the_same_request_gives_the_first_answer_whatever_happened_since(manager, card, world, sweep, deed, body):
    first = manager.post(at(card, deed), body, key="k1")
    assert first.status_code == 202
    sweep()
    world.settle()
    sweep()
    Bin.objects.update(fees=None)
    Wallet.objects.update(state="frozen")
    before = counts()
    again = manager.post(at(card, deed), body, key="k1")
    assert (again.status_code, again["Idempotent-Replayed"]) == (202, "true")
    assert (again.content, again["Location"]) == (first.content, first["Location"])
    assert counts() == before


def test_one_key_serves_once_at_each_address(manager, card, sweep):
    assert manager.post(at(card, "freeze"), {"reason": "a"}, key="k1").status_code == 202
    other = manager.post(at(card, "freeze"), {"reason": "b"}, key="k1")
    assert (other.status_code, problem(other)["code"]) == (422, "idempotency_key_reused")
    sweep()
    assert manager.post(at(card, "unfreeze"), {"reason": "a"}, key="k1").status_code == 202


def test_a_dry_run_of_a_recharge_quotes_and_stores_nothing(manager, card, world):
    world.requests.clear()
    journal = JournalEntry.objects.count()
    answer = manager.post(f"{at(card, 'recharge')}?dry_run=true", {"wallet_pays": "101.00"})
    wallet = Wallet.objects.get().public_id
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "dry_run": True,
            "currency": "USD",
            "amount": "100.00",
            "fee": "1.00",
            "total": "101.00",
            "quantity": 1,
            "all_totals": "101.00",
            "wallet": {"id": wallet, "free_before": "5000.00", "free_after": "4899.00"},
            "held": False,
            "rules": [],
        },
    )
    assert (counts(), JournalEntry.objects.count(), world.requests) == ((0, 0, 0), journal, [])


def test_a_dry_run_of_a_closing_says_what_comes_back(manager, card, world):
    world.requests.clear()
    answer = manager.post(f"{at(card, 'close')}?dry_run=true", {})
    money = {name: answer.json()[name] for name in ("currency", "balance", "fee", "returned")}
    assert (answer.status_code, money) == (
        200,
        {"currency": "USD", "balance": "100.00", "fee": "2.00", "returned": "98.00"},
    )
    assert (counts(), world.requests) == ((0, 0, 0), [])


def test_a_dry_run_is_refused_as_the_write_would_be(manager, card):
    assert manager.post(at(card, "recharge"), {"amount": "50.00"}, key="k1").status_code == 202
    before = counts()
    for path, body, code in [
        (at(card, "recharge"), {"amount": "50.00"}, "same_again"),
        (at(card, "recharge"), {"amount": "4990.00"}, "insufficient_funds"),
        (at(card, "close"), {}, "call_still_open"),
    ]:
        answer = manager.post(f"{path}?dry_run=true", body)
        assert problem(answer)["code"] == code
        assert problem(manager.post(path, body, key="k2"))["code"] == code
    assert counts() == before


def test_a_second_equal_recharge_needs_again(manager, card):
    first = manager.post(at(card, "recharge"), {"amount": "50.00"}, key="k1").json()
    refused = manager.post(at(card, "recharge"), {"amount": "50.00"}, key="k2")
    assert (refused.status_code, refused.json()["code"], refused.json()["order"]) == (422, "same_again", first["id"])
    assert manager.post(at(card, "recharge"), {"amount": "50.00", "again": True}, key="k2").status_code == 202
    assert CardOrder.objects.filter(kind="recharge").count() == 2


@pytest.mark.parametrize(
    ("body", "status", "field", "code"),
    [
        ({}, 400, "amount", "one_of"),
        ({"amount": "5.00", "wallet_pays": "5.00"}, 400, "amount", "one_of"),
        ({"amount": 5}, 400, "amount", "not_text"),
        ({"wallet_pays": 5.5}, 400, "wallet_pays", "not_text"),
        ({"wallet_pays": "10.005"}, 422, "wallet_pays", "too_many_decimals"),
        ({"wallet_pays": "0.50"}, 422, "wallet_pays", "amount_outside_limits"),
        ({"amount": "10.005"}, 422, "amount", "too_many_decimals"),
        ({"amount": "5001.00"}, 422, "amount", "insufficient_funds"),
        ({"amount": "5.00", "currency": "EUR"}, 422, "currency", "wrong_currency"),
        ({"amount": "5.00", "wallet_id": "wal_other"}, 400, "wallet_id", "does_not_exist"),
        ({"amount": "5.00", "wallet": "x"}, 400, "wallet", "unknown"),
        ({"amount": "5.00", "again": "perhaps"}, 400, "again", "invalid"),
        ({"amount": "5.00", "note": "x" * 65}, 400, "note", "max_length"),
    ],
)
def test_a_recharge_that_is_not_right_is_refused_by_field(manager, card, body, status, field, code):
    answer = manager.post(at(card, "recharge"), body, key="k1")
    errors = [(error["field"], error["code"]) for error in problem(answer)["errors"]]
    assert (answer.status_code, errors) == (status, [(field, code)])
    assert counts() == (0, 0, 0)


def test_a_wallet_of_another_currency_is_refused_under_the_bodys_word(manager, card, mirrored):
    euros = Wallet.objects.create(account=mirrored, provider_id="w-eur", currency="EUR", state="normal", balance=9)
    answer = manager.post(at(card, "recharge"), {"amount": "5.00", "wallet_id": euros.public_id}, key="k1")
    errors = [(error["field"], error["code"]) for error in problem(answer)["errors"]]
    assert (answer.status_code, errors) == (422, [("wallet_id", "wrong_currency")])


def test_a_state_that_does_not_allow_it_is_a_conflict(manager, card):
    refused = manager.post(at(card, "unfreeze"), {}, key="k1")
    assert (refused.status_code, problem(refused)["code"]) == (409, "illegal_state")
    assert manager.post(at(card, "freeze"), {}, key="k1").status_code == 202
    second = manager.post(at(card, "freeze"), {}, key="k2")
    assert (second.status_code, second.json()["code"]) == (409, "call_still_open")
    assert second.json()["call"] == Call.objects.get().public_id


@pytest.mark.parametrize("deed", DEEDS)
def test_without_a_key_for_it_nothing_is_done(manager, staff, card, deed):
    path = at(card, deed)
    body = {"amount": "5.00"} if deed == "recharge" else {}
    assert problem(manager.post(path, body))["code"] == "idempotency_key_missing"
    assert manager.post(f"/api/v1/cards/crd_nothing/{deed}", body, key="k1").status_code == 404
    others = [scope for scope in CARD_DEEDS if scope != f"cards.{deed}_card"]
    scoped = Caller(make_key(staff.username, "cards.view", *others))
    assert scoped.post(path, body, key="k1").status_code == 403
    assert scoped.get(path).status_code == 405
    assert counts() == (0, 0, 0)


def test_a_card_of_an_account_that_the_key_is_not_bound_to_is_not_found(staff, card):
    key = make_key(staff.username, *CARD_DEEDS, account=["main"])
    Card.objects.update(account=_other(card))
    assert Caller(key).post(at(card, "freeze"), {}, key="k1").status_code == 404


def _other(card: Card):
    return type(card.account).objects.create(slug="other", provider="openapi", title="Other company")


def test_a_code_and_a_pin_are_sent_at_once_and_kept_nowhere(manager, unactivated, world, sweep):
    secrets = {"code": "61524738", "pin": "918273"}
    first = manager.post(at(unactivated, "activate"), secrets, key="k1")
    assert (first.status_code, first.json()["call"]["state"]) == (202, "done")
    assert first.json()["state"] == "active"
    sent = next(request for request in world.requests if request.path.endswith("card/activate"))
    assert set(secrets.values()) <= set(map(str, sent.body.values()))
    again = manager.post(at(unactivated, "activate"), secrets, key="k1")
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    assert times(world, "card/activate") == 1
    kept = "".join(serializers.serialize("json", model.objects.all()) for model in (Ask, Call, Exchange, JournalEntry))
    assert [secret for secret in secrets.values() if secret in kept] == []
    assert Ask.objects.get().body["request"] == ""


def test_an_activation_that_the_provider_refuses_says_so_in_its_call(manager, unactivated, world):
    world.fail_next("3003", path="card/activate")
    answer = manager.post(at(unactivated, "activate"), {"pin": "918273"}, key="k1")
    assert (answer.status_code, answer.json()["state"], answer.json()["call"]["state"]) == (202, "pending", "rejected")
    call = manager.get(answer["Location"]).json()
    assert call["problem"]["provider"] == {
        "name": "openapi",
        "code": "3003",
        "message": call["problem"]["detail"],
    }
    assert (call["problem"]["code"], call["problem"]["errors"]) == ("3003", [])


def test_an_activation_without_a_code_is_queued_like_any_other(manager, unactivated, sweep):
    answer = manager.post(at(unactivated, "activate"), {}, key="k1")
    assert (answer.status_code, answer.json()["call"]["state"]) == (202, "queued")
    assert problem(manager.post(at(unactivated, "activate"), {"pin": 1}, key="k2"))["errors"][0]["code"] == "invalid"
    sweep()
    assert manager.get(answer["Location"]).json()["state"] == "done"


# --- several at once --------------------------------------------------------------------------------------------------


def test_a_quantity_makes_a_batch_of_orders(manager, order_body, world, sweep):
    answer = manager.post("/api/v1/card-orders", order_body | {"quantity": 3}, key="k1")
    batch = answer.json()["batch"]
    assert (answer.status_code, answer["Location"]) == (202, f"/api/v1/batches/{batch['id']}")
    assert (batch["operation"], batch["quantity"], batch["open"], len(batch["calls"])) == ("cards.issue_card", 3, 3, 3)
    orders = {call["object"]["id"] for call in batch["calls"]}
    assert orders == set(CardOrder.objects.values_list("public_id", flat=True))
    again = manager.post("/api/v1/card-orders", order_body | {"quantity": 3}, key="k1")
    assert (again.content, again["Idempotent-Replayed"]) == (answer.content, "true")
    sweep()
    world.settle()
    sweep()
    done = manager.get(answer["Location"]).json()
    assert (done["open"], {call["state"] for call in done["calls"]}) == (0, {"done"})
    assert manager.get(f"/api/v1/calls/count?batch_id={batch['id']}").json() == {"count": 3}
    assert manager.get("/api/v1/calls?batch_id=bat_nothing").json()["results"] == []
    assert Card.objects.count() == 3


def test_a_batch_is_all_or_nothing(manager, order_body):
    body = order_body | {"amount": "2000.00", "quantity": 3}
    answer = manager.post("/api/v1/card-orders", body, key="k1")
    assert (answer.status_code, answer.json()["code"], answer.json()["missing"]) == (
        422,
        "insufficient_funds",
        "1004.50",
    )
    assert counts() == (0, 0, 0)


def test_a_dry_run_of_a_quantity_sums_it_up(manager, order_body):
    answer = manager.post("/api/v1/card-orders?dry_run=true", order_body | {"quantity": 100})
    money = {name: answer.json()[name] for name in ("amount", "fee", "total", "quantity", "all_totals")}
    assert money == {"amount": "15.00", "fee": "1.50", "total": "16.50", "quantity": 100, "all_totals": "1650.00"}
    assert answer.json()["wallet"]["free_after"] == "3350.00"
    assert counts() == (0, 0, 0)


def test_a_batch_is_seen_by_who_may(manager, order_body, person):
    made = manager.post("/api/v1/card-orders", order_body | {"quantity": 1}, key="k1")
    operator = Caller(make_key(person("operator").username, "outbox.view_call", name="Other"))
    assert operator.get(made["Location"]).status_code == 403
    assert manager.get("/api/v1/batches/bat_nothing").status_code == 404
    assert json.loads(made.content)["batch"]["calls"][0]["asked_by"] == "finance-manager"
