"""One command over many rows, through the addresses: the question, the batch, each row once, and what stops it."""

import re
import uuid
from decimal import Decimal

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.journal.models import JournalEntry
from backoffice.mirror import syncs
from backoffice.mirror.models import Watch
from backoffice.outbox import bulk
from backoffice.outbox.models import Ask, Batch, BatchItem, Call
from backoffice.providers.emulator.story import add_card
from backoffice.providers.snapshots import CardStatus
from cards.models import Card, CardOrder
from cards.states import CardState
from wallets.models import Wallet

FREEZE, RECHARGE, CLOSE = (reverse(f"cards:{name}_cards") for name in ("freeze", "recharge", "close"))
State = BatchItem.State


def picks(*cards: Card) -> dict:
    return {"pick": [card.public_id for card in cards]}


def asked_of(response) -> dict:
    """What the question's form would send."""
    return {name: response.context[name] for name in ("key", "digest")}


def confirm(client: Client, address: str, fields: dict, **typed):
    question = client.post(address, fields | typed)
    return client.post(address, fields | typed | asked_of(question))


def states(batch: Batch) -> list[str]:
    return list(batch.items.order_by("place").values_list("state", flat=True))


@pytest.fixture
def live_cards(world, account, mirrored, sweep):
    """So many active cards that the provider knows too."""

    def make(count: int) -> list[Card]:
        bin, app = next(iter(world.bins.values())), next(iter(world.apps.values()))
        for _each in range(count):
            add_card(world, app, bin, balance=Decimal(100), status="active")
        syncs.start_sync(account=account, kind="cards.card")
        sweep()
        return list(Card.objects.order_by("-created_at", "-id"))

    return make


# --- the question -----------------------------------------------------------------------------------------------------


def test_the_question_tells_what_is_possible_and_why_not_of_the_rest(browser_client, listed):
    active = listed(2)
    frozen, closed = listed(1, status=CardStatus.FROZEN) + listed(1, status=CardStatus.CLOSED)
    page = browser_client.post(FREEZE, picks(*active, frozen, closed))
    assert [card.pk for card in page.context["asked"].sorted.fit] == [active[1].pk, active[0].pk]
    assert sorted((card.pk, why) for card, why in page.context["asked"].sorted.unfit) == [
        (frozen.pk, "This card is frozen; it cannot be frozen now."),
        (closed.pk, "This card is closed; it cannot be frozen now."),
    ]
    text = page.content.decode()
    assert "Freeze 2 cards" in text
    assert "Not possible for 2 of 4" in text
    assert (Batch.objects.count(), Call.objects.count(), Ask.objects.count()) == (0, 0, 0)


def test_all_that_match_are_the_rows_of_the_filter_and_no_others(browser_client, listed):
    listed(3)
    listed(2, status=CardStatus.FROZEN)
    page = browser_client.post(f"{reverse('cards:unfreeze_cards')}?state=frozen&cursor=rubbish", {"all": "1"})
    assert (page.context["asked"].count, page.context["asked"].chosen) == (2, 2)
    page = browser_client.post(f"{FREEZE}?view=active", {"all": "1"})
    assert page.context["asked"].count == 3


def test_nothing_ticked_leads_back_to_the_list(browser_client, mirrored):
    answer = browser_client.post(f"{FREEZE}?view=active", {}, follow=True)
    assert answer.redirect_chain == [(f"{reverse('cards:cards')}?view=active", 302)]
    assert "Nothing is selected. Tick rows first." in answer.content.decode()


def test_more_rows_than_can_be_done_at_once_are_refused(browser_client, listed, monkeypatch):
    monkeypatch.setattr("cards.bulk.views.MOST_ROWS", 2)
    listed(3)
    answer = browser_client.post(FREEZE, {"all": "1"}, follow=True)
    assert "2 rows at once are the most. Narrow the list." in answer.content.decode()
    assert Batch.objects.count() == 0


def test_strange_picks_do_no_harm(browser_client, listed):
    card = listed(1)[0]
    order = {"pick": [card.public_id, card.public_id, "crd_nobody", "'; --", "\x01"]}
    assert browser_client.post(FREEZE, order).context["asked"].count == 1


