"""Activating a card with a code or a PIN: neither is stored, so the request that was given them sends the call."""

from backoffice.journal.record import Actor
from backoffice.outbox.drain import send_now
from backoffice.outbox.models import Call
from cards.commands import activate_card
from cards.models import Card


def activate_in_person(*, actor: Actor, key: str, card: Card, code: str = "", pin: str = "") -> Call:
    """Promise the call, then send it at once with what is in memory. Asked twice with one key, it is sent once."""
    in_memory = {name: value for name, value in {"code": code, "pin": pin}.items() if value}
    if not in_memory:
        return activate_card(actor=actor, key=key, card=card)
    call = activate_card(actor=actor, key=key, card=card, in_person=True)
    send_now(call, **in_memory)
    call.refresh_from_db()
    return call
