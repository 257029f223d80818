"""Which question a callback leads to, and what its topic claims, in the words of our rows."""

import re
from collections.abc import Mapping

from backoffice.providers.messages import Hint
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
CLAIM: Mapping[str, Mapping] = {
    "cards.card": CARD_STATE,
    "cards.order": ORDER_STATE,
    "wallets.wallet": WALLET_STATE,
}


def watch_for(hint: Hint | None) -> str:
    """The kind of question, or "" where we have none."""
    return WATCH.get((hint.kind, hint.by), "") if hint else ""


def claimed_state(kind: str, word: str) -> str:
    """The state that a topic's neutral word claims, or "" where it claims none that we know."""
    return next((str(state) for said, state in CLAIM.get(kind, {}).items() if str(said) == word), "")


def words_for(kind: str, state: str) -> list[str]:
    """The neutral words that claim a state."""
    return [str(word) for word, claimed in CLAIM.get(kind, {}).items() if str(claimed) == state]
