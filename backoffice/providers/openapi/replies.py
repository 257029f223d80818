"""The short answers to commands, and the secrets of a card: read as strictly as an object."""

from backoffice.providers.openapi.fields import Fields
from backoffice.providers.openapi.mapping import Reading
from backoffice.providers.snapshots import (
    CardOrderSnapshot,
    CardSecrets,
    CardStatus,
    CardStatusSnapshot,
    OrderKind,
    OrderStatus,
)

EXPIRY = r"[0-9]{2}/[0-9]{2}"
CLOSING = {CardStatus.CLOSING: OrderStatus.PENDING, CardStatus.CLOSED: OrderStatus.PENDING}


def ordered(row: Fields, reading: Reading) -> CardOrderSnapshot:
    """The answer to an opening or a recharge: two numbers and a status, all of which must be there."""
    _require_status(row)
    return CardOrderSnapshot(
        **reading.said(row),
        merchant_ref=row.id("out_order_id"),
        order_id=row.id("order_id"),
        status=reading.word("order_status", row, "status", OrderStatus.UNKNOWN),
        word=row.word("status"),
    )


def closing(row: Fields, reading: Reading, *, merchant_ref: str) -> CardOrderSnapshot:
    """The answer to a closing: the status in it is the card's, so how the order ended is left to its own look-up."""
    _require_status(row)
    card_status = reading.word("card_status", row, "status", CardStatus.UNKNOWN)
    return CardOrderSnapshot(
        **reading.said(row),
        merchant_ref=merchant_ref,
        order_id=row.id("order_id"),
        kind=OrderKind.CLOSE,
        card_id=row.id("card_id"),
        status=CLOSING.get(card_status, OrderStatus.UNKNOWN),
    )


def card_status(row: Fields, reading: Reading) -> CardStatusSnapshot:
    _require_status(row)
    return CardStatusSnapshot(
        **reading.said(row),
        card_id=row.id("card_id"),
        status=reading.word("card_status", row, "status", CardStatus.UNKNOWN),
        word=row.word("status"),
    )


def secrets(row: Fields, _reading: Reading) -> CardSecrets:
    """What is there to be shown; a card number is whatever stands in its place, as its form is not known."""
    number = row.exact_text("card_no", 40)
    if not number:
        raise row.wrong("card_no", "is missing")
    return CardSecrets(
        number=number,
        expiry=row.matching("expiry", EXPIRY) or "",
        cvv=row.exact_text("cvv", 12) or "",
        pin=row.exact_text("pin", 12) or "",
    )


def _require_status(row: Fields) -> None:
    if row.data.get("status") is None:
        raise row.wrong("status", "is missing")
