"""What the page of one card tells of what is under way for it, and what may be asked for now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backoffice.core.parts import Action, Badge, Pending, View
from backoffice.core.templatetags.ui import exact_time
from backoffice.outbox.badges import call_badge
from backoffice.outbox.call_events import address
from backoffice.outbox.deeds import actions as call_actions
from backoffice.outbox.models import Call
from backoffice.outbox.presenting import ShownCall
from backoffice.outbox.presenting import pending as call_pending
from backoffice.outbox.queries import WAITING
from cards.commands.life import open_orders
from cards.commands.money import CLOSABLE
from cards.models import Card, CardOrder
from cards.presenting import QUICK, SLOW, pause_of
from cards.queries import open_calls
from cards.recharging import RECHARGEABLE
from cards.states import CardState

EXPLAINED_AFTER = timedelta(seconds=30)  # what takes longer than this is explained
TOLD_FOR = timedelta(hours=24)  # how long a refusal stands on the card's page
PEND, ACTIVE, FROZEN = CardState.PENDING, CardState.ACTIVE, CardState.FROZEN


@dataclass(frozen=True)
class CardDeed:
    """Something to ask for a card: its command's name, its words, and the states in which it is offered."""

    name: str
    label: Promise
    icon: str
    states: frozenset[CardState]
    fits: frozenset[CardState]
    main: bool = False
    in_dialog: bool = True

    @property
    def permission(self) -> str:
        return f"cards.{self.name}"

    @property
    def dialog(self) -> str:
        return self.name.replace("_", "-") if self.in_dialog else ""

    def url(self, card: Card) -> str:
        return address(f"cards:{self.name}", card.public_id)


def _deed(name: str, label: Promise, icon: str, states: set[CardState], **details: Any) -> CardDeed:
    return CardDeed(name, label, icon, frozenset(states), **{"fits": frozenset(states)} | details)


CLOSE = _deed("close_card", pgettext_lazy("deed", "Close"), "circle-slash", set(CLOSABLE))
REVEAL = _deed("reveal_card", gettext_lazy("Reveal"), "eye", {ACTIVE, FROZEN}, in_dialog=False)
FREEZE = _deed("freeze_card", gettext_lazy("Freeze"), "snowflake", {ACTIVE})
UNFREEZE = _deed("unfreeze_card", gettext_lazy("Unfreeze"), "sun", {FROZEN})
ACTIVATE = _deed("activate_card", gettext_lazy("Activate"), "circle-check", {PEND}, main=True)
RECHARGE = _deed(
    "recharge_card",
    gettext_lazy("Recharge"),
    "plus",
    {ACTIVE, FROZEN, CardState.CLOSING},
    fits=frozenset(RECHARGEABLE),
    main=True,
    in_dialog=False,
)
DEEDS = (CLOSE, REVEAL, FREEZE, UNFREEZE, ACTIVATE, RECHARGE)
UNDER_WAY: Mapping[str, Promise] = {
    "cards.freeze_card": gettext_lazy("Freezing"),
    "cards.unfreeze_card": gettext_lazy("Unfreezing"),
    "cards.activate_card": gettext_lazy("Activating"),
    "cards.close_card": pgettext_lazy("under way", "Closing"),
}


