"""What the lists of cards and orders share: tabs, the window a poll looks at, the foot, why a list is empty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from backoffice.core.errors import DomainError
from backoffice.core.filters import FilterForm
from backoffice.core.keyset import Cursor, Keyset, keyset_page
from backoffice.core.parts import View
from backoffice.core.templatetags.ui import relative
from backoffice.mirror.models import SyncRun
from cards import queries

CARD_TABS: Mapping[str, str | Promise] = {
    "active": pgettext_lazy("cards", "Active"),
    "frozen": pgettext_lazy("cards", "Frozen"),
    "pending": pgettext_lazy("cards", "Not activated"),
    "closed": pgettext_lazy("cards", "Closed"),
}
HOLDER_TABS: Mapping[str, str | Promise] = {
    "on-file": pgettext_lazy("holders", "On file"),
    "requested": pgettext_lazy("holders", "Requested"),
    "refused": pgettext_lazy("holders", "Refused"),
    "gone": pgettext_lazy("holders", "Deleted"),
}
ORDER_TABS: Mapping[str, str | Promise] = {
    "in-doubt": gettext_lazy("In doubt"),
    "needs-person": gettext_lazy("Needs a person"),
    "failed-today": gettext_lazy("Failed today"),
    "stuck": gettext_lazy("Stuck"),
    "variance": gettext_lazy("Fee variance"),
}


def view_of(request: HttpRequest, tabs: Mapping[str, Any]) -> str:
    named = request.GET.get("view", "")
    return named if named in tabs else ""


def tabs_of(request: HttpRequest, tabs: Mapping[str, str | Promise]) -> list[View]:
    current = view_of(request, tabs)
    every = View(label=_("All"), url=request.path, current=not current)
    return [
        every,
        *(
            View(label=str(words), url=f"{request.path}?view={name}", current=name == current)
            for name, words in tabs.items()
        ),
    ]


def asked_of(form: FilterForm) -> dict[str, Any]:
    """The filters that are on, in the words of the queries; days begin and end in the zone that the page shows."""
    asked = {name: form.value(name) for name in form.fields if name not in {"q", "since", "until"} and form.value(name)}
    if since := form.value("since"):
        asked["created_from"] = midnight(since)
    if until := form.value("until"):
        asked["created_before"] = midnight(until + timedelta(days=1))
    if text := form.value("q"):
        asked["text"] = text
    return asked


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def page_of(request: HttpRequest, rows: QuerySet) -> Keyset:
    """The page of the address; a damaged one is said and becomes the first."""
    try:
        return keyset_page(rows, request.GET)
    except DomainError as exc:
        messages.warning(request, exc.message)
        return keyset_page(rows, _without(request.GET, "cursor"))


# --- live rows --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Live:
    """How a list's rows ask again: the same rows every `pause`, answered only when `mark` has changed."""

    pause: str
    url: str
    mark: str


def live(request: HttpRequest, page: Keyset, *, pause: str, told: Sequence[Any]) -> Live:
    """The rows stay where they are: what is newer is counted above them and never pushed in."""
    params = _without(request.GET, "mark")
    if page.rows:
        first = page.rows[0]
        params["cursor"] = Cursor(first.created_at, first.pk + 1).text()
        params["limit"] = str(len(page.rows))
    params["mark"] = mark = mark_of(told)
    return Live(pause, f"{request.path}?{params.urlencode()}", mark)


def mark_of(told: Sequence[Any]) -> str:
    """Changes whenever something told does; what a poll compares."""
    return blake2b(repr(told).encode(), digest_size=9).hexdigest()


def newer_rows(request: HttpRequest, rows: QuerySet, page: Keyset) -> int:
    """How many came in above a page that is asked for again."""
    return queries.newer_than(rows, page.rows[0]) if request.GET.get("mark") and page.rows else 0


def _without(params: QueryDict, *names: str) -> QueryDict:
    left = params.copy()
    for name in names:
        left.pop(name, None)
    return left


# --- under and above the rows -----------------------------------------------------------------------------------------


def card_count(totals: queries.Totals) -> str:
    if not totals.is_all:
        return _("More than %(count)s cards") % {"count": f"{totals.count:,}"}
    return ngettext("%(count)s card", "%(count)s cards", totals.count) % {"count": f"{totals.count:,}"}


def order_count(totals: queries.Totals) -> str:
    if not totals.is_all:
        return _("More than %(count)s orders") % {"count": f"{totals.count:,}"}
    return ngettext("%(count)s order", "%(count)s orders", totals.count) % {"count": f"{totals.count:,}"}


def sync_words(runs: Sequence[SyncRun]) -> str:
    """How far the walk through the provider's list is, or when it last was at its end."""
    running = [run for run in runs if run.state == SyncRun.State.RUNNING]
    if running:
        total = sum(run.total or 0 for run in running)
        seen = sum(run.seen for run in running)
        if total:
            return _("reading the list, %(seen)s of %(total)s") % {
                "seen": f"{seen:,}",
                "total": f"{total:,}",
            }
        return _("reading the list")
    ended = [run.ended_at for run in runs if run.state == SyncRun.State.FINISHED and run.ended_at]
    if not ended:
        return _("list not read yet")
    return _("list read %(when)s") % {"when": relative(min(ended))}


@dataclass(frozen=True)
class Progress:
    seen: int
    total: int


def first_walk(runs: Sequence[SyncRun]) -> Progress | None:
    """The walk that fills an empty list; None where none is under way."""
    running = [run for run in runs if run.state == SyncRun.State.RUNNING]
    return Progress(sum(run.seen for run in running), sum(run.total or 0 for run in running)) if running else None
