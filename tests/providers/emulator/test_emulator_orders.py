"""Openings, recharges and closings: what they cost, how they end, and that no money is made or lost."""

from decimal import Decimal

import pytest

from backoffice.providers.emulator import acts
from backoffice.providers.emulator.rows import Fee, Limits
from backoffice.providers.emulator.story import add_bin, add_wallet, closing_fee, recharge_fee
from tests.providers.emulator.asking import WHO

SUCCESS = {"code": 0, "message": "success"}


def wallet_of(world):
    return next(iter(world.wallets.values()))


def app_of(world):
    return next(iter(world.apps.values()))


def opened(world, call, opening, **changes):
    call("card/order/open", **{**opening, **changes})
    world.settle()
    return world.cards[world.orders[changes.get("out_order_id", "o-1")].card_id]


def test_an_opening_is_accepted_at_once_and_ends_after_two_seconds(world, call, opening):
    reply = call("card/order/open", **opening)
    order = world.orders["o-1"]
    assert reply == {**SUCCESS, "data": {"order_id": order.order_id, "out_order_id": "o-1", "status": 1}}
    world.advance(1)
    assert (order.status, order.card_id) == ("processing", "")
    world.advance(1)
    assert (order.status, order.end_at) == ("success", "2026-03-02 09:00:02")
    assert world.cards[order.card_id].status == "active"


def test_an_opening_holds_the_money_and_then_takes_it(world, call, opening):
    wallet = wallet_of(world)
    call("card/order/open", **opening)
    assert (wallet.balance, wallet.frozen_balance) == (Decimal("4898.50"), Decimal("101.50"))
    world.settle()
    assert (wallet.balance, wallet.frozen_balance) == (Decimal("4898.50"), Decimal(0))


def test_the_card_of_an_opening_reads_as_the_contract_has_it(world, call, opening):
    card = opened(world, call, opening, mark="Ads, Google")
    listed = call("card/list")["data"]["card_list"]
    detail = call("card/detail", card_id=card.card_id)["data"]
    assert detail == {
        "card_id": card.card_id, "order_id": world.orders["o-1"].order_id, "out_order_id": "o-1", "app_id": 100001,
        "bin_id": opening["bin_id"], "holder_id": "", "card_no": card.card_no, "balance": 100, "limit": 100,
        "expiry": "03/29", "cvv": card.cvv, "pin": "", "status": 2, "use_at": "2026-03-02 09:00:00", "close_at": "",
        "end_at": "", "mark": "Ads, Google",
    }  # fmt: skip
    assert listed == [{**detail, "cvv": "", "pin": ""}]
    world.switches.secrets_everywhere = True
    assert call("card/list")["data"]["card_list"] == [detail]


def test_the_bills_of_an_order_add_up_to_its_total(world, call, opening):
    opened(world, call, opening)
    order = call("card/order/detail", out_order_id="o-1")["data"]
    row = world.wallet_rows[-1]
    assert (order["amount"], order["fee"], order["total_amount"]) == (100, Decimal("1.5"), Decimal("101.5"))
    assert [(line["bill_category"], line["amount"], line["transaction_id"]) for line in order["bill_list"]] == [
        (1, 100, row.transaction_id),
        (2, Decimal("1.5"), row.transaction_id),
    ]


@pytest.mark.parametrize("change", [{"mark": "fail"}, {"amount": Decimal("100.13")}])
def test_a_failed_order_gives_all_its_money_back(world, call, opening, change):
    call("card/order/open", **opening | change)
    world.settle()
    order, wallet = world.orders["o-1"], wallet_of(world)
    assert (order.status, order.fail_reason, order.card_id) == ("failed", "issuer rejected", "")
    assert (wallet.balance, wallet.frozen_balance) == (Decimal(5000), Decimal(0))
    assert [(row.kind, row.income, row.amount) for row in world.wallet_rows[1:]] == [
        ("card_opening", False, order.total_amount),
        ("order_refund", True, order.total_amount),
    ]
    assert [(line.refund, line.amount) for line in order.bills] == [
        (False, order.amount), (False, Decimal("1.50")), (True, order.amount), (True, Decimal("1.50")),
    ]  # fmt: skip


def test_an_amount_ending_in_99_answers_a_system_error_after_doing_the_work(world, call, opening):
    reply = call("card/order/open", **opening | {"amount": Decimal("50.99")})
    assert reply == {"code": 9999, "message": "system error", "data": {}}
    world.settle()
    assert call("card/order/detail", out_order_id="o-1")["data"]["status"] == 2


def test_a_repeated_outside_id_is_refused_and_makes_nothing(world, call, opening):
    call("card/order/open", **opening)
    reply = call("card/order/open", **opening)
    assert reply == {"code": 3001, "message": "duplicate out_order_id", "data": {}}
    assert list(world.orders) == ["o-1"]
    assert wallet_of(world).balance == Decimal("4898.50")


