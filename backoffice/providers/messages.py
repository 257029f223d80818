"""What a callback receiver hands on: the message without its secrets, and what it makes us ask about."""

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """Something happened to this object: go and ask. `by` says which number `object_id` is."""

    kind: str  # "cards.card", "cards.order", "wallets.wallet"
    object_id: str
    by: str  # "card_id", "wallet_id", "order_id" or, for an order that has ours, "merchant_ref"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One callback, understood as far as a receiver may."""

    delivery_id: str  # the provider's id of the message, or a digest where it has none
    topic: str
    body: bytes = field(repr=False)  # what may be kept: secrets are cut, card numbers masked
    hint: Hint | None = None
    app_id: str = ""
    word: str = ""  # the neutral status that the topic claims: a claim, to be compared with what is fetched
    signed: bool = False
    known: bool = True  # False: a topic that is in no table of ours, so somebody should look
    ours: bool = True  # False: it names an application that this account is not

    @property
    def kind(self) -> str | None:
        return self.hint.kind if self.hint else None

    @property
    def object_id(self) -> str | None:
        return self.hint.object_id if self.hint else None


class Refusal(NamedTuple):
    """How a callback is turned away: HTTP status and JSON body, in the form its provider wants."""

    status: int
    body: dict
