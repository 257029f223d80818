"""How far an order is: the columns of its stepper."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backoffice.core.parts import Step
from backoffice.core.templatetags.ui import duration
from backoffice.outbox.models import Call
from cards.models import CardOrder
from cards.order_page import FAILED, OrderPage
from cards.presenting import is_late, person_name, provider
from cards.queries import usual_seconds
from cards.states import CardState, OrderState


def steps(page: OrderPage) -> list[Step]:
    """Requested, sent, accepted, final, and the card itself; what was made elsewhere begins with being accepted."""
    order = page.order
    ours = [_requested(page), _sent(page)] if order.merchant_ref else []
    card = LAST.get(order.kind)
    return [*ours, _accepted(page), _final(page), *([card(page)] if card else [])]


def _requested(page: OrderPage) -> Step:
    order = page.order
    return Step(
        name=_("Requested"), state="done", at=order.created_at, who=person_name(order.maker) if order.maker else ""
    )


def _is_known_there(order: CardOrder) -> bool:
    return bool(order.provider_id) or order.state == OrderState.PROCESSING


def _sent(page: OrderPage) -> Step:
    call, name = page.call, pgettext("step", "Sent")
    if _is_known_there(page.order) or call is None:
        return Step(name=name, state="done", at=call.sent_at if call else None)
    return SENT[Call.State(call.state)](call, name)


def _on_its_way(call: Call, name: str) -> Step:
    return Step(name=name, state="now", hint=_("Waits for its turn"))


def _being_sent(call: Call, name: str) -> Step:
    return Step(name=name, state="now", at=call.sent_at, hint=_("In a worker's hands"))


def _reply_lost(call: Call, name: str) -> Step:
    return Step(name=name, state="done", at=call.sent_at, who=_("reply lost"))


def _was_sent(call: Call, name: str) -> Step:
    return Step(name=name, state="done", at=call.sent_at)


def _not_sent(call: Call, name: str) -> Step:
    return Step(name=name, state="done" if call.sent_at else "ahead", at=call.sent_at)


SENT = {
    Call.State.HELD: _on_its_way,
    Call.State.QUEUED: _on_its_way,
    Call.State.CLAIMED: _being_sent,
    Call.State.UNCERTAIN: _reply_lost,
    Call.State.DEAD: _reply_lost,
    Call.State.DONE: _was_sent,
    Call.State.REJECTED: _was_sent,
    Call.State.WITHDRAWN: _not_sent,
}


def _accepted(page: OrderPage) -> Step:
    order, name = page.order, _("Accepted")
    if _is_known_there(order):
        at = page.accepted_at or (None if order.merchant_ref else order.created_at)
        if order.is_settled:
            return Step(name=name, state="done", at=at, who=provider(order.account))
        waited = timezone.now() - (at or order.created_at)
        if is_late(order):
            return Step(
                name=name,
                state="late",
                at=at,
                who=provider(order.account),
                hint=_("Waits for %(time)s") % {"time": duration(waited)},
            )
        return Step(name=name, state="now", at=at, who=provider(order.account))
    if order.state in FAILED:
        return Step(name=name, state="failed", at=page.call.left_at if page.call else None, hint=_end_words(order))
    if page.open_call and page.open_call.state in {Call.State.UNCERTAIN, Call.State.DEAD}:
        return Step(name=name, state="late", hint=_("Not known yet"))
    return Step(name=name, state="ahead")


def _final(page: OrderPage) -> Step:
    order, name = page.order, pgettext("step", "Final")
    if order.state in FAILED:
        failed_there = _is_known_there(order)
        return Step(
            name=name,
            state="failed" if failed_there else "ahead",
            at=ended_at(order) if failed_there else None,
            hint=_end_words(order) if failed_there else "",
        )
    if order.is_settled:
        return Step(name=name, state="done", at=ended_at(order))
    usual = usual_seconds(order.kind)
    return Step(
        name=name, state="ahead", hint=_("Usually within %(time)s") % {"time": duration(usual)} if usual else ""
    )


def ended_at(order: CardOrder) -> datetime | None:
    return order.ended_at or order.observed_at


def _end_words(order: CardOrder) -> str:
    if order.state == OrderState.WITHDRAWN:
        return _("Given up here")
    return order.reason or _("Failed, no reason was told")


def _card(page: OrderPage) -> Step:
    card, name = page.order.card, pgettext("step", "Card")
    if card:
        return Step(
            name=name,
            state="done" if card.is_settled else "now",
            at=card.activated_at,
            who=str(card),
            hint="" if card.is_settled else card.get_state_display(),
        )
    return Step(
        name=name,
        state="now" if page.waits_for_card else "ahead",
        hint=_("We ask for it now") if page.waits_for_card else "",
    )


def _closed_card(page: OrderPage) -> Step:
    """A closing ends with the card's own word that it is closed."""
    card, name = page.order.card, pgettext("step", "Card")
    if card is None:
        return Step(name=name, state="ahead")
    if card.state == CardState.CLOSED:
        return Step(name=name, state="done", at=card.ended_at, who=str(card), hint=card.get_state_display())
    succeeded = page.order.state == OrderState.SUCCEEDED
    return Step(name=name, state="now" if succeeded else "ahead", who=str(card), hint=card.get_state_display())


LAST: Mapping[str, Callable[[OrderPage], Step]] = {
    CardOrder.Kind.ISSUE: _card,
    CardOrder.Kind.CLOSE: _closed_card,
}
