"""OPEN-API's callbacks: nobody signs them, so all that is taken from one is what to ask about.

The tag says what happened; the numbers inside are not believed. What is kept of the body has no secret in it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from backoffice.providers import exactjson
from backoffice.providers.config import AccountConfig
from backoffice.providers.errors import BadMessage
from backoffice.providers.messages import Hint, Message, Refusal
from backoffice.providers.openapi.fields import is_id
from backoffice.providers.openapi.tables import Tables
from backoffice.providers.redaction import REDACTED, redacted_json, scrub
from backoffice.providers.snapshots import CardStatus, OrderStatus, WalletStatus

LONGEST_TOPIC = 80
CARD, ORDER, WALLET = "cards.card", "cards.order", "wallets.wallet"


@dataclass(frozen=True, slots=True)
class _Topic:
    """What a tag makes us ask about, and the state that it claims for it."""

    kind: str = ""  # empty: nothing yet
    word: str = ""


NOTHING_YET = _Topic()
TOPICS: Mapping[str, _Topic] = {
    "order_processing": _Topic(ORDER, OrderStatus.PENDING),
    "order_success": _Topic(ORDER, OrderStatus.SUCCEEDED),
    "order_failed": _Topic(ORDER, OrderStatus.FAILED),
    "card_active": _Topic(CARD, CardStatus.ACTIVE),
    "card_frozen": _Topic(CARD, CardStatus.FROZEN),
    "card_unfrozen": _Topic(CARD, CardStatus.ACTIVE),
    "card_closing": _Topic(CARD, CardStatus.CLOSING),
    "card_closed": _Topic(CARD, CardStatus.CLOSED),
    "card_lost": _Topic(CARD, CardStatus.LOST),
    "card_replaced": _Topic(CARD, CardStatus.REPLACED),
    "trade_processing": _Topic(CARD),  # the trade itself is not kept yet, but the card's balance moved
    "trade_success": _Topic(CARD),
    "trade_failed": _Topic(CARD),
    "trade_reversed": _Topic(CARD),
    "wallet_row_pending": _Topic(WALLET),
    "wallet_row_approved": _Topic(WALLET),
    "wallet_row_rejected": _Topic(WALLET),
    "wallet_frozen": _Topic(WALLET, WalletStatus.FROZEN),
    "wallet_unfrozen": _Topic(WALLET, WalletStatus.NORMAL),
    "payee_reviewing": NOTHING_YET,
    "payee_approved": NOTHING_YET,
    "payee_rejected": NOTHING_YET,
    "payee_disabled": NOTHING_YET,
    "payment_pending": NOTHING_YET,
    "payment_processing": NOTHING_YET,
    "payment_success": NOTHING_YET,
    "payment_failed": NOTHING_YET,
    "payment_rejected": NOTHING_YET,
    "payment_returned": NOTHING_YET,
    "payment_cancelled": NOTHING_YET,
}
# Which field names the object, and which number of ours or theirs it is; our own order number comes first, since a
# callback may be here before the answer that tells us theirs.
NAMED_BY = {
    CARD: (("card_id", "card_id"),),
    ORDER: (("out_order_id", "merchant_ref"), ("order_id", "order_id")),
    WALLET: (("wallet_id", "wallet_id"),),
}

REFUSALS = {
    "malformed": (400, "malformed body"),
    "unreadable": (400, "unreadable body"),
    "foreign": (403, "unknown customer"),
    "not_allowed": (403, "sender not allowed"),
    "unknown_address": (404, "unknown address"),
    "too_large": (413, "body too large"),
    "busy": (429, "too many requests"),
    "unavailable": (503, "storage unavailable"),
}


class OpenApiReceiver:
    """The Receiver of one account's callbacks."""

    def __init__(self, config: AccountConfig):
        self._tables: Tables = config.options["tables"]  # type: ignore[assignment]
        self._customer_id, self._app_id = config.options["customer_id"], config.options["app_id"]

    @property
    def acknowledgement(self) -> dict:
        return {"code": self._tables.codes["success"], "message": "success"}

    def open(self, body: bytes, headers: Mapping[str, str] = MappingProxyType({})) -> Message:
        """A callback as it arrived. Nothing in the headers is of use: there is no signature."""
        return self.read(body)

    def read(self, body: bytes) -> Message:
        envelope = _envelope(body)
        tag = envelope.get("event")
        if not isinstance(tag, str) or not tag or not tag.isprintable():
            raise BadMessage("no event tag")
        if type(envelope.get("customer_id")) is not int:
            raise BadMessage("no customer id")
        if envelope["customer_id"] != self._customer_id:
            raise BadMessage("about another customer", code="foreign")
        name = self._tables.event_name(tag)
        content = _content(envelope.get("event_data"))
        if content is None and name:
            raise BadMessage("no readable event data")
        kept = redacted_json(envelope if content is not None else envelope | {"event_data": REDACTED})
        topic, app_id = TOPICS.get(name, NOTHING_YET), (content or {}).get("app_id")
        return Message(
            delivery_id=_delivery_id(envelope.get("notify_id"), kept),
            topic=scrub(tag)[:LONGEST_TOPIC],
            body=kept,
            hint=_hint(topic.kind, content or {}),
            app_id=str(app_id) if type(app_id) is int and 0 <= app_id < 10**18 else "",
            word=str(topic.word),
            known=bool(name),
            ours=app_id in (None, "", self._app_id),
        )

    def refusal(self, reason: str) -> Refusal:
        """The contract wants any code but success, and a message that says why."""
        status, message = REFUSALS.get(reason, (400, "refused"))
        return Refusal(status, {"code": 1, "message": message})


def _envelope(body: bytes) -> dict:
    try:
        envelope = exactjson.loads(body)
    except exactjson.NotJson as exc:
        raise BadMessage(str(exc)) from None
    if not isinstance(envelope, dict):
        raise BadMessage("not an object")
    return envelope


def _content(data: object) -> dict | None:
    """The event's own data: JSON inside a text, or, as senders change that in silence, an object."""
    if isinstance(data, str):
        try:
            data = exactjson.loads(data)
        except exactjson.NotJson:
            return None
    return data if isinstance(data, dict) else None


def _hint(kind: str, content: Mapping) -> Hint | None:
    if not kind:
        return None
    for field, by in NAMED_BY[kind]:
        if is_id(content.get(field)):
            return Hint(kind=kind, object_id=content[field], by=by)
    raise BadMessage("names no object of ours to ask about")


def _delivery_id(notify_id: object, kept: bytes) -> str:
    """Theirs, else a digest of what is kept: not of what came, as a digest of a security code would give it away."""
    return str(notify_id) if is_id(notify_id) else hashlib.sha256(kept).hexdigest()
