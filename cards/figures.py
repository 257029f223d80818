"""What card orders came to, day by day: for the charts of the home screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.core.cache import cache
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from backoffice.core.money import ExactSum
from cards.models import CardOrder
from cards.states import OrderState

LONGEST = 30  # days
SPANS = (  # days back from today, to days back, seconds that it is kept: what is over changes little, by late endings
    (LONGEST - 1, 2, 6 * 3600),
    (2, 0, 900),
    (0, -1, 30),
)
SERIES: Mapping[str, tuple[str, str]] = {  # state, and the kind where it matters
    "issued": (OrderState.SUCCEEDED, CardOrder.Kind.ISSUE),
    "recharged": (OrderState.SUCCEEDED, CardOrder.Kind.RECHARGE),
    "failed": (OrderState.FAILED, ""),
}


@dataclass(frozen=True)
class DayFigure:
    """How many orders of one series, day and currency there were, and what the cards were to receive."""

    series: str
    day: date
    currency: str
    count: int
    amount: Decimal


def daily(days: int) -> list[DayFigure]:
    """The figures of the last days, today's among them; each day begins and ends in the zone that the pages show."""
    today = timezone.localdate()
    since = today - timedelta(days=min(days, LONGEST) - 1)
    return [figure for span in SPANS for figure in _kept(today, *span) if figure.day >= since]


def _kept(today: date, first: int, end: int, seconds: int) -> Sequence[DayFigure]:
    key = f"cards:figures:{timezone.get_current_timezone_name()}:{today}:{first}"
    span = today - timedelta(days=first), today - timedelta(days=end)
    return cache.get_or_set(key, lambda: _figures(*span), seconds) or ()


def _figures(first: date, end: date) -> Sequence[DayFigure]:
    """One pass over the orders made from one day up to another, found by their time in an index."""
    made = CardOrder.objects.filter(created_at__gte=_midnight(first), created_at__lt=_midnight(end))
    told = made.filter(state__in=[OrderState.SUCCEEDED, OrderState.FAILED]).order_by()
    groups = told.annotate(day=TruncDate("created_at")).values_list("day", "kind", "state", "currency")
    found: dict[tuple[str, date, str], list] = {}
    for day, kind, state, currency, count, amount in groups.annotate(Count("pk"), ExactSum("amount")):
        for series, (wanted, of_kind) in SERIES.items():
            if state == wanted and of_kind in ("", kind):
                sums = found.setdefault((series, day, currency), [0, Decimal(0)])
                sums[0] += count
                sums[1] += amount or Decimal(0)
    return [DayFigure(*key, count, amount) for key, (count, amount) in found.items()]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