def test_openings_recharges_and_closings_share_one_name_space(world, call, opening):
    card = opened(world, call, opening)
    recharge = call("card/order/recharge", out_order_id="o-1", card_id=card.card_id, amount=10)
    closing = call("card/close", out_order_id="o-1", card_id=card.card_id)
    assert (recharge["code"], closing["code"]) == (3001, 3001)


@pytest.mark.parametrize(("change", "code"), [
    ({"amount": "100"}, 1001),
    ({"amount": -1}, 1001),
    ({"bin_id": "cpi_0000000000000"}, 2002),
    ({"amount": 9}, 3002),
])  # fmt: skip
def test_a_refused_call_uses_its_outside_id_up(world, call, opening, change, code):
    assert call("card/order/open", **opening | change)["code"] == code
    assert call("card/order/open", **opening)["code"] == 3001
    assert world.orders == {}


def test_a_call_with_a_wrong_key_leaves_its_outside_id_free(call, opening):
    assert call("card/order/open", who={**WHO, "key": "wrong"}, **opening)["code"] == 1002
    assert call("card/order/open", **opening)["code"] == 0


@pytest.mark.parametrize(("amount", "fee"), [
    (10, "0.50"), (50, "0.50"), (Decimal("50.50"), "0.51"), (Decimal("50.49"), "0.50"), (200, "2.00"),
])  # fmt: skip
def test_a_recharge_pays_one_percent_rounded_half_up_and_at_least_a_half(world, call, opening, amount, fee):
    card = opened(world, call, opening)
    call("card/order/recharge", out_order_id="r-1", card_id=card.card_id, amount=amount)
    world.settle()
    assert world.orders["r-1"].fee == Decimal(fee)
    assert (card.balance, card.limit) == (100 + amount, 100 + amount)


def test_a_fee_has_a_highest_amount(world, call):
    bin_ = add_bin(world, bin_name="capped", fees=[recharge_fee("0.01", at_most="3")])
    card = opened(world, call, {"out_order_id": "o-1", "bin_id": bin_.bin_id, "amount": 10})
    call("card/order/recharge", out_order_id="r-1", card_id=card.card_id, amount=1000)
    assert world.orders["r-1"].fee == Decimal("3.00")


def test_a_recharge_of_a_card_that_closes_meanwhile_comes_back(world, call, opening):
    card = opened(world, call, opening)
    call("card/order/recharge", out_order_id="r-1", card_id=card.card_id, amount=50)
    call("card/close", out_order_id="c-1", card_id=card.card_id)
    world.settle()
    assert world.orders["r-1"].status == "failed"
    assert wallet_of(world).balance == Decimal("4998.50")


def test_a_closing_gives_the_balance_back_less_its_fee_in_one_row(world, call, opening):
    world.bins[opening["bin_id"]].fees.append(closing_fee("2"))
    card = opened(world, call, opening)
    reply = call("card/close", out_order_id="c-1", card_id=card.card_id)["data"]
    assert reply == {"card_id": card.card_id, "order_id": world.orders["c-1"].order_id, "status": 4}
    world.settle()
    order, row = world.orders["c-1"], world.wallet_rows[-1]
    assert (order.amount, order.fee, order.total_amount) == (100, 2, 98)
    assert (row.kind, row.amount, row.record_id) == ("card_closing", 98, order.order_id)
    assert [(line.income, line.category, line.amount) for line in order.bills] == [
        (True, "principal", 100), (False, "closing_fee", 2),
    ]  # fmt: skip
    assert (card.status, card.balance) == ("closed", 0)
    assert wallet_of(world).balance == Decimal("4996.50")


def test_a_closing_without_a_balance_writes_no_row_and_no_bill(world, call):
    bin_ = add_bin(world, fees=[closing_fee("2")], limits=Limits(open_min_amount=Decimal(0)))
    card = opened(world, call, {"out_order_id": "o-1", "bin_id": bin_.bin_id, "amount": 0})
    call("card/close", out_order_id="c-1", card_id=card.card_id)
    world.settle()
    order = world.orders["c-1"]
    assert (order.status, order.total_amount, order.bills, len(world.wallet_rows)) == ("success", 0, [], 1)


def test_a_closing_that_fails_puts_the_card_back(world, call, opening, received):
    card = opened(world, call, opening)
    call("card/freeze", card_id=card.card_id)
    call("card/close", out_order_id="c-1", card_id=card.card_id, reason="fail")
    received.clear()
    world.settle()
    assert (card.status, card.close_at, card.balance) == ("frozen", "", 100)
    assert received.tags[-1] == "card.order.fail"
    assert "card.status.closed" not in received.tags


def test_a_closed_card_may_get_one_late_settlement(world, call, opening):
    world.switches.late_settlement = True
    card = opened(world, call, opening)
    call("card/close", out_order_id="c-1", card_id=card.card_id)
    world.settle()
    assert (card.status, card.balance) == ("closed", Decimal("-4.20"))
    assert [trade["card_balance"] for trade in call("card/trade/list")["data"]["trade_list"]] == [Decimal("-4.2")]


