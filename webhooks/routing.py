"""Which question a callback leads to, and what its topic claims, in the words of our rows."""

import re
from collections.abc import Mapping

from backoffice.providers.messages import Hint
from backoffice.providers.snapshots import CardStatus, OrderStatus, WalletStatus
from cards.apply import CARD_STATE, ORDER_STATE
from wallets.apply import STATE as WALLET_STATE

OBJECT_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")

# (what a hint is about, by which number) → the watch that asks for it; what is not here is kept and not handled yet
WATCH: Mapping[tuple[str, str], str] = {
    ("cards.card", "card_id"): "cards.card",
    ("cards.order", "order_id"): "cards.order",
    ("cards.order", "merchant_ref"): "cards.order_ref",  # also finds an order whose own call was not answered yet
    ("wallets.wallet", "wallet_id"): "wallets.wallet",
}
CLAIM: Mapping[str, tuple[type, Mapping]] = {
    "cards.card": (CardStatus, CARD_STATE),
    "cards.order": (OrderStatus, ORDER_STATE),
    "wallets.wallet": (WalletStatus, WALLET_STATE),
}


def watch_for(hint: Hint | None) -> str:
    """The kind of question, or "" where we have none."""
    return WATCH.get((hint.kind, hint.by), "") if hint else ""


def claimed_state(kind: str, word: str) -> str:
    """The state that a topic's neutral word claims, or "" where it claims none that we know."""
    words, states = CLAIM.get(kind, (None, {}))
    known = words is not None and word in {str(one) for one in words}
    return str(states.get(words(word), "")) if known else ""


def words_for(kind: str, state: str) -> list[str]:
    """The neutral words that claim a state."""
    _words, states = CLAIM.get(kind, (None, {}))
    return [str(word) for word, claimed in states.items() if str(claimed) == state]
