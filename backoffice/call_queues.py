"""Calls on the home screen: what needs a person, what is in doubt, what waits to be sent."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core.money import ExactSum
from backoffice.core.parts import Queue, QueueRow, Sum
from backoffice.core.refs import ref_pk
from backoffice.core.templatetags.ui import duration
from backoffice.outbox import queries as calls
from backoffice.outbox.models import Call
from backoffice.outbox.presenting import ShownCall
from cards import queries as cards
from cards.models import CardOrder
from cards.presenting import OrderRow

ROWS = 5  # of each block; the rest is behind its heading


@dataclass
class Counted:
    count: int = 0
    sums: list[Sum] = field(default_factory=list)


def call_counts() -> dict[Call.State, Counted]:
    """How many open calls of each state, and how much money they hold per currency."""
    found = {state: Counted() for state in Call.State}
    open_calls = Call.objects.filter(state__in=Call.OPEN).order_by("state", "reserved_currency")
    for state, currency, count, amount in open_calls.values_list("state", "reserved_currency").annotate(
        Count("pk"), ExactSum("reserved_amount")
    ):
        counted = found[Call.State(state)]
        counted.count += count
        if amount is not None:
            counted.sums.append(Sum(amount=amount, currency=currency))
    return found


def call_queues(counts: dict[Call.State, Counted], may: Any) -> list[Queue]:
    address = reverse("outbox:calls")
    rows = {
        state: list(calls.calls().filter(state=state).order_by("created_at", "id")[:ROWS])
        if counts[state].count
        else []
        for state in calls.WAITING
    }
    orders = _orders_of(call for found in rows.values() for call in found)
    decides = may("outbox.send_call_again")
    dead, doubt = counts[Call.State.DEAD], counts[Call.State.UNCERTAIN]
    return [
        Queue(
            title=_("Needs a person"),
            icon="circle-alert",
            tone="bad",
            count=dead.count,
            sums=dead.sums,
            url=f"{address}?view=needs-a-person",
            rows=[_call_row(call, orders, decides=decides) for call in rows[Call.State.DEAD]],
        ),
        Queue(
            title=_("In doubt"),
            icon="circle-question-mark",
            tone="warn",
            count=doubt.count,
            sums=doubt.sums,
            note=_("No clear answer came back, we keep asking"),
            url=f"{address}?view=in-doubt",
            rows=[_call_row(call, orders) for call in rows[Call.State.UNCERTAIN]],
        ),
        _on_its_way(counts, address),
    ]


def _on_its_way(counts: dict[Call.State, Counted], address: str) -> Queue:
    count = sum(counts[state].count for state in calls.ON_ITS_WAY)
    rows = list(calls.calls().filter(state__in=calls.ON_ITS_WAY).order_by("created_at", "id")[:ROWS]) if count else []
    orders = _orders_of(rows)
    return Queue(
        title=_("To be sent"),
        icon="send",
        tone="busy",
        count=count,
        url=f"{address}?view=on-its-way",
        rows=[_call_row(call, orders) for call in rows],
    )


def _orders_of(rows: Iterable[Call]) -> dict[str, CardOrder]:
    label = CardOrder._meta.label_lower
    keys = [ref_pk(call.target) for call in rows if call.target.startswith(f"{label}:")]
    return {order.ref: order for order in cards.orders().filter(pk__in=keys)} if keys else {}


def _call_row(call: Call, orders: dict[str, CardOrder], *, decides: bool = False) -> QueueRow:
    order = orders.get(call.target)
    shown = ShownCall(call, order)
    return QueueRow(
        title=f"{order.get_kind_display()} {OrderRow(order).card}" if order else shown.operation,
        url=shown.url,
        text=", ".join(part for part in (shown.told, _next_look(shown)) if part),
        amount=call.reserved_amount,
        currency=call.reserved_currency,
        age=duration(timezone.now() - call.created_at),
        action=_("Review") if decides else _("Open"),
        decides=decides,
    )


def _next_look(shown: ShownCall) -> str:
    if shown.next_at is None or shown.next_at <= timezone.now():
        return ""
    return _("next in %(time)s") % {"time": duration(shown.next_at - timezone.now())}
