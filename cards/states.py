"""The states of BINs, cards and card orders, and which may follow which."""

from django.db import models
from django.utils.translation import pgettext_lazy

from backoffice.core.states import Transitions


class BinState(models.TextChoices):
    UNKNOWN = "unknown", pgettext_lazy("bin", "Unknown")
    AVAILABLE = "available", pgettext_lazy("bin", "Available")
    MAINTENANCE = "maintenance", pgettext_lazy("bin", "In maintenance")
    OFFLINE = "offline", pgettext_lazy("bin", "Withdrawn from sale")


class CardState(models.TextChoices):
    UNKNOWN = "unknown", pgettext_lazy("card", "Unknown")
    PENDING = "pending", pgettext_lazy("card", "Not activated")
    ACTIVE = "active", pgettext_lazy("card", "Active")
    FROZEN = "frozen", pgettext_lazy("card", "Frozen")
    CLOSING = "closing", pgettext_lazy("card", "Closing")
    CLOSED = "closed", pgettext_lazy("card", "Closed")
    LOST = "lost", pgettext_lazy("card", "Lost")
    REPLACED = "replaced", pgettext_lazy("card", "Replaced")


class OrderState(models.TextChoices):
    UNKNOWN = "unknown", pgettext_lazy("order", "Unknown")
    REQUESTED = "requested", pgettext_lazy("order", "Requested")
    PROCESSING = "processing", pgettext_lazy("order", "Processing")
    SUCCEEDED = "succeeded", pgettext_lazy("order", "Succeeded")
    FAILED = "failed", pgettext_lazy("order", "Failed")
    WITHDRAWN = "withdrawn", pgettext_lazy("order", "Withdrawn")


class HolderState(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("holder", "Requested")
    ACTIVE = "active", pgettext_lazy("holder", "On file")
    REFUSED = "refused", pgettext_lazy("holder", "Refused")
    DELETED = "deleted", pgettext_lazy("holder", "Deleted")
    WITHDRAWN = "withdrawn", pgettext_lazy("holder", "Withdrawn")


BIN = Transitions(
    {
        BinState.UNKNOWN: {BinState.AVAILABLE, BinState.MAINTENANCE, BinState.OFFLINE},
        BinState.AVAILABLE: {BinState.MAINTENANCE, BinState.OFFLINE},
        BinState.MAINTENANCE: {BinState.AVAILABLE, BinState.OFFLINE},
        BinState.OFFLINE: {BinState.AVAILABLE, BinState.MAINTENANCE},
    },
    settled=BinState,  # nothing is under way in any of them
    unknown=BinState.UNKNOWN,
)

CARD = Transitions(
    {
        CardState.UNKNOWN: {state for state in CardState if state != CardState.UNKNOWN},
        CardState.PENDING: {CardState.ACTIVE, CardState.CLOSING, CardState.LOST},
        CardState.ACTIVE: {CardState.FROZEN, CardState.CLOSING, CardState.LOST},
        CardState.FROZEN: {CardState.ACTIVE, CardState.CLOSING, CardState.LOST},
        # a closing that fails puts the card back to where it was
        CardState.CLOSING: {CardState.CLOSED, CardState.PENDING, CardState.ACTIVE, CardState.FROZEN, CardState.LOST},
        CardState.CLOSED: {},
        CardState.LOST: {CardState.REPLACED, CardState.CLOSING},
        CardState.REPLACED: {},
    },
    settled={CardState.ACTIVE, CardState.FROZEN, CardState.CLOSED, CardState.LOST, CardState.REPLACED},
    unknown=CardState.UNKNOWN,
)

ORDER = Transitions(
    {
        OrderState.UNKNOWN: {OrderState.PROCESSING, OrderState.SUCCEEDED, OrderState.FAILED},
        OrderState.REQUESTED: {OrderState.PROCESSING, OrderState.SUCCEEDED, OrderState.FAILED, OrderState.WITHDRAWN},
        OrderState.PROCESSING: {OrderState.SUCCEEDED, OrderState.FAILED},
        OrderState.SUCCEEDED: {},
        OrderState.FAILED: {},
        # given up here, but the provider speaks of it all the same: their word is taken and becomes a break
        OrderState.WITHDRAWN: {OrderState.PROCESSING, OrderState.SUCCEEDED, OrderState.FAILED},
    },
    settled={OrderState.SUCCEEDED, OrderState.FAILED, OrderState.WITHDRAWN},
    unknown=OrderState.UNKNOWN,
)

HOLDER = Transitions(
    {
        HolderState.REQUESTED: {HolderState.ACTIVE, HolderState.REFUSED, HolderState.WITHDRAWN, HolderState.DELETED},
        HolderState.ACTIVE: {HolderState.DELETED},
        HolderState.REFUSED: {},
        HolderState.DELETED: {},
        # given up here, but the provider has it all the same: their word is taken and becomes a break
        HolderState.WITHDRAWN: {HolderState.ACTIVE, HolderState.DELETED},
    },
    settled={HolderState.ACTIVE, HolderState.REFUSED, HolderState.DELETED, HolderState.WITHDRAWN},
    unknown=HolderState.ACTIVE,  # the provider has no word for it: a holder exists or does not
)

BIN_TONES = {
    BinState.UNKNOWN: "warn",
    BinState.AVAILABLE: "good",
    BinState.MAINTENANCE: "quiet",
    BinState.OFFLINE: "quiet",
}
CARD_TONES = {
    CardState.UNKNOWN: "warn",
    CardState.PENDING: "quiet",
    CardState.ACTIVE: "good",
    CardState.FROZEN: "quiet",
    CardState.CLOSING: "busy",
    CardState.CLOSED: "quiet",
    CardState.LOST: "bad",
    CardState.REPLACED: "quiet",
}
ORDER_TONES = {
    OrderState.UNKNOWN: "warn",
    OrderState.REQUESTED: "quiet",
    OrderState.PROCESSING: "busy",
    OrderState.SUCCEEDED: "good",
    OrderState.FAILED: "bad",
    OrderState.WITHDRAWN: "quiet",
}
HOLDER_TONES = {
    HolderState.REQUESTED: "quiet",
    HolderState.ACTIVE: "good",
    HolderState.REFUSED: "bad",
    HolderState.DELETED: "quiet",
    HolderState.WITHDRAWN: "quiet",
}
