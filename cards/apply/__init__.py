"""All news of BINs, cards, holders and card orders ends here: replies, callbacks, looks and syncs."""

from cards.apply.bins import BIN_STATE, apply_bin, apply_bin_terms
from cards.apply.cards import CARD_STATE, apply_card, apply_card_status, apply_cards
from cards.apply.holders import apply_holder, apply_holders
from cards.apply.orders import ORDER_STATE, apply_card_order, apply_card_orders

__all__ = [
    "BIN_STATE",
    "CARD_STATE",
    "ORDER_STATE",
    "apply_bin",
    "apply_bin_terms",
    "apply_card",
    "apply_card_order",
    "apply_card_orders",
    "apply_card_status",
    "apply_cards",
    "apply_holder",
    "apply_holders",
]