def test_the_question_asks_the_database_as_often_for_two_rows_as_for_many(browser_client, listed):
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            browser_client.post(RECHARGE, {"all": "1", "amount": "10", "wallet": Wallet.objects.get().public_id})
        return len(seen)

    listed(2)
    count()
    few = count()
    listed(20)
    assert count() == few


# --- the batch --------------------------------------------------------------------------------------------------------


def test_cards_are_frozen_each_once_by_the_command_of_a_single_card(browser_client, live_cards, world, sweep):
    cards = live_cards(3)
    answer = confirm(browser_client, FREEZE, picks(*cards), reason="audit")
    batch = Batch.objects.get()
    assert answer["Location"] == batch.get_absolute_url()
    assert (states(batch), Call.objects.count()) == ([State.WAITING] * 3, 0)

    assert bulk.work_batches() == 3
    calls = Call.objects.order_by("id")
    assert [call.operation for call in calls] == ["cards.freeze_card"] * 3
    assert [call.arguments["reason"] for call in calls] == ["audit"] * 3
    assert list(Ask.objects.filter(call=calls[0]).values_list("key", flat=True)) == [f"{batch.public_id}:1"]
    assert set(batch.calls.all()) == set(calls)
    sweep()
    assert set(Card.objects.values_list("state", flat=True)) == {CardState.FROZEN}
    batch.refresh_from_db()
    assert batch.ended_at is not None
    page = browser_client.get(batch.get_absolute_url()).content.decode()
    assert "Freeze cards: 3 rows" in page
    assert page.count(">Done</span>") == 3
    assert 'hx-trigger="every' not in page


def test_the_same_form_sent_twice_is_one_batch(browser_client, listed):
    cards = listed(2)
    question = browser_client.post(FREEZE, picks(*cards))
    form = picks(*cards) | asked_of(question) | {"reason": ""}
    first = browser_client.post(FREEZE, form)
    bulk.work_batches()  # by now nothing of it would be possible
    second = browser_client.post(FREEZE, form)
    assert first["Location"] == second["Location"] == Batch.objects.get().get_absolute_url()
    assert Call.objects.count() == 2


def test_the_same_form_with_other_values_starts_nothing_new(browser_client, listed):
    cards = listed(2)
    form = picks(*cards) | asked_of(browser_client.post(FREEZE, picks(*cards)))
    browser_client.post(FREEZE, form | {"reason": "audit"})
    answer = browser_client.post(FREEZE, form | {"reason": "something else"}, follow=True)
    assert "This form was already sent with other values. Nothing new was started." in answer.content.decode()
    assert Batch.objects.count() == 1


def test_what_changed_after_the_question_is_asked_again(browser_client, listed):
    listed(2)
    question = browser_client.post(FREEZE, {"all": "1"})
    listed(1)
    answer = browser_client.post(FREEZE, {"all": "1", "reason": ""} | asked_of(question))
    assert (answer.status_code, answer.context["asked"].count) == (422, 3)
    assert "Something has changed since you were asked." in answer.content.decode()
    assert Batch.objects.count() == 0


def test_a_row_that_is_not_possible_any_more_is_refused_with_its_reason_and_the_others_go_on(
    browser_client, listed, actor
):
    cards = listed(3)
    confirm(browser_client, FREEZE, picks(*cards), reason="")
    Card.objects.filter(pk=cards[1].pk).update(state="closed")
    bulk.work_batches()
    batch = Batch.objects.get()
    assert states(batch) == [State.PROMISED, State.REFUSED, State.PROMISED]
    assert batch.items.get(place=2).reason == "This card is closed; it cannot be frozen now."
    refused = browser_client.get(f"{batch.get_absolute_url()}?show=refused")
    assert [row.title for row in refused.context["page"].rows] == [str(cards[1])]


def test_our_own_bug_in_one_row_does_not_stop_the_others(browser_client, listed, caplog):
    cards = listed(3)
    confirm(browser_client, FREEZE, picks(*cards), reason="")
    BatchItem.objects.filter(place=2).update(target="cards.nothing:1")
    bulk.work_batches()
    batch = Batch.objects.get()
    assert states(batch) == [State.PROMISED, State.REFUSED, State.PROMISED]
    assert batch.items.get(place=2).reason == "Something broke here. Nothing was asked for."