@dataclass(frozen=True)
class CardPage:
    """A card with what is asked of it and not answered; read at one moment."""

    card: Card
    call: Call | None  # the latest about the card itself
    orders: tuple[CardOrder, ...]  # on it, and not ended
    closing_call: Call | None

    @property
    def open_call(self) -> Call | None:
        return self.call if self.call and self.call.is_open else self.closing_call

    @property
    def closing(self) -> CardOrder | None:
        return next((order for order in self.orders if order.kind == CardOrder.Kind.CLOSE), None)

    @property
    def own(self) -> Badge | None:
        """Our own progress, beside the provider's state: what is under way, since when, and whether it is in doubt."""
        call = self.open_call
        if call is None or call.operation not in UNDER_WAY:
            return self._accepted_closing
        words = {"what": UNDER_WAY[call.operation], "since": exact_time(call.created_at)}
        badge = call_badge(call)
        if call.state not in WAITING:
            label = _("%(what)s since %(since)s") % words
            return Badge(tone=badge.tone, icon="loader", label=label, title=call.problem)
        label = _("%(what)s since %(since)s: %(how)s") % (words | {"how": str(badge.label).lower()})
        return Badge(tone=badge.tone, icon=badge.icon, label=label, title=call.problem)

    @property
    def _accepted_closing(self) -> Badge | None:
        """The provider took the closing, but has not said of the card that it is closing."""
        if self.closing is None or self.card.state == CardState.CLOSING:
            return None
        words = {"what": UNDER_WAY["cards.close_card"], "since": exact_time(self.closing.created_at)}
        return Badge(tone="busy", icon="loader", label=_("%(what)s since %(since)s") % words)

    @property
    def refused(self) -> Call | None:
        """The latest call about the card, where the provider said no to it lately and nothing else is under way."""
        call = None if self.closing else self.call
        lately = timezone.now() - TOLD_FOR
        told = call and call.state == Call.State.REJECTED and call.left_at and call.left_at > lately
        return call if told else None

    @property
    def refusal(self) -> str:
        if not self.refused:
            return ""
        shown = ShownCall(self.refused, self.card)
        return _("%(operation)s: refused. %(problem)s") % {"operation": shown.operation, "problem": shown.told}

    @property
    def is_slow(self) -> bool:
        """Somebody who waits for it should be told why."""
        call = self.open_call
        return bool(call and (call.state in WAITING or timezone.now() - call.created_at > EXPLAINED_AFTER))

    @property
    def pause(self) -> str:
        """How soon the page asks again."""
        if self.open_call:
            return SLOW if self.open_call.state == Call.State.DEAD else QUICK
        return pause_of(self.orders) or pause_of([self.card])

    @property
    def told(self) -> tuple:
        """Changes whenever something under way does."""
        call = self.call
        return (
            (call.state, call.attempts, call.looks, call.problem, bool(self.refused)) if call else None,
            (self.closing_call.state, self.closing_call.looks) if self.closing_call else None,
            self.is_slow,
            [(order.pk, order.version) for order in self.orders],
        )

    def pending(self, user: Any) -> Pending | None:
        call = self.open_call
        if call is None or not self.is_slow:
            return None
        about = self.closing if call == self.closing_call else self.card
        return call_pending(ShownCall(call, about), call_actions(call, user))

    def off(self, deed: CardDeed) -> str:
        """Why this cannot be asked for now; "" where it can."""
        state = CardState(self.card.state)
        if state not in deed.fits:
            return _("This card is %(state)s.") % {"state": state.label.lower()}
        if deed == REVEAL:
            return ""
        if self.closing:
            return _("This card is being closed, since %(time)s.") % {"time": exact_time(self.closing.created_at)}
        if deed == CLOSE and self.orders:
            order = self.orders[0]
            return _("An order on this card is under way: %(kind)s, since %(time)s.") % {
                "kind": order.get_kind_display().lower(),
                "time": exact_time(order.created_at),
            }
        if deed not in (CLOSE, RECHARGE) and self.open_call:
            return _("Another request for this card is under way, since %(time)s.") % {
                "time": exact_time(self.open_call.created_at)
            }
        return ""

    def deeds(self, user: Any) -> list[CardDeed]:
        """What this person may ask for a card in this state, whether or not it can be had this minute."""
        state = CardState(self.card.state)
        return [
            deed for deed in DEEDS if state in deed.states and user.has_perm(deed.permission) and deed.url(self.card)
        ]

    def actions(self, user: Any) -> list[Action]:
        return [
            Action(
                label=str(deed.label),
                url=deed.url(self.card),
                icon=deed.icon,
                main=deed.main,
                dialog=deed.dialog,
                off=self.off(deed),
            )
            for deed in self.deeds(user)
        ]


def card_page(card: Card) -> CardPage:
    orders = tuple(open_orders(card).order_by("created_at", "id"))
    calls = open_calls([order for order in orders if order.kind == CardOrder.Kind.CLOSE])
    last = Call.objects.filter(target=card.ref).select_related("account", "actor").order_by("-created_at", "-id")
    return CardPage(card, last.first(), orders, next(iter(calls.values()), None))


def card_actions(card: Card, user: Any) -> list[Action]:
    """What this person may ask for this card, the main thing first: for places with room for a few."""
    return card_page(card).actions(user)[::-1]


def crumbs(card: Card, here: str) -> list[View]:
    return [
        View(label=_("Cards"), url=reverse("cards:cards")),
        View(label=str(card), url=card.get_absolute_url()),
        View(label=here, url=""),
    ]


def was_before(call: Call, moment: datetime) -> bool:
    """Whether a form that is sent now only repeats what ended before."""
    return bool(not call.is_open and call.left_at and call.left_at < moment)
