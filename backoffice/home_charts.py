"""Charts of the home screen: cards issued, recharged and failed, day by day, each currency by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from backoffice.core.parts import Chart, View
from backoffice.core.templatetags.ui import money_text
from cards.figures import DayFigure, daily

PERIODS = (14, 30)
OPEN = 2  # currencies whose charts are drawn at once; the others are folded away


@dataclass(frozen=True)
class CurrencyCharts:
    currency: str
    charts: Sequence[Chart]
    is_open: bool


@dataclass(frozen=True)
class Activity:
    """What the home screen draws of a period."""

    days: int
    currencies: Sequence[CurrencyCharts]
    periods: Sequence[View]

    @property
    def title(self) -> str:
        return _("Last %(days)d days") % {"days": self.days}


def period(asked: str) -> int:
    return int(asked) if asked in {str(days) for days in PERIODS} else PERIODS[0]


def activity(days: int) -> Activity:
    today = timezone.localdate()
    dates = [today - timedelta(days=days - 1 - place) for place in range(days)]
    figures = daily(days)
    counts: dict[str, int] = {}
    for figure in figures:
        counts[figure.currency] = counts.get(figure.currency, 0) + figure.count
    busiest = sorted(counts, key=lambda currency: (-counts[currency], currency))
    return Activity(
        days,
        [CurrencyCharts(one, _charts(one, figures, dates), place < OPEN) for place, one in enumerate(busiest)],
        [
            View(label=_("%(days)d days") % {"days": each}, url=f"{reverse('home')}?days={each}", current=each == days)
            for each in PERIODS
        ],
    )


def _charts(currency: str, figures: Sequence[DayFigure], dates: Sequence[date]) -> list[Chart]:
    found = []
    for series, title in (("issued", _issued), ("recharged", _recharged), ("failed", _failed)):
        mine = {one.day: one for one in figures if (one.series, one.currency) == (series, currency)}
        if mine:
            found.append(_chart(title, currency, mine, dates))
    return found


def _chart(title, currency: str, mine: dict[date, DayFigure], dates: Sequence[date]) -> Chart:
    today = dates[-1]
    points = [(_label(day, today), mine[day].amount if day in mine else Decimal(0)) for day in dates]
    total = sum((one.amount for one in mine.values()), Decimal(0))
    words = title(sum(one.count for one in mine.values()))
    finding = _("%(what)s in %(days)d days: %(total)s, today %(today)s so far") % {
        "what": words,
        "days": len(dates),
        "total": money_text(total, currency),
        "today": money_text(points[-1][1], currency),
    }
    return Chart(title=words, total=total, currency=currency, points=points, finding=finding)


def _label(day: date, today: date) -> str:
    return _("Today, so far") if day == today else format_date(day, pgettext("date format", "j M"))


def _issued(count: int) -> str:
    return ngettext("%(count)s card issued", "%(count)s cards issued", count) % {"count": f"{count:,}"}


def _recharged(count: int) -> str:
    return ngettext("%(count)s recharge", "%(count)s recharges", count) % {"count": f"{count:,}"}


def _failed(count: int) -> str:
    return ngettext("%(count)s order failed", "%(count)s orders failed", count) % {"count": f"{count:,}"}