def test_a_locked_database_only_delays(browser_client, listed, monkeypatch):
    cards = listed(2)
    confirm(browser_client, FREEZE, picks(*cards), reason="")

    def locked(**_asked):
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setitem(bulk._commands, "cards.freeze_card", locked)
    assert bulk.work_batches(1) == 0
    monkeypatch.undo()
    batch = Batch.objects.get()
    assert states(batch) == [State.WAITING, State.WAITING]
    assert bulk.work_batches() == 0  # it rests a little
    Batch.objects.update(worked_at=None)
    assert bulk.work_batches() == 2


def test_stopping_leaves_what_waits_undone(browser_client, listed, monkeypatch):
    confirm(browser_client, FREEZE, picks(*listed(5)), reason="")
    batch = Batch.objects.get()
    monkeypatch.setattr(bulk, "BITE", 2)
    bulk._bite(batch, float("inf"))
    browser_client.post(reverse("outbox:stop_batch", args=[batch.public_id]))
    assert bulk.work_batches() == 0
    assert states(batch) == [State.PROMISED] * 2 + [State.STOPPED] * 3
    again = browser_client.post(reverse("outbox:stop_batch", args=[batch.public_id]), follow=True)
    assert "No row of it waits any more." in again.content.decode()
    assert JournalEntry.objects.filter(verb="outbox.stop_batch").values_list("detail__rows", flat=True)[0] == 3


def test_who_lost_the_right_meanwhile_has_nothing_more_done(browser_client, listed, staff):
    confirm(browser_client, FREEZE, picks(*listed(3)), reason="")
    staff.groups.clear()
    assert bulk.work_batches() == 0
    assert (states(Batch.objects.get()), Call.objects.count()) == ([State.STOPPED] * 3, 0)


def test_a_batch_that_was_interrupted_goes_on_where_it_was(browser_client, listed):
    confirm(browser_client, FREEZE, picks(*listed(4)), reason="")
    batch = Batch.objects.get()

    class Killed(BaseException):
        pass

    ask, tried = bulk._commands["cards.freeze_card"], []

    def die_in_the_third(**asked):
        call = ask(**asked)
        tried.append(call)
        if len(tried) == 3:
            raise Killed
        return call

    bulk._commands["cards.freeze_card"] = die_in_the_third
    try:
        with pytest.raises(Killed):
            bulk.work_batches()
    finally:
        bulk._commands["cards.freeze_card"] = ask
    assert (states(batch), Call.objects.count()) == ([State.PROMISED] * 2 + [State.WAITING] * 2, 2)
    assert bulk.work_batches() == 2
    assert (states(batch), Call.objects.count()) == ([State.PROMISED] * 4, 4)
    assert Call.objects.values("target").distinct().count() == 4


# --- money ------------------------------------------------------------------------------------------------------------


def test_a_recharge_of_many_tells_its_cost_and_holds_the_money(browser_client, live_cards, sweep):
    cards = live_cards(3)
    wallet = Wallet.objects.get()
    first = browser_client.post(RECHARGE, picks(*cards))
    assert (first.context["asked"].count, first.context["ready"]) == (0, False)
    typed = picks(*cards) | {"amount": "50.00", "wallet": wallet.public_id}
    question = browser_client.post(RECHARGE, typed | {"work_out": "1", "key": first.context["key"]})
    facts = {str(fact.label): fact.amount for fact in question.context["asked"].facts}
    assert (facts["Cards receive"], facts["Total debit"]) == (Decimal(150), 150 + facts["Fees"])
    answer = browser_client.post(RECHARGE, typed | asked_of(question))
    assert answer.status_code == 302
    bulk.work_batches()
    held = [call.reserved_amount for call in Call.objects.filter(operation="cards.recharge_card")]
    assert (len(held), sum(held)) == (3, facts["Total debit"])
    assert {order.amount for order in CardOrder.objects.filter(kind="recharge")} == {Decimal(50)}
    page = browser_client.get(answer["Location"]).content.decode()
    assert "Amount each" in page


