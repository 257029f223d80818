"""Apply is idempotent and order-proof: the news of one history, in any order and repeated, end in one state."""

from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from django.utils import timezone

from backoffice.journal.models import JournalEntry, Source
from backoffice.mirror.engine import Applied
from backoffice.providers.snapshots import (
    CardOrderSnapshot,
    CardSnapshot,
    CardStatus,
    OrderKind,
    OrderStatus,
)
from cards.apply import apply_card, apply_card_order
from cards.models import Card, CardOrder
from cards.states import CardState, OrderState

NOW = timezone.now()


def card_news(status: CardStatus, second: int, **facts) -> CardSnapshot:
    facts = {"balance": Decimal(100)} | facts
    return CardSnapshot(
        account="main",
        observed_at=NOW + timedelta(seconds=second),
        card_id="cid_1",
        status=status,
        word=status,
        **facts,
    )


def order_news(status: OrderStatus, second: int, **facts) -> CardOrderSnapshot:
    facts = {"kind": OrderKind.ISSUE, "amount": Decimal(100), "currency": "USD"} | facts
    return CardOrderSnapshot(
        account="main",
        observed_at=NOW + timedelta(seconds=second),
        merchant_ref="CI1",
        order_id="ord_1",
        status=status,
        word=status,
        **facts,
    )


CARD_HISTORY = [
    card_news(CardStatus.PENDING, 0),
    card_news(CardStatus.ACTIVE, 1),
    card_news(CardStatus.FROZEN, 2, balance=Decimal(80)),
    card_news(CardStatus.CLOSING, 3, balance=Decimal(80)),
    card_news(CardStatus.CLOSED, 4, balance=Decimal(0)),
]
ORDER_HISTORY = [
    order_news(OrderStatus.PENDING, 0),
    order_news(OrderStatus.PENDING, 1, fee=Decimal("1.5")),
    order_news(OrderStatus.SUCCEEDED, 2, fee=Decimal("1.5"), total=Decimal("101.5"), card_id="cid_1"),
]


@pytest.mark.parametrize("order", list(permutations(range(5))), ids=str)
def test_a_cards_news_in_any_order_ends_in_the_newest(account, order):
    for index in (*order, *order):
        apply_card(CARD_HISTORY[index], source=Source.POLL)
    card = Card.objects.get()
    assert (card.state, card.balance) == (CardState.CLOSED, Decimal(0))


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_an_orders_news_in_any_order_ends_in_the_newest(account, order):
    for index in (*order, *order):
        apply_card_order(ORDER_HISTORY[index], source=Source.POLL)
    row = CardOrder.objects.get()
    assert (row.state, row.fee, row.total) == (OrderState.SUCCEEDED, Decimal("1.5"), Decimal("101.5"))


def test_old_and_impossible_news_change_nothing(account):
    assert apply_card_order(order_news(OrderStatus.SUCCEEDED, 5), source=Source.POLL)[1] == Applied.BORN
    assert apply_card_order(order_news(OrderStatus.FAILED, 4), source=Source.POLL)[1] == Applied.STALE
    assert apply_card_order(order_news(OrderStatus.FAILED, 6), source=Source.POLL)[1] == Applied.REFUSED
    assert apply_card_order(order_news(OrderStatus.FAILED, 7), source=Source.POLL)[1] == Applied.REFUSED
    assert CardOrder.objects.get().state == OrderState.SUCCEEDED
    assert JournalEntry.objects.get(verb="news_refused").detail == {"problem": "succeeded -> failed"}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=str)
def test_of_two_words_of_one_moment_the_later_rank_stays(account, order):
    tied = [order_news(OrderStatus.PENDING, 1), order_news(OrderStatus.SUCCEEDED, 1)]
    for index in order:
        apply_card_order(tied[index], source=Source.POLL)
    assert CardOrder.objects.get().state == OrderState.SUCCEEDED


def test_a_settled_orders_amounts_are_frozen(account):
    apply_card_order(ORDER_HISTORY[2], source=Source.POLL)
    other = order_news(OrderStatus.SUCCEEDED, 9, fee=Decimal("2.5"))
    assert apply_card_order(other, source=Source.POLL)[1] == Applied.CONTRADICTED
    assert CardOrder.objects.get().fee == Decimal("1.5")


def test_an_unknown_word_moves_nothing_is_kept_and_raises_an_alarm(account):
    apply_card(card_news(CardStatus.ACTIVE, 0), source=Source.POLL)
    unknown = card_news(CardStatus.UNKNOWN, 1)
    assert apply_card(unknown, source=Source.POLL)[1] == Applied.CHANGED
    card = Card.objects.get()
    assert (card.state, card.word) == (CardState.ACTIVE, "unknown")
    assert JournalEntry.objects.filter(verb="unknown_word", ref=card.ref).count() == 1


def test_a_card_born_in_unknown_words_takes_any_state_next(account):
    apply_card(card_news(CardStatus.UNKNOWN, 0), source=Source.SYNC)
    assert Card.objects.get().state == CardState.UNKNOWN
    apply_card(card_news(CardStatus.LOST, 1), source=Source.SYNC)
    assert Card.objects.get().state == CardState.LOST


def test_a_list_sync_writes_nothing_for_what_has_not_changed(account):
    apply_card(card_news(CardStatus.ACTIVE, 0), source=Source.SYNC)
    before = Card.objects.values().get()
    assert apply_card(card_news(CardStatus.ACTIVE, 9), source=Source.SYNC)[1] == Applied.SAME
    assert Card.objects.values().get() == before


def test_a_poll_may_miss_steps_between(account):
    apply_card(card_news(CardStatus.PENDING, 0), source=Source.POLL)
    assert apply_card(card_news(CardStatus.CLOSED, 9), source=Source.POLL)[1] == Applied.MOVED
