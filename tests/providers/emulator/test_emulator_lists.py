"""What lists show, to whom and in which order."""

from datetime import timedelta

from tests.providers.emulator.asking import BASE, START, calling, session_into


def test_two_apps_do_not_see_each_other(world, call, opening):
    world.app(20002002, 200002, "b" * 32)
    other = calling(session_into(world), BASE)
    who = {"customer_id": 20002002, "app_id": 200002, "key": "b" * 32}
    call("card/order/open", **opening)
    world.settle()
    card = next(iter(world.cards.values()))
    assert other("card/detail", who=who, card_id=card.card_id)["code"] == 2002
    assert other("card/order/detail", who=who, out_order_id="o-1")["code"] == 2002
    assert other("wallet/list", who=who)["data"] == {"total": 0, "page": 1, "page_size": 10, "wallet_list": []}
    assert other("card/order/open", who=who, **opening)["code"] == 2001


def test_lists_are_newest_first_paged_and_cut_by_time(world, call, opening):
    for number in range(5):
        call("card/order/open", **opening | {"out_order_id": f"o-{number}", "amount": 10})
        world.move_to(START + timedelta(hours=number + 1))
    page = call("card/order/list", page=2, page_size=2)["data"]
    assert (page["total"], page["page"], page["page_size"]) == (5, 2, 2)
    assert [order["out_order_id"] for order in page["order_list"]] == ["o-2", "o-1"]
    window = {"start_time": "2026-03-02 10:00:00", "end_time": "2026-03-02 12:00:00"}
    found = call("card/order/list", **window)["data"]["order_list"]
    assert [order["out_order_id"] for order in found] == ["o-2", "o-1"]
    assert call("card/order/list", status=3)["data"]["total"] == 0
    assert call("card/order/list", status=77)["data"]["total"] == 0
    assert call("card/order/list", page=9)["data"]["order_list"] == []