def test_with_approval_the_row_waits_and_is_booked_with_its_true_balances(world, call, opening):
    world.switches.approval = True
    call("card/order/open", **opening)
    row = world.wallet_rows[-1]
    assert (row.status, row.before_balance, row.after_balance) == ("pending", 5000, 5000)
    assert wallet_of(world).balance == Decimal("4898.50")
    world.settle()
    assert (row.status, row.before_balance, row.after_balance) == ("approved", 5000, Decimal("4898.50"))


def test_with_approval_a_failure_rejects_the_row_and_writes_no_second_one(world, call, opening):
    world.switches.approval = True
    call("card/order/open", **opening, mark="fail")
    world.settle()
    assert [(row.status, row.reject_reason) for row in world.wallet_rows[1:]] == [("rejected", "issuer rejected")]
    assert (wallet_of(world).balance, wallet_of(world).frozen_balance) == (5000, 0)


def test_a_physical_card_waits_for_its_activation(world, call):
    bin_ = add_bin(world, type="physical")
    delivery = {"name": "Mei Chan", "phone": "51230000", "country": "HK", "city": "Kowloon", "address": "12 Road"}
    asked = {"bin_id": bin_.bin_id, "amount": 10}
    assert call("card/order/open", out_order_id="o-0", **asked)["message"] == "delivery is required"
    card = opened(world, call, {"out_order_id": "o-1", "delivery": delivery, **asked})
    assert (card.status, card.use_at, len(card.pin)) == ("pending", "", 6)
    activated = call("card/activate", card_id=card.card_id, pin="123456")["data"]
    assert activated == {"card_id": card.card_id, "status": 2}
    assert (card.use_at, card.pin) == ("2026-03-02 09:00:00", "123456")


def test_a_shared_card_takes_no_recharge(world, call):
    bin_ = add_bin(world, mode="shared")
    card = opened(world, call, {"out_order_id": "o-1", "bin_id": bin_.bin_id, "amount": 10})
    assert call("card/order/recharge", out_order_id="r-1", card_id=card.card_id, amount=10)["code"] == 3003


def test_a_replacement_is_a_new_card_and_an_order_without_outside_id(world, call, opening, received):
    old = opened(world, call, opening)
    acts.report_lost(world, old.card_id)
    received.clear()
    new = acts.replace_card(world, old.card_id)
    world.tick()
    assert (old.status, old.balance, new.status, new.balance) == ("replaced", 0, "active", 100)
    assert received.tags == ["card.status.lost", "card.status.replace", "card.order.success", "card.status.active"]
    order = received[2]["event_data"]
    assert (order["order_type"], order["out_order_id"], order["card_id"], order["bill_list"]) == (
        4,
        "",
        new.card_id,
        [],
    )


def test_no_money_is_made_or_lost(world, call, opening):
    app, spent = app_of(world), Decimal(0)
    add_wallet(world, app, "EUR", Decimal("10.01"))
    world.bins[opening["bin_id"]].fees.append(Fee(code="close", category="closing_fee", value=Decimal("0.75")))
    for number, amount in enumerate((10, Decimal("33.33"), Decimal("70.13"), Decimal("20.99"), 400, 9, 6000)):
        call("card/order/open", **opening | {"out_order_id": f"o-{number}", "amount": amount})
        check_money(world, spent)
    world.settle()
    for number, card in enumerate(list(world.cards.values())):
        call("card/order/recharge", out_order_id=f"r-{number}", card_id=card.card_id, amount=Decimal("25.55") + number)
        check_money(world, spent)
        spent += acts.spend(world, card.card_id, Decimal("3.21")).settle_amount
    world.settle()
    check_money(world, spent)
    for number, card in enumerate(list(world.cards.values())[:3]):
        call("card/close", out_order_id=f"c-{number}", card_id=card.card_id)
        world.settle()
        check_money(world, spent)
    assert spent == Decimal("12.84")
    assert sorted(order.status for order in world.orders.values()).count("failed") == 1


def check_money(world, spent):
    """What came in is in the wallets, held, on cards, spent or paid as a fee; rows of a wallet chain."""
    fees = sum(order.fee for order in world.orders.values() if order.status == "success")
    held = sum(wallet.balance + wallet.frozen_balance for wallet in world.wallets.values())
    assert held + sum(card.balance for card in world.cards.values()) + spent + fees == Decimal("5010.01")
    for wallet in world.wallets.values():
        balance = Decimal(0)
        for row in (row for row in world.wallet_rows if row.wallet_id == wallet.wallet_id):
            assert row.before_balance == balance
            balance += row.amount if row.income else -row.amount
            assert row.after_balance == balance
        assert wallet.balance == balance
