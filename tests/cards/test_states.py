"""The whole of each transition table, pair by pair."""

from itertools import product

import pytest

from cards.states import BIN, BIN_TONES, CARD, CARD_TONES, ORDER, ORDER_TONES, BinState, CardState, OrderState

C, O, B = CardState, OrderState, BinState  # noqa: E741
CARD_STEPS = {
    *((C.UNKNOWN, state) for state in C if state != C.UNKNOWN),
    (C.PENDING, C.ACTIVE),
    (C.PENDING, C.CLOSING),
    (C.PENDING, C.LOST),
    (C.ACTIVE, C.FROZEN),
    (C.ACTIVE, C.CLOSING),
    (C.ACTIVE, C.LOST),
    (C.FROZEN, C.ACTIVE),
    (C.FROZEN, C.CLOSING),
    (C.FROZEN, C.LOST),
    (C.CLOSING, C.CLOSED),
    (C.CLOSING, C.PENDING),
    (C.CLOSING, C.ACTIVE),
    (C.CLOSING, C.FROZEN),
    (C.CLOSING, C.LOST),
    (C.LOST, C.REPLACED),
    (C.LOST, C.CLOSING),
}
ORDER_STEPS = {
    (O.UNKNOWN, O.PROCESSING),
    (O.UNKNOWN, O.SUCCEEDED),
    (O.UNKNOWN, O.FAILED),
    (O.REQUESTED, O.PROCESSING),
    (O.REQUESTED, O.SUCCEEDED),
    (O.REQUESTED, O.FAILED),
    (O.REQUESTED, O.WITHDRAWN),
    (O.PROCESSING, O.SUCCEEDED),
    (O.PROCESSING, O.FAILED),
    (O.WITHDRAWN, O.PROCESSING),
    (O.WITHDRAWN, O.SUCCEEDED),
    (O.WITHDRAWN, O.FAILED),
}
BIN_STEPS = {
    (B.UNKNOWN, B.AVAILABLE),
    (B.UNKNOWN, B.MAINTENANCE),
    (B.UNKNOWN, B.OFFLINE),
    (B.AVAILABLE, B.MAINTENANCE),
    (B.AVAILABLE, B.OFFLINE),
    (B.MAINTENANCE, B.AVAILABLE),
    (B.MAINTENANCE, B.OFFLINE),
    (B.OFFLINE, B.AVAILABLE),
    (B.OFFLINE, B.MAINTENANCE),
}


@pytest.mark.parametrize(
    ("table", "steps", "states"),
    [(CARD, CARD_STEPS, CardState), (ORDER, ORDER_STEPS, OrderState), (BIN, BIN_STEPS, BinState)],
    ids=["card", "order", "bin"],
)
def test_every_step_is_listed_and_no_other(table, steps, states):
    assert {pair for pair in product(states, repeat=2) if table.step(*pair)} == steps


def test_news_of_an_order_never_leads_out_of_its_end():
    ends = {O.SUCCEEDED, O.FAILED}
    assert {pair for pair in product(OrderState, repeat=2) if pair[0] in ends and ORDER.path(*pair)} == set()


def test_each_state_has_a_tone():
    assert (set(CARD_TONES), set(ORDER_TONES), set(BIN_TONES)) == (set(CardState), set(OrderState), set(BinState))
