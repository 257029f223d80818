"""Orders on the home screen: stuck at the provider, under way there, failed today."""

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core.parts import Queue, QueueRow
from backoffice.core.templatetags.ui import duration
from cards import queries as cards
from cards.models import CardOrder
from cards.presenting import OrderRow
from cards.states import OrderState

ROWS = 5  # of each block; the rest is behind its heading
AT_PROVIDER = (OrderState.PROCESSING, OrderState.UNKNOWN)


def order_numbers() -> dict[str, int]:
    late = timezone.now() - cards.LATE_AFTER
    processing = CardOrder.objects.filter(state__in=AT_PROVIDER).aggregate(
        processing=Count("pk"), stuck=Count("pk", filter=Q(created_at__lt=late))
    )
    return processing | {"failed": cards.orders(view="failed-today").order_by().count()}


def order_queues(numbers: dict[str, int]) -> list[Queue]:
    address = reverse("cards:orders")
    late = timezone.now() - cards.LATE_AFTER
    processing = cards.orders(state=AT_PROVIDER)
    states = "".join(f"&state={state}" for state in AT_PROVIDER)
    young = numbers["processing"] - numbers["stuck"]
    return [
        Queue(
            title=_("Stuck"),
            icon="hourglass",
            tone="warn",
            count=numbers["stuck"],
            note=_("The provider took it and did not finish within %(time)s") % {"time": duration(cards.LATE_AFTER)},
            url=f"{address}?view=stuck{states}",
            rows=_order_rows(processing.filter(created_at__lt=late).order_by("created_at", "id"), numbers["stuck"]),
        ),
        Queue(
            title=_("Under way"),
            icon="loader",
            tone="busy",
            count=young,
            note=_("The provider took it and works on it"),
            url=f"{address}?{states[1:]}",
            rows=_order_rows(processing.filter(created_at__gte=late).order_by("created_at", "id"), young),
        ),
        Queue(
            title=_("Failed today"),
            icon="circle-x",
            tone="bad",
            count=numbers["failed"],
            url=f"{address}?view=failed-today",
            rows=_order_rows(cards.orders(view="failed-today").order_by("-created_at", "-id"), numbers["failed"]),
        ),
    ]


def _order_rows(orders: Any, count: int) -> list[QueueRow]:
    return [_order_row(order) for order in orders[:ROWS]] if count else []


def _order_row(order: CardOrder) -> QueueRow:
    row = OrderRow(order)
    return QueueRow(
        title=f"{order.get_kind_display()} {row.card}",
        url=order.get_absolute_url(),
        text=", ".join(part for part in (row.maker, order.reason or order.note) if part),
        amount=row.total,
        currency=order.currency,
        age=duration(timezone.now() - order.created_at),
        action=_("Open"),
    )