def test_more_than_the_wallet_has_cannot_be_started(browser_client, live_cards):
    cards = live_cards(3)
    typed = picks(*cards) | {"amount": "1800", "wallet": Wallet.objects.get().public_id}
    question = browser_client.post(RECHARGE, typed)
    assert re.search(r"The wallet lacks [\d,.]+ USD for all of them\.", question.content.decode())
    answer = browser_client.post(RECHARGE, typed | {"key": str(uuid.uuid4()), "digest": ""})
    assert (answer.status_code, Batch.objects.count()) == (422, 0)


@pytest.mark.parametrize("amount", ["", "0", "-5", "abc", "1,000", "NaN", "1e3", "10.001"])
def test_no_strange_amount_is_asked_for(browser_client, listed, amount):
    typed = picks(*listed(2)) | {"amount": amount, "wallet": Wallet.objects.get().public_id}
    answer = browser_client.post(RECHARGE, typed | {"key": str(uuid.uuid4()), "digest": ""})
    assert (answer.status_code, Batch.objects.count()) == (422, 0)


def test_closing_asks_for_the_number_and_tells_what_is_on_the_cards(browser_client, live_cards):
    cards = live_cards(2)
    question = browser_client.post(CLOSE, picks(*cards))
    assert [(str(fact.label), fact.amount) for fact in question.context["asked"].facts] == [
        ("On these cards", Decimal(200))
    ]
    form = picks(*cards) | asked_of(question) | {"reason": "over"}
    wrong = browser_client.post(CLOSE, form | {"number": "1"})
    assert (wrong.status_code, Batch.objects.count()) == (422, 0)
    assert "It is 2 cards that would be closed." in wrong.content.decode()
    assert browser_client.post(CLOSE, form | {"number": "2"}).status_code == 302
    bulk.work_batches()
    assert CardOrder.objects.filter(kind="close").count() == 2


# --- asking -----------------------------------------------------------------------------------------------------------


def test_many_cards_and_orders_are_asked_about(browser_client, listed, send):
    cards = listed(2)
    send()
    confirm(browser_client, reverse("cards:ask_cards"), picks(*cards))
    confirm(browser_client, reverse("cards:ask_orders"), {"all": "1"})
    bulk.work_batches()
    asked = set(Watch.objects.filter(why="a person asked").values_list("kind", "object_id"))
    order = CardOrder.objects.get()
    assert asked == {("cards.card", card.provider_id) for card in cards} | {("cards.order_ref", order.merchant_ref)}
    assert set(BatchItem.objects.values_list("state", "call")) == {(State.PROMISED, None)}


def test_calls_in_doubt_are_looked_up_and_others_are_left_out(browser_client, send, drain, world):
    world.fail_next("drop_request", path="card/order/open")
    send()
    drain()
    send()
    question = browser_client.post(reverse("cards:look_up_orders"), {"all": "1"})
    assert (question.context["asked"].count, question.context["asked"].reasons) == (
        1,
        [("No call of it is in doubt.", 1)],
    )
    browser_client.post(reverse("cards:look_up_orders"), {"all": "1"} | asked_of(question))
    bulk.work_batches()
    assert JournalEntry.objects.filter(verb="outbox.look_up_call", ref__startswith="cards.").count() == 1


# --- who --------------------------------------------------------------------------------------------------------------


def test_who_may_do_nothing_with_rows_sees_no_boxes_and_no_bar(person, listed):
    listed(1)
    client = Client()
    client.force_login(person("viewer"))
    page = client.get(reverse("cards:cards"))
    assert page.context["deeds"] == []
    assert 'form="selection"' not in page.content.decode()


def test_the_bar_offers_what_the_person_may_and_keeps_the_filter(browser_client, listed):
    listed(1)
    page = browser_client.get(reverse("cards:cards"), {"view": "active", "limit": "25"})
    assert [str(deed.label) for deed, _url in page.context["deeds"]] == [
        "Recharge",
        "Freeze",
        "Unfreeze",
        "Close",
        "Ask the provider",
    ]
    assert page.context["deeds"][1][1] == f"{FREEZE}?view=active"
