"""What people may ask for; the only callers of enqueue in this app."""

from cards.commands.holders import create_holder, delete_holder, edit_holder
from cards.commands.issuing import issue_card, issue_cards
from cards.commands.life import activate_card, freeze_card, unfreeze_card
from cards.commands.money import close_card, recharge_card

__all__ = [
    "activate_card",
    "close_card",
    "create_holder",
    "delete_holder",
    "edit_holder",
    "freeze_card",
    "issue_card",
    "issue_cards",
    "recharge_card",
    "unfreeze_card",
]
