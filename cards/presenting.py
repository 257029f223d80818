"""How BINs, cards and orders are shown: badges, rows, facts. A template compares no states; this does."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.accounts.models import Account
from backoffice.core.parts import Badge, Fact
from backoffice.mirror.models import Mirrored
from backoffice.outbox.badges import call_badge
from backoffice.outbox.journal_events import Words
from backoffice.outbox.models import Call
from cards.models import Bin, Card, CardOrder
from cards.queries import LATE_AFTER
from cards.states import BIN_TONES, CARD_TONES, ORDER_TONES, BinState, CardState, OrderState

BIN_ICONS = {
    BinState.UNKNOWN: "circle-question-mark",
    BinState.AVAILABLE: "circle-check",
    BinState.MAINTENANCE: "wrench",
    BinState.OFFLINE: "circle-slash",
}
CARD_ICONS = {
    CardState.UNKNOWN: "circle-question-mark",
    CardState.PENDING: "circle-dashed",
    CardState.ACTIVE: "circle-check",
    CardState.FROZEN: "snowflake",
    CardState.CLOSING: "loader",
    CardState.CLOSED: "circle-slash",
    CardState.LOST: "ban",
    CardState.REPLACED: "replace",
}
ORDER_ICONS = {
    OrderState.UNKNOWN: "circle-question-mark",
    OrderState.REQUESTED: "circle-dashed",
    OrderState.PROCESSING: "loader",
    OrderState.SUCCEEDED: "circle-check",
    OrderState.FAILED: "circle-x",
    OrderState.WITHDRAWN: "circle-slash",
}
NETWORKS = {"visa": "Visa", "mastercard": "Mastercard", "unionpay": "UnionPay", "amex": "Amex", "discover": "Discover"}
SHORT_NETWORKS = NETWORKS | {"mastercard": "MC"}
QUICK_WHILE = timedelta(minutes=15)  # what is older than this is asked about less often
QUICK, SLOW = "3s", "30s"


# --- badges -----------------------------------------------------------------------------------------------------------


def bin_badge(bin: Bin) -> Badge:
    state = BinState(bin.state)
    return Badge(tone=BIN_TONES[state], icon=BIN_ICONS[state], label=str(state.label), title=_their(bin.word))


def card_state_badge(state: str, word: str = "") -> Badge:
    known = CardState(state)
    return Badge(tone=CARD_TONES[known], icon=CARD_ICONS[known], label=str(known.label), title=_their(word))


def card_badge(card: Card) -> Badge:
    return card_state_badge(card.state, card.word)


def order_state_badge(state: str, word: str = "") -> Badge:
    known = OrderState(state)
    return Badge(tone=ORDER_TONES[known], icon=ORDER_ICONS[known], label=str(known.label), title=_their(word))


def order_badge(order: CardOrder) -> Badge:
    return order_state_badge(order.state, order.word)


def _their(word: str) -> str:
    return _("The provider says: %(word)s") % {"word": word} if word else ""


def own_badge(order: CardOrder, call: Call | None) -> Badge | None:
    """Our own progress, beside the provider's state: the open call, or that it takes longer than it should."""
    if call:
        return call_badge(call)
    if is_late(order):
        late = timezone.now() - order.created_at
        return Badge(
            tone="warn",
            icon="hourglass",
            label=_("Late"),
            title=_("for %(minutes)d min") % {"minutes": late.total_seconds() // 60},
        )
    return None


def is_late(order: CardOrder) -> bool:
    return not order.is_settled and timezone.now() - order.created_at > LATE_AFTER


PROVIDERS = {"openapi": "OPEN-API", "wasabicard": "WasabiCard", "freewalker": "FreeWalker"}


def provider(account: Account) -> str:
    """Who is asked, by the name people know."""
    return PROVIDERS.get(account.provider, account.provider)


# --- words ------------------------------------------------------------------------------------------------------------


def network(name: str, *, short: bool = False) -> str:
    return (SHORT_NETWORKS if short else NETWORKS).get(name.lower(), name.title())


def bin_words(bin: Bin | None) -> str:
    """Visa 493875"""
    return f"{network(bin.network)} {bin.digits}".strip() if bin else ""


ACTS: Mapping[str, Promise] = {
    "cards.issue_card": gettext_lazy("asked for a card"),
    "cards.recharge_card": gettext_lazy("asked for a recharge"),
    "cards.activate_card": gettext_lazy("asked to activate the card"),
    "cards.freeze_card": gettext_lazy("asked to freeze the card"),
    "cards.unfreeze_card": gettext_lazy("asked to unfreeze the card"),
    "cards.close_card": gettext_lazy("asked to close the card"),
    "cards.reveal_card": gettext_lazy("looked at the card's number and code"),
}
FACTS: Mapping[str, Promise] = {
    "provider_id": gettext_lazy("their number"),
    "card": gettext_lazy("card"),
    "currency": gettext_lazy("currency"),
    "amount": gettext_lazy("amount"),
    "fee": gettext_lazy("fee charged"),
    "total": gettext_lazy("total"),
    "reason": gettext_lazy("reason"),
    "balance": gettext_lazy("balance"),
    "recharged": gettext_lazy("recharged in all"),
    "note": gettext_lazy("label"),
    "last4": gettext_lazy("last four"),
    "expiry": gettext_lazy("expiry"),
}
STATE_BADGES = {Card._meta.label_lower: card_state_badge, CardOrder._meta.label_lower: order_state_badge}


def _state_badge(ref: str, state: str) -> Badge | None:
    badge = STATE_BADGES.get(ref.partition(":")[0])
    return badge(state) if badge else None


WORDS = Words(badge=_state_badge, acts=ACTS, facts=FACTS)


# --- rows -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CardRow:
    card: Card

    @property
    def badge(self) -> Badge:
        return card_badge(self.card)

    @property
    def network(self) -> str:
        return network(self.card.bin.network, short=True) if self.card.bin else ""

    @property
    def product(self) -> str:
        return bin_words(self.card.bin) or self.card.bin_provider_id

    @property
    def title(self) -> str:
        """What a person calls this card: its label, or else its product."""
        return self.card.note or self.product

    @property
    def kind(self) -> str:
        return self.card.bin.get_kind_display() if self.card.bin else ""

    @property
    def mode(self) -> str:
        return self.card.bin.get_mode_display() if self.card.bin else ""


@dataclass(frozen=True)
class OrderRow:
    order: CardOrder
    call: Call | None = None

    @property
    def badge(self) -> Badge:
        return order_badge(self.order)

    @property
    def own(self) -> Badge | None:
        return own_badge(self.order, self.call)

    @property
    def card(self) -> str:
        """The card, or what it will be one of."""
        return str(self.order.card) if self.order.card else bin_words(self.order.bin) or self.order.bin_provider_id

    @property
    def short(self) -> str:
        """The end of its number, where there is no room for more."""
        return f"…{str(self.order)[-6:]}"

    @property
    def maker(self) -> str:
        return person_name(self.order.maker) if self.order.maker else _("at the provider")

    @property
    def total(self) -> Decimal | None:
        return self.order.quoted_total if self.order.total is None else self.order.total

    @property
    def age(self) -> timedelta | None:
        """For how long it has been under way; None once it ended."""
        return None if self.order.is_settled else timezone.now() - self.order.created_at


def person_name(person) -> str:
    return person.get_full_name() or person.get_username()


def pause_of(rows: Sequence[Mirrored]) -> str:
    """How often a list asks again: often while something young is under way, seldom for old things, else not at all."""
    open_rows = [row for row in rows if not row.is_settled]
    if not open_rows:
        return ""
    return QUICK if any(timezone.now() - row.created_at < QUICK_WHILE for row in open_rows) else SLOW


# --- facts ------------------------------------------------------------------------------------------------------------


def card_facts(card: Card) -> list[Fact]:
    return [
        Fact(label=_("Product"), value=bin_words(card.bin) or card.bin_provider_id),
        Fact(label=_("Type"), value=kind_and_mode(card.bin)),
        Fact(label=_("Label"), value=card.note),
        Fact(label=_("Recharged in all"), amount=card.recharged, currency=card.currency),
        Fact(label=_("Expires"), value=card.expiry),
        Fact(
            label=_("Holder at the provider"),
            id=card.holder_provider_id,
            url=card.holder.get_absolute_url() if card.holder else "",
        ),
        Fact(label=_("Account"), value=f"{card.account}, {provider(card.account)}"),
        Fact(label=_("Activated"), at=card.activated_at),
        *([Fact(label=_("Closing since"), at=card.closing_at)] if card.closing_at else []),
        *([Fact(label=_("Ended"), at=card.ended_at)] if card.ended_at else []),
    ]


def kind_and_mode(bin: Bin | None) -> str:
    return capfirst(f"{bin.get_kind_display()}, {bin.get_mode_display().lower()}") if bin else ""


def card_numbers(card: Card) -> list[Fact]:
    return [
        Fact(label=_("Our id"), id=card.public_id),
        Fact(label=_("Their number"), id=card.provider_id),
        Fact(label=_("Reference of its order"), id=card.merchant_ref),
    ]


def raw(upstream: Mapping) -> str:
    return json.dumps(upstream, ensure_ascii=False, indent=2, sort_keys=True) if upstream else ""
