"""What the page of one order tells: how far it is, why it is not further, what it costs."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.core.parts import Action, Badge, Pending
from backoffice.core.templatetags.ui import duration, exact_time
from backoffice.journal.models import JournalEntry
from backoffice.mirror.models import Watch
from backoffice.outbox.deeds import actions as call_actions
from backoffice.outbox.models import Call
from backoffice.outbox.presenting import ShownCall
from backoffice.outbox.presenting import pending as call_pending
from cards.lists import mark_of
from cards.models import CardOrder
from cards.presenting import QUICK_WHILE, bin_words, is_late, order_badge, own_badge, provider
from cards.queries import is_being_asked, last_call, usual_seconds, watch_of
from cards.states import OrderState

QUICK, SLOW = "2s", "20s"
FAILED = frozenset({OrderState.FAILED, OrderState.WITHDRAWN})


@dataclass(frozen=True)
class OrderPage:
    """An order with what we do about it; read at one moment."""

    order: CardOrder
    call: Call | None
    watch: Watch | None
    accepted_at: datetime | None
    callbacks: int

    @property
    def open_call(self) -> Call | None:
        return self.call if self.call and self.call.is_open else None

    @property
    def title(self) -> str:
        kind = self.order.get_kind_display()
        return f"{kind} {self.order.card}" if self.order.card else f"{kind} {bin_words(self.order.bin)}".strip()

    @property
    def badge(self) -> Badge:
        return order_badge(self.order)

    @property
    def own(self) -> Badge | None:
        return own_badge(self.order, self.open_call)

    @property
    def waits_for_card(self) -> bool:
        """It succeeded and its card is still to be heard of."""
        order = self.order
        return order.state == OrderState.SUCCEEDED and order.kind == CardOrder.Kind.ISSUE and order.card is None

    @property
    def pause(self) -> str:
        """How soon the page asks again; "" once nothing more is expected."""
        order, card = self.order, self.order.card
        under_way = (
            not order.is_settled or self.open_call or self.waits_for_card or order.fee is None and self._will_have_fee
        )
        young = timezone.now() - order.created_at < QUICK_WHILE
        if is_being_asked(self.watch):
            return QUICK
        if under_way or (card and not card.is_settled and young):
            return QUICK if young else SLOW
        return ""

    @property
    def _will_have_fee(self) -> bool:
        return self.order.state == OrderState.SUCCEEDED and timezone.now() - self.order.created_at < QUICK_WHILE

    @property
    def mark(self) -> str:
        """Changes whenever something on the page does; what a poll compares."""
        order, card, call, watch = self.order, self.order.card, self.call, self.watch
        return mark_of(
            [
                (order.version, order.observed_at, order.break_reason, is_late(order)),
                (card.pk, card.version) if card else None,
                (call.state, call.attempts, call.looks, call.problem) if call else None,
                (watch.asked_at, is_being_asked(watch)) if watch else None,
                self.callbacks,
            ]
        )


def order_page(order: CardOrder) -> OrderPage:
    entries = JournalEntry.objects.filter(ref=order.ref, verb__in=["callback", "moved"])
    told = list(entries.order_by("created_at", "id").values_list("verb", "old", "new", "created_at"))
    accepted = (
        at for verb, old, new, at in told if verb == "moved" and old == OrderState.REQUESTED and new not in FAILED
    )
    return OrderPage(
        order=order,
        call=last_call(order),
        watch=watch_of(order),
        accepted_at=next(accepted, None),
        callbacks=sum(verb == "callback" for verb, *_rest in told),
    )


# --- why it is not further --------------------------------------------------------------------------------------------


def pending(page: OrderPage, user: Any) -> Pending | None:
    """None once it is settled."""
    if page.open_call:
        return _call_is_open(page, page.open_call, user)
    return None if page.order.is_settled else _waits_for_the_provider(page, user)


def _call_is_open(page: OrderPage, call: Call, user: Any) -> Pending | None:
    deeds = call_actions(call, user)
    shown = call_pending(ShownCall(call, page.order), [replace(deeds[0], main=True), *deeds[1:]] if deeds else [])
    if shown is None:
        return None
    waited = _("It was asked for %(time)s ago.") % {"time": duration(timezone.now() - page.order.created_at)}
    can = [
        *shown.can,
        *([_("Sending again is off while nobody knows: it could pay twice.")] if _may_pay_twice(call) else []),
    ]
    return replace(shown, know=[*shown.know, waited, _callbacks_seen(page)], can=can)


def _may_pay_twice(call: Call) -> bool:
    return call.state == Call.State.UNCERTAIN and bool(call.reserves)


def _waits_for_the_provider(page: OrderPage, user: Any) -> Pending:
    order, watch, name = page.order, page.watch, provider(page.order.account)
    usual, waited = usual_seconds(order.kind), duration(timezone.now() - order.created_at)
    sentence = _("%(provider)s has accepted the order and has not said how it ended.") % {"provider": name}
    if usual:
        sentence += " " + _("95 in 100 end within %(usual)s; this one has waited %(waited)s.") % {
            "usual": duration(usual),
            "waited": waited,
        }
    else:
        sentence += " " + _("It has waited %(waited)s.") % {"waited": waited}
    know = [
        _("The order exists there once, under our number.")
        if order.merchant_ref
        else _("It was made at the provider, not here.")
    ]
    if order.observed_at:
        know.append(
            _("Their last word: “%(word)s”, at %(at)s.")
            % {"word": _their_word(order), "at": exact_time(order.observed_at)}
        )
    know.append(_callbacks_seen(page))
    doing = [_("A callback ends the wait at once.")]
    if not (watch and watch.due_at):
        doing.insert(0, _("We ask again with the next walk through the provider's list."))
    elif watch.problem:
        doing.append(_("The last look brought nothing: %(problem)s") % {"problem": watch.problem})
    may_ask = user.has_perm("mirror.ask_now") and bool(order.provider_id)
    ask = Action(
        label=_("Ask %(provider)s now") % {"provider": name},
        url=reverse("cards:ask_order", args=[order.public_id]),
        icon="refresh-cw",
        main=True,
        post=True,
    )
    can = [_("Ask now, or wait.") if may_ask else _("Wait; an operator may ask the provider now.")]
    can.append(
        _("Sending again is off: the order exists there already.")
        if order.kind == CardOrder.Kind.CLOSE
        else _("Sending again is off: the order exists there, and a second one could pay twice.")
    )
    return Pending(
        sentence=sentence,
        know=know,
        doing=doing,
        can=can,
        tone="warn" if is_late(order) or order.tone == "warn" else "busy",
        next_look=watch.due_at if watch else None,
        asked=watch.tries if watch else 0,
        last_asked=watch.asked_at if watch else None,
        actions=[ask] if may_ask else [],
    )


def _their_word(order: CardOrder) -> str:
    """What they said in our words; their own where we have none."""
    return order.word if order.state == OrderState.UNKNOWN else order.get_state_display().lower()


def _callbacks_seen(page: OrderPage) -> str:
    if not page.callbacks:
        return _("No callback about it has come.")
    return ngettext("%(n)d callback about it has come.", "%(n)d callbacks about it have come.", page.callbacks) % {
        "n": page.callbacks
    }
